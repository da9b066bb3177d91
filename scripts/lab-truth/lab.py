"""Two network namespaces joined by wire.c, and what runs in them."""
import math
import os
import signal
import subprocess
import tempfile
import time

import servers

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = ["10.88.0.%d" % n for n in range(10, 14)]

# one-way delay ms, Mbit/s, loss, reorder, queue in packets, and what differs
# from an MTU of 1500: the MTU, or 0 for segments of up to 64 kB (offloading)
LINES = {"lan": (0.5, 400, 0, 0, 400), "home": (12, 60, .001, .001, 200),
         "wan": (18, 150, 0, 0, 300), "lossy": (25, 100, .004, .005, 300),
         "bad": (60, 40, .02, .01, 300), "slow": (50, 5, 0, 0, 100),
         "far": (150, 50, .001, 0, 400), "shuffle": (15, 80, 0, .05, 300),
         "jumbo": (5, 300, .0005, 0, 200, 9000), "offload": (
             5, 300, 0, 0, 600, 0)}
# a server that begins carefully
CAREFUL = {"far": "initcwnd 2", "slow": "initcwnd 3"}


def sh(command, **kw):
    return subprocess.run(command, shell=True, check=True, **kw)


def certificate(where):
    names = ",".join("DNS:" + h for h in servers.HOSTS)
    sh("openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=lab "
       "-addext 'subjectAltName=%s' -keyout %s/key.pem -out %s/cert.pem "
       "2>/dev/null" % (names, where, where))


class Lab:
    def __init__(self, line):
        self.dir = tempfile.mkdtemp(prefix="lab")
        os.chmod(self.dir, 0o755)
        os.makedirs(self.dir + "/www/f")
        os.makedirs(self.dir + "/www/a")
        self.tap = self.dir + "/tap.pcap"
        self.children = []
        for ns in ("labc", "labs"):
            subprocess.run(["ip", "netns", "del", ns], stderr=-3)
            sh("ip netns add %s && ip -n %s link set lo up" % (ns, ns))
        sh("cc -O2 -D_GNU_SOURCE -o %s/wire %s/wire.c" % (self.dir, HERE))
        self.connect(line)
        certificate(self.dir)

    def connect(self, line):
        values = LINES[line] + ((1500,) if len(LINES[line]) == 5 else ())
        self.wire = subprocess.Popen(
            [self.dir + "/wire", "labc", "labs", self.tap] +
            [str(v) for v in values], stdout=subprocess.PIPE)
        self.wire.stdout.readline()
        mtu = values[5] or 1500
        for ip in CLIENTS:
            sh("ip -n labc addr add %s/32 dev wire" % ip)
        sh("ip -n labc link set wire up mtu %d; ip -n labc route add "
           "10.88.1.0/24 dev wire src %s" % (mtu, CLIENTS[0]))
        for ip in servers.HOSTS.values():
            sh("ip -n labs addr add %s/32 dev wire" % ip)
        sh("ip -n labs link set wire up mtu %d; ip -n labs route add "
           "10.88.0.0/24 dev wire %s" % (mtu, CAREFUL.get(line, "")))

    def start(self, host):
        home = dict(os.environ, HOME=self.dir, XDG_DATA_HOME=self.dir)
        for command in servers.commands(self.dir, host):
            self.children.append(subprocess.Popen(
                ["ip", "netns", "exec", "labs"] + command, env=home,
                stdout=-3,
                stderr=open(self.dir + "/" + command[0] + ".err", "w")))
        time.sleep(2)

    def clients(self, commands, timeout=90):
        """Runs them side by side, to their ends."""
        running = [subprocess.Popen(["ip", "netns", "exec", "labc"] + c,
                                    stdout=-3, stderr=-3,
                                    start_new_session=True)
                   for c in commands]
        self.children += running
        until = time.monotonic() + timeout
        for p in running:
            try:
                p.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(p.pid, signal.SIGTERM)

    def client(self, command, timeout=90):
        self.clients([command], timeout)

    def stop(self):
        time.sleep(1)
        for p in self.children:
            if p.poll() is None:
                p.terminate()
                p.wait(10)
        self.wire.terminate()
        self.wire.wait(10)
        for ns in ("labc", "labs"):
            sh("ip netns del " + ns)

    def file(self, path, size):
        full = self.dir + "/www" + path
        if not os.path.exists(full):
            with open(full, "wb") as f:
                while size > 0:
                    f.write(os.urandom(min(size, 1 << 20)))
                    size -= 1 << 20
        return path


def size(r, low=2000, high=1500000):
    return int(math.exp(r.uniform(math.log(low), math.log(high))))


def files(lab, r, n, **kw):
    out = []
    for i in range(n):
        s = size(r, **kw)
        out.append(lab.file("/f/%d.bin" % s, s) + "?i=%d" % i)
    return out
