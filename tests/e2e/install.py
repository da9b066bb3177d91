#!/usr/bin/python3
"""install.py SOURCE BUILD: what an installation under /usr puts where, and
that the system's own tools accept it."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
from tap import done, ok, same, skip  # noqa: E402

WANTED = ["/usr/bin/weir", "/usr/lib/systemd/system/weir.service",
          "/usr/lib/sysusers.d/weir.conf", "/usr/lib/tmpfiles.d/weir.conf",
          "/etc/logrotate.d/weir",
          "/usr/share/bash-completion/completions/weir",
          "/usr/share/man/man8/weir.8", "/usr/share/man/man5/weir.yaml.5",
          "/usr/share/man/man1/weir-ctl.1",
          "/usr/share/doc/weir/monitoring/grafana.json"]


def run(*args, **more):
    return subprocess.run(args, capture_output=True, text=True, check=False,
                          **more)


def layout(source, where):
    made = run("meson", "setup", "--prefix=/usr", f"{where}/build", source)
    if not ok(made.returncode == 0, "set up for /usr"):
        print("# " + made.stdout[-500:].replace("\n", "\n# "))
        return
    plan = json.loads(run("meson", "introspect", "--installed",
                          f"{where}/build").stdout)
    for path in WANTED:
        ok(path in plan.values(), path)


def keeps(source, where):
    keep = f"{source}/scripts/install/keep"
    env = dict(os.environ, DESTDIR=where)
    for text in ("first", "second"):
        with open(f"{where}/new", "w") as f:
            f.write(text)
        run(keep, f"{where}/new", "/etc/weir", "weir.yaml", env=env)
    with open(f"{where}/etc/weir/weir.yaml") as f:
        same(f.read(), "first", "an operator's file is kept")


def unit(source, where):
    path = f"{source}/scripts/install/weir.service"
    with open(path) as f:
        text = f.read()
    ok("Type=notify" in text and re.search(r"WatchdogSec=\d", text) and
       "Restart=always" in text, "notify, watchdog, restart")
    if not shutil.which("systemd-analyze"):
        skip("systemd-analyze is not installed")
        return
    said = run("systemd-analyze", "security", "--offline=true", path).stdout
    level = re.search(r"Overall exposure level for weir.service: ([\d.]+)",
                      said)
    ok(level and float(level[1]) < 2.0,
       f"exposure {level[1] if level else said[-200:]}")
    if shutil.which("systemd-sysusers"):
        os.makedirs(f"{where}/root/etc", exist_ok=True)
        made = run("systemd-sysusers", f"--root={where}/root",
                   f"{source}/scripts/install/weir.sysusers")
        with open(f"{where}/root/etc/passwd") as f:
            ok(made.returncode == 0 and re.search(r"^weir:", f.read()),
               "sysusers makes the user")


def rotation(source, where):
    path = f"{source}/scripts/install/weir.logrotate"
    with open(path) as f:
        text = "".join(x for x in f if not x.startswith("#"))
    ok("copytruncate" not in text and "HUP" in text, "rotation by signal")
    if not shutil.which("logrotate"):
        skip("logrotate is not installed")
        return
    with open(f"{where}/rotate", "w") as f:
        f.write(re.sub(r"create .*", "create", text))
    os.chmod(f"{where}/rotate", 0o644)
    said = run("logrotate", "-d", "-s", f"{where}/state", f"{where}/rotate")
    ok(said.returncode == 0 and "error:" not in said.stderr,
       "logrotate accepts it" + "".join(
           x for x in said.stderr.splitlines() if "error:" in x))


def completion(source, build):
    """What is offered is what -h lists, of the program and of ctl."""
    weir = f"{build}/sensor"
    env = dict(os.environ, PATH=f"{weir}:{os.environ['PATH']}")

    def offered(*words):
        line = " ".join(f"'{w}'" for w in words)
        return set(run("bash", "-c", f"""
            . {source}/scripts/install/completion.bash
            COMP_WORDS=({line}) COMP_CWORD={len(words) - 1}
            _weir; printf '%s\\n' "${{COMPREPLY[@]}}" """,
                       env=env).stdout.split())
    listed = run(f"{weir}/weir", "-h").stdout.partition("\nCommands")[2]
    names = {x.split()[0] for x in listed.splitlines()[1:] if x.strip()}
    ok(names and names <= offered("weir", ""), "the commands")
    options = set(re.findall(r"--[a-z-]+", run(f"{weir}/weir", "-h").stdout))
    ok(options and options <= offered("weir", "--"), "the options")
    asked = run(f"{weir}/weir", "ctl", "-h").stdout
    names = set(re.findall(r"^  ([a-z]+) ", asked, re.M))
    ok({"status", "suppress", "explain"} <= names and
       names <= offered("weir", "ctl", ""), "what ctl asks")


def main():
    source, build = sys.argv[1:3]
    where = tempfile.mkdtemp(prefix="weir-install-")
    try:
        layout(source, where)
        keeps(source, where)
        unit(source, where)
        rotation(source, where)
        completion(source, build)
    finally:
        shutil.rmtree(where, ignore_errors=True)
    done()


main()
