"""What clients do in the lab: name -> (host, function of lab and random)."""
import json
import os
import random
import time

from lab import CLIENTS, files, size
from pages import chromium
from servers import HOSTS

KIB = 1024


def curl(lab, host, paths, extra=()):
    command = ["curl", "-sk", "--compressed", "--interface", CLIENTS[0],
               "--resolve", "%s:443:%s" % (host, HOSTS[host])] + list(extra)
    for p in paths:
        command += ["-o", "/dev/null", "https://%s%s" % (host, p)]
    lab.client(command)


def seq(host, *extra, query="", n=18, **sizes):
    def run(lab, r):
        paths = files(lab, r, n, **sizes)
        curl(lab, host, [p + query for p in paths], extra)
    return host, run


def fetch(lab, wire, host, steps, local=CLIENTS[1]):
    """The command for a client with a plan."""
    path = "%s/plan%d.json" % (lab.dir, random.getrandbits(40))
    with open(path, "w", encoding="utf-8") as f:
        json.dump(steps, f)
    return ["node", os.path.join(os.path.dirname(__file__), "fetch.js"), wire,
            host, HOSTS[host], local, path]


def plan(wire, host, make):
    """One client whose steps `make` gives."""
    def run(lab, r):
        lab.client(fetch(lab, wire, host, make(lab, r)))
    return host, run


def par(lab, r):
    return [[r.randrange(100, 1500), [
        ["GET", p, 0] for p in files(lab, r, r.randrange(2, 6))]]
        for _ in range(8)]


def parcurl(host):
    def run(lab, r):
        curl(lab, host, files(lab, r, 24), ("-Z", "--parallel-max", "4"))
    return host, run


def api(r, low=200, high=3000):
    n = r.randrange(low, high)
    return ["POST", "/api/x/%d" % n, n] if r.random() < .5 else [
        "GET", "/api/x/%d" % n, 0]


def apimix(lab, r):
    steps = []
    for _ in range(14):
        steps.append([r.randrange(100, 900), [
            ["GET", files(lab, r, 1, low=20000)[0], 0]], True])
        for _ in range(r.randrange(0, 5)):
            steps.append([r.randrange(5, 300), [api(r)], True])
    return steps


def think(lab, r):
    """A person: a file, a look at it, a word about it."""
    steps = []
    for _ in range(16):
        steps.append([r.randrange(100, 3000), [
            ["GET", files(lab, r, 1)[0], 0]]])
        if r.random() < .6:
            steps.append([r.randrange(20, 900), [api(r)]])
    return steps


def many(lab, r):
    """Small files on one connection, one after another."""
    return [[r.randrange(0, 120), [["GET", p, 0]]]
            for p in files(lab, r, 40, low=1000, high=60000)]


def pipelined(lab, r):
    return [[r.randrange(100, 1500), [["GET", p, 0] for p in files(
        lab, r, r.randrange(2, 5), low=50000)]] for _ in range(7)]


def put(n, query, **how):
    return ["PUT", "/upload?" + query, n, how]


def updown(lab, r):
    steps = [[r.randrange(300, 1200), [["GET", p, 0]]]
             for p in files(lab, r, 10, low=100000, high=6000000)]
    return steps + [[r.randrange(100, 900), [put(n, "f=%d" % n)]] for n in (
        size(r, 100000, 6000000) for _ in range(10))]


def chunks(lab, r):
    """Resumable uploads: parts of a size that makers choose, with pauses."""
    steps = []
    for k, part in enumerate(r.sample([256 * KIB, 320 * KIB, 1024 * KIB,
                                       4096 * KIB, 640 * KIB], 4)):
        left = int(part * r.uniform(1.5, 3 if part > 2e6 else 8))
        wait = r.randrange(4000, 7000)
        while left > 0:
            n = min(part, left)
            steps.append([wait, [put(n, "chunk=%d&f=%d" % (k, n))]])
            left -= n
            wait = r.randrange(10, 700)
    return steps


def slow_body(lab, r):
    """Uploads that are made while they are sent."""
    return [[r.randrange(200, 1500), [put(n, "f=%d" % n, piece=r.choice(
        [4000, 16384, 65536]), pause=r.choice([0, 5, 30]))]]
        for n in (size(r, 20000, 1000000) for _ in range(8))]


