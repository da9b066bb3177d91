#!/usr/bin/env python3
"""Countries and autonomous systems: made by scripts/geo-update, on records."""
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
UPDATE = ROOT / "scripts/geo-update"
COUNTRY = """203.0.113.0,203.0.113.9,KP
203.0.113.10,203.0.113.127,DE
203.0.113.128,203.0.113.135,KP
203.0.113.136,203.0.113.255,DE
2001:db8::,2001:db8:ffff:ffff:ffff:ffff:ffff:ffff,NL
"""
ASN = """203.0.113.0,203.0.113.127,64500,"Slack, by name"
203.0.113.128,203.0.113.255,AS64501,Nobody's Network
0.0.0.0,9.255.255.255,64502,the rest
"""
OVERLAY = """catalogue: 1
services:
  abroad:
    name: A host abroad
    category: cloud
    rules:
      - {role: file, asns: [AS64501]}
"""


def update(*args):
    return subprocess.run([str(UPDATE), *map(str, args)],
                          capture_output=True, text=True, check=False)


def weir(*args):
    run = subprocess.run([WEIR, *map(str, args)], capture_output=True,
                         text=True, check=False)
    return [json.loads(line) for line in run.stdout.splitlines()]


def make_capture(path):
    """To Slack by name, and to a host without any, which takes 60 kB."""
    seen = []
    slack = frames.Tcp(seen, ("10.1.0.7", 40001), ("203.0.113.10", 443))
    slack.say(0, frames.client_hello("files.slack.com"))
    slack.say(1, frames.records(3000, kind=22))
    slack.say(0, frames.records(400))
    slack.say(1, frames.records(200000))
    slack.close()
    bare = frames.Tcp(seen, ("10.1.0.8", 40002), ("203.0.113.200", 4711),
                      at_us=slack.at_us)
    bare.say(0, bytes(range(1, 256)) * 240)
    bare.say(1, b"thank you")
    bare.close()
    frames.write_pcap(path, seen)


def config(where):
    where.joinpath("site").mkdir()
    where.joinpath("site/abroad.yaml").write_text(OVERLAY)
    path = where / "weir.yaml"
    path.write_text(f"privacy:\n  pseudonyms: no\n"
                    f"geo:\n  asn: {where}/asn.mmdb\n"
                    f"  country: {where}/country.mmdb\n"
                    f"catalogue:\n  site: {where}/site\n")
    return path


def on_flows(where):
    make_capture(where / "in.pcap")
    found = weir("-c", config(where), "--json", "-r", where / "in.pcap")
    flows = {r["client_ip"]: r for r in found if r["type"] == "flow"}
    slack, bare = flows.get("10.1.0.7", {}), flows.get("10.1.0.8", {})
    same([slack.get(k) for k in ("service", "asn", "as_org", "country")],
         ["slack", 64500, "Slack, by name", "DE"], "a flow has its place")
    same([bare.get(k) for k in ("service", "evidence", "asn")],
         ["abroad", "asn", 64501], "a nameless flow is named by its AS")
    same({r.get("as_org") for r in found if r["type"] == "transfer"},
         {"Slack, by name", "Nobody's Network"}, "and transfers have it")
    ok(bare.get("confidence", 100) <= 40, "with little confidence")


def on_alerts(where):
    """The office's capture, whose clouds stand in one big network."""
    (where / "all.csv").write_text("0.0.0.0,255.255.255.255,64503,All\n")
    update("--asn", where / "all.csv", "--dir", where)
    path = where / "office.yaml"
    path.write_text((ROOT / "tests/captures/office.yaml").read_text() +
                    f"\ngeo:\n  asn: {where}/asn.mmdb\n")
    found = weir("-c", path, "--json", "-r",
                 ROOT / "tests/captures/office.pcap.gz")
    alerts = [r for r in found if r["type"] == "alert"]
    ok(alerts and all(a["evidence"].get("as_org") == "All"
                      for a in alerts if "host" in a["evidence"]),
       "alerts say in whose network it went")


