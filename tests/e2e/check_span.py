#!/usr/bin/env python3
"""What rsyslog got from a sensor on a SPAN port, held against the truth.

    check_span.py DIR LIVE_EXIT REPLAY_EXIT

DIR holds tcp.log and udp.log (as received), truth.csv (what the web server
counted), replay.json (`weir --json -r` on the same packets).
"""
import csv
import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from tap import done, ok, same  # noqa: E402

RFC5424 = re.compile(r"^<(\d+)>1 (\S+) (\S+) (\S+) (\S+) (\S+) "
                     r"(-|(?:\[.*?[^\\]\])+)(?: (.*))?$")
PAIR = re.compile(r'(\w[\w.-]*)="((?:[^"\\]|\\.)*)"')


def alerts_of(path):
    """Structured data of every alert in a file of syslog lines."""
    found = []
    for line in path.read_text().splitlines():
        m = RFC5424.match(line)
        if ok(m, f"{path.name}: RFC 5424") and m[7] != "-":
            pairs = dict(PAIR.findall(m[7]))
            pairs["msgid"], pairs["text"] = m[6], m[8] or ""
            found.append(pairs)
    return [a for a in found if "risk" in a]    # the others: its health


def near(got, wanted, what):
    off = abs(got - wanted) / wanted
    ok(off <= 0.03, f"{what}: {got} of {wanted} ({100 * off:.2f} % off)")


def truth_of(path):
    down = up = files = 0
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            if row["client_ip"] != "10.20.0.11":
                continue
            if row["sni"] == "files.slack.com":
                down += int(row["down_bytes"])
                files += 1
            elif row["sni"] == "content.dropboxapi.com":
                up += int(row["up_bytes"])
    return down, files, up


def judge(name, alerts, truth):
    down, files, up = truth
    kinds = sorted(a["msgid"] for a in alerts)
    same(kinds, ["bulk-download", "data-transfer"],
         f"{name}: one bulk download and one data transfer, nothing else")
    for a in alerts:
        kind = a["msgid"]
        same(a.get("user"), "anna", f"{name}: {kind} names the user")
        ok("Slack" in a["text"], f"{name}: {kind} names the chat")
        if kind == "bulk-download":
            near(int(a["bytes"]), down, f"{name}: {kind}, bytes taken")
            near(int(a["count"]), files, f"{name}: {kind}, files")
        else:
            near(int(a["bytes"]), up, f"{name}: {kind}, bytes sent")
            ok("dropbox" in a["text"].lower(),
               f"{name}: {kind} names the cloud")
    ok(not any(a.get("user") == "ben" or "10.20.0.12" in str(a)
               for a in alerts), f"{name}: nothing about who only browses")


def main():
    where = Path(sys.argv[1])
    same(sys.argv[2], "0", "the live sensor ended well on SIGTERM")
    same(sys.argv[3], "0", "the replay ended well")
    truth = truth_of(where / "truth.csv")
    live = {name: alerts_of(where / f"{name}.log") for name in ("tcp", "udp")}
    for name, alerts in live.items():
        judge(name, alerts, truth)
    replayed = [r for r in map(json.loads, open(where / "replay.json"))
                if r["type"] == "alert"]
    replayed = [{**r["evidence"], **r, "msgid": r["kind"]} for r in replayed]
    essentials = ("msgid", "user", "service", "target", "count", "bytes")
    same(sorted([str(r.get(k, "")) for k in essentials] for r in replayed),
         sorted([a.get(k, "") for k in essentials] for a in live["tcp"]),
         "the same packets through -r: the same alerts")
    done()


main()
