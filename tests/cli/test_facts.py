#!/usr/bin/env python3
"""The catalogue against the tables of facts it was chosen from.

Every host of a row is named as that row's service or vendor.  The tables are
kept outside; without them this says so and skips.
"""
import csv
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tools"))
import sensor  # noqa: E402
from tap import done, ok  # noqa: E402

WEIR = sensor.find_weir()
FACTS = ROOT.parent / "shared/facts"
# What is left out or named otherwise on purpose, and why.
OTHERWISE = {
    "x1.rackcdn.com": "a CDN of everybody's",
    "x1.pubnub.com": "messaging of many apps",
    "x1-mediap.svc.ms": "previews of SharePoint, whoever shows them",
    "p0-content.icloud.com": "iCloud's, of which iMessage is one user",
    "x1.icloud-content.com": "iCloud's, of which iMessage is one user",
    "static.x1.fbcdn.net": "of all Facebook",
    "x1.usercontent.microsoft": "of all Microsoft",
    "x1.web.core.windows.net": "web sites, nothing is sent there",
    "x1.disk.yandex.x1": "no such domain: those that exist are listed",
    "x1.scw.cloud": "its object store is named, not all of it",
    "x1.oraclecloud.com": "its object store is named, not all of it",
    "x1.imgur.com": "its pictures come down everywhere: uploads are named",
    "x1.on.aws": "functions, not a store",
}


def words(text):
    return set(re.sub("[^a-z0-9]", " ", text.lower()).split())


def named(host):
    run = subprocess.run([WEIR, "catalogue", "match", host], text=True,
                         capture_output=True, check=False)
    return run.stdout.split("\n")[0].partition(": ")[2]


def compare(table, *columns):
    with open(FACTS / table, encoding="utf-8", newline="") as f:
        rows = [r for r in csv.DictReader(f) if r["sample_host"] and
                r["match"] in ("exact", "suffix", "glob", "regex")]
    wrong, used = [], 0
    for row in rows:
        host = row["sample_host"].split()[0]
        found = named(host)
        want = set().union(*(words(row[c]) for c in columns))
        used += host in OTHERWISE
        if host not in OTHERWISE and not want & words(found):
            wrong.append(f"{host}: {row[columns[0]]}, not {found}")
    ok(len(rows) > 100 and not wrong,
       f"{table}: {len(rows)} hosts, {used} otherwise: {wrong}")


if FACTS.is_dir():
    compare("im.csv", "service")
    compare("cloud.csv", "vendor", "product")
else:
    ok(True, "the tables of facts # SKIP no ../shared/facts here")
done()
