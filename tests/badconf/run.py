#!/usr/bin/env python3
"""Every broken file is refused at its place, and what we ship is not.

    run.py WEIR DIR

DIR holds weir-*.yaml (configurations) and catalogue-*.yaml (a site's
catalogue).  The first line of each is "# expect LINE:COLUMN: part of the
message".  Prints TAP.
"""
import subprocess
import sys
from pathlib import Path

weir, where = sys.argv[1], Path(sys.argv[2])
count = 0


def report(fine, name, detail=""):
    global count
    count += 1
    print(f"{'ok' if fine else 'not ok'} {count} - {name}")
    if not fine:
        print("# " + detail.replace("\n", "\n# "))


def run(*args):
    return subprocess.run([weir, *args], capture_output=True, text=True,
                          timeout=20)


for path in sorted(where.glob("*.yaml")):
    first = path.read_text().split("\n", 1)[0]
    line, column, part = first.removeprefix("# expect ").split(":", 2)
    if path.name.startswith("weir-"):
        got = run("-T", "-c", str(path))
    else:
        got = run("catalogue", "check", str(path))
    place = f"{path}:{line}:{column}: "
    fine = got.returncode == 2 and any(
        said.startswith(place) and part.strip() in said
        for said in got.stderr.split("\n"))
    report(fine, path.name, f"wanted {place}{part}\n{got.stderr}")

got = run("-T")
report(got.returncode == 0, "the defaults pass", got.stderr)
got = run("catalogue", "-s", "/nonexistent", "check")
report(got.returncode == 0, "the shipped catalogue passes", got.stderr)
got = run("-T", "-c", "/nonexistent/weir.yaml")
report(got.returncode == 2 and "/nonexistent/weir.yaml: " in got.stderr,
       "a missing file is told by its name", got.stderr)
print(f"1..{count}")
