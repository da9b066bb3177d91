"""Reads Sigma rules and says which of them an event meets.

By the Sigma specification 2.0: rules with lists, maps and the modifiers
contains, startswith, endswith; conditions with and, or, not, brackets and
"1 of"/"all of"; correlations of type event_count.  What else a rule has is an
error, so that no rule is taken for something it is not.
"""
import fnmatch
import re
import uuid

import yaml

LEVELS = {"informational", "low", "medium", "high", "critical"}
STATUS = {"stable", "test", "experimental", "deprecated", "unsupported"}
KEYS = {"title", "id", "name", "status", "description", "references",
        "author", "date", "modified", "tags", "logsource", "detection",
        "fields", "falsepositives", "level", "correlation"}
WORD = re.compile(r"\(|\)|[\w*]+")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
COMPARE = {"lt": lambda a, b: a < b, "lte": lambda a, b: a <= b,
           "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b,
           "eq": lambda a, b: a == b}


class Bad(Exception):
    """Not a rule by the specification."""


def need(fine, what):
    if not fine:
        raise Bad(what)


def load(path):
    with open(path) as f:
        rules = list(yaml.safe_load_all(f))
    for rule in rules:
        check(rule)
    for what in ("id", "title"):
        seen = [r[what] for r in rules]
        need(len(seen) == len(set(seen)), f"{what}s are unique")
    names = {r.get("name", r["id"]) for r in rules}
    for rule in rules:
        asked = rule.get("correlation", {}).get("rules", [])
        need(set(asked) <= names, f"{rule['title']}: rules of {asked}")
    return rules


def check(rule):
    title = rule.get("title", "")
    need(0 < len(title) <= 256, "a title of at most 256 characters")
    need(set(rule) <= KEYS, f"{title}: {set(rule) - KEYS}")
    uuid.UUID(rule["id"])
    need(rule.get("status") in STATUS, f"{title}: status")
    need(rule.get("level") in LEVELS, f"{title}: level")
    for tag in rule.get("tags", []):
        need(re.fullmatch(r"[a-z0-9-]+\.[a-z0-9._-]+", tag), f"{title}: {tag}")
    if "correlation" in rule:
        c = rule["correlation"]
        need(c["type"] == "event_count", f"{title}: type {c['type']}")
        need(re.fullmatch(r"\d+[smhd]", c["timespan"]), f"{title}: timespan")
        need(set(c["condition"]) <= set(COMPARE), f"{title}: condition")
        return
    need(set(rule["logsource"]) <= {"category", "product", "service"},
         f"{title}: logsource")
    meets(rule, {})             # its condition can be read


def one_value(got, wanted, modifier):
    if got is None or wanted is None:
        return got is wanted
    got, wanted = str(got).lower(), str(wanted).lower()
    pattern = {"": "{}", "contains": "*{}*", "startswith": "{}*",
               "endswith": "*{}"}[modifier].format(wanted)
    return fnmatch.fnmatchcase(got, pattern.replace("[", "[[]"))


def selected(selection, event):
    """A map: all its fields; a list of maps: one of them."""
    if isinstance(selection, list):
        return any(selected(s, event) for s in selection)
    for key, wanted in selection.items():
        field, _, modifier = key.partition("|")
        need(modifier in ("", "contains", "startswith", "endswith"), key)
        values = wanted if isinstance(wanted, list) else [wanted]
        if not any(one_value(event.get(field), v, modifier) for v in values):
            return False
    return True


class Condition:
    """or-of-and-of-not, by recursive descent."""

    def __init__(self, text, detection, event):
        self.words = WORD.findall(text)
        self.detection, self.event = detection, event

    def value(self):
        found = self.either()
        need(not self.words, f"left over: {self.words}")
        return found

    def take(self, word):
        if self.words and self.words[0].lower() == word:
            return self.words.pop(0)
        return None

    def either(self):
        found = self.both()
        while self.take("or"):
            found = self.both() or found
        return found

    def both(self):
        found = self.single()
        while self.take("and"):
            found = self.single() and found
        return found

    def single(self):
        if self.take("not"):
            return not self.single()
        if self.take("("):
            found = self.either()
            need(self.take(")"), "a bracket is open")
            return found
        need(self.words, "a condition ends early")
        word = self.words.pop(0)
        if word in ("1", "all") and self.take("of"):
            return self.some(word, self.words.pop(0))
        need(word in self.detection, f"no selection {word}")
        return selected(self.detection[word], self.event)

    def some(self, how, pattern):
        names = [n for n in self.detection if n != "condition" and (
            pattern == "them" or fnmatch.fnmatchcase(n, pattern))]
        need(names, f"no selection {pattern}")
        found = [selected(self.detection[n], self.event) for n in names]
        return any(found) if how == "1" else all(found)


def meets(rule, event):
    detection = rule["detection"]
    return Condition(detection["condition"], detection, event).value()


def counted(rule, rules, events, now, time_of):
    """Groups for which a correlation holds at this time (in seconds)."""
    c = rule["correlation"]
    span = int(c["timespan"][:-1]) * UNITS[c["timespan"][-1]]
    base = [r for r in rules if r.get("name", r["id"]) in c["rules"]]
    groups = {}
    for event in events:
        if any(meets(r, event) for r in base):
            key = tuple(event.get(f) for f in c.get("group-by", []))
            groups.setdefault(key, 0)
            groups[key] += now - span < time_of(event) <= now
    return {key for key, n in groups.items() if all(
        COMPARE[how](n, limit) for how, limit in c["condition"].items())}


def mapped(event, pipeline):
    """An event as rules see it, by a pipeline's names of its fields."""
    with open(pipeline) as f:
        steps = yaml.safe_load(f)["transformations"]
    names = {}
    for step in steps:
        need(step["type"] == "field_name_mapping", step["type"])
        names.update(step["mapping"])
    return {ours: event[theirs] for ours, theirs in names.items()
            if theirs in event}
