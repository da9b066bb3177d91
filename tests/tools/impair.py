"""A copy of a capture as a worse tap would have seen it.

Options (of transfer-score): snaplen, loss (a share), one_way (up, down),
twice (every packet is copied from both ports of a switch), swapped (a share
of packets comes after the one behind it), skew_us (the server's packets
arrive that much later, as from two taps on one line).
"""
import gzip
import os
import random
import struct

LINKS = {1: 14, 101: 0, 113: 16}        # bytes before IP
TWICE_US = 150                          # until the second copy


def wanted(o):
    return bool(o.snaplen or o.loss or o.one_way or o.twice or o.swapped or
                o.skew_us)


def read(f):
    """The byte order, bytes before IP, then (microseconds, wire, bytes)."""
    head = f.read(24)
    end = "<" if head[0] in (0xd4, 0x4d) else ">"
    yield head, end, LINKS[struct.unpack(end + "I", head[20:24])[0]]
    while len(rec := f.read(16)) == 16:
        s, us, cap, wire = struct.unpack(end + "4I", rec)
        yield s * 1000000 + us, wire, f.read(cap)


def write(f, end, us, wire, data):
    f.write(struct.pack(end + "4I", us // 1000000, us % 1000000, len(data),
                        wire) + data)


def of_server(data, at):
    """From the lower port to the higher one."""
    if len(data) < at + 24 or data[at] >> 4 != 4:
        return None
    l4 = at + (data[at] & 15) * 4
    sport, dport = struct.unpack(">HH", data[l4:l4 + 4])
    return sport < dport


def treat(packets, at, o):
    rnd = random.Random(1)
    for us, wire, data in packets:
        if o.loss and rnd.random() < o.loss:
            continue
        down = of_server(data, at)
        if o.one_way and down is not None and \
                down != (o.one_way == "down"):
            continue
        if o.snaplen:
            data = data[:o.snaplen]
        if down and o.skew_us:
            us += o.skew_us
        if o.swapped and rnd.random() < o.swapped:
            us += rnd.randrange(20, 2000)
        yield us, wire, data
        if o.twice:
            yield us + rnd.randrange(TWICE_US), wire, data


def impaired(path, o, work):
    """The path of the copy; of the capture itself when nothing is asked."""
    if not wanted(o):
        return path
    out = os.path.join(work, os.path.basename(path)[:-3])
    with gzip.open(path, "rb") as src, open(out, "wb") as dst:
        packets = read(src)
        head, end, at = next(packets)
        dst.write(head)
        changed = treat(packets, at, o)
        if o.twice or o.swapped or o.skew_us:
            changed = sorted(changed, key=lambda p: p[0])
        for us, wire, data in changed:
            write(dst, end, us, wire, data)
    return out
