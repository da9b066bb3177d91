#!/usr/bin/python3
"""reload.py WEIR: catalogue files swapped under traffic.

Good, bad, good, by SIGHUP, while packets come: each is counted, a flow that
is open all the time keeps its bytes and its name, whatever number its rule
has by now; a bad file changes nothing and its place is told."""
import os
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import frames  # noqa: E402
import live  # noqa: E402
from tap import done, ok, same  # noqa: E402

SERVICE = """  {id}:
    name: {id}
    category: cloud
    rules:
      - {{role: file, hosts: [{host}]}}
"""
PART = 200000               # bytes of the open flow between two reloads


def site(service, name, *services):
    """Write a file of the site's directory; () takes it away."""
    path = f"{service.where}/site/{name}"
    if not services:
        os.unlink(path)
        return
    with open(path, "w") as f:
        f.write("catalogue: 1\nservices:\n" + "".join(
            SERVICE.format(id=i, host=host) for i, host in services))


class Traffic:
    """One flow that stays open, on the wire."""

    def __init__(self, span, port):
        self.span, self.seen = span, []
        self.sent = self.parts = 0
        self.flow = frames.Tcp(self.seen, ("10.1.0.7", port),
                               ("203.0.113.50", 443))
        self.hello = frames.client_hello("files.ours.example")
        self.flow.say(0, self.hello)
        self.flow.say(1, frames.records(3000, kind=22))
        self.go()

    def close(self):
        self.flow.close()
        self.go()

    def go(self):
        self.sent += live.send(self.span, [f for _, f in self.seen])
        self.seen.clear()

    def more(self):
        self.flow.say(0, bytes(PART))
        self.parts += 1
        self.go()


def reload(service, traffic, counter):
    """By signal, with packets before, during and after it."""
    before = service.status()
    service.signal(signal.SIGHUP)
    for _ in range(100):
        traffic.more()
        now = service.status()
        if now[counter] > before[counter]:
            break
        time.sleep(0.02)
    return before, now


def counted(service, sent):
    now = service.counted(sent)
    same((now["packets"], now["dropped"]), (sent, 0), "no packet is lost")


def swaps(service, traffic):
    ours = ("ours", "files.ours.example")
    site(service, "ours.yaml", ours)
    before, now = reload(service, traffic, "generation")
    same(now["generation"], before["generation"] + 1, "a rule is added")
    named = Traffic(traffic.span, 40002)

    site(service, "bad.yaml", ("Not An Id", "a.example"))
    before, now = reload(service, traffic, "reloads_refused")
    ok(f"{service.where}/site/bad.yaml:3:" in now.get("reload_error", ""),
       "a bad file is told with its place")
    same([now[k] for k in ("generation", "configuration")],
         [before[k] for k in ("generation", "configuration")],
         "and changes nothing")
    site(service, "bad.yaml")

    site(service, "first.yaml", ("theirs", "a.example"), ("more", "b.example"))
    before, now = reload(service, traffic, "generation")
    same(now["generation"], before["generation"] + 1,
         "other rules come before it")
    time.sleep(1)           # the workers take it when they are told
    traffic.more()
    return named


def flow_of(service, port):
    for _ in range(100):
        for f in service.ctl("flows")[1]:
            if f.get("client_port") == port:
                return f
        time.sleep(0.1)
    return {}


def main():
    live.alone()
    span = live.wire()
    service = live.Service(sys.argv[1])
    os.mkdir(f"{service.where}/site", 0o755)
    service.more = f"catalogue: {{site: {service.where}/site}}\n"
    service.configure()
    try:
        service.start()
        ok(service.wait_up(), "up")
        traffic = Traffic(span, 40001)
        named = swaps(service, traffic)
        traffic.close()
        named.close()
        counted(service, traffic.sent + named.sent)
        f = flow_of(service, 40001)
        same((f.get("bytes_up"), f.get("bytes_down")),
             (len(traffic.hello) + traffic.parts * PART,
              len(frames.records(3000, kind=22))),
             "the open flow has every byte")
        for f in (f, flow_of(service, 40002)):
            same((f.get("service"), f.get("host")),
                 ("ours", "files.ours.example"), "and the name of its host")
        same(service.stop(), 0, "stops in order")
    finally:
        service.remove()
    done()


main()
