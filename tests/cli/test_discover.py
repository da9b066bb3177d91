#!/usr/bin/env python3
"""weir catalogue discover: what no rule names, as a file that weir accepts."""
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import frames  # noqa: E402
import sensor  # noqa: E402
from tap import done, ok, same  # noqa: E402

WEIR = sensor.find_weir()


def weir(*args, stdin=b""):
    return subprocess.run([WEIR, *map(str, args)], input=stdin,
                          capture_output=True, timeout=120, check=False)


def fetch(seen, client, server, host, size, at_us):
    flow = frames.Tcp(seen, (client, 40001), (server, 443), at_us=at_us)
    flow.say(0, frames.client_hello(host))
    flow.say(1, frames.records(3000, kind=22))
    flow.say(0, frames.records(400))
    flow.say(1, frames.records(size))
    flow.close()
    return flow.at_us


def make_capture(path):
    seen = []
    at = fetch(seen, "10.1.0.7", "203.0.113.1", "files.slack.com", 900000,
               0)
    at = fetch(seen, "10.1.0.7", "203.0.113.2", "small.example.org", 90000,
               at)
    at = fetch(seen, "10.1.0.8", "203.0.113.3", "big.example.org", 300000,
               at)
    at = fetch(seen, "10.1.0.9", "203.0.113.4", 'a"]}.example', 200000, at)
    frames.write_pcap(path, seen)


with tempfile.TemporaryDirectory() as d:
    where = Path(d)
    make_capture(where / "in.pcap")
    records = weir("--json", "--transfers", "all", "-r",
                   where / "in.pcap").stdout
    run = weir("catalogue", "-s", where, "discover", stdin=records)
    text = run.stdout.decode()
    same(run.returncode, 0, "discover reads records")
    ok("slack" not in text, "what a rule names is not told")
    ok(0 < text.find("big.example.org") < text.find("small.example.org"),
       "the most bytes come first")
    ok('"203.0.113.4/32"' in text and 'a"' not in text,
       "a name that is none is not repeated")
    (where / "found.yaml").write_text(text)
    same(weir("catalogue", "check", where / "found.yaml").returncode, 0,
         "what it prints is a catalogue file")
    again = weir("catalogue", "-s", where, "discover", stdin=records)
    ok(b"# 0 hosts" in again.stdout, "which names all it found")
    same(weir("catalogue", "-s", where, "discover", "/nonexistent").returncode,
         4, "a missing file is an error")
done()
