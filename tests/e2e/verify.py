#!/usr/bin/python3
"""verify.py WEIR CAPTURE: `weir verify` accepts what was sent, in both forms
it can read, and notices each kind of damage."""
import os
import subprocess
import sys
import tempfile

failed = 0


def ok(fine, what):
    global failed
    failed += not fine
    print("ok" if fine else "not ok", "-", what)


def main():
    weir, capture = sys.argv[1:3]
    with tempfile.TemporaryDirectory() as where:
        for form in ("rfc5424", "json"):
            try_form(weir, capture, where, form)
    sys.exit(failed != 0)


def try_form(weir, capture, where, form):
    log, conf = f"{where}/{form}.log", f"{where}/weir.yaml"
    with open(conf, "w") as out:
        out.write("privacy: {pseudonyms: no}\noutputs:\n"
                  f"  - {{type: file, path: {log}, format: {form}}}\n")
    subprocess.run([weir, "-r", capture, "-c", conf], check=True,
                   stdout=subprocess.DEVNULL)
    lines = open(log).read().splitlines()

    def verify(text, what, code, *said):
        with open(f"{where}/try", "w") as out:
            out.write("".join(line + "\n" for line in text))
        done = subprocess.run([weir, "verify", f"{where}/try"],
                              stdout=subprocess.PIPE)
        ok(done.returncode == code and all(
            s.encode() in done.stdout for s in said), f"{form}: {what}")

    n = len(lines)
    ok(n >= 2, f"{form}: {n} lines")
    verify(lines, "untouched", 0, f"{n} lines, 0 twice, 0 missing")
    verify(["Nov 24 07:00:00 host prefix: " + x for x in lines],
           "with a prefix of the collector's", 0, f"{n} lines")
    verify(lines + lines[:1], "a line twice, out of order", 0, "1 twice")
    verify(lines[:1] + ["another daemon: hello"] + lines[1:],
           "among lines of others", 0, "1 lines of others")
    changed = [lines[0].replace(" took 60 files", " took 61 files")]
    verify(changed + lines[1:], "a changed sentence", 3, "broken")
    risk = 'risk="high"' if form == "rfc5424" else '"weir.risk":"high"'
    changed = [lines[0].replace(risk, risk.replace("high", "low"))]
    verify(changed + lines[1:], "a changed risk", 3, "broken")
    number = 'seq="2"' if form == "rfc5424" else '"event.sequence":2'
    changed = [lines[1].replace(number, number.replace("2", "9"))]
    verify(lines[:1] + changed, "a gap", 3, "missing 2 to 8")


main()
