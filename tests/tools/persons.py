"""Traffic of one person, with canaries in everything he says.

CONTENT must never be told by weir, NAMES only where names are asked for, and
TRACES of the person only where pseudonyms are off and his group is monitored.
"""
import re
import struct

import frames

CONTENT = {word: f"cnry{i}{word}" for i, word in enumerate((
    "path", "query", "cookie", "header", "form", "page", "login", "subject",
    "mail", "chat", "topic", "ftppass", "ftpdata", "label"))}
NAMES = {word: f"cnry9{word}" for word in ("file", "dccfile", "room",
                                           "attachment", "ftpfile")}
ACCOUNT, HOST, ADDRESS, MAC = ("harriet", "harriets-laptop", "10.1.0.7",
                               "02:00:00:00:00:01")
MEMBERS = "harri??"			# so that no list holds the name
SERVER = "10.1.0.3"
TRACES = (ACCOUNT, HOST, ADDRESS, MAC, SERVER)
TCP_FLOWS = 6				# of a day; all are closed
GROUPS = ("rnd", "sales", "executives", "it", "everyone")
LISTED = "#launch-plan"			# the policy lists it by name


def radius(kind, ident):
    def attribute(number, data):
        return bytes((number, len(data) + 2)) + data

    body = (attribute(1, ACCOUNT.encode())
            + attribute(8, bytes(map(int, ADDRESS.split("."))))
            + attribute(31, MAC.replace(":", "-").upper().encode())
            + attribute(40, struct.pack(">I", kind))
            + attribute(44, b"session-1"))
    return (struct.pack(">BBH", 4, ident, 20 + len(body)) + bytes(16) + body,
            struct.pack(">BBH", 5, ident, 20) + bytes(16))


def lease():
    """A DHCP ACK: address, MAC and host name."""
    packet = struct.pack(">BBBBIHH4s4s4s4s16s64s128sI", 2, 1, 6, 0, 7, 0, 0,
                         bytes(4), bytes(map(int, ADDRESS.split("."))),
                         bytes((10, 1, 0, 1)), bytes(4),
                         bytes.fromhex(MAC.replace(":", "")) + bytes(10),
                         bytes(64), bytes(128), 0x63825363)
    name = HOST.encode()
    return (packet + b"\x35\x01\x05" + b"\x33\x04" + struct.pack(">I", 3600)
            + bytes((12, len(name))) + name + b"\xff")


def bind(seen):
    """A lease, then a login that an access point tells of."""
    def other(frame):			# not from the person's own device
        return frame[:6] + b"\x02\0\0\0\0\x09" + frame[12:]

    ask, answer = radius(1, 7)
    seen += [
        (1000, other(frames.udp("10.1.0.1", 67, ADDRESS, 68, lease()))),
        (2000, other(frames.udp("10.1.0.1", 5000, SERVER, 1813, ask))),
        (3000, other(frames.udp(SERVER, 1813, "10.1.0.1", 5000, answer)))]


def ask_name(seen, at_us):
    label = CONTENT["label"].encode()
    name = bytes((len(label),)) + label + b"\x07example\x03org\0"
    query = struct.pack(">HHHHHH", 5, 0x100, 1, 0, 0, 0) + name + b"\0\1\0\1"
    seen.append((at_us, frames.udp(ADDRESS, 5353, SERVER, 53, query)))
    seen.append((at_us + 900, frames.udp(
        SERVER, 53, ADDRESS, 5353, struct.pack(">HHHHHH", 5, 0x8180, 1, 1, 0,
                                               0) + name + b"\0\1\0\1"
        + b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + bytes((203, 0, 113, 99)))))


def surf(seen, at_us):
    c = CONTENT
    web = frames.Tcp(seen, (ADDRESS, 40100), ("203.0.113.12", 80), at_us)
    web.say(0, (f"GET /{c['path']}/{NAMES['file']}.pdf?q={c['query']} "
                f"HTTP/1.1\r\nHost: cdn.discordapp.com\r\nCookie: "
                f"id={c['cookie']}\r\nX-Note: {c['header']}\r\n"
                "Authorization: Basic cm9vdDpjbnJ5bG9naW4=\r\n\r\n").encode())
    body = c["page"].encode() * 5000
    web.say(1, b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n"
            b"Content-Disposition: attachment; filename=\""
            + NAMES["file"].encode() + b".pdf\"\r\nContent-Length: "
            + str(len(body)).encode() + b"\r\n\r\n" + body)
    form = f"user={c['login']}&text={c['form']}".encode()
    web.say(0, b"POST /login HTTP/1.1\r\nHost: cdn.discordapp.com\r\n"
            b"Content-Length: " + str(len(form)).encode() + b"\r\n\r\n" + form)
    web.say(1, b"HTTP/1.1 204 No Content\r\n\r\n")
    web.close()
    return web.at_us


