#!/usr/bin/python3
"""install_cycle.py SOURCE BUILD: installed, started, upgraded, removed.

Into a directory that stands for the root (DESTDIR), with what BUILD has built.
An upgrade keeps what the operator wrote and what the sensor knows; a removal
leaves the operator's files and nothing else, and what operations.md says of
the rest leaves nothing at all.
"""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import live  # noqa: E402
from tap import done, ok, same, skip  # noqa: E402

OPERATORS = {"/etc/weir/weir.yaml", "/etc/default/weir"}


def run(*args, **more):
    made = subprocess.run(args, capture_output=True, text=True, check=False,
                          **more)
    if made.returncode:
        print("# " + (made.stdout + made.stderr)[-800:].replace("\n", "\n# "))
    return made.returncode == 0


def set_up(source, build, fresh):
    """A build for /usr that need not compile: it has what BUILD has."""
    if not run("meson", "setup", "--prefix=/usr", fresh, source):
        return False
    said = subprocess.run(["meson", "introspect", "--installed", fresh],
                          capture_output=True, text=True, check=True)
    for path in json.loads(said.stdout):
        inside = os.path.relpath(path, fresh)
        if not inside.startswith("..") and not os.path.exists(path):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            shutil.copy2(f"{build}/{inside}", path)
    return True


def install(fresh, root):
    return run("meson", "install", "-C", fresh, "--no-rebuild", "--quiet",
               "--destdir", root)


def files_in(root):
    return {os.path.join(where, name)[len(root):]
            for where, _, names in os.walk(root) for name in names}


def directories_in(root):
    return {where[len(root):] for where, _, _ in os.walk(root)
            if "weir" in where[len(root):]}


def started(root, service):
    """It runs from there, and what it knows is behind what it knew."""
    weir = f"{root}/usr/bin/weir"
    ok(run(weir, "-T", "-c", f"{root}/etc/weir/weir.yaml"),
       "the installed configuration is fine")
    service.weir = weir
    service.start()
    ok(service.wait_up() is not None, "it starts")
    _, lines, _ = service.ctl("spool")
    same(service.stop(), 0, "and stops")
    return lines[0]["last"]


def unit(root, where):
    """As it is, but for where this root is."""
    if not shutil.which("systemd-analyze"):
        skip("systemd-analyze is not installed")
        return
    with open(f"{root}/usr/lib/systemd/system/weir.service") as f:
        text = f.read().replace("/usr/bin/weir", f"{root}/usr/bin/weir")
    with open(f"{where}/weir.service", "w") as f:
        f.write(text.replace("/etc/default/weir", f"{root}/etc/default/weir"))
    ok(run("systemd-analyze", "verify", "--man=no",
           f"{where}/weir.service"),
       "systemd takes the unit, and finds what it starts")


def removal(source, root):
    """The commands for what an uninstallation leaves, from the manual."""
    with open(f"{source}/docs/operations.md") as f:
        line = re.search(r"^rm -r (/.*weir.*)$", f.read(), re.M)
    for path in line[1].split() if line else []:
        if os.path.isdir(root + path):
            shutil.rmtree(root + path)
        elif os.path.exists(root + path):
            os.unlink(root + path)


def main():
    source, build = sys.argv[1:3]
    live.alone()
    live.wire()
    where = tempfile.mkdtemp(prefix="weir-cycle-")
    fresh, root = f"{where}/build", f"{where}/root"
    os.chmod(where, 0o755)
    service = live.Service("weir")
    try:
        if not ok(set_up(source, build, fresh), "set up for /usr"):
            done()
        ok(install(fresh, root), "installed")
        first = files_in(root)
        ok(len(first) > 10, f"{len(first)} files")
        unit(root, where)
        before = started(root, service)
        with open(f"{root}/etc/weir/weir.yaml", "a") as f:
            f.write("sensor: mine\n")
        ok(install(fresh, root), "upgraded")
        same(files_in(root), first, "the same files")
        with open(f"{root}/etc/weir/weir.yaml") as f:
            ok("sensor: mine" in f.read(), "the operator's is kept")
        after = started(root, service)
        ok(after > before, f"numbers go on: {before}, {after}")
        for path in ("/var/spool/weir", "/var/log/weir"):
            os.makedirs(root + path)
        ok(run("ninja", "-C", fresh, "uninstall"), "uninstalled")
        same(files_in(root), OPERATORS, "the operator's files are left")
        removal(source, root)
        same((files_in(root), directories_in(root)), (set(), set()),
             "and nothing when those are removed as the manual says")
    finally:
        service.remove()
        shutil.rmtree(where, ignore_errors=True)
    done()


main()
