#!/usr/bin/python3
"""syslog.py WEIR CAPTURE: the alerts of a replay arrive at a real rsyslogd,
over UDP, TCP and RELP, whole and once; and read back from its parser."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

CONF = '''global(workDirectory="{dir}")
main_queue(queue.type="direct")
module(load="imudp") input(type="imudp" address="127.0.0.1" port="{udp}")
module(load="imtcp") input(type="imtcp" address="127.0.0.1" port="{tcp}")
{relp}
template(name="raw" type="string" string="%inputname% %rawmsg%\\n")
template(name="parsed" type="list" option.jsonf="on") {{
  property(outname="pri" name="pri" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="kind" name="msgid" format="jsonf")
  property(outname="data" name="structured-data" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
}}
action(type="omfile" file="{dir}/raw" template="raw")
action(type="omfile" file="{dir}/parsed" template="parsed")
'''
PORTS = {"udp": 23514, "tcp": 23515, "relp": 23516}


def wait_for(path, lines, seconds=10):
    end = time.time() + seconds
    while time.time() < end:
        if os.path.exists(path) and open(path).read().count("\n") >= lines:
            return
        time.sleep(0.1)


def main():
    weir, capture = sys.argv[1:3]
    if shutil.which("rsyslogd") is None:
        print("skipped: rsyslogd is not installed")
        sys.exit(77)
    where = tempfile.mkdtemp(prefix="weir-syslog-")
    has_relp = any(os.path.exists(f"{d}/rsyslog/imrelp.so") for d in
                   ("/usr/lib/x86_64-linux-gnu", "/usr/lib",
                    "/usr/lib/aarch64-linux-gnu"))
    kinds = ["udp", "tcp"] + (["relp"] if has_relp else [])
    relp = 'module(load="imrelp") input(type="imrelp" address="127.0.0.1" ' \
        f'port="{PORTS["relp"]}")' if has_relp else ""
    with open(f"{where}/rsyslog.conf", "w") as out:
        out.write(CONF.format(dir=where, relp=relp, **{
            k: v for k, v in PORTS.items() if k != "relp"}))
    with open(f"{where}/weir.yaml", "w") as out:
        out.write("sensor: e2e\nprivacy: {pseudonyms: no}\noutputs:\n")
        for kind in kinds:
            out.write(f"  - {{type: {kind}, host: 127.0.0.1, "
                      f"port: {PORTS[kind]}}}\n")
    server = subprocess.Popen(
        ["rsyslogd", "-n", "-f", f"{where}/rsyslog.conf", "-i",
         f"{where}/pid"])
    try:
        time.sleep(1)
        done = subprocess.run([weir, "-r", capture, "-c",
                               f"{where}/weir.yaml", "--json"], check=True,
                              stdout=subprocess.PIPE)
        alerts = [json.loads(line) for line in done.stdout.splitlines()]
        alerts = [a for a in alerts if a["type"] == "alert"]
        wait_for(f"{where}/parsed", len(alerts) * len(kinds))
    finally:
        server.terminate()
        server.wait(10)
    check(where, alerts, kinds)
    shutil.rmtree(where)


def check(where, alerts, kinds):
    failed = 0

    def ok(fine, what):
        nonlocal failed
        failed += not fine
        print("ok" if fine else "not ok", "-", what)

    raw = open(f"{where}/raw").read().splitlines()
    parsed = [json.loads(x) for x in open(f"{where}/parsed")]
    ok(len(alerts) >= 2, f"the capture gives {len(alerts)} alerts")
    for kind in kinds:
        mine = [x for x in raw if x.startswith("im" + kind)]
        ids = sorted(re.search(r' id="([^"]+)"', x).group(1) for x in mine)
        ok(ids == sorted(a["id"] for a in alerts),
           f"{kind}: each alert once")
        ok(all(len(x) < 2048 for x in mine), f"{kind}: within 2,048 bytes")
    ok(len(parsed) == len(alerts) * len(kinds), "rsyslog reads each line")
    wanted = {(a["kind"], a["message"]) for a in alerts}
    ok({(p["kind"], p["msg"].strip()) for p in parsed} == wanted,
       "kind and sentence come back unchanged")
    ok(all(p["app"] == "weir" and p["data"].startswith("[weir@32473 ")
           for p in parsed), "name and structured data")
    ok(all(p["pri"] == "106" for p in parsed if p["kind"] in
           ("bulk-download", "data-transfer")), "high risk is audit.crit")
    sys.exit(failed != 0)


main()
