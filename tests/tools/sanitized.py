"""Is a program built with the address sanitizer?

Its shadow of terabytes cannot be searched, what was freed is kept on purpose,
and valgrind does not run it: some tests have nothing to say about it.
"""
from pathlib import Path


def sanitized(program):
    return b"__asan_init" in Path(program).read_bytes()
