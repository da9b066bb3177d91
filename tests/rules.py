#!/usr/bin/env python3
"""Does every rule have a scenario, and its opposite?

    tests/rules.py SOURCE

Reads the table of docs/rules.md.  The scenario a rule fires in expects an
alert of its kind; that in which it is silent plays somebody without one, or
expects none at some time.  Each detection has rules, and
each scenario of bulk, transfer, access and night stands in the table.
"""
import os
import re
import sys


def rows(path):
    with open(path) as f:
        for line in f:
            cells = [c.strip() for c in line.strip().strip("|").split("|")]
            if line.startswith("|") and cells[0] not in ("kind", "---"):
                yield cells


def detections(path):
    with open(path) as f:
        return {n.replace("_", "-") for n in
                re.findall(r"^DETECTION\((\w+)\)", f.read(), re.M)}


class Scenarios:
    def __init__(self, folder):
        self.folder = folder

    def text(self, name):
        try:
            with open(os.path.join(self.folder, name + ".txt")) as f:
                return f.read()
        except FileNotFoundError:
            return None

    def expected(self, name):
        """What each `expect` of it lists."""
        return re.findall(r"\bexpect (.*)", self.text(name) or "")

    def fires(self, name, kind):
        return any(re.search(r"\b%s\b" % kind, e)
                   for e in self.expected(name))

    def silent(self, name, kind):
        expected = self.expected(name)
        told = set(re.findall(r"\b%s of (\w+)" % kind, " ".join(expected)))
        acts = set(re.findall(
            r"\d\d:\d\d (\w+) (?:download|upload|open|join)",
            self.text(name) or ""))
        return bool(acts - told) or any(kind not in e for e in expected)


def main():
    source = sys.argv[1]
    scenarios = Scenarios(os.path.join(source, "tests", "scenario"))
    table = list(rows(os.path.join(source, "docs", "rules.md")))
    named, wrong = set(), []
    for kind, rule, fires, silent, why in table:
        named |= {fires, silent}
        if not scenarios.fires(fires, kind):
            wrong.append("%s: %s: %s expects no such alert" % (
                kind, rule, fires or "no scenario"))
        if not scenarios.silent(silent, kind) or not why:
            wrong.append("%s: %s: %s is silent about nobody" % (
                kind, rule, silent or "no scenario"))
    for kind in detections(os.path.join(source, "sensor", "detect",
                                        "list.h")) - {r[0] for r in table}:
        wrong.append("%s has no rule in docs/rules.md" % kind)
    for name in sorted(os.listdir(scenarios.folder)):
        if re.match(r"(bulk|access|night)\b.*txt", name) and \
                name[:-4] not in named:
            wrong.append("%s stands for no rule" % name)
    print("\n".join(wrong) or "%d rules, each with its opposite" % len(table))
    sys.exit(bool(wrong) or not table)


if __name__ == "__main__":
    main()
