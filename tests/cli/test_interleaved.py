#!/usr/bin/env python3
"""Two files copied at once over one SMB session are two files."""
import struct
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tools"))
import frames  # noqa: E402
import sensor  # noqa: E402
from tap import done, same  # noqa: E402

CREATE, READ, WRITE = 5, 8, 9


class Smb:
    """[MS-SMB2] 2.2.1.2, 2.2.13, 2.2.14, 2.2.19, 2.2.20, 2.2.21."""

    def __init__(self, flow):
        self.flow, self.message = flow, 0

    def header(self, command, message, response):
        return (b"\xfeSMB" + struct.pack(
            "<HHIHHIIQIIQ", 64, 1, 0, command, 1, response, 0, message, 0,
            5, 1) + bytes(16))

    def say(self, way, command, message, body):
        whole = self.header(command, message, way) + body
        self.flow.say(way, struct.pack(">I", len(whole)) + whole)

    def ask(self, command, body):
        self.message += 1
        self.say(0, command, self.message, body)
        return self.message

    def create(self, name, size=0):
        name = name.encode("utf-16-le")
        file = struct.pack("<QQ", self.message + 1, 7)
        m = self.ask(CREATE, struct.pack("<H", 57) + bytes(42) + struct.pack(
            "<HH", 64 + 56, len(name)) + bytes(8) + name)
        self.say(1, CREATE, m, struct.pack("<H", 89) + bytes(46)
                 + struct.pack("<Q", size) + bytes(8) + file + bytes(8))
        return file

    def write(self, file, n):
        self.ask(WRITE, struct.pack("<HHIQ", 49, 64 + 48, n, 0) + file
                 + bytes(16) + bytes(n))

    def read(self, file, n):
        m = self.ask(READ, struct.pack("<HHIQ", 49, 0, n, 0) + file
                     + bytes(17))
        self.say(1, READ, m, struct.pack("<HHI", 17, 80, n) + bytes(8)
                 + bytes(n))


def told(path):
    return sorted((r["direction"], r["object"], r["bytes"], r["count"])
                  for r in sensor.records(str(path), "--transfers", "all")
                  if r["type"] == "transfer")


with tempfile.TemporaryDirectory() as d:
    path = Path(d) / "in.pcap"
    seen = []
    smb = Smb(frames.Tcp(seen, ("10.1.0.7", 40001), ("10.1.0.9", 445),
                         step_us=100))
    a, b = smb.create("a.docx"), smb.create("b.xlsx")
    c = smb.create("c.zip", 80000)
    for i in range(20):
        smb.write(a, 4000)
        smb.write(b, 3000 + i)
        smb.read(c, 4000)
    smb.flow.close()
    frames.write_pcap(path, seen)
    same(told(path), [("download", "c.zip", 80000, 1),
                      ("upload", "a.docx", 80000, 1),
                      ("upload", "b.xlsx", 60190, 1)],
         "pieces of three files by turns: three files")

    seen = []
    smb = Smb(frames.Tcp(seen, ("10.1.0.7", 40001), ("10.1.0.9", 445),
                         step_us=10))
    for i in range(30):
        smb.write(smb.create(f"{chr(97 + i % 26)}{i}.txt"), 1000 + i)
    smb.flow.close()
    frames.write_pcap(path, seen)
    same(told(path), sorted(("upload", f"{chr(97 + i % 26)}{i}.txt", 1000 + i,
                             1) for i in range(30)),
         "thirty small files in one second: thirty files")

    seen = []
    smb = Smb(frames.Tcp(seen, ("10.1.0.7", 40001), ("10.1.0.9", 445),
                         step_us=10))
    for n in (5000, 7000):
        smb.write(smb.create("again.txt"), n)
    smb.flow.close()
    frames.write_pcap(path, seen)
    same([t[2] for t in told(path)], [5000, 7000],
         "written twice: told twice")
done()
