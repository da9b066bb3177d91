#!/usr/bin/python3
"""rotation.py STORM LOGROTATE: 20,000 alerts at 2,000 a second into a file
that logrotate renames ten times, as our logrotate.d does it.  Every line is in
one of the files, whole."""
import collections
import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
from tap import done, ok, same, skip  # noqa: E402

ALERTS, RATE, TIMES = 20000, 2000, 10


def configure(shipped, where, sender):
    """Our own file, for this directory, without compression and account."""
    with open(f"{where}/weir.yaml", "w") as f:
        f.write(f"sensor: rotation\nuser: nobody\n"
                f"spool: {{directory: {where}/spool}}\noutputs:\n"
                f"  - {{type: file, path: {where}/a.log, format: json}}\n")
    with open(shipped) as f:
        rule = f.read()
    changed = rule.replace("/var/log/weir/*.log", f"{where}/*.log")
    changed = changed.replace("weir adm", "nobody nogroup")
    changed = changed.replace("\tcompress\n\tdelaycompress\n", "")
    changed = changed.replace(
        "systemctl kill --kill-who=main --signal=HUP weir.service",
        f"kill -HUP $(cat {sender})")
    ok(rule.count("\n") - changed.count("\n") == 2 and "HUP $(" in changed,
       "the shipped rule, for this directory")
    with open(f"{where}/rotate", "w") as f:
        f.write(changed)
    os.chmod(f"{where}/rotate", 0o644)


def sender_of(process):
    """The child that writes the file."""
    while process.poll() is None:
        child = subprocess.run(["pgrep", "-P", str(process.pid)],
                               capture_output=True, text=True, check=False)
        if child.stdout:
            return child.stdout.strip()
        time.sleep(0.05)
    sys.exit(process.stderr.read())


def rotate(where):
    run = subprocess.run(["logrotate", "-f", "-s", f"{where}/state",
                          f"{where}/rotate"], capture_output=True, text=True,
                         check=False)
    return run.returncode == 0 or print("# " + run.stderr)


def read_all(where):
    found, broken = collections.Counter(), 0
    for path in glob.glob(f"{where}/a.log*"):
        with open(path) as f:
            for line in f:
                try:
                    found[json.loads(line)["event.id"]] += 1
                except (ValueError, KeyError):
                    broken += 1
    return found, broken


def main():
    storm, shipped = sys.argv[1:3]
    if shutil.which("logrotate") is None or os.geteuid() != 0:
        skip("needs logrotate and root")
        done()
    where = tempfile.mkdtemp(prefix="weir-rotation-")
    os.chmod(where, 0o755)
    shutil.chown(where, "nobody", "nogroup")
    try:
        configure(shipped, where, f"{where}/pid")
        process = subprocess.Popen(
            [storm, f"{where}/weir.yaml", str(ALERTS), str(RATE), "60"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        with open(f"{where}/pid", "w") as f:
            f.write(sender_of(process))
        fine = 0
        for _ in range(TIMES):
            time.sleep(0.8)
            fine += rotate(where)
        said = process.communicate(timeout=90)[1]
        same(fine, TIMES, "rotated ten times")
        same(process.returncode, 0, "all is delivered")
        files = glob.glob(f"{where}/a.log*")
        same(len(files), TIMES + 1, "eleven files")
        found, broken = read_all(where)
        lost = ALERTS - sum(f"storm-{n}" in found
                            for n in range(1, ALERTS + 1))
        twice = sum(found.values()) - len(found)
        ok(lost == 0 and broken == 0, f"{ALERTS} lines: {lost} lost, "
           f"{broken} broken, {twice} twice")
        if lost:
            print("# " + said[-600:].replace("\n", "\n# "))
    finally:
        shutil.rmtree(where, ignore_errors=True)
    done()


main()
