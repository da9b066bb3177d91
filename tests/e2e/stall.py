#!/usr/bin/python3
"""stall.py WEIR CAPTURE [PASSES]: the packet loop never waits for delivery.

With a collector that stands still, with core and sender that stand still and
with a spool whose disk is full, packets come at 20,000 a second.  The worker
itself measures how long handing over an event took, and strace says which
calls it made meanwhile: none but to wait for packets and to count them.

A machine that gives its processor to somebody else in the middle makes any
time long; so the time has three tries, the calls have one.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import live  # noqa: E402
from sanitized import sanitized  # noqa: E402
from tap import done, ok, same, skip  # noqa: E402

LIMIT_S = 0.001
TRIES = 3
PER_PASS = 60000        # frames
# To wait for packets, what was dropped (socket, card) and, where the kernel
# does not lend its clock, the time.
FINE = {"poll", "ppoll", "restart_syscall", "getsockopt", "clock_gettime",
        "openat", "read", "close", "fstat", "newfstatat", "ioctl"}


class Collector:
    """Takes lines until it is stopped; the connection stays."""

    def __init__(self, port):
        code = ("import socket, sys\n"
                f"s = socket.create_server(('127.0.0.1', {port}))\n"
                "while True:\n"
                "    c = s.accept()[0]\n"
                "    while c.recv(65536): pass\n")
        self.process = subprocess.Popen([sys.executable, "-c", code])

    def signal(self, number):
        self.process.send_signal(number)

    def end(self):
        self.process.kill()
        self.process.wait()


def calls_of(pid, span, frames, where):
    """The names of the calls that pid makes while packets come."""
    log = f"{where}/strace"
    tracer = subprocess.Popen(["strace", "-qq", "-p", str(pid), "-o", log],
                              stderr=subprocess.PIPE, text=True)
    time.sleep(0.5)
    live.send(span, frames, 5000)
    tracer.send_signal(signal.SIGINT)
    said = tracer.communicate()[1]
    with open(log) as f:
        names = {hit[1] for x in f
                 if (hit := re.match(r"(?:\d+ )?(\w+)\(", x))}
    return names, said


def longest(service, what):
    """In seconds, of all workers."""
    return max(float(x) for x in re.findall(
        rf'weir_worker_longest_{what}_seconds{{worker="\d+"}} (\S+)',
        service.metrics()))


def fill(where):
    """A disk of 256 KiB, most of which the state takes."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k,mode=777",
                    "tmpfs", f"{where}/spool"], check=True)


def no_room(where):
    """And the rest is taken too."""
    try:
        with open(f"{where}/spool/ballast", "wb", buffering=0) as f:
            while f.write(b"x" * 4096):
                pass
    except OSError:
        pass


def one(case, weir, span, frames, passes, trace):
    """(longest hand-over, longest turn, calls) of one start."""
    service = live.Service(weir, "  - {type: tcp, host: 127.0.0.1, "
                           "port: 22599}\ncapture: {ring: 64M}\n")
    collector = Collector(22599)
    halted, names = [], None
    if case == "full disk":
        fill(service.where)
    try:
        service.start()
        if service.wait_up() is None:
            print("# " + service.said()[-600:].replace("\n", "\n# "))
            return None
        core, sender, worker = service.children()[:3]
        if case == "full disk":
            no_room(service.where)
        elif case == "collector stopped":
            collector.signal(signal.SIGSTOP)
        elif case == "core and sender stopped":
            halted = [core, sender]
        for pid in halted:
            os.kill(pid, signal.SIGSTOP)
        sent = sum(live.send(span, frames[:PER_PASS])
                   for _ in range(passes))
        if trace:
            names = calls_of(worker, span, frames[:5000], service.where)
            sent += len(frames[:5000])
        for pid in halted:
            os.kill(pid, signal.SIGCONT)
        halted = []
        same(taken(service, sent), (sent, 0), f"{case}: no packet is lost")
        return longest(service, "handover"), longest(service, "turn"), names
    finally:
        for pid in halted:
            os.kill(pid, signal.SIGCONT)
        collector.end()
        service.stop()
        if case == "full disk":
            subprocess.run(["umount", f"{service.where}/spool"], check=False)
        service.remove()


def taken(service, sent):
    now = service.counted(sent)
    return now["packets"], now["dropped"]


def halted(weir, span, frames):
    """Half a second in which nobody reads is what the ring is for."""
    service = live.Service(weir, "capture: {ring: 64MiB}\n")
    try:
        service.start()
        if not ok(service.wait_up() is not None, "starts"):
            return
        worker = service.children()[2]
        os.kill(worker, signal.SIGSTOP)
        begin = time.monotonic()
        sent = live.send(span, frames[:15000], 30000)
        took = time.monotonic() - begin
        os.kill(worker, signal.SIGCONT)
        same(taken(service, sent), (sent, 0),
             f"nobody reads for {took:.2f} s, {sent} packets: none is lost")
    finally:
        service.remove()


def check_calls(case, names):
    if names is None:
        skip(f"{case}: strace is not installed")
        return
    seen, said = names
    if not seen:
        skip(f"{case}: strace may not look here: {said.strip()[-100:]}")
        return
    same(seen - FINE, set(), f"{case}: calls no output and waits for nobody: "
         + " ".join(sorted(seen)))


def main():
    weir, capture = sys.argv[1:3]
    passes = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    live.alone()
    span = live.wire()
    frames = list(live.frames(capture))
    trace = shutil.which("strace") is not None
    for case in ("nothing", "collector stopped", "core and sender stopped",
                 "full disk"):
        best = []
        for attempt in range(TRIES):
            got = one(case, weir, span, frames, passes,
                      trace and attempt == 0)
            if got is None:
                ok(False, f"{case}: starts")
                break
            best.append(got)
            if got[0] <= LIMIT_S:
                break
        if not best:
            continue
        check_calls(case, best[0][2])
        over, turn = min(x[0] for x in best), min(x[1] for x in best)
        told = (f"{case}: an event is handed over within {over * 1e6:.0f} us"
                f"; longest turn {turn * 1e3:.2f} ms; {len(best)} tries")
        if sanitized(weir):
            skip(told + " (sanitizers are slow)")
        else:
            ok(over <= LIMIT_S, told)
    halted(weir, span, frames)
    done()


main()
