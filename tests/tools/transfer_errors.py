"""What went wrong with transfers: classes of errors, for transfer-score.

Takes what was not found within 5 % and what was found wrongly, below the
floor too, and puts together what overlaps in time on one flow and direction.
The numbers on the two sides say what happened there:

  missed  nothing was found          false  nothing was there
  merged  fewer were found           split  more were found
  moved   as many, but the line between them is in the wrong place
  size    one for one, of the wrong size
"""
import collections

SMALL = 4_000       # the sensor reports nothing below
BEHIND = 2.0        # s: a server's kernel sends that long after its log
CLASSES = ("missed", "merged", "moved", "size", "split", "false")

Cluster = collections.namedtuple("Cluster", "kind true found")


def classify(true, found):
    if not found:
        return "missed"
    if not true:
        return "false"
    if len(found) != len(true):
        return "merged" if len(found) < len(true) else "split"
    return "size" if len(true) == 1 else "moved"


def clusters(bad_true, bad_found):
    """Overlapping in time, flow by flow."""
    lines = collections.defaultdict(list)
    for side, things in enumerate((bad_true, bad_found)):
        for x in things:
            if x.size >= SMALL:
                lines[x.flow, x.way].append((x.start, x.end, side, x))
    out = []
    for things in lines.values():
        things.sort(key=lambda x: x[:3])
        until = None
        for start, end, side, x in things:
            if until is None or start > until + (BEHIND if side else 0):
                out.append(([], []))
                until = end
            until = max(until, end)
            out[-1][side].append(x)
    return [Cluster(classify(*sides), *sides) for sides in out]


def count(some, floor):
    """Objects from `floor` up, true ones if there are any, by class."""
    n = collections.Counter()
    for c in some:
        n[c.kind] += sum(x.size >= floor for x in c.true or c.found)
    return n


def show(name, some, floor):
    for c in sorted(some, key=lambda c: (c.true + c.found)[0].start):
        if not any(x.size >= floor for x in c.true + c.found):
            continue
        first = (c.true + c.found)[0]
        print("%-6s %s %s:%d %-4s %.3f  true %s  found %s" % (
            c.kind, name, first.flow[0], first.flow[1], first.way,
            first.start, "+".join("%d" % x.size for x in c.true) or "-",
            "+".join("%d" % x.size for x in c.found) or "-"))
