#!/usr/bin/python3
"""The commands that play the past, when there is none, or it is not what was
meant: no table of zeros that looks like an answer.  Prints TAP."""
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
from tap import done, ok, same  # noqa: E402

WEIR = os.environ.get("WEIR", "build/sensor/weir")
OLD = "policy: {groups: {sales: {networks: [10.1.0.0/16]}}}\n"
NEW = "policy: {groups: {sellers: {networks: [10.1.0.0/16]}}}\n"


def weir(*args, **more):
    return subprocess.run([WEIR, *map(str, args)], capture_output=True,
                          text=True, timeout=60, check=False, **more)


def theft():
    """Sixty files of 300 MB in all, taken and sent."""
    for i in range(120):
        up = i >= 60
        yield {"type": "transfer", "client_ip": "10.1.0.9", "count": 1,
               "time": f"2026-03-0{3 if up else 2}T11:{i % 60:02}:00Z",
               "direction": "upload" if up else "download",
               "bytes": 5000000 + 7919 * (i % 60),
               "host": "userstorage.mega.co.nz" if up else "files.slack.com"}


def refused(what, code, said, *args, **more):
    got = weir(*args, **more)
    ok(got.returncode == code and said in got.stderr and not got.stdout,
       f"{what}: {got.stderr.splitlines()[0][:100]}")


def mistakes(where, records, old):
    empty, broken = where / "empty.jsonl", where / "broken.yaml"
    empty.write_text("")
    broken.write_text("policy:\n  groups:\n    sales: {monitr: no}\n")
    for name in ("what-if", "tune", "learn"):
        refused(f"{name}, no store", 4, "no store", name, "-c", old, "-s",
                where / "none.db")
        refused(f"{name}, no file", 4, "No such file", name, "-c", old,
                where / "none.jsonl")
        refused(f"{name}, a broken policy", 2, "did you mean 'monitor'", name,
                "-c", broken, records)
        refused(f"{name}, a store and records", 1, "usage", name, "-s", "a.db",
                records)
        refused(f"{name}, a wrong option", 1, "--bugdet", name, "--bugdet",
                records)
    refused("what-if, an empty past", 4, "nothing to play", "what-if", "-c",
            old, empty)
    refused("what-if, nothing to try", 1, "what is to be tried", "what-if",
            "-b", old, records)
    refused("what-if, twice from a pipe", 1, "plays it twice", "what-if",
            "-b", old, "-c", old, "-", input="")
    refused("tune, an empty past", 4, "less than a day", "tune", empty)
    refused("tune, a budget of what", 1, "5/week", "tune", "-b", "2/month",
            records)
    refused("explain, no store", 4, "no store", "explain", "-s",
            where / "none.db")


def compared(records, old, new):
    got = weir("what-if", "-b", old, "-c", new, records)
    rows = {line.split()[0]: line.split()[-3:]
            for line in got.stdout.splitlines()
            if line.startswith(("sellers", "sales"))}
    ok(got.returncode == 0 and int(rows["sellers"][0]) > 0 and
       rows["sales"] == ["0"] * 3,
       f"a group that is no more is told of: {rows}")
    ok("Played 2 days." in got.stdout, "how much was played is said")
    same(weir("what-if", "-b", old, "-c", old, records).stdout.count("+ "), 0,
         "the same policy changes nothing")


def tuned(records, old):
    """Of a group of whom nothing is known the most sensitive k would do."""
    got = weir("tune", "-w", "0", "-c", old, records).stdout
    table, _, policy = got.partition("\npolicy:")
    ok("left as it is" in table.partition("sales")[2] and "rest:" in policy and
       "sales:" not in policy, "tune: who has no alerts stays as he is")
    diff = weir("tune", "-w", "0", "-d", "-c", old, records).stdout
    ok("sales:" not in diff and "+        bulk-download: {k: " in diff,
       "also in the diff")
    none = weir("tune", "-w", "0", "-d", "-b", "1", "-c", old, records)
    same(none.returncode, 0, "tune, a day and group")


def main():
    with tempfile.TemporaryDirectory() as name:
        where = Path(name)
        records, old, new = (where / n for n in ("r.jsonl", "old.yaml",
                                                  "new.yaml"))
        records.write_text("".join(json.dumps(r) + "\n" for r in theft()))
        old.write_text(OLD)
        new.write_text(NEW)
        mistakes(where, records, old)
        compared(records, old, new)
        two = where / "two.yaml"
        two.write_text("policy: {groups: {sales: {}, rest: {networks: "
                       "[10.1.0.0/16]}}}\n")
        tuned(records, two)
    done()


main()
