#!/usr/bin/env python3
"""Public captures whose file sizes are in their names: each is found.

They were recorded by others from real services and are not kept here; they
are looked for beside the repository, and skipped, visibly, where they are not.
"""
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import sensor  # noqa: E402
from tap import done, ok, skip  # noqa: E402

NAME = re.compile(r"upload_(\d+)B\.pcap(ng)?(\.gz)?$")


def main():
    captures = [p for p in sorted((sensor.SHARED / "captures").glob("*/*"))
                if NAME.search(p.name)]
    if not captures and (sensor.SHARED / "captures").is_dir():
        ok(False, "captures are there, but none named upload_<N>B")
    elif not captures:
        skip("no capture named upload_<N>B beside the repository")
    for path in captures:
        size = int(NAME.search(path.name)[1])
        found = [r["bytes"] for r in sensor.records(path, "--transfers",
                                                    "all")
                 if r["type"] == "transfer" and r["direction"] == "upload"]
        best = min(found, key=lambda n: abs(n - size), default=0)
        ok(abs(best - size) <= size * 0.01,
           f"{path.name}: {size} bytes went up, found {best}")
    done()


main()
