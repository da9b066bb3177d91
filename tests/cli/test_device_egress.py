#!/usr/bin/env python3
"""Devices and shares in public captures: named where they are, and no files
towards any where there is none.  Skips, visibly, without the captures."""
import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import sensor  # noqa: E402
import tap  # noqa: E402

DEVICES = {"usb-ip", "device-sync", "lan-share"}
# Captures of file servers at work; all others move nothing to a device.
SHARES = {"ndpi__ftp.pcap": "ftp", "suricata__smb2-01.pcap": "smb",
          "zeek__krb_smb2_krb.pcap": "smb"}


def labels(folder):
    """{file: {5-tuple: service}} of the flows labelled as device sync."""
    wanted = {}
    with open(folder / "labels.csv", encoding="utf-8", newline="") as f:
        for r in csv.DictReader(f):
            if r["category"] == "usb-sync":
                key = sensor.end_key(r["proto"], r["client_ip"],
                                     r["client_port"], r["server_ip"],
                                     r["server_port"])
                wanted.setdefault(r["file"], {})[key] = r["service"]
    return wanted


def dcc(folder):
    """The file of a public DCC SEND, to the byte, where the capture is."""
    for path in folder.glob("zeek__irc-dcc-send.pcap*"):
        sizes = [r["bytes"] for r in sensor.records(
            str(path), "--transfers", "all") if r["type"] == "transfer"]
        tap.ok(1320211 in sizes, f"{path.name}: {sizes} bytes, announced "
               "as 1320211")
        return
    tap.skip("no capture of a DCC SEND there")


def main():
    folder = sensor.SHARED / "captures/dev"
    if not (folder / "labels.csv").exists():
        tap.skip(f"no captures in {folder}")
        tap.done()
    wanted, false, named, seen = labels(folder), [], {}, 0
    for path in sorted(folder.glob("*.pcap*")) + sorted(folder.glob("*.cap")):
        found = sensor.records(str(path))
        seen += 1
        false += [(path.name, r["service"], r["bytes"]) for r in found
                  if r["type"] == "transfer" and r.get("category") in DEVICES
                  and SHARES.get(path.name) != r["service"]]
        for flow in sensor.flows(found):
            service = wanted.get(path.name, {}).get(sensor.key_of(flow))
            if service is not None:
                named[path.name, sensor.key_of(flow)] = \
                    flow.get("service") == service
    tap.ok(seen > 100, f"{seen} captures read")
    tap.same(false, [], "no files go to devices that are not there")
    tap.same((sum(named.values()), len(named)),
             (sum(map(len, wanted.values())),) * 2,
             f"each of {len(named)} labelled device flows has its name")
    dcc(folder)
    tap.done()


main()
