#!/usr/bin/python3
"""intake.py WEIR: who may write to intake by TLS, and ask at the sockets.

Real openssl clients: the right certificate's login binds, one without a name
of ours, one of another CA and none are turned away with a line in the log.
The UNIX sockets send away who is not of their group, even when their mode
has been opened to all."""
import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import live  # noqa: E402
from tap import done, ok  # noqa: E402

PORT = 6515


def openssl(where, *words):
    subprocess.run(["openssl", *words], cwd=where, check=True,
                   capture_output=True)


def authority(where, name):
    openssl(where, "req", "-x509", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            f"/CN={name}", "-keyout", f"{name}.key", "-out", f"{name}.pem")


def certificate(where, name, ca):
    openssl(where, "req", "-newkey", "ec", "-pkeyopt",
            "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=x",
            "-keyout", f"{name}.key", "-out", f"{name}.csr")
    with open(f"{where}/{name}.ext", "w") as f:
        f.write(f"subjectAltName=DNS:{name}.example.net\n")
    openssl(where, "x509", "-req", "-in", f"{name}.csr", "-CA", f"{ca}.pem",
            "-CAkey", f"{ca}.key", "-CAcreateserial", "-days", "2",
            "-extfile", f"{name}.ext", "-out", f"{name}.pem")
    os.chmod(f"{where}/{name}.key", 0o644)


def write(where, shown, line):
    """As a client that shows this certificate, or none."""
    words = ["openssl", "s_client", "-connect", f"127.0.0.1:{PORT}",
             "-CAfile", f"{where}/ours.pem", "-quiet"]
    if shown:
        words += ["-cert", f"{where}/{shown}.pem", "-key",
                  f"{where}/{shown}.key"]
    client = subprocess.Popen(words, stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    try:
        client.stdin.write(line.encode() + b"\n")
        client.stdin.flush()
        time.sleep(1)
        client.stdin.close()
        client.wait(5)
    except (BrokenPipeError, subprocess.TimeoutExpired):
        client.kill()
        client.wait()


def login(user):
    return f'{{"event":"login","user":"{user}","ip":"10.1.2.3"}}'


def stats(service):
    return service.ctl("stats")[1][0]


def told(service, text, seconds=5):
    end = time.time() + seconds
    while time.time() < end and text not in service.said():
        time.sleep(0.05)
    return text in service.said()


def by_tls(service, certs):
    write(certs, "vpn", login("alice"))
    now = stats(service)
    ok(now["intake_lines"] == 1 and now["intake_refused"] == 0 and
       now["bindings"] == 1, "the named writer's login binds")
    away = 0
    for shown, why in (("other", "no name of his certificate"),
                       ("foreign", "certificate"),
                       (None, "peer did not return a certificate")):
        time.sleep(10.1)                # one line in ten seconds
        write(certs, shown, login("mallory"))
        away += 1
        ok(told(service, why), f"{shown or 'no certificate'}: {why}")
        now = stats(service)
        ok(now["intake_lines"] == 1 and now["intake_turned_away"] == away,
           f"{shown or 'no certificate'}: nothing is heard")


def ask(path, uid, gid, groups):
    """What the control socket answers to somebody else."""
    code = ("import os, socket, sys\n"
            f"os.setgroups({groups})\nos.setgid({gid})\nos.setuid({uid})\n"
            "s = socket.socket(socket.AF_UNIX)\ns.settimeout(5)\n"
            f"s.connect({path!r})\n"
            "try:\n"
            "  s.sendall(b'{\"do\":\"status\"}\\n')\n"
            "  print(len(s.recv(100)))\n"
            "except (BrokenPipeError, ConnectionResetError): print(0)\n")
    run = subprocess.run([sys.executable, "-c", code], check=False,
                         capture_output=True, text=True)
    return int(run.stdout or -1)


def by_group(service, gid):
    path = f"{service.where}/control"
    os.chmod(path, 0o666)
    ok(ask(path, 54321, 54321, []) == 0, "a stranger is sent away")
    ok(told(service, "uid 54321"), "with a line in the log")
    ok(ask(path, 54321, 54321, [gid]) > 0, "one of the group is answered")
    ok(ask(path, 54321, gid, []) > 0, "also where it is his first group")
    ok(service.ctl("status")[0] == 0, "and so is root")


def main():
    live.alone()
    live.wire()
    weir = sys.argv[1]
    service = live.Service(weir)
    certs = service.where
    authority(certs, "ours")
    authority(certs, "theirs")
    for name, ca in (("weir", "ours"), ("vpn", "ours"), ("other", "ours"),
                     ("foreign", "theirs")):
        certificate(certs, name, ca)
    service.more = (
        f"intake: {{listen: \"127.0.0.1:{PORT}\", cert: {certs}/weir.pem,\n"
        f"  key: {certs}/weir.key, ca: {certs}/ours.pem,\n"
        "  names: \"edr.example.net, vpn.example.net\"}\n")
    service.configure()
    service.start()
    ok(service.wait_up() is not None, "up")
    by_tls(service, certs)
    by_group(service, os.stat(f"{service.where}/control").st_gid)
    service.stop()
    done()


main()
