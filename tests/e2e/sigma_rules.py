#!/usr/bin/python3
"""sigma_rules.py WEIR CAPTURE SAMPLES DOCS: each rule of docs/siem/sigma.yml is one
by the specification, and holds for the events it is for and for no others.

The events are what weir says of a capture and every record there is, once as
structured data (RFC 5424) and once in ECS through the shipped pipeline.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
from tap import done, ok, same, skip  # noqa: E402

try:
    import sigma
except ImportError:
    skip("python3-yaml is not installed")
    done()

# Which kinds a rule is for; a finding that is over is for none.
MEANT = {
    "Files from chat moved to an unapproved place": {"data-transfer"},
    "Bulk download from chat": {"bulk-download"},
    "Access to chat resources that the user's group has no business with":
        {"anomalous-access"},
    "A user's chat and transfers are unlike those of before":
        {"behavioral-anomaly", "user-risk"},
    "weir loses packets, so its volumes are lower bounds":
        {"drops", "nic-drops", "gaps", "one-sided", "no-packets"},
    "weir can no longer deliver or keep alerts":
        {"spool-dropped", "spool-refused", "spool-half", "collector-down"},
    "weir heartbeat": {"heartbeat"},
}
ALERTS = ["bulk-download", "anomalous-access", "data-transfer",
          "behavioral-anomaly", "user-risk"]
HEALTH = ["no-packets", "drops", "nic-drops", "gaps", "duplicates",
          "truncation", "one-sided", "clock-step", "worker-restarted",
          "collector-down", "spool-half", "spool-refused", "spool-dropped",
          "reload-refused", "heartbeat", "started"]


def structured(line):
    """MSGID, sensor and parameters of an RFC 5424 line."""
    head = re.match(r"(?:<\d+>)?1 \S+ (\S+) weir - (\S+) ", line)
    found = dict(re.findall(r'\s([a-z][a-z0-9_]*)="((?:[^"\\\]]|\\.)*)"',
                            line))
    return {"sensor": head[1], "kind": head[2], **found}


def from_capture(weir, capture, pipeline, where):
    """What is written to syslog, in both formats, as a rule sees it."""
    with open(f"{where}/weir.yaml", "w") as f:
        f.write("outputs:\n")
        for form in ("rfc5424", "json"):
            f.write(f"  - {{type: file, path: {where}/{form}, "
                    f"format: {form}}}\n")
    subprocess.run([weir, "-r", capture, "-c", f"{where}/weir.yaml"],
                   check=True, stdout=subprocess.DEVNULL)
    with open(f"{where}/rfc5424") as f:
        yield from map(structured, f)
    with open(f"{where}/json") as f:
        for line in f:
            yield sigma.mapped(json.loads(line), pipeline)


def made_up(samples):
    """Every kind, in the form of the records that samples prints."""
    lines = subprocess.run([samples], capture_output=True, check=True)
    records = [json.loads(x) for x in lines.stdout.decode().splitlines()]
    alert = [r for r in records if r["type"] == "alert"][-1]
    health = [r for r in records if r["type"] == "health"][-1]
    for kind in ALERTS:
        yield {**alert, "kind": kind}
    for kind in HEALTH:
        yield {**health, "kind": kind}
        yield {**health, "kind": kind, "severity": "clear"}


def wanted(title, event):
    over = event.get("severity") == "clear" and title != "weir heartbeat"
    low = "unapproved" in title and event.get("risk") != "high"
    return event["kind"] in MEANT[title] and not over and not low


def heartbeats(rules, rule):
    """One every five minutes; then none; then again."""
    times = [0, 300, 600, 900, 2100, 2400, 2700]
    events = [{"kind": "heartbeat", "sensor": "a", "at": t} for t in times]
    events += [{"kind": "heartbeat", "sensor": "b", "at": t}
               for t in range(0, 2701, 300)]
    late = {t: sigma.counted(rule, rules, [e for e in events
                                           if e["at"] <= t], t,
                             lambda e: e["at"])
            for t in range(660, 2701, 60)}
    same({k for groups in late.values() for k in groups}, {("a",)},
         "only the sensor that was silent")
    told = [t for t, groups in late.items() if groups]
    ok(told and 1200 < told[0] <= 900 + 660 and told[-1] < 2700,
       f"a heartbeat after 900 s is missed from {told[:1]} to {told[-1:]} s")


def main():
    weir, capture, samples, docs = sys.argv[1:5]
    rules = sigma.load(f"{docs}/siem/sigma.yml")
    ok(True, f"{len(rules)} rules by the specification")
    same({r["title"] for r in rules if "detection" in r}, set(MEANT),
         "each has its events")
    with tempfile.TemporaryDirectory(prefix="weir-sigma-") as where:
        events = list(from_capture(
            weir, capture, f"{docs}/siem/sigma-ecs-pipeline.yml", where))
    real = len(events)
    ok(real >= 4, f"{real} events of a capture, in two formats")
    events += made_up(samples)
    for rule in rules:
        title = rule["title"]
        if "correlation" in rule:
            heartbeats(rules, rule)
            continue
        wrong = [e for e in events
                 if sigma.meets(rule, e) != wanted(title, e)]
        same(wrong, [], f"{title}: right on {len(events)} events")
        ok(any(sigma.meets(rule, e) for e in events), f"{title}: holds")
    for bad in ({"condition": "selection and"}, {"condition": "other"},
                {"condition": "(selection"}):
        try:
            sigma.meets({"detection": {"selection": {"a": 1}, **bad}}, {})
            ok(False, f"{bad} is refused")
        except sigma.Bad as why:
            ok(True, f"{bad} is refused: {why}")
    done()


main()
