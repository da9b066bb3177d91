#!/usr/bin/env python3
"""What cannot be done is said in one line with the right exit code, and no
file of somebody's is lost to a mistaken path."""
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import sensor  # noqa: E402
from tap import done, ok, same  # noqa: E402

WEIR = sensor.find_weir()
OFFICE = sensor.ROOT / "tests/captures/office.pcap.gz"
FINE, USAGE, CONFIG, DAMAGED, RUNTIME = range(5)


def weir(*args):
    return subprocess.run([WEIR, *map(str, args)], capture_output=True,
                          stdin=subprocess.DEVNULL, timeout=60, check=False)


def refused(code, word, *args):
    """One line on stderr with that word, nothing on standard output."""
    run = weir(*args)
    shown = " ".join(map(str, args))
    same(run.returncode, code, f"weir {shown}")
    same((run.stdout, run.stderr.count(b"\n")), (b"", 1),
         "one line, on stderr alone")
    ok(word in run.stderr.decode(), f"says '{word}'")


def inputs(tmp):
    none, directory = tmp / "none", tmp / "directory"
    directory.mkdir()
    for name, *words in (("what-if",), ("tune",), ("catalogue", "discover"),
                         ("verify",)):
        refused(RUNTIME, "No such file", name, *words, none)
        refused(RUNTIME, "Is a directory", name, *words, directory)
    for name, option in (("what-if", "-s"), ("tune", "-s"),
                         ("explain", "-s")):
        refused(RUNTIME, "no store", name, option, none)
        refused(RUNTIME, "no store", name, option, OFFICE)
    refused(RUNTIME, "No such file", "privacy-report", "-a", none)
    refused(RUNTIME, "less than a day", "tune", "/dev/null")
    refused(USAGE, "in words", "forget", "-r", "x", "user-7k3m9qx2hd4f")
    for path in "/dev/null", OFFICE:
        run = weir("verify", path)
        same(run.returncode, DAMAGED, "a log without a line of ours is "
             "neither complete nor unchanged")
        ok(b"no line of a sensor" in run.stderr, "and says so")
    run = weir("privacy-report", "-a", OFFICE)
    ok(b"BROKEN, 0 lines" in run.stdout and len(run.stdout) < 10000,
       "of a trail that is none no line is shown")


def names(tmp):
    capture = tmp / "mistaken.pcap.gz"
    whole = OFFICE.read_bytes()
    capture.write_bytes(whole)
    refused(RUNTIME, "left as it is", "--names", capture, "-r", capture)
    ok(capture.read_bytes() == whole, "a capture given as --names survives")
    refused(RUNTIME, "Is a directory", "--names", tmp, "-r", capture)


def helped():
    same(weir("help").stdout, weir("-h").stdout, "weir help is weir -h")
    same(weir("help", "tune").stdout, weir("tune", "-h").stdout,
         "weir help tune")
    refused_help = weir("help", "docter")
    ok(refused_help.returncode == USAGE and
       b"'doctor'" in refused_help.stderr, "did you mean")
    lines = weir("-h").stdout.decode().splitlines()
    ok(len(lines) <= 40 and max(map(len, lines)) <= 80,
       f"-h fits on a screen: {len(lines)} lines")


def live(tmp):
    """A service that must not start does not, and takes nothing over."""
    conf, spool = tmp / "live.yaml", tmp / "spool"
    keep = tmp / "letter"
    keep.write_text("of somebody")

    def write(directory=spool, control=tmp / "control", user="nobody"):
        conf.write_text(f"user: {user}\nspool: {{directory: {directory}}}\n"
                        f"control: {{socket: {control}}}\n")

    write(user="root")
    refused(RUNTIME, "is root", "-i", "lo", "-c", conf)
    write(user="no-such-user")
    refused(RUNTIME, "no-such-user", "-i", "lo", "-c", conf)
    write()
    refused(RUNTIME, "no-such-device", "-i", "no-such-device", "-c", conf)
    write(directory=keep)
    refused(RUNTIME, "Not a directory", "-i", "lo", "-c", conf)
    write(control=tmp / "control", directory=keep / "below")
    refused(RUNTIME, "Not a directory", "-i", "lo", "-c", conf)
    twice(conf, write, keep, tmp)


def twice(conf, write, keep, tmp):
    """Of two on one spool the second goes, and its sockets stay alone."""
    write(control=keep)
    first = subprocess.Popen([WEIR, "-i", "lo", "-c", conf],
                             stdout=subprocess.DEVNULL,
                             stderr=subprocess.PIPE, text=True)
    said = [first.stderr.readline()]
    while said[-1] and "watching" not in said[-1]:
        said.append(first.stderr.readline())
    ok(any("cannot listen" in s and "File exists" in s for s in said),
       "a socket's path that is a file: said")
    same(keep.read_text(), "of somebody", "and the file is left")
    write(control=tmp / "second")
    refused(RUNTIME, "another weir", "-i", "lo", "-c", conf)
    ok(not (tmp / "second").exists(), "its socket was never made")
    first.terminate()
    first.communicate(timeout=60)
    same(first.returncode, FINE, "the first one went on to its end")


def may_capture():
    try:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close()
    except PermissionError:
        return False
    return os.geteuid() == 0


def main():
    with tempfile.TemporaryDirectory() as name:
        tmp = Path(name)
        tmp.chmod(0o755)
        inputs(tmp)
        names(tmp)
        helped()
        if may_capture():
            live(tmp)
        else:
            print("# skip: a live sensor needs root")
    done()


main()
