#!/usr/bin/env python3
"""The command line's contract: options, exit codes, outputs, a terminal."""
import json
import os
import pty
import re
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import frames  # noqa: E402
import sensor  # noqa: E402
from tap import done, ok, same  # noqa: E402

WEIR = sensor.find_weir()
FINE, USAGE, CONFIG, DAMAGED, RUNTIME = range(5)


def weir(*args, stdin=b""):
    return subprocess.run([WEIR, *map(str, args)], input=stdin,
                          capture_output=True, timeout=120, check=False)


def exits(code, what, *args, **more):
    run = weir(*args, **more)
    same(run.returncode, code, what)
    return run


def make_capture(path, client="10.1.0."):
    """Two flows: a Slack download of 200 kB and a bare HTTP request."""
    seen = []
    slack = frames.Tcp(seen, (client + "7", 40001), ("203.0.113.10", 443))
    slack.say(0, frames.client_hello("files.slack.com"))
    slack.say(1, frames.records(3000, kind=22))
    slack.say(0, frames.records(400))
    slack.say(1, frames.records(200000))
    slack.close()
    web = frames.Tcp(seen, (client + "8", 40002), ("203.0.113.60", 80),
                     at_us=slack.at_us)
    web.say(0, b"GET / HTTP/1.1\r\nHost: www.example.org\r\n\r\n")
    web.say(1, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
    web.close()
    frames.write_pcap(path, seen)


def lines(run):
    return [json.loads(line) for line in run.stdout.splitlines()]


def ports(run):
    return sorted(r["client_port"] for r in lines(run) if r["type"] == "flow")


def run_commands():
    """The names that `weir -h` lists."""
    text = weir("-h").stdout.decode().partition("\nCommands")[2]
    return [line.split()[0] for line in text.splitlines()[1:]]


def about_itself():
    run = exits(FINE, "-h", "-h")
    for word in (b"-r", b"-i", b"-c", b"-T", b"--dump-config", b"--json",
                 b"-v", b"-V", b"Exit codes"):
        ok(word in run.stdout, f"-h tells about {word.decode()}")
    same(weir("--help").stdout, run.stdout, "--help is -h")
    run = exits(FINE, "-V", "-V")
    ok(run.stdout.startswith(b"weir "), "-V names program and version")
    commands = run_commands()
    ok(len(commands) > 5, "-h lists the commands")
    for name in commands:
        run = exits(FINE, f"{name} -h", name, "-h")
        ok(run.stdout.startswith(f"usage: weir {name} ".encode()),
           f"{name} -h tells its usage")
        same(weir(name, "--help").stdout, run.stdout, f"{name} --help")
        run = exits(USAGE, f"{name} --frobnicate", name, "--frobnicate")
        ok(f"usage: weir {name} ".encode() in run.stderr and
           run.stdout == b"", f"{name}: said on stderr alone")


def usage():
    for what, args in (
            ("nothing to do", ()),
            ("unknown short option", ("-Z",)),
            ("unknown long option", ("--frobnicate",)),
            ("-r without a file", ("-r",)),
            ("no such command", ("frobnicate",)),
            ("-r with -i", ("-r", "x", "-i", "lo")),
            ("-T with a filter", ("-T", "host", "10.0.0.1"))):
        run = exits(USAGE, what, *args)
        ok(run.stderr.strip() != b"" and run.stdout == b"",
           f"{what}: said on stderr alone")


def configuration(tmp):
    exits(FINE, "-T without a file: defaults are fine", "-T")
    run = exits(FINE, "--dump-config", "--dump-config")
    ok(len(run.stdout.splitlines()) > 10, "--dump-config lists settings")
    bad = tmp / "bad.yaml"
    bad.write_text("capture:\n  snaplenn: 96\n")
    for args in (("-T", "-c", bad), ("--dump-config", "-c", bad),
                 ("-c", bad, "-r", tmp / "a.pcap")):
        run = exits(CONFIG, f"{args[0]} refuses a bad file", *args)
        ok(f"{bad}:2:3: ".encode() in run.stderr,
           f"{args[0]}: file:line:column")
        ok(b"snaplen" in run.stderr.replace(b"snaplenn", b""),
           f"{args[0]}: did you mean")
    exits(CONFIG, "configuration file that is not there", "-T", "-c",
          tmp / "none.yaml")


def damaged(tmp):
    whole = (tmp / "a.pcap").read_bytes()
    cut = tmp / "cut.pcap"
    cut.write_bytes(whole[:-7])
    run = exits(DAMAGED, "cut in the last record", "--json", "-r", cut)
    same(ports(run), [40001, 40002], "what was read is kept")
    ok(b"cut.pcap" in run.stderr, "the message names the file")
    noise = tmp / "noise.pcap"
    noise.write_bytes(b"this is no capture\n" * 99)
    for what, path in (("no capture at all", noise),
                       ("an empty file", "/dev/null")):
        run = exits(DAMAGED, what, "-r", path)
        ok(run.stdout == b"" and run.stderr.count(str(path).encode()) == 1,
           f"{what}: one message, no report of nothing")
    exits(DAMAGED, "nothing on standard input", "-r", "-")
    exits(RUNTIME, "no such file", "-r", tmp / "none.pcap")
    run = exits(RUNTIME, "one of two files is not there", "--json", "-r",
                tmp / "none.pcap", "-r", tmp / "a.pcap")
    same(ports(run), [40001, 40002], "the other one is read")
    for source in ("-r", tmp / "a.pcap"), ("-i", "lo"):
        run = exits(USAGE, f"{source[0]}: a filter that does not compile",
                    *source, "frob", "nicate")
        ok(run.stdout == b"" and run.stderr.count(b"\n") == 1,
           "is one message")
        began = time.monotonic()
        run = exits(USAGE, f"{source[0]}: a filter of 3,000 terms", *source,
                    " or ".join(f"port {n}" for n in range(1, 3001)))
        ok(b"at most 4096" in run.stderr, "says what is the most")
        ok(time.monotonic() - began < 5, "and does not try it")
    with open("/dev/full", "wb") as full:
        for how in ("-r", tmp / "a.pcap"), ("--json", "-r", tmp / "a.pcap"):
            run = subprocess.run([WEIR, *map(str, how)], stdout=full,
                                 stderr=subprocess.PIPE, check=False)
            same(run.returncode, RUNTIME, f"{how[0]}: a full disk")
            ok(b"No space" in run.stderr, "is said")


def numbers():
    """Every option of every command that takes a number takes no other."""
    commands = weir("-h").stdout.decode().split("Commands")[1].split("\n")
    seen = set()
    for name in [c.split()[0] for c in commands[1:] if c.strip()]:
        for word, takes in re.findall(r"^  (-\w), --[\w-]+ ([A-Z]+)\b",
                                      weir(name, "-h").stdout.decode(), re.M):
            if takes not in ("NUMBER", "N", "DAYS", "ALERTS", "SEED"):
                continue
            seen.add((name, word))
            for bad in ("x", "", "-1", "1x", " 1", "nan", "1e999", "9" * 25):
                run = exits(USAGE, f"{name} {word} '{bad}'", name, word, bad)
                ok(f"weir: {word}: ".encode() in run.stderr, "and says so")
    run = exits(USAGE, "selftest -t 'x'", "selftest", "-i", "lo", "-t", "x")
    ok(b"weir: -t: 'x'" in run.stderr, "and says so")
    ok(seen >= {("ctl", "-n"), ("tune", "-w"), ("tune", "-b"),
                ("selftest", "-n"), ("selftest", "-s")}, "all were found")


def interrupted(tmp):
    """^C reports what was read so far."""
    whole = (tmp / "a.pcap").read_bytes()
    run = subprocess.Popen([WEIR, "-r", "-"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    for _ in range(200):        # more than a pipe holds, so that it is read
        run.stdin.write(whole[:24] if _ == 0 else whole[24:])
    run.stdin.flush()
    run.send_signal(2)
    time.sleep(0.3)
    try:
        run.stdin.write(whole[24:])
    except BrokenPipeError:
        pass
    out, err = run.communicate(timeout=60)
    same(run.returncode, FINE, "^C in the middle")
    ok(b"interrupted" in err and b"Slack" in out,
       "what was read so far is reported")


def reading(tmp):
    a = tmp / "a.pcap"
    run = exits(FINE, "-r FILE", "-r", a)
    ok(b"Slack" in run.stdout, "summary names the service")
    ok(b"\x1b" not in run.stdout + run.stderr, "no escapes off a terminal")
    run = exits(FINE, "--json", "--json", "-r", a)
    same(ports(run), [40001, 40002], "--json: one object a line")
    slack = next(r for r in lines(run)
                 if r["type"] == "flow" and r["client_port"] == 40001)
    same(slack["service"], "slack", "named")
    same((slack["bytes_up"], slack["bytes_down"]),
         (len(frames.client_hello("files.slack.com"))
          + len(frames.records(400)),
          len(frames.records(3000)) + len(frames.records(200000))),
         "volumes are exact")
    same([r["seq"] for r in lines(run)], list(range(1, len(lines(run)) + 1)),
         "seq rises by one")
    same(weir("--json", "-r", "-", stdin=a.read_bytes()).stdout, run.stdout,
         "- is standard input")
    subprocess.run(["gzip", "-k", a], check=True)
    same(weir("--json", "-r", f"{a}.gz").stdout, run.stdout, "gzipped")
    same(weir("--json", "-r", a).stdout, run.stdout,
         "the same capture gives the same bytes")
    run = exits(FINE, "a filter", "--json", "-r", a, "port", "80")
    same(ports(run), [40002], "the filter is applied")
    b = tmp / "b.pcap"
    make_capture(b, client="10.2.0.")
    run = exits(FINE, "two files", "--json", "-r", a, "-r", b)
    same(ports(run), [40001, 40001, 40002, 40002], "both are read")
    same(weir("--json", "-r", a, b).stdout, run.stdout,
         "as a shell writes them out: -r *.pcap")
    same(ports(weir("-r", a, b, "--json", "port", "80")), [40002, 40002],
         "options and a filter may follow")
    run = exits(FINE, "the same file twice", "--json", "-r", a, a)
    same(ports(run), [40001, 40002], "is read once")
    ok(b"twice" in run.stderr, "and that is said")
    run = exits(USAGE, "a capture without -r", a)
    ok(b"weir -r " in run.stderr, "and it is said how")
    run = exits(USAGE, "a command with a typing error", "docter")
    ok(b"'doctor'" in run.stderr, "did you mean")


def long_transfer(tmp):
    """Five megabytes in two and a half minutes: one file, all of it."""
    seen = []
    slow = frames.Tcp(seen, ("10.1.0.7", 40001), ("203.0.113.10", 443))
    slow.say(0, frames.client_hello("files.slack.com"))
    slow.say(1, frames.records(3000, kind=22))
    slow.step_us = 40000
    for _ in range(2):
        slow.say(0, frames.records(400))
        slow.say(1, frames.records(5_000_000))
    slow.close()
    frames.write_pcap(tmp / "long.pcap", seen)
    run = exits(FINE, "long transfers", "--json", "-r", tmp / "long.pcap")
    files = [r for r in lines(run) if r["type"] == "transfer"]
    same([abs(r["bytes"] / 5e6 - 1) < 0.01 for r in files], [True] * 2,
         "each is one file, with all its bytes")
    flow = [r for r in lines(run) if r["type"] == "flow"][-1]
    same(flow["requests"], 2, "two requests")
    ok(sum(r["wire_bytes"] for r in files) <= flow["bytes_down"],
       "and no more bytes than the flow had")


def terminal(tmp):
    """A progress line, only on a terminal, only when it takes a while."""
    big = tmp / "slow.pcap"
    os.mkfifo(big)
    parent, child = pty.openpty()
    run = subprocess.Popen([WEIR, "-r", str(big)], stderr=child,
                           stdout=subprocess.DEVNULL)
    os.close(child)
    whole = (tmp / "a.pcap").read_bytes()
    shown = b""
    with open(big, "wb") as feed:
        feed.write(whole[:24])
        until = time.monotonic() + 4
        while time.monotonic() < until:
            feed.write(whole[24:] * 40)
            feed.flush()
            while select.select([parent], [], [], 0.05)[0]:
                shown += os.read(parent, 4096)
    same(run.wait(60), FINE, "a slow pipe is read to its end")
    try:
        while select.select([parent], [], [], 0.2)[0]:
            shown += os.read(parent, 4096)
    except OSError:
        pass
    ok(b"packets/s" in shown, "progress on a terminal after two seconds")
    ok(shown.rstrip(b"\r\n").endswith(b"\x1b[K"), "and cleared at the end")


def privacy(tmp):
    """Of who is not monitored nothing personal is said, and of others only
    under a pseudonym, unless the site wants it otherwise and that is said."""
    conf = tmp / "unmonitored.yaml"
    conf.write_text("privacy: {pseudonyms: no}\npolicy: {groups: {everyone: "
                    "{name: All, monitor: no}}}\n")
    office = sensor.ROOT / "tests/captures/office.pcap.gz"
    run = exits(FINE, "a group that is not monitored", "-c", conf, "--json",
                "-r", office)
    said = run.stdout.decode()
    ok('"type":"transfer"' in said, "its transfers are still counted")
    for trace in ("10.20.0.1", "laptop", "02:00:0a", '"binding"'):
        ok(trace not in said, f"no trace of its members: {trace}")
    run = exits(FINE, "names in clear", "-T", "-c", conf)
    ok(b"shown as they are" in run.stderr, "names in clear are owned up to")
    pseudonyms(tmp, office)


def pseudonyms(tmp, office):
    text = (sensor.ROOT / "tests/captures/office.yaml").read_text()
    conf, key = tmp / "pseudonyms.yaml", tmp / "privacy.key"
    text = text.replace("pseudonyms: no", f"key: {key}\n  pseudonyms: yes")
    conf.write_text(text)
    plain = exits(FINE, "names", "--json", "-c",
                  sensor.ROOT / "tests/captures/office.yaml", "-r", office)
    run = exits(FINE, "no key", "-c", conf, "--json", "-r", office)
    ok(b"this run alone" in run.stderr, "pseudonyms of one run own up to it")
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    runs = [exits(FINE, "a key", "-c", conf, "--json", "-r", office)
            for _ in range(2)]
    same(runs[0].stdout, runs[1].stdout, "the same key, the same pseudonyms")
    same([r["type"] for r in lines(runs[0])],
         [r["type"] for r in lines(plain)], "nothing is lost by them")
    both = list(zip(lines(plain), lines(runs[0])))
    same(len({(a["user"], b["user"]) for a, b in both if "user" in a}),
         len({a["user"] for a, b in both if "user" in a}),
         "one pseudonym for each, and always the same")
    traces = ("anna", "ben", "carla", "dora", "emil", "10.20.0.", "laptop",
              "02:00:0a", "community_id")
    summary = exits(FINE, "the summary", "-c", conf, "-r", office)
    for said in runs[0].stdout, summary.stdout, summary.stderr:
        found = [t for t in traces if t in said.decode().lower()]
        same(found, [], "nobody is named")
    run = exits(RUNTIME, "the policy of a pseudonym", "policy", "who",
                "user-7k3m9qx2hd4f")
    ok(b"weir reveal" in run.stderr, "is not told, but who tells it")
    same([t for t in traces[:8] if t not in plain.stdout.decode().lower()],
         [], "all of whom are named without")


def main():
    with tempfile.TemporaryDirectory() as name:
        tmp = Path(name)
        make_capture(tmp / "a.pcap")
        about_itself()
        usage()
        numbers()
        configuration(tmp)
        reading(tmp)
        damaged(tmp)
        interrupted(tmp)
        long_transfer(tmp)
        terminal(tmp)
        privacy(tmp)
    done()


main()
