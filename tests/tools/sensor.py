"""Run weir on captures and read what it says.  For scripts and tests."""
import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = ROOT.parent / "shared"
L4 = {"icmp": "ip-1", "igmp": "ip-2", "icmpv6": "ip-58"}


class Broken(Exception):
    """weir ended in a way that is no answer."""


def find_weir():
    """The program to test: $WEIR, else a build directory's."""
    if path := os.environ.get("WEIR"):
        return path
    for build in ("build-release", "build"):
        for place in (ROOT / build / "weir", ROOT / build / "sensor/weir"):
            if place.exists():
                return str(place)
    sys.exit("no weir is built here: scripts/quickstart builds one, "
             "or set WEIR")


def records(capture, *options, may_be_damaged=True, seconds=600):
    """All records that `weir --json -r capture` prints, parsed."""
    run = subprocess.run([find_weir(), *options, "--json", "-r", capture],
                         capture_output=True, timeout=seconds, check=False)
    if run.returncode != 0 and not (may_be_damaged and run.returncode == 3):
        raise Broken(f"{capture}: exit code {run.returncode}: "
                     + run.stderr.decode(errors="replace")[-500:])
    return [json.loads(line) for line in run.stdout.splitlines() if line]


def end_key(l4, ip_a, port_a, ip_b, port_b):
    """A 5-tuple regardless of who is called the client."""
    a, b = (ip_a, int(port_a or 0)), (ip_b, int(port_b or 0))
    return (L4.get(l4, l4), *sorted((a, b)))


def key_of(record):
    return end_key(record["l4"], record.get("client_ip", ""),
                   record.get("client_port", 0), record.get("server_ip", ""),
                   record.get("server_port", 0))


def flows(found):
    """The last word on each flow; reports of a living one are not final."""
    last = {}
    for r in found:
        if r["type"] == "flow":
            last[key_of(r), r["start"]] = r
    return list(last.values())
