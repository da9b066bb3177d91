#!/usr/bin/env python3
"""A mirror that loses frames, and a clock that jumps.

What TCP acknowledged and nobody saw must be what was left out, to a tenth; no
volume may claim more than "at least".  A clock that jumps in the middle takes
no flow, no name and no byte, and makes no negative duration.
"""
import gzip
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tools"))
import sensor  # noqa: E402
from tap import done, ok, same  # noqa: E402

OFFICE = ROOT / "tests/captures/office.pcap.gz"


def tcp_bytes(file):
    """All payload of TCP over IPv4, by IP's own lengths."""
    total = 0
    file.read(24)
    while head := file.read(16):
        data = file.read(struct.unpack("IIII", head)[2])
        if data[12:14] != b"\x08\0" or data[23] != 6:
            continue
        ip = (data[14] & 15) * 4
        total += struct.unpack(">H", data[16:18])[0] - ip - (
            data[14 + ip + 12] >> 4) * 4
    return total


def recast(tmp, *how):
    """Another vantage point's capture, and what weir says of it."""
    path = Path(tmp) / "recast.pcap"
    subprocess.run([ROOT / "scripts/recast", *how, OFFICE, path], check=True)
    return path, sensor.records(path)


def tcp_flows(records):
    return [f for f in sensor.flows(records) if f["l4"] == "tcp"]


def loss(tmp, whole):
    for percent in (1, 5, 20):
        path, records = recast(tmp, f"--loss={percent}")
        with open(path, "rb") as f:
            truth = whole - tcp_bytes(f)
        flows = tcp_flows(records)
        told = sum(f.get("loss", 0) for f in flows)
        ok(abs(told - truth) <= truth / 10,
           f"{percent} % lost: {truth} bytes in truth, {told} told")
        same([f for f in flows if f.get("loss") and
              not f.get("lower_bound")], [], "marked as lower bounds")
        files = [r for r in records if r["type"] == "transfer" and
                 r["bytes"] > 1000000]
        ok(files and all(r.get("lower_bound") for r in files),
           f"so are {len(files)} transfers in them")
        said = [r for r in records if r["type"] == "alert"]
        same(sorted(r["kind"] for r in said),
             ["bulk-download", "data-transfer"], "the alerts are the same")
        ok(all(r["evidence"].get("score_loss", 0) < 0 for r in said),
           "and say so too")


def clock(tmp):
    before = tcp_flows(sensor.records(OFFICE))
    for step in (-86400, -3600, -60, 60):
        _, records = recast(tmp, "--clock-step", f"--step-s={step}")
        after = tcp_flows(records)
        same((len(after), sum(f["bytes_up"] + f["bytes_down"] for f in after),
              sorted(f.get("host", "") for f in after)),
             (len(before), sum(f["bytes_up"] + f["bytes_down"]
                               for f in before),
              sorted(f.get("host", "") for f in before)),
             f"the clock jumps by {step} s: the same flows, bytes, names")
        same([r for r in records if r["type"] in ("flow", "transfer") and
              r["end"] < r["start"]], [], "none ends before it begins")


def main():
    with gzip.open(OFFICE) as f:
        whole = tcp_bytes(f)
    with tempfile.TemporaryDirectory() as tmp:
        loss(tmp, whole)
        clock(tmp)
    done()


main()
