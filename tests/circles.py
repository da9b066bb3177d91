#!/usr/bin/env python3
"""
Within a floor, too, calls go one way: no two source files call each other,
nor do three in a ring.  A call is seen as the name of a function that one
file alone defines for others; what is called through a pointer is not.
"""
import glob
import os
import re
import sys

COMMENT = re.compile(r'/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
PUBLIC = re.compile(r'^(?!static|typedef)[a-z][\w \t*]*?\b(\w+)\([^;{]*\)\n\{',
                    re.M)
NAME = re.compile(r'(?<!struct )\b[a-z]\w+')


def calls_of(root):
    """file -> {file it calls: names}"""
    code = {}
    for pattern in ('sensor/*.c', 'sensor/*/*.c', 'dissectors/*.c'):
        for path in glob.glob(os.path.join(root, pattern)):
            with open(path, encoding='ascii') as f:
                code[os.path.relpath(path, root)] = COMMENT.sub(' ', f.read())
    home = {}
    for path, text in code.items():
        for name in PUBLIC.findall(text):
            home.setdefault(name, set()).add(path)
    calls = {}
    for path, text in code.items():
        calls[path] = to = {}
        for name in set(NAME.findall(text)):
            if len(home.get(name, ())) == 1 and path not in home[name]:
                to.setdefault(*home[name], set()).add(name)
    return calls


def ring_through(calls, start):
    """The shortest way from a file back to it, or None."""
    ways = [[start]]
    seen = set()
    for way in ways:
        for to in sorted(calls[way[-1]]):
            if to == start:
                return way + [to]
            if to not in seen:
                seen.add(to)
                ways.append(way + [to])
    return None


def main():
    calls = calls_of(sys.argv[1] if len(sys.argv) > 1 else '.')
    told = set()
    for path in sorted(calls):
        ring = None if path in told else ring_through(calls, path)
        if ring is None:
            continue
        told.update(ring)
        print('a ring:')
        for a, b in zip(ring, ring[1:]):
            print(f'  {a} -> {b}: {", ".join(sorted(calls[a][b]))}')
    if not told:
        print(f'circles: none among {len(calls)} files')
    return 1 if told or not calls else 0


sys.exit(main())
