#!/usr/bin/python3
"""trouble.py WEIR CAPTURE: what befalls a sensor that runs for years.

It says when it is ready and feeds a watchdog only while packets are read; it
sends nothing; a worker that halts loses packets to the count, one that stays
halted is replaced, and so are core and sender; a link goes down, an interface
is taken out and put back; silence is told from health by a heartbeat.
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import live  # noqa: E402
from tap import done, ok, same  # noqa: E402

WATCHDOG_S = 3


class Systemd:
    """The end of the notify socket, and when each word came."""

    def __init__(self):
        self.path = tempfile.mktemp(prefix="weir-notify-")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        os.chmod(self.path, 0o777)
        self.heard = []
        os.environ["NOTIFY_SOCKET"] = self.path
        os.environ["WATCHDOG_USEC"] = str(WATCHDOG_S * 1000000)

    def wait(self, word, seconds):
        """How long until it says this; None: not at all."""
        begin = time.monotonic()
        while (left := begin + seconds - time.monotonic()) > 0:
            self.socket.settimeout(left)
            try:
                heard = self.socket.recv(4096).decode()
            except TimeoutError:
                return None
            self.heard.append(heard)
            if heard.startswith(word):
                return time.monotonic() - begin
        return None

    def forget(self):
        self.socket.setblocking(False)
        try:
            while True:
                self.socket.recv(4096)
        except BlockingIOError:
            pass

    def remove(self):
        self.socket.close()
        os.unlink(self.path)


def link(name, *how):
    """What ip(8) says of an interface."""
    said = subprocess.run(["ip", *how, "-j", "link", "show", name],
                          capture_output=True, text=True, check=True)
    return json.loads(said.stdout)[0]


def sent_by(name):
    return link(name, "-s")["stats64"]["tx"]["packets"]


def seconds_until(true, seconds, pause=0.05):
    begin = time.monotonic()
    while not true():
        if time.monotonic() > begin + seconds:
            return None
        time.sleep(pause)
    return time.monotonic() - begin


def within(took, limit, what):
    ok(took is not None and took <= limit,
       f"{what}: " + ("never" if took is None else f"{took:.2f} s"))


def finds(service, kind):
    return any(x["kind"] == kind for x in service.ctl("health")[1])


def ready(service, systemd, span, frames):
    service.start()
    within(systemd.wait("READY=1", 20), 5, "ready")
    n = live.send(span, frames[:100])
    took = seconds_until(lambda: service.ctl("status")[1] and
                         service.status()["packets"] == n, 5)
    within(took, 5, "what comes behind READY=1 is counted")
    within(systemd.wait("WATCHDOG=1", WATCHDOG_S), WATCHDOG_S,
           "the watchdog is fed")
    return n


def heartbeat(service):
    def beats():
        return [a for a in service.alerts()
                if a.get("event.action") == "heartbeat"]
    within(seconds_until(beats, 15, 0.5), 15, "a heartbeat")
    beat = json.dumps(beats()[0]) if beats() else ""
    ok(service.status()["configuration"] in beat and "packets" in beat,
       "it has counters and the configuration's hash")


def halted(service, span, frames, sent):
    """A worker of 1 MiB that halts: the kernel counts what is dropped."""
    worker = service.children()[2]
    os.kill(worker, signal.SIGSTOP)
    try:
        sent += live.send(span, frames[:50000])
    finally:
        os.kill(worker, signal.SIGCONT)
    within(seconds_until(lambda: finds(service, "drops"), 15), 10,
           "told of, from when it goes on")
    time.sleep(1.2)
    stats = service.ctl("stats")[1][0]
    same(stats["processed"] + stats["dropped"], sent,
         f"{sent} sent = {stats['processed']} processed + "
         f"{stats['dropped']} dropped")
    ok(stats["dropped"] > 1000, "many were dropped")
    return sent


def replaced(service, systemd, span, frames):
    """Who stands still for good is replaced, and the numbers go on."""
    before = service.status()
    old = service.children()
    for pid in old:
        os.kill(pid, signal.SIGSTOP)
    begin = time.monotonic()
    systemd.forget()
    time.sleep(12)              # what is stuck for 10 s is not fed for
    systemd.forget()
    ok(systemd.wait("WATCHDOG=1", 4) is None,
       "no food for the watchdog while the packet loop stands")

    def back():
        live.send(span, frames[:50], 1000)
        return service.children()[2:] not in ([], old[2:])
    took = seconds_until(back, 30, 0.2)
    within(took and time.monotonic() - begin, 30, "the worker is replaced")

    def both():
        now = service.children()
        return len(now) == 3 and not set(now) & set(old)
    took = seconds_until(both, 50, 0.2)
    within(took and time.monotonic() - begin, 50,
           "and core and sender, after longer")
    took = seconds_until(lambda: service.ctl("status")[0] == 0, 10)
    within(took, 5, "the core answers again")
    ok(service.status()["packets"] > before["packets"], "counting goes on")
    ok(systemd.wait("WATCHDOG=1", WATCHDOG_S + 1), "and the watchdog fed")


def crashed(service, span, frames):
    os.kill(service.children()[2], signal.SIGKILL)
    within(counts_again(service, span, frames), 2, "after a worker's crash")
    within(seconds_until(lambda: finds(service, "worker-restarted"), 20), 20,
           "which is told of")


def counts_again(service, span, frames):
    """How long from now until packets are counted."""
    before = service.status()["packets"]

    def counted():
        try:
            live.send(span, frames[:20], 1000)
        except OSError:         # the link is not up yet
            return False
        return service.status()["packets"] > before
    return seconds_until(counted, 15)


def flap(service, span, frames):
    for _ in range(2):
        subprocess.run(["ip", "link", "set", "tap", "down"], check=True)
        time.sleep(1.5)
        subprocess.run(["ip", "link", "set", "tap", "up"], check=True)
        within(counts_again(service, span, frames), 2, "after a link flap")


def replugged(service, frames):
    before = service.status()["packets"]
    subprocess.run(["ip", "link", "del", "span"], check=True)
    time.sleep(3)
    span = live.wire()
    within(counts_again(service, span, frames), 2,
           "after an interface was taken out and put back")
    ok(service.status()["packets"] > before, "the counters go on")


def main():
    weir, capture = sys.argv[1:3]
    live.alone()
    span = live.wire()
    frames = list(live.frames(capture))
    systemd = Systemd()
    before = sent_by("tap")
    service = live.Service(weir, "capture: {ring: 1MiB}\n")
    try:
        sent = ready(service, systemd, span, frames)
        same(link("tap", "-d")["promiscuity"], 1, "promiscuous meanwhile")
        halted(service, span, frames, sent)
        heartbeat(service)
        replaced(service, systemd, span, frames)
        crashed(service, span, frames)
        flap(service, span, frames)
        same(sent_by("tap"), before, "nothing was sent on the tap")
        replugged(service, frames)
        service.kill()
        for _ in range(50):     # the kernel closes behind a process
            if link("tap", "-d")["promiscuity"] == 0:
                break
            time.sleep(0.1)
        same(link("tap", "-d")["promiscuity"], 0,
             "not promiscuous any more, though killed")
    except Exception:
        print("# " + service.said()[-2000:].replace("\n", "\n# "))
        raise
    finally:
        service.remove()
        systemd.remove()
    done()


main()
