#!/usr/bin/env python3
"""Twice the input, at most 2.3 times the instructions: every dissector.

    work.py TEST_EVERY UNIT_TEST...

What the unit tests treat is played 8, 16 and 32 times within one flow, as it
came and in pieces of 100 bytes, under callgrind, which counts the
instructions of the dissector alone: the same numbers at each run, on any
machine.  Skips, visibly, without valgrind or in a sanitized build.  TAP.
"""
import collections
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import tap  # noqa: E402
from sanitized import sanitized  # noqa: E402

MOST = 2.3
SEEN_FIRST = 20_000     # instructions: below that, setting up is what counts


def dumps(folder):
    """{(exchange, piece): {times: instructions}}"""
    found = collections.defaultdict(dict)
    for path in folder.glob("out.*"):
        text = path.read_text(encoding="utf-8", errors="replace")
        what = re.search(r"^desc: Trigger: Client Request: (.*)\t(.*)\t(.*)$",
                         text, re.M)
        total = re.search(r"^(?:totals|summary): (\d+)", text, re.M)
        if what and total:
            name, piece, times = what.groups()
            found[name, int(piece)][int(times)] = int(total[1])
    return found


def count(every, units, folder):
    seeds = folder / "seeds"
    seeds.mkdir()
    for unit in units:
        subprocess.run([unit], env={**os.environ, "FUZZ_SEEDS": str(seeds)},
                       stdout=subprocess.DEVNULL, check=False, timeout=120)
    subprocess.run(["valgrind", "-q", "--tool=callgrind",
                    "--toggle-collect=feed_alone*", "--dump-instr=no",
                    f"--callgrind-out-file={folder}/out", every, str(seeds)],
                   stdout=subprocess.DEVNULL, check=True, timeout=300)
    return dumps(folder)


def main():
    if shutil.which("valgrind") is None:
        tap.skip("no valgrind here: instructions are not counted")
        tap.done()
    if sanitized(sys.argv[1]):
        tap.skip("built with a sanitizer: other instructions")
        tap.done()
    with tempfile.TemporaryDirectory() as folder:
        found = count(sys.argv[1], sys.argv[2:], Path(folder))
    tap.ok(len(found) > 50, f"{len(found)} exchanges were counted")
    for (name, piece), by_times in sorted(found.items()):
        few, twice, four = (by_times[k] for k in sorted(by_times))
        small = max(few, SEEN_FIRST)
        worst = max(twice / small, four / max(twice, small))
        how = f"in pieces of {piece}" if piece else "whole"
        tap.ok(worst <= MOST, f"{name}, {how}: {few}, {twice}, {four} "
               f"instructions, x {worst:.2f}")
    tap.done()


main()
