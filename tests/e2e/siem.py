#!/usr/bin/python3
"""siem.py WEIR CAPTURE DOCS: what docs/siem says is tried on real lines, and
parsers that know nothing of weir read each format back."""
import json
import re
import shutil
import subprocess
import sys
import tempfile

failed = 0


def ok(fine, what):
    global failed
    failed += not fine
    print("ok" if fine else "not ok", "-", what)


def lines_of(weir, capture, where):
    """The alerts of a capture in every format, and as records."""
    with open(f"{where}/weir.yaml", "w") as out:
        out.write("privacy: {pseudonyms: no}\noutputs:\n")
        for form in ("rfc5424", "rfc3164", "json", "cef", "leef"):
            out.write(f"  - {{type: file, path: {where}/{form}, "
                      f"format: {form}, header: rfc3164}}\n")
    done = subprocess.run([weir, "-r", capture, "-c", f"{where}/weir.yaml",
                           "--json"], check=True, stdout=subprocess.PIPE)
    records = [json.loads(x) for x in done.stdout.splitlines()]
    return [r for r in records if r["type"] == "alert"], {
        form: open(f"{where}/{form}").read().splitlines()
        for form in ("rfc5424", "rfc3164", "json", "cef", "leef")}


def cef(line):
    """By the CEF white paper: header by |, extension by key=."""
    head = re.split(r"(?<!\\)\|", line[line.index("CEF:"):], maxsplit=7)
    found = {}
    for hit in re.finditer(r"(?:^| )(\w+)=((?:[^\\=]|\\.)*?)(?= \w+=|$)",
                           head[7]):
        found[hit.group(1)] = re.sub(r"\\(.)", r"\1", hit.group(2))
    return head[4], found


def leef(line):
    """By the LEEF 2.0 guide: the sixth header field is the delimiter."""
    head = line[line.index("LEEF:"):].split("|", 6)
    tab = chr(int(head[5][1:], 16))
    return head[4], dict(x.split("=", 1) for x in head[6].split(tab))


def splunk(docs, line):
    """The regular expressions of transforms.conf, as Splunk applies them."""
    text = open(f"{docs}/siem/splunk-transforms.conf").read()
    rules = dict(re.findall(r"\[(\w+)\]\nREGEX = (.+)", text))
    rules = {k: re.sub(r"\(\?<(\w+)>", r"(?P<\1>", v)
             for k, v in rules.items()}
    found = {}
    for hit in re.finditer(rules["weir_data"], line):
        found.setdefault(hit.group(1), re.sub(r"\\(.)", r"\1", hit.group(2)))
    for name in ("weir_header", "weir_sentence"):
        found.update(re.search(rules[name], line).groupdict())
    return found


def elastic(docs, line):
    """The steps of the pipeline that make fields."""
    pipe = json.load(open(f"{docs}/siem/elastic-pipeline.json"))
    grok = pipe["processors"][0]["grok"]["patterns"][0]
    body = re.search(grok.replace("(?<", "(?P<"), line).group("weir_body")
    return json.loads(body)


def graylog(docs, line):
    rules = json.load(open(f"{docs}/siem/graylog-extractors.json"))
    return {r["target_field"]: re.search(
        r["extractor_config"]["regex_value"], line).group(1)
        for r in rules["extractors"]}


def main():
    weir, capture, docs = sys.argv[1:4]
    where = tempfile.mkdtemp(prefix="weir-siem-")
    alerts, lines = lines_of(weir, capture, where)
    ok(len(alerts) >= 2 and all(len(x) == len(alerts)
                                for x in lines.values()), "one line each")
    for i, a in enumerate(alerts):
        kind, user, message = a["kind"], a["user"], a["message"]
        got = cef(lines["cef"][i])
        ok(got[0] == kind and got[1]["suser"] == user and
           got[1]["msg"] == message and int(got[1]["cnt"]) == a["count"] and
           got[1]["externalId"] == a["id"], f"CEF {kind}")
        got = leef(lines["leef"][i])
        ok(got[0] == kind and got[1]["usrName"] == user and
           got[1]["msg"] == message and int(got[1]["bytes"]) == a["bytes"],
           f"LEEF {kind}")
        got = splunk(docs, lines["rfc5424"][i])
        ok(got["kind"] == kind and got["user"] == user and
           got["message"] == message and got["id"] == a["id"] and
           got["sensor"] == a["sensor"], f"Splunk {kind}")
        got = elastic(docs, lines["json"][i])
        ok(got["event.action"] == kind and got["user.name"] == user and
           got["message"] == message and got["event.id"] == a["id"],
           f"Elastic {kind}")
        got = graylog(docs, lines["rfc5424"][i])
        ok(got["weir_kind"] == kind and got["user_name"] == user and
           int(got["weir_bytes"]) == a["bytes"], f"Graylog {kind}")
        ok(message in lines["rfc3164"][i], f"RFC 3164 {kind}")
    if shutil.which("rsyslogd"):
        done = subprocess.run(["rsyslogd", "-N1", "-f",
                               f"{docs}/siem/rsyslog.conf"],
                              stderr=subprocess.PIPE)
        ok(done.returncode == 0, "rsyslogd accepts its configuration")
        if done.returncode:
            print(done.stderr.decode())
    else:
        print("ok - rsyslog.conf # SKIP rsyslogd is not installed")
    shutil.rmtree(where)
    sys.exit(failed != 0)


if __name__ == "__main__":
    main()
