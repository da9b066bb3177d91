"""The service with the configuration it is shipped with, on a port of its
own; what it says, and what it keeps.  For tests of privacy; needs root."""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import persons
import sensor
from tap import ok, same

WEIR = sensor.find_weir()


def run(*args, **more):
    return subprocess.run([str(a) for a in args], capture_output=True,
                          timeout=60, check=False, **more)


def in_namespace():
    """Again in a network namespace of our own; skip where there is none."""
    if os.environ.get("WEIR_NAMESPACE"):
        return
    if run("unshare", "-n", "true").returncode != 0:
        print("1..0 # SKIP needs root and network namespaces")
        sys.exit(0)
    os.environ["WEIR_NAMESPACE"] = "1"
    os.execvp("unshare", ["unshare", "-n", sys.executable, *sys.argv])


def make_port():
    for words in ("link add tap0 type veth peer name wire0",
                  "link set tap0 mtu 9000 up", "link set wire0 mtu 9000 up",
                  "link set lo up"):
        subprocess.run(["ip", *words.split()], check=True)


def until(what, seconds=20):
    end = time.time() + seconds
    while time.time() < end:
        if what():
            return True
        time.sleep(0.2)
    return False


def play(frames):
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
        s.bind(("wire0", 0))
        for i, (_, frame) in enumerate(frames):
            s.send(frame)
            if i % 200 == 199:
                time.sleep(0.01)	# the ring is small, the machine too


def make_officers(tmp):
    (tmp / "officers").mkdir()
    for who in "abc":
        run("openssl", "genpkey", "-algorithm", "X25519", "-out",
            tmp / f"{who}.key")
        run("openssl", "pkey", "-in", tmp / f"{who}.key", "-pubout", "-out",
            tmp / f"officers/{who}.pem")


@contextlib.contextmanager
def prepared(part):
    """A directory with officers and a place for a service, and a port to
    watch in a network namespace of our own; skips where that cannot be."""
    if os.getuid() != 0 or not shutil.which("openssl"):
        print("1..0 # SKIP needs root and openssl")
        sys.exit(0)
    in_namespace()
    make_port()
    with tempfile.TemporaryDirectory() as name:
        tmp = Path(name)
        tmp.chmod(0o755)
        place(tmp / part)
        make_officers(tmp)
        yield tmp


def place(where):
    """A directory that the service, as nobody, may write to."""
    where.mkdir()
    where.chmod(0o777)
    return where


def listen(path, lines):
    """A syslog: what it gets is appended to lines."""
    s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    s.bind(str(path))
    os.chmod(path, 0o666)

    def take():
        while True:
            lines.append(s.recv(8192))

    threading.Thread(target=take, daemon=True).start()


class Service:
    """One of `weir -i tap0`, in a directory of its own."""

    def __init__(self, where, monitor=True, group="everyone"):
        self.where, self.log = where, where / "log"
        self.conf = where / "weir.yaml"
        self.conf.write_text(persons.configuration(
            group, monitor, privacy=f"privacy: {{officers: "
            f"{where.parent}/officers}}",
            rest=f"user: nobody\nspool: {{directory: {where}/spool}}\n"
            f"control: {{socket: {where}/control, metrics: "
            f"{where}/metrics, intake: {where}/intake}}\ncapture: {{ring: 128MB}}\noutputs:\n"
            + "".join(f"  - {{type: file, path: {where}/spool/alerts.{f}, "
                      f"format: {f}}}\n" for f in
                      ("rfc5424", "json", "cef", "leef"))))
        self.out = open(self.log, "wb")
        self.process = subprocess.Popen(
            [WEIR, "-v", "--json", "-i", "tap0", "-c", str(self.conf)],
            stdout=self.out, stderr=self.out)
        ok(until(lambda: b"watching tap0" in self.log.read_bytes()),
           "the service watches")

    def ask(self, command):
        return run(WEIR, "ctl", "-j", "-n", 200, "-s",
                   self.where / "control", command).stdout

    def ended(self, n):
        """That many flows have ended: a closed one is kept for seconds."""
        stats = json.loads(self.ask("stats"))
        return stats["flows_created"] - stats["flows_open"] >= n

    def tell(self, *lines):
        """Logins and endpoints, by the intake socket."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(self.where / "intake"))
            s.sendall(b"".join(json.dumps(x).encode() + b"\n"
                               for x in lines))

    def answers(self):
        said = b"".join(self.ask(c) for c in (
            "status", "stats", "health", "collectors", "spool", "alerts",
            "flows", "top", "users"))
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(str(self.where / "metrics"))
            s.sendall(b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n")
            while part := s.recv(65536):
                said += part
        return said

    def stop(self):
        self.process.terminate()
        same(self.process.wait(60), 0, "and ends well")
        self.out.close()

    def kept(self):
        return b"".join(p.read_bytes() for p in self.where.rglob("*")
                        if p.is_file() and p != self.conf)