def mail(seen, at_us):
    c = CONTENT
    smtp = frames.Tcp(seen, (ADDRESS, 40200), ("203.0.113.25", 25), at_us)
    smtp.say(1, b"220 mail.example.org ESMTP\r\n")
    smtp.say(0, b"EHLO there\r\n")
    smtp.say(1, b"250 mail.example.org\r\n")
    smtp.say(0, f"MAIL FROM:<{ACCOUNT}@example.org>\r\n".encode())
    smtp.say(1, b"250 ok\r\n")
    smtp.say(0, b"RCPT TO:<b@example.net>\r\nDATA\r\n")
    smtp.say(1, b"250 ok\r\n354 go\r\n")
    smtp.say(0, (f"Subject: {c['subject']}\r\nContent-Disposition: "
                 f"attachment; filename={NAMES['attachment']}.zip\r\n\r\n"
                 + c["mail"] * 2000 + "\r\n.\r\n").encode())
    smtp.say(1, b"250 queued\r\n")
    smtp.close()
    return smtp.at_us


def chat(seen, at_us):
    c, n = CONTENT, NAMES
    irc = frames.Tcp(seen, (ADDRESS, 40300), ("203.0.113.66", 6667), at_us)
    irc.say(0, f"NICK {ACCOUNT}\r\nUSER {ACCOUNT} 0 * :x\r\n".encode())
    irc.say(1, f":irc.example.org 001 {ACCOUNT} :Welcome\r\n".encode())
    for room in (f"#{n['room']}", LISTED):
        irc.say(0, f"JOIN {room}\r\n".encode())
        irc.say(1, (f":{ACCOUNT}!u@h JOIN {room}\r\n:irc.example.org 332 "
                    f"{ACCOUNT} {room} :{c['topic']}\r\n").encode())
    irc.say(0, f"PRIVMSG {LISTED} :{c['chat']}\r\n".encode())
    irc.say(1, (f":bob!u@h PRIVMSG {ACCOUNT} :\x01DCC SEND "
                f"{n['dccfile']}.zip 167837960 5000 90000\x01\r\n").encode())
    irc.close()
    return irc.at_us


def ftp(seen, at_us):
    c = frames.Tcp(seen, (ADDRESS, 40400), (SERVER, 21), at_us)
    c.say(1, b"220 ready\r\n")
    c.say(0, f"USER {ACCOUNT}\r\nPASS {CONTENT['ftppass']}\r\n".encode())
    c.say(1, b"331 ok\r\n230 in\r\n")
    c.say(0, b"PASV\r\n")
    c.say(1, b"227 Entering Passive Mode (10,1,0,3,156,64)\r\n")
    d = frames.Tcp(seen, (ADDRESS, 40401), (SERVER, 40000), c.at_us)
    c.at_us = d.at_us
    c.say(0, f"STOR {NAMES['ftpfile']}.doc\r\n".encode())
    c.say(1, b"150 go\r\n")
    d.at_us = c.at_us
    d.say(0, CONTENT["ftpdata"].encode() * 8000)
    d.close()
    c.at_us = d.at_us
    c.say(1, b"226 done\r\n")
    c.close()
    return c.at_us


def slack(seen, at_us, files=30, size=1000000):
    """Files of many sizes: equal ones could be parts of one."""
    tls = frames.Tcp(seen, (ADDRESS, 40500), ("203.0.113.10", 443), at_us, 20)
    tls.say(0, frames.client_hello("files.slack.com"))
    tls.say(1, frames.records(3000, kind=22))
    for i in range(files):
        tls.at_us += 300000
        tls.say(0, frames.records(400))
        tls.say(1, frames.records(size + i * i * 1237))
    tls.close()
    return tls.at_us


def day(files=30):
    """All of it, in order: (microseconds, frame)."""
    seen = []
    bind(seen)
    at_us = 1000000
    ask_name(seen, at_us)
    for act in surf, mail, chat, ftp:
        at_us = act(seen, at_us + 200000)
    slack(seen, at_us + 200000, files)
    return sorted(seen, key=lambda f: f[0])


def configuration(group="everyone", monitor=True, privacy="", rest=""):
    """A weir.yaml for it; bulk downloads are caught at once."""
    return (f"{privacy}\npolicy:\n  home: [10.1.0.0/16]\n"
            f"  groups: {{{group}: {{members: ['{MEMBERS}'], monitor: "
            f"{'yes' if monitor else 'no'}}}}}\n"
            f"  resources: [{{match: '{LISTED}', sensitivity: 2, "
            "groups: []}]\n"
            "detections:\n  bulk-download: {cold-start: floors, cold-factor:"
            " 1, floor-1h-bytes: 10MB, floor-1h-files: 10}\n"
            "  data-transfer: {cold-start: floors}\n" + rest)


def found_in(said, words):
    """Which of the words are in these bytes, whatever their case."""
    said = said.lower()
    return sorted(w for w in words if w.lower().encode() in said)


def pseudonyms_in(said):
    """Pseudonyms of people, devices, files and rooms in these bytes."""
    return sorted(set(re.findall(
        rb"\b(?:user|host|file|room)-[0-9a-hjkmnp-tv-z]{12}\b", said)))
