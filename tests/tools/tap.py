"""Results as TAP, which meson reads; the Python twin of tests/tap.h."""
import sys

_count = _failed = 0


def ok(condition, what):
    global _count, _failed
    _count += 1
    _failed += not condition
    print("ok" if condition else "not ok", _count, "-", what, flush=True)
    return bool(condition)


def same(got, wanted, what):
    if not ok(got == wanted, what):
        print(f"# got {got!r}, wanted {wanted!r}"[:2000])


def skip(why):
    global _count
    _count += 1
    print("ok", _count, "# SKIP", why, flush=True)


def done():
    print(f"1..{_count}")
    sys.exit(_failed > 0)