def moved(day, user, server, host, **more):
    """A megabyte at nine o'clock of a day in March."""
    return {"type": "transfer", "time": f"2026-03-{2 + day:02d}T09:00:00Z",
            "user": user, "server_ip": server, "host": host,
            "direction": "download", "bytes": 1000000 + day, "count": 1,
            **more}


def data_transfers(path, mega, *before):
    """The alerts after 8 days of an office that sends to that server."""
    slack = "203.0.113.10"
    records = [moved(0, "ben", slack, "files.slack.com"), *before]
    records += [moved(8, "anna", slack, "files.slack.com", bytes=900000 + n)
                for n in range(30)]
    records += [moved(8, "anna", mega, "userstorage.mega.co.nz",
                      direction="upload", bytes=900000 + n)
                for n in range(30)]
    run = subprocess.run([WEIR, "what-if", "-j", "-c", path, "-"],
                         input="\n".join(map(json.dumps, records)),
                         capture_output=True, text=True, check=False)
    found = [json.loads(line) for line in run.stdout.splitlines()]
    return [a for a in found if a["kind"] == "data-transfer"]


def first_seen(path, *before):
    """What the alert says of the network."""
    return [a["evidence"].get("as_first_seen") for a in
            data_transfers(path, "203.0.113.200", *before)]


def on_policy(where):
    """A cloud that is approved, but for one country or one network."""
    base = (where / "weir.yaml").read_text()

    def sent_to(server, words):
        path = where / "policy.yaml"
        path.write_text(f"{base}policy:\n  groups:\n    everyone:\n"
                        f"      approved: [mega]\n      unapproved: {words}\n")
        return [a["evidence"].get("country")
                for a in data_transfers(path, server)]

    same(set(sent_to("203.0.113.130", "['country:KP', 'country:IR']")), {"KP"},
         "an approved cloud in a country that is not")
    same(sent_to("203.0.113.200", "['country:KP', 'country:IR']"), [],
         "the same cloud elsewhere is approved")
    same(set(sent_to("203.0.113.200", "['as:64501']")), {"DE"},
         "a network that is not approved")
    same(sent_to("203.0.113.200", "['as:64500']"), [], "and another network")
    path = where / "no-table.yaml"
    path.write_text("policy:\n  groups:\n    everyone:\n"
                    "      unapproved: ['country:KP']\n")
    run = subprocess.run([WEIR, "-T", "-c", path], capture_output=True,
                         text=True, check=False)
    ok(run.returncode != 0 and "no-table.yaml:4:" in run.stderr and
       "countries need 'geo: country'" in run.stderr,
       f"a country without a table of them is refused: {run.stderr}")


def on_networks(path):
    same(set(first_seen(path)), {1}, "an upload to an AS never seen here")
    same(set(first_seen(path, moved(
        1, "ben", "203.0.113.201", "userstorage.mega.co.nz",
        direction="upload"))), {None}, "one that another user knows")


with tempfile.TemporaryDirectory() as d:
    where = Path(d)
    (where / "c.csv").write_text(COUNTRY)
    (where / "a.csv").write_text(ASN)
    run = update("--country", where / "c.csv", "--asn", where / "a.csv",
                 "--dir", where)
    same(run.returncode, 0, "geo-update compiles tables")
    on_flows(where)
    on_networks(where / "weir.yaml")
    on_policy(where)
    before = (where / "asn.mmdb").read_bytes()
    (where / "bad.mmdb").write_bytes(b"no database")
    run = update("--asn", where / "bad.mmdb", "--dir", where)
    ok(run.returncode != 0 and (where / "asn.mmdb").read_bytes() == before,
       "what is no database replaces nothing")
    same(sorted(p.name for p in where.glob("asn*")), ["asn.mmdb"],
         "and nothing is left behind")
    on_alerts(where)
done()
