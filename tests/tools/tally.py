#!/usr/bin/env python3
"""Add up meson's test logs; the last line is "N passed, N failed".

    tally.py [--broken N] testlog.json...

TAP tests count by their lines, all others as one.  A TAP test that died or
promised more than it did counts as one more failure.
"""
import argparse
import json
import re
import sys

LINE = re.compile(r"^(not )?ok\b(.*)", re.M)


def count(test):
    """(passed, failed, skipped) of one entry of the log."""
    passed = failed = skipped = 0
    for bad, rest in LINE.findall(test.get("stdout") or ""):
        if "# skip" in rest.lower():
            skipped += 1
        elif bad:
            failed += 1
        else:
            passed += 1
    result = test["result"]
    if passed + failed + skipped == 0:
        return (result == "OK"), (result not in ("OK", "SKIP")), \
            (result == "SKIP")
    if result not in ("OK", "SKIP") and failed == 0:
        failed = 1
    return passed, failed, skipped


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--broken", type=int, default=0)
    p.add_argument("logs", nargs="*")
    a = p.parse_args()
    sums = [0, a.broken, 0]
    notes = []
    for path in a.logs:
        with open(path) as f:
            for test in map(json.loads, f):
                for i, n in enumerate(counts := count(test)):
                    sums[i] += n
                if counts[1]:
                    notes.append(f"FAILED: {test['name']} ({path})")
                elif counts[2]:
                    notes.append(f"skipped in part: {test['name']}")
    print()
    for note in notes:
        print(note)
    if sums[2]:
        print(sums[2], "skipped")
    if sums[0] == 0:
        sums[1] = max(sums[1], 1)
    print(f"{sums[0]} passed, {sums[1]} failed")
    return sums[1] > 0


if __name__ == "__main__":
    sys.exit(main())
