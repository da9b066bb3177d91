#!/usr/bin/env python3
"""A stream that unpacks to a thousand times its size costs little, and is
told; what unpacks as a chat does is read to its end."""
import resource
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tools"))
import frames  # noqa: E402
import sensor  # noqa: E402
from sanitized import sanitized  # noqa: E402
from tap import done, ok, same  # noqa: E402

MIB = 1 << 20
SWITCH = (b"GET /ws HTTP/1.1\r\nHost: chat.example\r\nUpgrade: websocket\r\n\r\n",
          b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
          b"Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
OPEN = b"<stream:stream xmlns='jabber:client' to='chat.example'>"
TURN = (b"<compress><method>zlib</method></compress>", b"<compressed/>")


def frame(first, payload):
    """A client's, masked with zeros: as it is (RFC 6455 5.2)."""
    return (bytes([0x80 | first, 0xff]) + struct.pack(">Q", len(payload))
            + bytes(4) + payload)


def deflated(bits, *messages):
    """Each flushed, as both protocols do it."""
    z = zlib.compressobj(9, zlib.DEFLATED, bits)
    return [z.compress(m) + z.flush(zlib.Z_SYNC_FLUSH) for m in messages]


def websocket(tcp, *messages):
    tcp.say(0, SWITCH[0])
    tcp.say(1, SWITCH[1])
    for kind, packed in zip((1, 2, 2), deflated(-15, *messages)):
        tcp.say(0, frame(0x40 | kind, packed[:-4]))


def xmpp(tcp, *stanzas):
    tcp.say(0, OPEN)
    tcp.say(1, OPEN)
    tcp.say(0, TURN[0])
    tcp.say(1, TURN[1])
    for packed in deflated(15, *stanzas):
        tcp.say(0, packed)


def run(path):
    """What weir says in words, and its seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    said = subprocess.run([sensor.find_weir(), "-r", path], check=True,
                          capture_output=True, text=True, timeout=120)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return said.stdout + said.stderr, after.ru_utime - before.ru_utime


def capture(path, play, *messages):
    seen = []
    tcp = frames.Tcp(seen, ("10.1.0.7", 40001),
                     ("10.1.0.9", 5222 if play is xmpp else 80), step_us=100)
    play(tcp, *messages)
    tcp.close()
    frames.write_pcap(path, seen)


def bomb(folder, play, name):
    path = str(Path(folder) / name)
    capture(path, play, bytes(64 * MIB))
    said, seconds = run(path)
    ok("1 compressed streams were let go" in said,
       f"{name}: 64 MiB in 64 KiB are told")
    limit = 20 if sanitized(sensor.find_weir()) else 2
    ok(seconds < limit, f"{name}: {seconds:.2f} s")


def chat(folder):
    path = str(Path(folder) / "chat")
    content = "".join(f"line {i}: a weir is a low wall across a river\n"
                      for i in range(100000)).encode()
    capture(path, websocket, b'{"name":"plan.log","size":%d}'
            % (2 * len(content)), content, content)
    told = [(r["direction"], r["object"], r["bytes"])
            for r in sensor.records(path, "--transfers", "all")
            if r["type"] == "transfer"]
    same(told, [("upload", "plan.log", 2 * len(content))],
         "a log that packs well is counted to its last byte")


with tempfile.TemporaryDirectory() as d:
    bomb(d, websocket, "websocket")
    bomb(d, xmpp, "xmpp")
    chat(d)
done()
