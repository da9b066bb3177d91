#!/usr/bin/env python3
"""The same alerts to the byte by 1, 2 and 4 workers, and by a service that is
killed half-way: a recorded office, and a simulated one of 80 days."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import sensor  # noqa: E402
from tap import done, ok  # noqa: E402

CAPTURES = sensor.ROOT / "tests/captures"
AGAIN = os.environ["AGAIN"]


def play(config, path):
    run = subprocess.run([AGAIN, config, path], capture_output=True,
                         text=True, timeout=300, check=False)
    for line in run.stdout.splitlines():
        if "ok " in line[:7]:
            ok(line.startswith("ok"), line.partition(" - ")[2] or line)
    ok(run.returncode == 0 and " 0 alerts" not in run.stdout and
       run.stdout.count("ok") == 4, f"{path.name}: all of it was played")


def main():
    with tempfile.TemporaryDirectory() as name:
        tmp = Path(name)
        subprocess.run([sensor.ROOT / "scripts/simulate", "--users", "20",
                        "--days", "80", "--thefts", "1", "--out", tmp],
                       check=True)
        plain = tmp / "weir.yaml"
        plain.write_text("privacy: {pseudonyms: no}\n")
        play(CAPTURES / "office.yaml", CAPTURES / "office.pcap.gz")
        play(plain, tmp / "records.jsonl")
    done()


main()
