#!/usr/bin/env python3
"""A memory stick behind USB/IP, and a computer that writes to it.

    usbip_stick.py serve ADDRESS IMAGE
    usbip_stick.py copy ADDRESS FILE BACK

After the kernel's Documentation/usb/usbip_protocol.rst, and USB Mass Storage
Bulk-Only Transport: a command block wrapper, data, a status wrapper.  copy
writes FILE from block 0 on, then reads as much into BACK.  One device, bus
id 1-1; no isochronous transfers, no unlinking, no errors.
"""
import socket
import struct
import sys

from wire import exactly

BLOCK = 512
STEP = 64                       # blocks a command
OUT, IN = 0, 1
DEVICE = (b"/sys/devices/lab/usb1/1-1".ljust(256, b"\0")
          + b"1-1".ljust(32, b"\0")
          + struct.pack(">IIIHHHBBBBBB", 1, 2, 3, 0x0951, 0x1666, 0x0110,
                        0, 0, 0, 1, 1, 1))
INTERFACE = bytes([8, 6, 0x50, 0])


class Stick:
    """The bulk-only state machine over an image."""

    def __init__(self, path):
        self.image = open(path, "r+b")
        self.tag = self.left = 0

    def out(self, data):
        if self.left == 0:
            _, self.tag, _, flags, _, _ = struct.unpack("<IIIBBB", data[:15])
            op, at, n = struct.unpack(">BxIxH", data[15:24])
            if op in (0x28, 0x2a):
                self.image.seek(at * BLOCK)
            self.left = n * BLOCK if op == 0x2a else 0
            return
        self.image.write(data)
        self.left -= len(data)

    def data_in(self, n):
        if n == 13:
            return struct.pack("<IIIB", 0x53425355, self.tag, 0, 0)
        return self.image.read(n)


def session(s, path):
    code = struct.unpack(">HHI", exactly(s, 8))[1]
    if code == 0x8005:
        s.sendall(struct.pack(">HHII", 0x0111, 5, 0, 1) + DEVICE + INTERFACE)
        return
    exactly(s, 32)
    s.sendall(struct.pack(">HHI", 0x0111, 3, 0) + DEVICE)
    stick = Stick(path)
    while True:
        _, seq, _, way, _ = struct.unpack(">5I", exactly(s, 20))
        n = struct.unpack(">IIIII8s", exactly(s, 28))[1]
        data = b""
        if way == OUT:
            stick.out(exactly(s, n))
        else:
            data = stick.data_in(n)
        s.sendall(struct.pack(">5I", 3, seq, 0, 0, 0)
                  + struct.pack(">IIIII8x", 0, n, 0, 0, 0) + data)


def serve(address, path):
    listener = socket.create_server((address, 3240))
    while True:
        s, _ = listener.accept()
        try:
            session(s, path)
        except EOFError:
            pass
        s.close()


class Computer:
    def __init__(self, address):
        self.s = socket.create_connection((address, 3240))
        self.seq = 0
        self.s.sendall(struct.pack(">HHI32s", 0x0111, 0x8003, 0, b"1-1"))
        exactly(self.s, 8 + len(DEVICE))

    def urb(self, way, data=b"", n=0):
        self.seq += 1
        self.s.sendall(
            struct.pack(">5I", 1, self.seq, 1 << 16 | 2, way, 1 + way)
            + struct.pack(">IIIII8x", 0, n or len(data), 0, 0xffffffff, 0)
            + data)
        head = exactly(self.s, 48)
        return exactly(self.s, struct.unpack(">I", head[24:28])[0]
                       if way == IN else 0)

    def command(self, op, at, blocks, flags):
        cdb = struct.pack(">BxIxHx", op, at, blocks)
        self.urb(OUT, struct.pack("<IIIBBB", 0x43425355, self.seq,
                                  blocks * BLOCK, flags, 0, len(cdb))
                 + cdb.ljust(16, b"\0"))


def copy(address, path, back):
    computer = Computer(address)
    content = open(path, "rb").read()
    got = b""
    for at in range(0, len(content), STEP * BLOCK):
        computer.command(0x2a, at // BLOCK, STEP, 0)
        computer.urb(OUT, content[at:at + STEP * BLOCK])
        computer.urb(IN, n=13)
    for at in range(0, len(content), STEP * BLOCK):
        computer.command(0x28, at // BLOCK, STEP, 0x80)
        got += computer.urb(IN, n=STEP * BLOCK)
        computer.urb(IN, n=13)
    open(back, "wb").write(got)


{"serve": serve, "copy": copy}[sys.argv[1]](*sys.argv[2:])
