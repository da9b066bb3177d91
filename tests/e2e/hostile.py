#!/usr/bin/python3
"""hostile.py HOSTILE DOCS: no text from the wire forges a record or a field.

Alerts full of newlines, quotes, separators, NUL, bidi marks, bad UTF-8 and
64 KB names go to a real rsyslogd (pmrfc5424, mmjsonparse), to a real
syslog-ng (UDP, TCP, TLS), and to parsers of CEF and LEEF that know nothing of
weir.  Each must find as many records as there are alerts, each with its own
id, kind and risk, and nothing that the text wanted to add."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
sys.path.insert(0, os.path.dirname(__file__))
from siem import cef, leef  # noqa: E402
from tap import done, ok, same, skip  # noqa: E402

TEXTS = [
    "plain", "a b  c ", "", "a\nb", "a\r\nb", "\n<8>1 - - forged - - - x\n",
    "7 <8>1 x\n", 'a" forged="1', 'a"] [forged@1 x="1"] <8>1 -', "a]b", "a\\",
    'a\\" forged="1', "x|forged|1", "a=b forged=1", "x forged=1 y=2",
    "tab\tforged=1\t", "x^forged=1^", "\\n\\r\\t\\\\", "nul\0forged=1",
    "\x1b[31mred\x1b[0m", "\x7f\x80", "bidi \u202eevil\u202c\u2066x",
    "\ufeffbom \u2028line \u2029para \u0085next", "emoji \U0001f600",
    b"\xff\xfe bad \xc3\x28 \xe2\x82 \xf0\x9f \xc0\xaf \xed\xa0\x80",
    '{"forged":1}', '","forged":"1', "}\n{\"forged\":1}", "</a><forged/>",
    "${jndi:ldap://forged}", "%n%s%x", "$(forged)", "'; forged --",
    "a" * 65536, "\"" * 65536, "\n" * 65536, "|" * 300, "]" * 300,
    "\\" * 300, "=" * 300, "\0" * 300, b"\xff" * 300, "\u202e" * 100,
]
PORTS = {"rfc5424": 24514, "json": 24515, "ng-udp": 24516, "ng-tcp": 24517,
         "ng-tls": 24518, "ng-json": 24519}
RSYSLOG = '''global(workDirectory="{dir}" maxMessageSize="64k"
  parser.escapeControlCharactersOnReceive="off")
main_queue(queue.type="direct")
module(load="imtcp") module(load="mmjsonparse") module(load="mmpstrucdata")
template(name="sd" type="list" option.jsonf="on") {{
  property(outname="app" name="app-name" format="jsonf")
  property(outname="kind" name="msgid" format="jsonf")
  property(outname="data" name="$!rfc5424-sd" format="jsonf")
  property(outname="raw" name="structured-data" format="jsonf")
}}
template(name="json" type="string" string="%$!all-json%\\n")
ruleset(name="sd") {{
  action(type="mmpstrucdata")
  action(type="omfile" file="{dir}/rsyslog-rfc5424" template="sd")
}}
ruleset(name="json") {{
  action(type="mmjsonparse" cookie="")
  if $parsesuccess == "OK" then
    action(type="omfile" file="{dir}/rsyslog-json" template="json")
}}
input(type="imtcp" address="127.0.0.1" port="{rfc5424}" ruleset="sd")
input(type="imtcp" address="127.0.0.1" port="{json}" ruleset="json")
'''
NG = '''@version: 3.38
options {{ keep-hostname(yes); use-dns(no); log-msg-size(65536); }};
source s {{
  syslog(ip("127.0.0.1") port({ng_udp}) transport("udp") tags("udp"));
  syslog(ip("127.0.0.1") port({ng_tcp}) transport("tcp") tags("tcp"));
  syslog(ip("127.0.0.1") port({ng_tls}) transport("tls") tags("tls")
    tls(key-file("{dir}/key.pem") cert-file("{dir}/cert.pem")
    peer-verify(optional-untrusted)));
}};
source j {{ syslog(ip("127.0.0.1") port({ng_json}) transport("tcp")); }};
parser p {{ json-parser(prefix(".json.") marker("")); }};
destination sd {{ file("{dir}/syslog-ng" template("$(format-json \
app=$PROGRAM kind=$MSGID via=$TAGS --key .SDATA.*)\\n")); }};
destination dj {{ file("{dir}/syslog-ng-json" template("$(format-json \
--key .json.*)\\n")); }};
log {{ source(s); destination(sd); }};
log {{ source(j); parser(p); destination(dj); }};
'''


def find_syslog_ng(where):
    """Installed, or unpacked: Debian cannot have it beside rsyslog."""
    if path := shutil.which("syslog-ng"):
        return [path], {}
    root = os.environ.get("SYSLOG_NG_ROOT", f"{where}/ng")
    if not os.path.isdir(root) and shutil.which("apt-get"):
        subprocess.run(["apt-get", "-qq", "download", "syslog-ng-core"],
                       cwd=where, stderr=subprocess.DEVNULL, check=False)
        for deb in glob.glob(f"{where}/syslog-ng-core*.deb"):
            subprocess.run(["dpkg", "-x", deb, root], check=False)
    found = glob.glob(f"{root}/usr/lib/*/libsyslog-ng-*.so.0")
    if not found:
        return None, None
    libs = os.path.dirname(found[0])
    modules = glob.glob(f"{root}/usr/lib/syslog-ng/*.*") + \
        glob.glob(f"{libs}/syslog-ng/*.*") + [libs]
    command = [f"{root}/usr/sbin/syslog-ng", f"--module-path={modules[0]}"]
    environment = dict(os.environ, LD_LIBRARY_PATH=libs)
    works = subprocess.run(command + ["--version"], env=environment,
                           stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=False)
    return (command, environment) if works.returncode == 0 else (None, None)


def certificate(where):
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "2", "-keyout", f"{where}/key.pem", "-out", f"{where}/cert.pem",
         "-subj", "/CN=collector.example", "-addext",
         "subjectAltName=DNS:collector.example"], check=True,
        stderr=subprocess.DEVNULL)


def configure(where, has_rsyslog, has_ng):
    outs = [f"{{type: file, path: {where}/{f}, format: {f}, "
            "header: rfc3164}" for f in ("cef", "leef")]

    def to(name, transport, form, more=""):
        outs.append(f"{{type: {transport}, host: 127.0.0.1, port: "
                    f"{PORTS[name]}, format: {form}{more}}}")
    if has_rsyslog:
        to("rfc5424", "tcp", "rfc5424")
        to("json", "tcp", "json")
    if has_ng:
        to("ng-udp", "udp", "rfc5424")
        to("ng-tcp", "tcp", "rfc5424")
        to("ng-tls", "tls", "rfc5424", f", ca: {where}/cert.pem, "
           "server-name: collector.example")
        to("ng-json", "tcp", "json")
    with open(f"{where}/weir.yaml", "w") as f:
        f.write("privacy: {pseudonyms: no}\noutputs:\n" +
                "".join(f"  - {o}\n" for o in outs))


def lines(path, wanted=0, seconds=15):
    """Lines of a file, once so many are there, or after a while."""
    end = time.time() + seconds
    while time.time() < end:
        if os.path.exists(path):
            with open(path, "rb") as f:
                got = f.read().split(b"\n")[:-1]
            if len(got) >= wanted:
                return got
        time.sleep(0.2)
    return got if os.path.exists(path) else []


def judge(what, found):
    """found: (id, kind, risk, names of all fields) of each record."""
    same(sorted(f[0] for f in found),
         sorted(f"hostile-{i + 1}" for i in range(len(TEXTS))),
         f"{what}: each alert once, nothing else")
    ok(all(f[1] == "bulk-download" and f[2] == "high" for f in found),
       f"{what}: kind and risk are ours")
    ok(not any("forged" in name for f in found for name in f[3]),
       f"{what}: no field is forged")


def files(where):
    found = []
    for line in lines(f"{where}/cef", len(TEXTS)):
        kind, f = cef(line.decode())
        found.append((f["externalId"], kind, f["weirRisk"], f))
    judge("CEF", found)
    found = []
    for line in lines(f"{where}/leef", len(TEXTS)):
        kind, f = leef(line.decode())
        found.append((f["id"], kind, f["risk"], f))
    judge("LEEF", found)


def rsyslog(where):
    found = []
    for line in lines(f"{where}/rsyslog-rfc5424", len(TEXTS)):
        r = json.loads(line)
        d = flat(json.loads(r["data"]))
        d = {k.removeprefix("weir@32473."): v for k, v in d.items()}
        found.append((d["id"], r["kind"], d["risk"], d))
    judge("rsyslog, pmrfc5424", found)
    found = []
    for line in lines(f"{where}/rsyslog-json", len(TEXTS)):
        r = json.loads(line)
        found.append((r["event.id"], r["event.action"], r["weir.risk"], r))
    judge("rsyslog, mmjsonparse", found)


def flat(value, name=""):
    if isinstance(value, dict):
        return {k: v for key, part in value.items() for k, v in
                flat(part, f"{name}.{key}" if name else key).items()}
    return {name: value}


def syslog_ng(where):
    by = {"udp": [], "tcp": [], "tls": []}
    for line in lines(f"{where}/syslog-ng", 3 * len(TEXTS)):
        r = flat(json.loads(line))
        d = {k.rpartition("weir@32473.")[2]: v for k, v in r.items()}
        via = [x for x in r["via"].split(",") if x in by]
        by[via[0] if via else "tcp"].append(
            (d["id"], r["kind"], d["risk"], d))
    for via, found in by.items():
        judge(f"syslog-ng, {via}", found)
    found = []
    for line in lines(f"{where}/syslog-ng-json", len(TEXTS)):
        r = {k.removeprefix("_json."): v
             for k, v in flat(json.loads(line)).items()}
        found.append((r["event.id"], r["event.action"], r["weir.risk"], r))
    judge("syslog-ng, json-parser", found)


def main():
    program, docs = sys.argv[1], os.path.abspath(sys.argv[2])
    where = tempfile.mkdtemp(prefix="weir-hostile-")
    has_rsyslog = bool(shutil.which("rsyslogd"))
    ng, environment = find_syslog_ng(where)
    certificate(where)
    configure(where, has_rsyslog, ng)
    running = []
    try:
        if has_rsyslog:
            with open(f"{where}/rsyslog.conf", "w") as f:
                f.write(RSYSLOG.format(dir=where, **PORTS))
            running.append(subprocess.Popen(
                ["rsyslogd", "-n", "-f", f"{where}/rsyslog.conf", "-i",
                 f"{where}/rsyslog.pid"]))
        if ng:
            with open(f"{where}/ng.conf", "w") as f:
                f.write(NG.format(dir=where, **{
                    k.replace("-", "_"): v for k, v in PORTS.items()}))
            files_of_ng = ["-R", f"{where}/ng.persist", "-c",
                           f"{where}/ng.ctl", "-p", f"{where}/ng.pid"]
            running.append(subprocess.Popen(
                ng + ["-F", "-f", f"{where}/ng.conf"] + files_of_ng,
                env=environment))
        time.sleep(2)
        texts = [t if isinstance(t, bytes) else t.encode() for t in TEXTS]
        run = subprocess.run([program, f"{where}/weir.yaml"], text=True,
                             input="".join(t.hex() + "\n" for t in texts),
                             check=False)
        same(run.returncode, 0, "all is delivered")
        files(where)
        rsyslog(where) if has_rsyslog else skip("rsyslogd is not installed")
        if ng:
            syslog_ng(where)
            with open(f"{where}/main.conf", "w") as f:
                f.write(f'@version: 3.38\n@include "{docs}/siem/'
                        'syslog-ng.conf"\n')
            shipped = subprocess.run(
                ng + ["-s", "-f", f"{where}/main.conf"] +
                files_of_ng, env=environment, stderr=subprocess.PIPE,
                check=False)
            ok(shipped.returncode == 0, "syslog-ng accepts what is shipped " +
               shipped.stderr.decode()[-300:].replace("\n", " "))
        else:
            skip("syslog-ng is not there")
    finally:
        for p in running:
            p.terminate()
            try:
                p.wait(10)
            except subprocess.TimeoutExpired:
                p.kill()
        if not os.environ.get("KEEP"):
            shutil.rmtree(where, ignore_errors=True)
    done()


if __name__ == "__main__":
    main()
