#!/usr/bin/env python3
"""What a tap cannot look into is said: in records, summary and alerts."""
import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tools"))
import frames  # noqa: E402
import sensor  # noqa: E402
from tap import done, ok, same  # noqa: E402

WEIR = sensor.find_weir()
# Who, server, name: a resolver, a tunnel, and a chat beside them.
# encrypted_client_hello: outer, HKDF-SHA256 with AES-128-GCM, and 200 bytes.
ECH = bytes.fromhex("fe0d00d2000001000100") + bytes(2) + bytes.fromhex(
    "00c8") + bytes(200)
SPOKEN = [("10.1.0.7", "203.0.113.1", "cloudflare-dns.com", "doh"),
          ("10.1.0.7", "203.0.113.2", "x.trycloudflare.com", "tunnel"),
          ("10.1.0.8", "203.0.113.3", "mask.icloud.com", "private-relay"),
          ("10.1.0.8", "203.0.113.4", "files.slack.com", None),
          ("10.1.0.9", "203.0.113.5", "cloudflare-ech.com", "ech")]


def weir(*args):
    return subprocess.run([WEIR, *map(str, args)], capture_output=True,
                          text=True, timeout=120, check=False).stdout


def make_capture(path, start_s=1772520000):
    seen, first_us = [], 0
    for i, (client, server, host, why) in enumerate(SPOKEN):
        flow = frames.Tcp(seen, (client, 40001 + i), (server, 443),
                          at_us=first_us)
        flow.say(0, frames.client_hello(host, ECH if why == "ech"
                                        else b""))
        flow.say(1, frames.records(3000, kind=22))
        flow.say(0, frames.records(60000))
        flow.close()
        first_us = flow.at_us
    frames.write_pcap(path, seen, start_s=start_s)


with tempfile.TemporaryDirectory() as d:
    where = Path(d)
    make_capture(where / "in.pcap")
    (where / "weir.yaml").write_text("privacy:\n  pseudonyms: no\n")
    args = ("-c", where / "weir.yaml", "-r", where / "in.pcap")
    flows = [json.loads(line) for line in weir("--json", *args).splitlines()]
    same({f["host"]: f.get("blind") for f in flows if f["type"] == "flow"},
         {host: why for _, _, host, why in SPOKEN}, "flows say why")
    text = weir(*args)
    ok("in 4 flows went where weir cannot look" in text,
       "the summary has the total")
    ok("10.1.0.9" in text and "Encrypted hello" in text,
       "a hello under a cover name is one of them")
    ok("DNS over HTTPS" in text and "iCloud Private" in text,
       "and a row for each user and kind")

    # In the office emil is alerted about: give him a tunnel before it.
    office = ROOT / "tests/captures/office.pcap.gz"
    config = ROOT / "tests/captures/office.yaml"
    SPOKEN[:] = [("10.20.0.15", "203.0.113.2", "x.trycloudflare.com",
                  "tunnel")]
    make_capture(where / "tunnel.pcap")
    found = [json.loads(line) for line in weir(
        "-c", config, "--json", "-r", where / "tunnel.pcap", "-r",
        office).splitlines()]
    alerts = {r["user"]: r["evidence"] for r in found
              if r["type"] == "alert"}
    emil = alerts.get("emil", {})
    ok(emil.get("blind_bytes", 0) > 60000 and
       emil.get("blind_how") == "tunnel", "an alert tells what was hidden")
    ok(all("blind_bytes" not in e for u, e in alerts.items() if u != "emil"),
       "of that client alone")
done()
