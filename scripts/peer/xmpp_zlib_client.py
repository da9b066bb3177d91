#!/usr/bin/env python3
"""XMPP clients with compressed streams, after XEP-0138: Debian has none.

    xmpp_zlib_client.py take SERVER[:PORT] FILE
    xmpp_zlib_client.py give SERVER[:PORT] FILE

"give" offers FILE (XEP-0096) and sends it in band (XEP-0047) to "take", which
answers with the same bytes under the name of answer-FILE.
"""
import base64
import re
import socket
import sys
import time
import zlib
from pathlib import Path

DOMAIN = "lab.example"
BLOCK = 3000
OPEN = ("<stream:stream xmlns='jabber:client' version='1.0' xmlns:stream="
        f"'http://etherx.jabber.org/streams' to='{DOMAIN}'>")
TRANSFER = "http://jabber.org/protocol/si/profile/file-transfer"


class Client:
    def __init__(self, server, user):
        address, _, port = server.partition(":")
        self.socket = socket.create_connection((address, int(port or 5222)))
        self.socket.settimeout(30)
        self.pack = self.unpack = None
        self.text = ""
        self.log_on(user)

    def say(self, text):
        raw = text.encode()
        if self.pack:
            raw = self.pack.compress(raw) + self.pack.flush(zlib.Z_SYNC_FLUSH)
        self.socket.sendall(raw)

    def until(self, pattern):
        while not (found := re.search(pattern, self.text, re.S)):
            raw = self.socket.recv(65536)
            if not raw:
                raise EOFError(f"no {pattern}: {self.text[-300:]}")
            if self.unpack:
                raw = self.unpack.decompress(raw)
            self.text += raw.decode()
        self.text = self.text[found.end():]
        return found

    def log_on(self, user):
        self.say(OPEN)
        self.until("</stream:features>")
        plain = base64.b64encode(f"\0{user}\0pw".encode()).decode()
        self.say("<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' "
                 f"mechanism='PLAIN'>{plain}</auth>")
        self.until("<success[^>]*>")
        self.say(OPEN)
        self.until("<method>zlib</method>.*</stream:features>")
        self.say("<compress xmlns='http://jabber.org/protocol/compress'>"
                 "<method>zlib</method></compress>")
        self.until("<compressed[^>]*>")
        self.pack = zlib.compressobj()
        self.unpack = zlib.decompressobj()
        self.say(OPEN)
        self.until("</stream:features>")
        self.say("<iq type='set' id='b'><bind xmlns="
                 "'urn:ietf:params:xml:ns:xmpp-bind'><resource>lab</resource>"
                 "</bind></iq>")
        self.until("<jid>.*?</jid>")
        self.say("<presence/>")

    def send_file(self, to, name, content):
        self.say(f"<iq type='set' id='si' to='{to}'>"
                 "<si xmlns='http://jabber.org/protocol/si' "
                 f"profile='{TRANSFER}'><file xmlns='{TRANSFER}' "
                 f"name='{name}' size='{len(content)}'/></si></iq>")
        for i in range(0, len(content), BLOCK):
            block = base64.b64encode(content[i:i + BLOCK]).decode()
            self.say(f"<message to='{to}'><data sid='s' seq='{i // BLOCK}' "
                     "xmlns='http://jabber.org/protocol/ibb'>"
                     f"{block}</data></message>")

    def take_file(self):
        size = int(self.until("<file[^>]* size=['\"]([0-9]+)")[1])
        content = b""
        while len(content) < size:
            block = self.until("<data [^>]*>([^<]*)</data>")[1]
            content += base64.b64decode(block)
        return content


def main():
    what, server, path = sys.argv[1:]
    path = Path(path)
    if what == "take":
        client = Client(server, "ben")
        content = client.take_file()
        path.write_bytes(content)
        client.send_file(f"anna@{DOMAIN}/lab", f"answer-{path.name}", content)
        time.sleep(5)
    else:
        client = Client(server, "anna")
        content = path.read_bytes()
        client.send_file(f"ben@{DOMAIN}/lab", path.name, content)
        if client.take_file() != content:
            sys.exit("the answer is not what was sent")
    client.say("</stream:stream>")


main()