def aborted(lab, r):
    """Downloads given up half-way, some got again from there."""
    steps = []
    for p in files(lab, r, 8, low=400000, high=4000000):
        n = int(p[3:p.index(".")])
        if r.random() < .5:
            steps.append([r.randrange(500, 2500), [
                ["GET", p, 0, {"abort": n // 3}]]])
            steps.append([r.randrange(500, 2500), [["GET", p, 0, {
                "headers": {"range": "bytes=%d-" % (n // 3)}}]]])
        else:
            steps.append([r.randrange(500, 2500), [["GET", p, 0]]])
    return steps


def both_ways(lab, r):
    """An upload and a download at once, on one connection."""
    steps = []
    for p in files(lab, r, 7, low=100000, high=2500000):
        n = size(r, 100000, 1500000)
        steps.append([r.randrange(500, 2000), [["GET", p, 0],
                                               put(n, "f=%d" % n)]])
    return steps


def ranges(host):
    """Files in ranges of 1 MiB, four connections at a time."""
    def run(lab, r):
        for _ in range(6):
            n = size(r, 1500000, 6000000)
            path = lab.file("/f/%d.bin" % n, n)
            command = ["curl", "-Z", "--parallel-max", "4"]
            for at in range(0, n, 1 << 20):
                command += (["--next"] if at else []) + [
                    "-sk", "--http1.1", "--resolve", "%s:443:%s" % (
                        host, HOSTS[host]), "-r", "%d-%d" % (
                        at, min(at + (1 << 20), n) - 1), "-o", "/dev/null",
                    "https://%s%s" % (host, path)]
            lab.client(command)
            time.sleep(r.uniform(3, 5))
    return host, run


def range_by_range(lab, r):
    """The same in turn, on one connection."""
    steps = []
    for _ in range(6):
        n, step = size(r, 300000, 5000000), r.choice([256, 512, 1024]) * KIB
        path = lab.file("/f/%d.bin" % n, n) + "?i=%d" % len(steps)
        wait = r.randrange(3000, 5000)
        for at in range(0, n, step):
            steps.append([wait, [["GET", path, 0, {"headers": {
                "range": "bytes=%d-%d" % (at, min(at + step, n) - 1)}}]]])
            wait = r.randrange(0, 300)
    return steps


def uploads(host, *extra, n=14, form=False, **sizes):
    """form: several files in the body of one request."""
    def run(lab, r):
        command = ["curl"]
        for i in range(n):
            each = [size(r, **sizes) for _ in range(
                r.randrange(2, 5) if form else 1)]
            names = ["%s/body%d" % (lab.dir, one) for one in each]
            for name, one in zip(names, each):
                with open(name, "wb") as f:
                    f.write(os.urandom(one))
            command += (["--next"] if i else []) + [
                "-sk", "--resolve", "%s:443:%s" % (host, HOSTS[host])]
            command += list(extra) + ["-o", "/dev/null"]
            if form:
                for k, name in enumerate(names):
                    command += ["-F", "f%d=@%s" % (k, name)]
            elif r.random() < .5:
                command += ["--data-binary", "@" + names[0]]
            else:
                command += ["-T", names[0]]
            command.append("https://%s/upload?f=%d" % (host, sum(each)))
        lab.client(command)
    return host, run


def talk(r, n, low=20, high=400):
    return [[r.randrange(100, 1500), "chat", r.randrange(low, high)]
            for _ in range(n)]


def websocket(lab, r, files_each=9):
    steps = talk(r, 10)
    for _ in range(files_each):
        steps.insert(r.randrange(len(steps)), [
            r.randrange(200, 1500), r.choice(["up", "down"]),
            size(r, 15000, 900000)])
    steps.insert(5, [500, "ping", 0])
    return steps


def several(wire, host, make, n):
    """n clients side by side."""
    def run(lab, r):
        lab.clients([fetch(lab, wire, host, make(lab, r), local)
                     for local in CLIENTS[:n]])
    return host, run


def opaque(lab, r):
    """A messenger: a little talk, files in parts."""
    steps = talk(r, 8, 20, 200)
    part = r.choice([64, 128, 256, 512]) * KIB
    for _ in range(7):
        steps.insert(r.randrange(len(steps)), [
            r.randrange(500, 2500), r.choice(["up", "down"]),
            size(r, 20000, 2500000), part, r.randrange(1, 5)])
    return steps


def mixed():
    """Four people: a channel, its API, avatars, files both ways."""
    def run(lab, r):
        commands = []
        for local in CLIENTS:
            commands.append(fetch(lab, "ws", "slack.com", talk(r, 18), local))
            commands.append(fetch(lab, "h2", "slack.com", [
                [r.randrange(100, 1500), [api(r, 200, 20000)]]
                for _ in range(14)], local))
            commands.append(fetch(lab, "h2", "mmg.whatsapp.net", [
                [r.randrange(500, 4000), [
                    ["GET", lab.file("/a/av%d.png" % n, n), 0]
                    for n in (size(r, 900, 9000) for _ in range(
                        r.randrange(1, 7)))]] for _ in range(4)], local))
            steps = []
            for _ in range(7):
                n = size(r)
                steps.append([r.randrange(300, 2500), [r.choice(
                    [["GET", files(lab, r, 1)[0], 0], put(n, "f=%d" % n)])]])
            commands.append(fetch(lab, "h2", "files.slack.com", steps, local))
        lab.clients(commands)
    return "slack.com", run


def call():
    """Voice and pictures over TLS and UDP: no file at all."""
    def run(lab, r):
        here = os.path.dirname(__file__)
        commands = []
        for local in CLIENTS:
            for wire in ("tls", "udp"):
                commands.append(
                    ["node", os.path.join(here, "call.js"), wire, "20"] +
                    [str(r.choice([0, 600, 2500, 6000])) for _ in "ab"] +
                    [local])
        lab.clients(commands[:7])
    return "media", run


SLACK, DISCORD = "files.slack.com", "cdn.discordapp.com"
WHATSAPP, SHAREPOINT = "mmg.whatsapp.net", "contoso.sharepoint.com"
TEAMS = "teams.microsoft.com"
SCENARIOS = {
    "h1seq12": seq(SHAREPOINT), "h1seq13": seq(DISCORD),
    "h2seq12": seq(WHATSAPP), "h2seq13": seq(SLACK),
    "h2caddy": seq(TEAMS),
    "h1think": plan("h1", DISCORD, think),
    "h2think": plan("h2", SLACK, think),
    "mixed": mixed(),
    "range": plan("h1", DISCORD, range_by_range),
    "upload": uploads(SLACK),
    "updown": plan("h2", SLACK, updown),
    "chr_h1": chromium(DISCORD, h2=False),
    "h2apimix": plan("h2", "slack.com", apimix),
    "h2par": plan("h2", SLACK, par),
    "wsfile": several("ws", "slack.com", websocket, 2),
    "raw": several("raw", "opaque", opaque, 3),
    "call": call(),
    "chr_h2": chromium("slack.com"), "chr_h2caddy": chromium(TEAMS),
    "chr_h3": chromium(TEAMS, h3=True),
    # others do it too
    "h2par12": plan("h2", WHATSAPP, par), "h2parcaddy": plan(
        "h2", TEAMS, par), "h2parcurl": parcurl(SLACK),
    "h2parapache": plan("h2", "apache", par),
    "h2parnode": plan("h2", "node", par),
    "h2apicaddy": plan("h2", TEAMS, apimix),
    "h2apiapache": plan("h2", "apache", apimix),
    "h2apinode": plan("h2", "node", apimix),
    "h1apache": seq("apache", "--http1.1"), "h2apache": seq("apache"),
    "h1lighttpd": seq("lighttpd", "--http1.1"), "h2lighttpd": seq("lighttpd"),
    "h1node": seq("node", "--http1.1"), "h2node": seq("node"),
    "h2h2o": seq("h2o"), "h1h2o": seq("h2o", "--http1.1"),
    "h1caddy": seq(TEAMS, "--http1.1"),
    "h1cbc": seq(SHAREPOINT, "--ciphers", "AES256-SHA:@SECLEVEL=0"),
    "h1cbc384": seq(SHAREPOINT, "--ciphers", "ECDHE-RSA-AES256-SHA384"),
    "h1chacha12": seq(SHAREPOINT, "--ciphers", "ECDHE-RSA-CHACHA20-POLY1305"),
    "h2chacha12": seq(WHATSAPP, "--ciphers", "ECDHE-RSA-CHACHA20-POLY1305"),
    "h2padded": seq("padded"), "h1padded": seq("padded1"),
    "h1chunked": seq("node", "--http1.1", query="&chunked"),
    "h2chunked": seq("node", query="&chunked"),
    "h2gzip": seq("gzipped"),
    "h1many": plan("h1", DISCORD, many), "h2many": plan("h2", SLACK, many),
    "h2manynode": plan("h2", "node", many),
    "h1big": seq(DISCORD, n=1, low=2.9e8, high=3e8),
    "h2big": seq(SLACK, n=1, low=2.9e8, high=3e8),
    "upload1": uploads(DISCORD), "uploadcaddy": uploads(TEAMS),
    "uploadapache": uploads("apache"), "uploadnode": uploads("node"),
    "uploadexpect": uploads(DISCORD, "-H", "Expect: 100-continue"),
    "uploadform": uploads(SLACK, form=True),
    "uploadform1": uploads(DISCORD, form=True),
    "uploadchunked": uploads(DISCORD, "-H", "Transfer-Encoding: chunked"),
    "uploadslow": plan("h2", SLACK, slow_body),
    "chunks1": plan("h1", SHAREPOINT, chunks),
    "chunks2": plan("h2", SLACK, chunks),
    "aborted1": plan("h1", DISCORD, aborted),
    "aborted2": plan("h2", SLACK, aborted),
    "bothways": plan("h2", SLACK, both_ways),
    "bothcaddy": plan("h2", TEAMS, both_ways),
    "pipelined": plan("h1", DISCORD, pipelined),
    "updown1": plan("h1", DISCORD, updown),
    "updowncaddy": plan("h2", TEAMS, updown),
    "range2": plan("h2", SLACK, range_by_range),
    "rangepar": ranges(DISCORD),
}
