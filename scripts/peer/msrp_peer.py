#!/usr/bin/env python3
"""Two SIP phones that hand each other files by MSRP (RFC 4975, RFC 5547).

    msrp_peer.py serve ADDRESS FOLDER
    msrp_peer.py call ADDRESS SERVER PLAIN WRAPPED AMONG-WORDS

The one that calls pushes its files, each in a session of its own: the first
as it is, the second in a CPIM envelope, the third in a session for words,
among them, named by its own header; then pulls the first back.
"""
import re
import socket
import sys
from pathlib import Path

CHUNK = 2048
SIP, MSRP = 5060, 2855


def sdp(host, port, way, attributes):
    lines = ["v=0", f"o=- 1 1 IN IP4 {host}", "s=-", f"c=IN IP4 {host}",
             "t=0 0", f"m=message {port} TCP/MSRP *", f"a={way}",
             "a=accept-types:message/cpim *",
             f"a=path:msrp://{host}:{port}/s{port};tcp", *attributes]
    return "".join(line + "\r\n" for line in lines)


def message(first, call, host, body=""):
    kind = "Content-Type: application/sdp\r\n" if body else ""
    return (f"{first}\r\nVia: SIP/2.0/UDP {host}:{SIP};branch=z9hG4bK{call}\r\n"
            f"From: <sip:anna@example.com>;tag=1\r\n"
            f"To: <sip:bob@example.com>\r\nCall-ID: {call}\r\n"
            f"CSeq: 1 {first.split()[0]}\r\n{kind}"
            f"Content-Length: {len(body)}\r\n\r\n{body}").encode()


def selector(name, size):
    return [f'a=file-selector:name:"{name}" type:application/octet-stream '
            f"size:{size}", f"a=file-transfer-id:t{size}"]


class Chunks:
    """MSRP over one connection."""

    def __init__(self, sock):
        self.sock, self.file, self.sent = sock, sock.makefile("rb"), 0

    def close(self):
        self.file.close()
        self.sock.close()

    def send(self, content, kind, more=()):
        at = 0
        while at < len(content):
            part = content[at:at + CHUNK]
            end = at + len(part)
            self.sent += 1
            flag = "$" if end == len(content) else "+"
            heads = ["To-Path: msrp://there:1/x;tcp",
                     "From-Path: msrp://here:1/x;tcp",
                     f"Message-ID: m{id(content)}",
                     f"Byte-Range: {at + 1}-{end}/{len(content)}",
                     *(more if at == 0 else ()), f"Content-Type: {kind}"]
            self.sock.sendall(
                f"MSRP t{self.sent:05} SEND\r\n".encode()
                + "".join(h + "\r\n" for h in heads).encode() + b"\r\n"
                + part + f"\r\n-------t{self.sent:05}{flag}\r\n".encode())
            self.answered()
            at = end

    def answered(self):
        while not self.file.readline().startswith(b"-------"):
            pass

    def receive(self):
        """One message, without its envelope; None: he has left."""
        whole = b""
        while True:
            first = self.file.readline().split()
            if not first:
                return None
            mark, heads = b"-------" + first[1], {}
            while (line := self.file.readline().strip()):
                name, _, value = line.partition(b": ")
                heads[name] = value
            low, high = heads[b"Byte-Range"].split(b"/")[0].split(b"-")
            whole += self.file.read(int(high) - int(low) + 1)
            self.file.readline()
            end = self.file.readline()
            self.sock.sendall(b"MSRP " + first[1] + b" 200 OK\r\nTo-Path: "
                              + heads[b"From-Path"] + b"\r\n" + mark
                              + b"$\r\n")
            if end.strip().endswith(b"$"):
                break
        if heads[b"Content-Type"] == b"message/cpim":
            whole = whole.split(b"\r\n\r\n", 2)[2]
        return whole


def serve(host, folder):
    listener = socket.create_server((host, MSRP))
    sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sip.bind((host, SIP))
    while True:
        invite, caller = sip.recvfrom(65536)
        text = invite.decode()
        if not text.startswith("INVITE"):
            continue
        call = re.search("Call-ID: (.*)\r", text)[1]
        told = re.search('name:"(.*?)"', text)
        pull = "a=recvonly" in text
        # an answer need not repeat what was asked for
        sip.sendto(message("SIP/2.0 200 OK", call, host, sdp(
            host, MSRP, "sendonly" if pull else "recvonly", [])), caller)
        chunks = Chunks(listener.accept()[0])
        if pull:
            chunks.send((Path(folder) / told[1]).read_bytes(),
                        "application/octet-stream")
            chunks.close()
            continue
        while (got := chunks.receive()) is not None:
            if told:
                (Path(folder) / told[1]).write_bytes(got)
            elif len(got) > 1000:
                (Path(folder) / "notes.txt").write_bytes(got)


class Caller:
    def __init__(self, host, server):
        self.host, self.server, self.calls = host, server, 0
        self.sip = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sip.bind((host, SIP))

    def session(self, way, attributes):
        self.calls += 1
        call = f"c{self.calls}"
        self.sip.sendto(message(
            "INVITE sip:bob@example.com SIP/2.0", call, self.host,
            sdp(self.host, 7000 + self.calls, way, attributes)),
            (self.server, SIP))
        self.sip.recv(65536)
        self.sip.sendto(message("ACK sip:bob@example.com SIP/2.0", call,
                                self.host), (self.server, SIP))
        return Chunks(socket.create_connection(
            (self.server, MSRP), source_address=(self.host, 0)))


def call(host, server, plain, wrapped, among):
    caller = Caller(host, server)
    content = Path(plain).read_bytes()
    pushed = caller.session("sendonly", selector(Path(plain).name,
                                                 len(content)))
    pushed.send(content, "application/octet-stream")
    pushed.close()

    content = Path(wrapped).read_bytes()
    pushed = caller.session("sendonly", selector(Path(wrapped).name,
                                                 len(content)))
    pushed.send(b"From: <sip:anna@example.com>\r\n"
                b"To: <sip:bob@example.com>\r\n\r\n"
                b"Content-Type: application/pdf\r\n\r\n" + content,
                "message/cpim")
    pushed.close()

    chat = caller.session("sendrecv", [])
    chat.send(b"The notes are coming.", "text/plain")
    chat.send(Path(among).read_bytes(), "text/plain", [
        f'Content-Disposition: attachment; filename="{Path(among).name}"'])
    chat.send(b"Have you got them?", "text/plain")
    chat.close()

    pulled = caller.session("recvonly", selector(Path(plain).name, 0))
    if pulled.receive() != Path(plain).read_bytes():
        sys.exit("pulled something else")


{"serve": serve, "call": call}[sys.argv[1]](*sys.argv[2:])
