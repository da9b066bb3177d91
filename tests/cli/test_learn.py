#!/usr/bin/python3
"""weir learn: what an office does becomes a policy that loads, and what it
said of the alerts to come is so.  Prints TAP."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
from tap import done, ok, same, skip  # noqa: E402

WEIR = os.environ.get("WEIR", "build/sensor/weir")
MONDAY = 1772409600             # 2026-03-02
DAYS = 28

GROUPS = """\
    sales: {networks: [10.1.0.0/16]}
    rnd: {networks: [10.2.0.0/16]}
"""
POLICIES = {
    "block": """\
# what stands here stays
policy:
  home: [10.0.0.0/8]
  groups:
    sales:
      networks: [10.1.0.0/16]
      approved:
        - sharepoint      # since ever
    rnd:
      networks: [10.2.0.0/16]
      approved: box
outputs: []
""",
    "flow": "policy: {home: [10.0.0.0/8], groups: {sales: {networks: "
            "[10.1.0.0/16], approved: []}, rnd: {networks: [10.2.0.0/16]}}}\n",
    "calendars": "policy:\n  calendars:\n    night: {hours: \"22:00-06:00\"}\n"
                 "  groups:\n" + GROUPS,
    "no policy": "sensor: here\n",
    "no groups": "policy:\n  home: [10.0.0.0/8]\n",
}


def move(at, client, up, host, size):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))
    return {"type": "transfer", "time": stamp, "client_ip": client,
            "direction": "upload" if up else "download", "host": host,
            "bytes": size, "count": 1}


def office():
    """Sales sends to Dropbox what came from chat, day by day; one of R&D does
    so to Mega; everybody works from 8 to 16 o'clock."""
    out = []
    for day in range(DAYS):
        if day % 7 > 4:
            continue
        for n in range(24):
            client = f"10.{1 + n // 12}.0.{n % 12 + 1}"
            begin = MONDAY + day * 86400 + 8 * 3600 + n * 7 + day * 11
            for i in range(8):
                size = 3000000 + 7919 * ((n * 37 + day * 11 + i * 5) % 400)
                at = begin + i * 3400
                out.append(move(at, client, False, "files.slack.com", size))
                if n < 12:
                    out.append(move(at + 600, client, True,
                                    "content.dropboxapi.com", size))
                elif n == 23:
                    out.append(move(at + 600, client, True,
                                    "userstorage.mega.co.nz", size))
    return sorted(out, key=lambda r: r["time"])


def weir(*args):
    return subprocess.run([WEIR, *args], capture_output=True, text=True,
                          timeout=120, check=False)


def alerts_in(told, column):
    """Per group, of a table of learn or of what-if."""
    rows = re.findall(r"^(?:#   )?(\S.{39}) +([0-9. ]+)$", told,
                      re.MULTILINE)
    return {group.strip(): float(n.split()[column]) for group, n in rows}


def judge(name, text, where, records):
    conf = where / "weir.yaml"
    conf.write_text(text)
    got = weir("learn", "-c", str(conf), str(records))
    if not ok(got.returncode == 0, f"{name}: a proposal"):
        print("# " + got.stderr.replace("\n", "\n# "))
        return
    diff = got.stdout
    ok("dropbox" in diff, f"{name}: where many send to is proposed")
    ok("mega" not in diff, f"{name}: where one sends to is not")
    ok("08:00-15:00" in diff or "08:00-16:00" in diff, f"{name}: and hours")
    patched = subprocess.run(["patch", "-s", str(conf)], input=diff,
                             text=True, capture_output=True, check=False)
    if not ok(patched.returncode == 0, f"{name}: patch takes it"):
        print("# " + (patched.stdout + diff).replace("\n", "\n# "))
    kept = [line for line in text.splitlines()
            if "{" not in line and "box" not in line]
    ok(set(kept) <= set(conf.read_text().splitlines()),
       f"{name}: what stood there stands there")
    loaded = weir("-T", "-c", str(conf))
    if not ok(loaded.returncode == 0, f"{name}: weir -T takes it"):
        print("# " + (loaded.stderr + diff).replace("\n", "\n# "))
    told = weir("what-if", "-c", str(conf), str(records))
    days = float(re.search(r"From ([0-9.]+) days", diff)[1])
    wanted = alerts_in(diff, 1)
    found = {g: round(n / days, 2) for g, n in
             alerts_in(told.stdout, 0).items()}
    same({g: abs(found[g] - wanted[g]) < 0.02 for g in wanted},
         {g: True for g in wanted}, f"{name}: the alerts are those foretold")
    if "sales" in text:
        ok(alerts_in(diff, 1)["sales"] < alerts_in(diff, 0)["sales"],
           f"{name}: fewer than before for those who gained")
    again = weir("learn", "-c", str(conf), str(records))
    ok("Nothing is in regular use" in again.stdout,
       f"{name}: then nothing is left to propose")


def main():
    if not shutil.which("patch"):
        skip("patch is not installed")
        done()
    with tempfile.TemporaryDirectory() as name:
        where = Path(name)
        records = where / "records.jsonl"
        records.write_text("".join(json.dumps(r) + "\n" for r in office()))
        for kind, text in POLICIES.items():
            judge(kind, text, where, records)
        short = where / "short.jsonl"
        short.write_text("".join(json.dumps(r) + "\n"
                                 for r in office()[:20]))
        got = weir("learn", str(short))
        ok(got.returncode == 4 and "less than a day" in got.stderr,
           "too short a past is said")
        got = weir("learn")
        ok(got.returncode != 0 and "usage" in got.stderr.lower(),
           "no past: the usage")
        same(sorted(p.name for p in where.glob(".weir*")), [],
             "nothing is left behind")
    done()


main()
