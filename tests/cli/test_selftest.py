#!/usr/bin/env python3
"""`weir selftest`: known files through a lab network, found by a live sensor."""
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import sensor  # noqa: E402
from tap import done, ok, same, skip  # noqa: E402


def selftest(*options):
    return subprocess.run([sensor.find_weir(), "selftest", *options],
                          capture_output=True, text=True, timeout=120,
                          check=False)


def usage():
    for options in (("-n", "0"), ("-i", "eth0"), ("-t", "192.0.2.1"),
                    ("stray",)):
        same(selftest(*options).returncode, 1,
             f"{' '.join(options)}: a question of usage")


def lab():
    run = selftest("-n", "8", "-s", "7")
    if "no lab network" in run.stderr:
        skip("no root, or a kernel without namespaces, veth or mirred")
        return
    lines = run.stdout.splitlines()
    same(run.returncode, 0, "all is found")
    same(len(lines), 9, "a line for each transfer, and one for all")
    ok(re.match(r"8 of 8 found, 8 within 1 %, 0 that never were",
                lines[-1] if lines else ""), "and it says how well")


usage()
lab()
done()
