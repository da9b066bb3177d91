"""Run weir on captures and read what it says.  For scripts and tests."""
import json
import os
import struct
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


def first_packet(path):
    """When the first packet of a pcap or pcapng was taken, in seconds."""
    with open(path, "rb") as f:
        data = f.read(65536)
    for order in "<>":
        magic, = struct.unpack(order + "I", data[:4])
        if magic in (0xa1b2c3d4, 0xa1b23c4d):
            return struct.unpack(order + "I", data[24:28])[0]
        if data[8:12] == struct.pack(order + "I", 0x1a2b3c4d):
            return first_block(data, order)
    return 0


def first_block(data, order):
    """Of an Enhanced Packet Block, by its interface's if_tsresol."""
    at, unit = 0, 1e-6
    while at + 28 <= len(data):
        kind, size = struct.unpack_from(order + "II", data, at)
        if kind == 6:
            high, low = struct.unpack_from(order + "II", data, at + 12)
            return (high << 32 | low) * unit
        option = at + 16
        while kind == 1 and option + 5 <= at + size:
            code, n = struct.unpack_from(order + "HH", data, option)
            if code == 9:
                value = data[option + 4]
                unit = 2.0 ** -(value & 127) if value & 128 else 10.0 ** -value
            option += 4 + (n + 3) // 4 * 4
        at += max(size, 12)
    return 0


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
