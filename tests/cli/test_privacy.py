#!/usr/bin/env python3
"""Whom and what weir tells of: canaries, groups with monitoring yes and no,
pseudonyms in every output."""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import frames  # noqa: E402
import persons  # noqa: E402
import sensor  # noqa: E402
from tap import done, ok, same  # noqa: E402

WEIR = sensor.find_weir()
PLAIN = "privacy: {pseudonyms: no}"
FORMATS = ("rfc5424", "rfc3164", "json", "cef", "leef")


def all_said(tmp, text, capture):
    """Everything weir says of the capture: records, summary, log, files."""
    conf = tmp / "weir.yaml"
    files = [tmp / f"alerts.{f}" for f in FORMATS]
    conf.write_text(text + "outputs:\n" + "".join(
        f"  - {{type: file, path: {p}, format: {f}}}\n"
        for p, f in zip(files, FORMATS)))
    said = b""
    for options in ([], ["--json"], ["--json", "--transfers", "all"]):
        for p in files:
            p.unlink(missing_ok=True)
        run = subprocess.run([WEIR, "-v", *options, "-c", conf, "-r",
                              capture], capture_output=True, timeout=120,
                             check=False)
        if run.returncode != 0:
            ok(False, f"weir {options}: {run.stderr.decode()[-300:]}")
        said += run.stdout + run.stderr
        said += b"".join(p.read_bytes() for p in files if p.exists())
    return said


def names(tmp, capture):
    """Names in clear: the control, without which the rest says nothing."""
    said = all_said(tmp, persons.configuration(privacy=PLAIN), capture)
    same(persons.found_in(said, persons.TRACES), sorted(persons.TRACES),
         "pseudonyms off: the person is named")
    for kind in b"bulk-download", b"anomalous-access":
        ok(kind in said, f"he is alerted on: {kind.decode()}")
    same(persons.found_in(said, persons.CONTENT.values()), [],
         "pseudonyms off: no content")
    ok(persons.NAMES["ftpfile"].encode() in said,
       "pseudonyms off: a file name in clear is a record's object")


def pseudonyms(tmp, capture):
    key = tmp / "key"
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    said = all_said(tmp, persons.configuration(
        privacy=f"privacy: {{key: {key}}}"), capture)
    for what, words in (("the person", persons.TRACES),
                        ("content", persons.CONTENT.values()),
                        ("file and room names", persons.NAMES.values())):
        same(persons.found_in(said, words), [], f"by default: no {what}")
    ok(b"bulk-download" in said and b"anomalous-access" in said
       and b"user-" in said, "but the alerts, about a pseudonym")
    ok(persons.LISTED.encode() in said, "and a room that the policy lists")


def groups(tmp, capture):
    for group in persons.GROUPS:
        said = all_said(tmp, persons.configuration(group, True, PLAIN),
                        capture)
        ok(b"bulk-download" in said and persons.ACCOUNT.encode() in said,
           f"{group}: monitored, told of")
        for privacy in (PLAIN, ""):
            said = all_said(tmp, persons.configuration(group, False,
                                                       privacy), capture)
            traces = [t for t in persons.TRACES if t != persons.SERVER]
            same(persons.found_in(said, [*traces, "bulk-download",
                                         *persons.NAMES.values()]) +
                 persons.pseudonyms_in(said), [],
                 f"{group}: not monitored, no trace "
                 f"({privacy or 'pseudonyms'})")
            ok(b'"type":"flow"' in said, f"{group}: but volumes are counted")


def main():
    with tempfile.TemporaryDirectory() as name:
        tmp = Path(name)
        capture = tmp / "day.pcap"
        frames.write_pcap(capture, persons.day())
        names(tmp, capture)
        pseudonyms(tmp, capture)
        groups(tmp, capture)
    done()


main()
