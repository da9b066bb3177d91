"""Small captures made by hand: frames, TCP conversations, pcap files."""
import ipaddress
import struct


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def ipv4(src, dst, proto, payload, ident=0):
    src, dst = (ipaddress.ip_address(a).packed for a in (src, dst))
    head = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(payload), ident,
                       0x4000, 64, proto, 0, src, dst)
    head = head[:10] + struct.pack(">H", checksum(head)) + head[12:]
    return head + payload


def ethernet(packet, kind=0x0800):
    return (b"\x02\0\0\0\0\x02" b"\x02\0\0\0\0\x01"
            + struct.pack(">H", kind) + packet)


def udp(src, sport, dst, dport, data):
    head = struct.pack(">HHHH", sport, dport, 8 + len(data), 0)
    return ethernet(ipv4(src, dst, 17, head + data))


class Tcp:
    """One conversation; add its frames to a list of (microseconds, frame)."""

    def __init__(self, frames, client, server, at_us=0, step_us=1000):
        self.frames, self.ends = frames, (client, server)
        self.at_us, self.step_us = at_us, step_us
        self.seq = [1000, 9000]
        self._send(0, 0x02)
        self.seq[0] += 1
        self._send(1, 0x12)
        self.seq[1] += 1
        self._send(0, 0x10)

    def _send(self, way, flags, data=b""):
        (src, sport), (dst, dport) = self.ends[way], self.ends[1 - way]
        head = struct.pack(">HHIIBBHHH", sport, dport, self.seq[way],
                           self.seq[1 - way] if flags & 0x10 else 0, 0x50,
                           flags, 64000, 0, 0)
        self.frames.append((self.at_us, ethernet(
            ipv4(src, dst, 6, head + data, len(self.frames) & 0xffff))))
        self.at_us += self.step_us

    def say(self, way, data, size=1400):
        """way 0: from the client; 1: from the server."""
        for i in range(0, len(data), size):
            part = data[i:i + size]
            self._send(way, 0x18, part)
            self.seq[way] += len(part)
        self._send(1 - way, 0x10)

    def close(self):
        for way in (0, 1):
            self._send(way, 0x11)
            self.seq[way] += 1
        self._send(0, 0x10)


def client_hello(name, more=b""):
    """A TLS 1.2 ClientHello record with a server name; more extensions."""
    host = name.encode()
    sni = struct.pack(">HBH", len(host) + 3, 0, len(host)) + host
    extensions = struct.pack(">HH", 0, len(sni)) + sni + more
    body = (b"\x03\x03" + bytes(32) + b"\0" + b"\0\x04\x13\x01\xc0\x2f"
            + b"\x01\0" + struct.pack(">H", len(extensions)) + extensions)
    hello = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack(">H", len(hello)) + hello


def records(n, kind=23, size=16384):
    """n bytes inside TLS records of a kind."""
    out = b""
    while n > 0:
        part = min(n, size)
        out += struct.pack(">BHH", kind, 0x0303, part) + bytes(part)
        n -= part
    return out


def write_pcap(path, frames, start_s=1772528400, snaplen=262144, link=1):
    with open(path, "wb") as f:
        f.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, snaplen,
                            link))
        for at_us, frame in frames:
            f.write(struct.pack("<IIII", start_s + at_us // 1000000,
                                at_us % 1000000, min(len(frame), snaplen),
                                len(frame)) + frame[:snaplen])
