#!/usr/bin/env python3
"""A device that announces itself names the flows to it, and the alert says
since when it is there."""
import datetime
import json
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tools"))
import frames  # noqa: E402
import sensor  # noqa: E402
from tap import done, ok, same, skip  # noqa: E402

WEIR = sensor.find_weir()
USER, DEVICE, PORT = "10.1.0.7", "10.1.0.9", 40777
START_S = 1772560800            # 2026-03-03 18:00 UTC
CONFIG = """
policy:
  home: [10.1.0.0/16]
  users: {10.1.0.7: anna}
detections:
  data-transfer:
    upload-floor: 500k
    download-floor: 500k
"""
NAMED = "privacy:\n  pseudonyms: no\n" + CONFIG


def name(text):
    labels = text.split(".")
    return b"".join(bytes([len(x)]) + x.encode() for x in labels) + b"\0"


def announcement(instance, service, port):
    """mDNS: one SRV record (RFC 6763)."""
    data = struct.pack(">HHH", 0, 0, port) + name("pc.local")
    return (struct.pack(">HHHHHH", 0, 0x8400, 0, 1, 0, 0)
            + bytes([len(instance)]) + instance.encode()
            + name(service + ".local")
            + struct.pack(">HHIH", 33, 0x8001, 120, len(data)) + data)


def encrypted(seen, at_us, server, host, way, size):
    flow = frames.Tcp(seen, (USER, 40000 + len(seen) % 9000), server,
                      at_us=at_us, step_us=2000)
    if host:
        flow.say(0, frames.client_hello(host))
        flow.say(1, frames.records(3000, kind=22))
    if way == 1:
        flow.say(0, frames.records(300))
    flow.say(way, frames.records(size))
    flow.close()
    return flow.at_us


def capture(path, service, host="pixel"):
    seen = []
    at_us = encrypted(seen, 0, ("203.0.113.4", 443), "files.slack.com", 1,
                      900_000)
    if service:
        seen.append((at_us, frames.udp(
            DEVICE, 5353, "224.0.0.251", 5353,
            announcement("Pixel 6", service, PORT))))
    encrypted(seen, at_us + 600_000_000, (DEVICE, PORT), host, 0, 900_000)
    frames.write_pcap(path, seen, start_s=START_S)


def weir(where, config):
    (where / "weir.yaml").write_text(config)
    run = subprocess.run(
        [WEIR, "-c", where / "weir.yaml", "--json", "-r", where / "in.pcap"],
        capture_output=True, text=True, timeout=120, check=False)
    found = [json.loads(line) for line in run.stdout.splitlines()]
    return ([r for r in found if r["type"] == "flow"
             and r["server_port"] == PORT],
            [r for r in found if r["type"] == "alert"
             and r["kind"] == "data-transfer"])


with tempfile.TemporaryDirectory() as d:
    where = Path(d)
    for service, called in (("_warpinator._tcp", "warpinator"),
                            ("_vhusb._tcp", "virtualhere"),
                            ("_adb-tls-connect._tcp", "adb"),
                            ("_FC9F5ED42C8A._tcp", "quick-share")):
        capture(where / "in.pcap", service)
        flows, alerts = weir(where, NAMED)
        same([(f.get("service"), f.get("evidence")) for f in flows],
             [(called, "expectation")],
             f"{service} names the flows to its port")
        ok(len(alerts) == 1, f"{service}: one alert")
        for a in alerts:
            ok("Pixel 6 appeared there at 18:00" in a["message"],
               f"it says what appeared, and when: {a['message']}")
            same((a["evidence"].get("to_device"),
                  a["evidence"].get("to_device_age_s") // 60),
                 ("Pixel 6", 10), "and how long before, in its evidence")
    _, alerts = weir(where, CONFIG)
    ok(alerts and "that device appeared there at 18:00" in
       alerts[0]["message"] and "Pixel" not in json.dumps(alerts),
       "pseudonyms: no device is called by its name")
    capture(where / "in.pcap", None)
    flows, alerts = weir(where, NAMED)
    same((flows[0].get("service"), alerts), (None, []),
         "nothing announced, nothing known")

    # A computer's own announcement, and a flow to a share that it speaks of.
    real = sensor.SHARED / "captures/dev/ndpi__iphone.pcap"
    if not real.exists():
        skip("no capture of a real announcement here")
        done()
    DEVICE, PORT = "192.168.2.1", 548
    last = max(r["time"] for r in sensor.records(str(real)))
    START_S = int(datetime.datetime.fromisoformat(
        last.replace("Z", "+00:00")).timestamp()) + 60
    capture(where / "share.pcap", None, host=None)
    subprocess.run(["mergecap", "-F", "pcap", "-a", "-w", where / "in.pcap",
                    real, where / "share.pcap"], check=True)
    _, alerts = weir(where, NAMED.replace("10.1.0.0/16]",
                                          "10.1.0.0/16, 192.168.2.0/24]"))
    ok(alerts and "iMac" in alerts[0]["evidence"].get("to_device", ""),
       "a real announcement: whose share it is: "
       + "".join(a["message"] for a in alerts))
done()
