"""What a core image of a living process would hold, read as root.

The kernel writes none of a weir process (it is not dumpable); who has root
can still look.  This reads what gcore reads by default: private and anonymous
memory (core(5), coredump_filter 0x33), the capture ring not among it.
"""
import array
import re
from pathlib import Path

PAGE, PRESENT = 4096, 1 << 63


def children(pid):
    tasks = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [pid, *(c for one in tasks.split() for c in children(int(one)))]


def regions(pid):
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        m = re.match(r"([0-9a-f]+)-([0-9a-f]+) (....) \S+ \S+ (\d+)\s*(.*)",
                     line)
        start, end, mode, inode, path = m.groups()
        if mode[0] != "r" or path in ("[vvar]", "[vsyscall]"):
            continue
        shared_file = mode[3] == "s" and path.startswith("socket:")
        read_only_file = inode != "0" and mode[1] != "w"
        if not shared_file and not read_only_file:
            yield int(start, 16), int(end, 16), path


def present(pid, start, end):
    """Runs of pages that were ever touched: tables are mostly room."""
    with open(f"/proc/{pid}/pagemap", "rb", 0) as f:
        f.seek(start // PAGE * 8)
        entries = array.array("Q", f.read((end - start) // PAGE * 8))
    begin = None
    for i, entry in enumerate([*entries, 0]):
        if entry & PRESENT and begin is None:
            begin = i
        elif not entry & PRESENT and begin is not None:
            yield start + begin * PAGE, (i - begin) * PAGE
            begin = None


def found_in_memory(pid, words):
    """{word: where} in the memory of the process and its children."""
    found = {}
    words = [w.lower().encode() for w in words]
    for one in children(pid):
        with open(f"/proc/{one}/mem", "rb", 0) as memory:
            for start, end, path in regions(one):
                for at, size in present(one, start, end):
                    memory.seek(at)
                    part = memory.read(size).lower()
                    for word in (w for w in words if w in part):
                        found.setdefault(word.decode(), set()).add(
                            path or "memory")
    return found
