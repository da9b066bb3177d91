"""weir on a wire of its own: a pair of interfaces in a network namespace that
nobody else uses.  For tests; needs root."""
import gzip
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time


def alone():
    """Run this program again where there is no other network."""
    if os.environ.get("WEIR_ALONE"):
        return
    if os.geteuid() != 0 or not shutil.which("unshare") or subprocess.run(
            ["unshare", "--net", "true"], check=False,
            stderr=subprocess.DEVNULL).returncode:
        print("1..0 # SKIP network namespaces need root")
        sys.exit(0)
    os.environ["WEIR_ALONE"] = "yes"
    os.execvp("unshare", ["unshare", "--net", sys.executable] + sys.argv)


def wire():
    """Two ends of a cable on which nothing is said by itself."""
    for what in ("link add span type veth peer name tap", "link set lo up",
                 "link set span up", "link set tap up"):
        end = what.split()[-2]
        if end in ("span", "tap"):
            with open(f"/proc/sys/net/ipv6/conf/{end}/disable_ipv6",
                      "w") as f:
                f.write("1")
        subprocess.run(["ip"] + what.split(), check=True)
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    s.bind(("span", 0))
    return s


def frames(path):
    """The frames of a pcap file of this machine's byte order."""
    with gzip.open(path) as f:
        f.read(24)
        while head := f.read(16):
            yield f.read(struct.unpack("IIII", head)[2])


def send(to, all_frames, per_second=20000):
    """Send all; the number sent."""
    n = 0
    begin = time.monotonic()
    for frame in all_frames:
        while n >= (time.monotonic() - begin) * per_second:
            time.sleep(0.002)
        to.send(frame)
        n += 1
    return n


class Service:
    """`weir -i tap` with its files in a directory of its own."""

    def __init__(self, weir, more="", outputs=("file",)):
        self.weir = weir
        self.where = tempfile.mkdtemp(prefix="weir-live-")
        self.conf = f"{self.where}/weir.yaml"
        self.more = more
        self.outputs = outputs
        self.process = None
        os.chmod(self.where, 0o777)
        os.mkdir(f"{self.where}/spool")
        self.configure()

    def configure(self, extra=""):
        with open(self.conf, "w") as f:
            f.write(f"sensor: live\nuser: nobody\n"
                    f"spool: {{directory: {self.where}/spool}}\n"
                    f"privacy: {{pseudonyms: no}}\n"
                    f"control: {{socket: {self.where}/control, "
                    f"metrics: {self.where}/metrics, heartbeat: 10s}}\n"
                    f"outputs:\n  - {{type: file, "
                    f"path: {self.where}/alerts, format: json}}\n"
                    f"{self.more}{extra}")

    def start(self):
        self.err = open(f"{self.where}/err", "a")
        self.process = subprocess.Popen(
            [self.weir, "-i", "tap", "-c", self.conf], stderr=self.err,
            start_new_session=True)

    def wait_up(self, seconds=20):
        """How long until it answers; None: not at all."""
        begin = time.monotonic()
        while time.monotonic() < begin + seconds:
            if self.ctl("status")[0] == 0 and "watching tap" in self.said():
                return time.monotonic() - begin
            time.sleep(0.05)
        return None

    def said(self):
        with open(f"{self.where}/err") as f:
            return f.read()

    def ctl(self, *words):
        run = subprocess.run([self.weir, "ctl", "-j", "-s",
                              f"{self.where}/control", *words],
                             capture_output=True, text=True, check=False)
        lines = [json.loads(x) for x in run.stdout.splitlines()
                 if x.startswith("{")]
        return run.returncode, lines, run.stderr

    def status(self):
        return self.ctl("status")[1][0]

    def counted(self, sent):
        """The status when all that was sent is seen, or not in time."""
        for _ in range(100):
            now = self.status()
            if now["packets"] >= sent:
                break
            time.sleep(0.1)
        return now

    def alerts(self):
        path = f"{self.where}/alerts"
        if not os.path.exists(path):
            return []
        with open(path) as f:
            return [json.loads(x) for x in f if x.endswith("\n")]

    def metrics(self):
        s = socket.socket(socket.AF_UNIX)
        s.connect(f"{self.where}/metrics")
        s.sendall(b"GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n")
        got = b""
        while more := s.recv(65536):
            got += more
        return got.decode().split("\r\n\r\n", 1)[1]

    def children(self):
        """Core, sender, and the workers by number."""
        found = subprocess.run(["pgrep", "-l", "-P", str(self.process.pid)],
                               capture_output=True, text=True, check=False)
        named = [x.split() for x in found.stdout.splitlines()]
        return [int(pid) for pid, _ in sorted(named, key=lambda x: x[1])]

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        """All of it, as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        code = None
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                code = self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
        return code

    def remove(self):
        self.stop()
        shutil.rmtree(self.where, ignore_errors=True)
