#!/usr/bin/env python3
"""An NFS 4.0 client after RFC 7530 and 7531: libnfs 4.0 cannot write by it.

    nfs4_client.py put SERVER[:PORT] FILE FOLDER/NAME
    nfs4_client.py get SERVER[:PORT] FOLDER/NAME FILE
"""
import os
import socket
import struct
import sys
from pathlib import Path

CLOSE, COMMIT, GETFH, LOOKUP, OPEN, OPEN_CONFIRM = 4, 5, 10, 15, 18, 20
PUTFH, PUTROOTFH, READ, SETCLIENTID, SETCLIENTID_CONFIRM = 22, 24, 25, 35, 36
WRITE = 38
PIECE = 32768


def u32(*numbers):
    return struct.pack(f">{len(numbers)}I", *numbers)


def u64(number):
    return struct.pack(">Q", number)


def opaque(data):
    return u32(len(data)) + data + bytes(-len(data) % 4)


class Answer:
    """What is left to read of one."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, n):
        self.at += n
        return self.data[self.at - n:self.at]

    def u32(self):
        return struct.unpack(">I", self.take(4))[0]

    def opaque(self):
        n = self.u32()
        data = self.take(n)
        self.take(-n % 4)
        return data


class Client:
    def __init__(self, server):
        address, _, port = server.partition(":")
        self.socket = socket.create_connection((address, int(port or 2049)))
        self.xid = self.seqid = 0
        name = f"lab-{os.getpid()}".encode()
        a = self.ask([(SETCLIENTID, os.urandom(8) + opaque(name)
                       + u32(0x40000000) + opaque(b"tcp")
                       + opaque(b"0.0.0.0.0.0") + u32(1))])
        self.id = a.take(8)
        self.ask([(SETCLIENTID_CONFIRM, self.id + a.take(8))])

    def ask(self, operations):
        """Of the answer, what the last operation gives."""
        self.xid += 1
        call = u32(self.xid, 0, 2, 100003, 4, 1)
        call += u32(1) + opaque(u32(0) + opaque(b"lab") + u32(0, 0, 0))
        call += u32(0, 0) + opaque(b"") + u32(0, len(operations))
        call += b"".join(u32(op) + args for op, args in operations)
        self.socket.sendall(u32(0x80000000 | len(call)) + call)
        a = Answer(self.record())
        assert (a.u32(), a.u32(), a.u32()) == (self.xid, 1, 0)
        a.take(4)
        a.opaque()
        assert a.u32() == 0
        status = a.u32()
        a.opaque()
        assert status == 0, f"NFS status {status} of {operations[-1][0]}"
        a.u32()
        for _ in operations:
            a.take(8)           # all but the last give nothing but success
        return a

    def record(self):
        data, last = b"", False
        while not last:
            mark, = struct.unpack(">I", self.exactly(4))
            last = mark >> 31
            data += self.exactly(mark & 0x7fffffff)
        return data

    def exactly(self, n):
        data = b""
        while len(data) < n:
            part = self.socket.recv(n - len(data))
            if not part:
                raise EOFError("the server has gone")
            data += part
        return data

    def open(self, path, access):
        """The file's handle and state; it is made if it is to be written."""
        *folders, name = path.encode().split(b"/")
        where = [(PUTROOTFH, b"")] + [(LOOKUP, opaque(f)) for f in folders]
        how = u32(1, 0, 0, 0) if access == 2 else u32(0)
        a = self.ask(where + [(OPEN, u32(self.next(), access, 0) + self.id
                               + opaque(b"lab") + how + u32(0)
                               + opaque(name))])
        state = a.take(16)
        a.take(20)              # change_info
        confirm = a.u32() & 2
        handle = self.ask(where + [(LOOKUP, opaque(name)), (GETFH, b"")])
        handle = (PUTFH, opaque(handle.opaque()))
        if confirm:
            a = self.ask([handle, (OPEN_CONFIRM, state + u32(self.next()))])
            state = a.take(16)
        return handle, state

    def next(self):
        self.seqid += 1
        return self.seqid

    def close(self, handle, state):
        self.ask([handle, (CLOSE, u32(self.next()) + state)])

    def put(self, path, data):
        handle, state = self.open(path, 2)
        at = 0
        while at < len(data):
            a = self.ask([handle, (WRITE, state + u64(at) + u32(0)
                                   + opaque(data[at:at + PIECE]))])
            at += a.u32()
        self.ask([handle, (COMMIT, u64(0) + u32(0))])
        self.close(handle, state)

    def get(self, path):
        handle, state = self.open(path, 1)
        data, end = b"", False
        while not end:
            a = self.ask([handle, (READ, state + u64(len(data))
                                   + u32(PIECE))])
            end = a.u32()
            data += a.opaque()
        self.close(handle, state)
        return data


def main():
    what, server, source, target = sys.argv[1:]
    client = Client(server)
    if what == "put":
        client.put(target, Path(source).read_bytes())
    else:
        Path(target).write_bytes(client.get(source))


main()
