#!/usr/bin/env python3
"""An Android device, as far as adb connect, push and pull need one.

    adb_device.py ADDRESS PORT FOLDER

After the Android Open Source Project's own documents: protocol.txt (24-byte
messages, streams) and SYNC.TXT (STAT, SEND, RECV, QUIT).  Paths lead to
FOLDER by their last part.  One client at a time, no authentication.
"""
import os
import socket
import struct
import sys

from wire import exactly

MAX = 256 * 1024
IDS = {name: int.from_bytes(name.encode(), "little")
       for name in ("CNXN", "OPEN", "OKAY", "WRTE", "CLSE")}


def send(s, name, arg0, arg1, data=b""):
    command = IDS[name]
    s.sendall(struct.pack("<6I", command, arg0, arg1, len(data),
                          sum(data) & 0xffffffff, command ^ 0xffffffff)
              + data)


def receive(s):
    command, arg0, arg1, n, _, _ = struct.unpack("<6I", exactly(s, 24))
    return command, arg0, arg1, exactly(s, n)


class Stream:
    """sync: of one stream; reads and writes wait for the peer's OKAY."""

    def __init__(self, s, theirs):
        self.s, self.theirs, self.buffer = s, theirs, b""

    def read(self, n):
        while len(self.buffer) < n:
            command, _, _, data = receive(self.s)
            if command == IDS["CLSE"]:
                raise EOFError
            if command == IDS["WRTE"]:
                self.buffer += data
                send(self.s, "OKAY", 1, self.theirs)
        got, self.buffer = self.buffer[:n], self.buffer[n:]
        return got

    def write(self, data):
        send(self.s, "WRTE", 1, self.theirs, data)
        while True:
            command, _, _, more = receive(self.s)
            if command == IDS["OKAY"]:
                return
            if command == IDS["WRTE"]:
                self.buffer += more
                send(self.s, "OKAY", 1, self.theirs)
            else:
                raise EOFError


def take(stream, path):
    with open(path, "wb") as f:
        while True:
            what, n = struct.unpack("<4sI", stream.read(8))
            if what == b"DONE":
                break
            f.write(stream.read(n))
    stream.write(struct.pack("<4sI", b"OKAY", 0))


def give(stream, path):
    with open(path, "rb") as f:
        while part := f.read(64 * 1024):
            stream.write(struct.pack("<4sI", b"DATA", len(part)) + part)
    stream.write(struct.pack("<4sI", b"DONE", 0))


def sync(stream, folder):
    while True:
        what, n = struct.unpack("<4sI", stream.read(8))
        text = stream.read(n).decode()
        path = os.path.join(folder, os.path.basename(text.split(",")[0]))
        if what == b"QUIT":
            return
        if what == b"STAT":
            there = os.path.exists(path)
            stream.write(struct.pack(
                "<4sIII", b"STAT", 0o100644 if there else 0,
                os.path.getsize(path) if there else 0, 0))
        elif what == b"SEND":
            take(stream, path)
        elif what == b"RECV":
            give(stream, path)


def device(s, folder):
    while True:
        command, arg0, _, data = receive(s)
        if command == IDS["CNXN"]:
            send(s, "CNXN", 0x01000000, MAX,
                 b"device::ro.product.name=lab;ro.product.model=Lab;")
        elif command == IDS["OPEN"] and data.startswith(b"sync:"):
            send(s, "OKAY", 1, arg0)
            try:
                sync(Stream(s, arg0), folder)
            except EOFError:
                pass
            send(s, "CLSE", 1, arg0)
        elif command == IDS["OPEN"]:
            send(s, "CLSE", 0, arg0)


def main():
    listener = socket.create_server((sys.argv[1], int(sys.argv[2])))
    while True:
        s, _ = listener.accept()
        try:
            device(s, sys.argv[3])
        except (EOFError, OSError):
            s.close()


main()
