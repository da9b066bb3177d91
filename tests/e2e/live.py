#!/usr/bin/python3
"""live.py WEIR CAPTURE DOCS: the service under traffic.

Bad configurations by signal and by socket change nothing; every command of
the control socket answers; metrics pass Prometheus' own check; an alert still
fires; kill -9 of all of it leaves nothing in the way; many workers see each
packet once."""
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
from tap import done, ok, same, skip  # noqa: E402

POLICY = """policy:
  home: [10.20.0.0/24]
  groups:
    rnd: {networks: [10.20.0.11/32], approved: [sharepoint/contoso]}
detections:
  bulk-download: {cold-start: floors}
  data-transfer: {cold-start: floors}
"""
BAD = [                 # what is appended, and what is said of it
    "colour: blue\n", "captur: {}\n", "capture: {snaplen: many}\n",
    "capture: {snaplen: 10}\n", "capture: {workers: 999}\n",
    "capture: [1]\n", "flow: {idle: 5}\n", "flow: {idle: -5s}\n",
    "flow: {max-flows: 3}\n", "geo: {asn: /nonexistent.mmdb}\n",
    "alerts: {storm: 0}\n", "alerts: {dry-run: maybe}\n",
    "catalogue: {site: [a]}\n", "sensor: twice\n",
    "capture: {ring: 4 elephants}\n", "capture: &a {snaplen: 96}\n",
    "capture: !!map {snaplen: 96}\n", "\tcapture: {}\n",
    "capture: {snaplen: 96\n", "alerts: {strom: 3}\n", "--- second\n",
]


def place_told(service, said):
    """file:line:column: of our file?"""
    at = said.find(service.conf + ":")
    words = said[at:].split(":") if at >= 0 else []
    return len(words) > 3 and words[1].isdigit() and words[2].isdigit()


def reloads(service, span, frames):
    """Each by signal and by socket, with packets coming all the time."""
    before = service.status()
    sent = 0
    for i, bad in enumerate(BAD):
        service.configure(bad)
        refused = service.status()["reloads_refused"]
        if i % 2:
            service.signal(signal.SIGHUP)
            for _ in range(100):
                sent += live.send(span, frames[:20])
                now = service.status()
                if now["reloads_refused"] > refused:
                    break
                time.sleep(0.02)
            fine = place_told(service, now.get("reload_error", ""))
            fine &= now["reloads_refused"] == refused + 1
        else:
            sent += live.send(span, frames[:20])
            code, _, err = service.ctl("reload")
            fine = code == 2 and place_told(service, err)
            now = service.status()
        ok(fine and now["configuration"] == before["configuration"] and
           now["generation"] == before["generation"],
           f"refused by {'signal' if i % 2 else 'socket'}: {bad.strip()}")
    service.configure()
    return sent


def commands(service):
    for name in ("status", "stats", "health", "collectors", "spool",
                 "alerts", "flows", "top", "users", "suppress list",
                 "exceptions"):
        code, lines, err = service.ctl(*name.split())
        ok(code == 0, f"ctl {name}: {len(lines)} lines {err.strip()}")
    code, _, err = service.ctl("statsu")
    ok(code == 1 and "did you mean status" in err, "a near name is offered")


def suppressions(service):
    add = ("suppress", "add", "kind=bulk-download", "owner=soc",
           "reason=a drill", "for=1h")
    code, lines, _ = service.ctl(*add)
    ok(code == 0 and lines[0]["number"] == 1, "suppress add")
    for what, said in (("owner=", "owner= and reason="), ("for=", "for="),
                       ("kind=", "what is to be")):
        left = [w for w in add if not w.startswith(what)]
        code, _, err = service.ctl(*left)
        ok(code == 1 and said in err, f"suppress add without {what}")
    code, _, err = service.ctl(*add[:2], "kind=tea", *add[3:])
    ok(code == 1 and "no such kind" in err, "an unknown kind")
    code, _, err = service.ctl("suppress", "add", "colour=blue")
    ok(code == 1 and "does not take" in err, "an unknown word")
    code, lines, _ = service.ctl("suppress", "list")
    ok(code == 0 and len(lines) == 1 and lines[0]["owner"] == "soc" and
       lines[0]["hits"] == 0 and "uid 0" in lines[0]["added_by"],
       "suppress list")


def held_back(service):
    """The alerts of the capture: one kind goes out, the other does not."""
    end = time.time() + 100
    while time.time() < end:
        kinds = {a["event.action"] for a in service.alerts()}
        held = service.ctl("suppress", "list")[1]
        if "data-transfer" in kinds and held[0]["hits"]:
            break
        time.sleep(1)
    ok("data-transfer" in kinds, "the old configuration still fires")
    ok("bulk-download" not in kinds and held[0]["hits"] >= 1,
       f"the other kind is held back: {held[0]['hits']}")
    _, lines, _ = service.ctl("alerts")
    mine = [a for a in lines if a.get("withheld") == "suppressed"]
    ok(mine and mine[0]["kind"] == "bulk-download",
       "and shown as suppressed")
    code, lines, _ = service.ctl("explain", mine[0]["id"][:12])
    text = "\n".join(x["line"] for x in lines)
    ok(code == 0 and "Score" in text and "not sent    suppressed" in text and
       "kept it silent" in text, "explain says why")
    code, _, err = service.ctl("explain", "ffffffffffffffff")
    ok(code == 1 and "no such alert" in err, "explain of nothing")


def prometheus(service):
    page = service.metrics()
    if shutil.which("promtool"):
        run = subprocess.run(["promtool", "check", "metrics"], input=page,
                             capture_output=True, text=True, check=False)
        ok(run.returncode == 0, "promtool check metrics")
        if run.returncode or run.stderr:
            print("# " + run.stderr.replace("\n", "\n# "))
    else:
        skip("promtool is not installed")
    names = {x.split()[2] for x in page.splitlines()
             if x.startswith("# TYPE")}
    ok(len(names) >= 40, f"{len(names)} metrics")
    ok('weir_delay_seconds_count{record="health"}' in page and
       'weir_delay_seconds_count{record="health"} 0\n' not in page,
       "the delay of what was sent is measured")
    slow = [socket.socket(socket.AF_UNIX) for _ in range(6)]
    begin = time.monotonic()
    for s in slow:
        s.connect(f"{service.where}/metrics")
    over = None
    while time.monotonic() - begin < 9 and over is None:
        try:            # a drop at a time, for ever
            slow[0].send(b"G")
            time.sleep(0.5)
        except OSError:
            over = time.monotonic() - begin
    ok(over and 4 < over < 7.5, f"a slow reader is sent away: {over}")


def shipped(page, docs):
    """Dashboard and alarms speak of metrics that exist."""
    there = {re.split(r"[{ ]", x)[0] for x in page.splitlines()
             if not x.startswith("#")}
    for name in ("grafana.json", "prometheus-rules.yml"):
        with open(f"{docs}/monitoring/{name}") as f:
            asked = set(re.findall(r"\bweir_[a-z_]+", f.read()))
        same(asked - there, set(), f"{name}: {len(asked)} metrics, all ours")
    if shutil.which("promtool"):
        run = subprocess.run(["promtool", "check", "rules",
                              f"{docs}/monitoring/prometheus-rules.yml"],
                             capture_output=True, text=True, check=False)
        ok(run.returncode == 0, "promtool check rules " +
           run.stderr.replace("\n", " ")[-200:])


def stalled(service, span, frames):
    """Who analyses and who sends stand still: the packet loop does not."""
    before = service.status()
    core, sender = service.children()[:2]
    for pid in core, sender:
        os.kill(pid, signal.SIGSTOP)
    try:
        sent = live.send(span, frames[:60000])
        time.sleep(1)
    finally:
        for pid in core, sender:
            os.kill(pid, signal.SIGCONT)
    counted(service, before["packets"] + sent)
    _, stats, _ = service.ctl("stats")
    same(stats[0]["events_lost"], 0, "and no event")


def killed(service):
    """No lock, socket or pid file stands in the way of the next one."""
    worst = 0
    for _ in range(5):
        service.kill()
        service.start()
        worst = max(worst, service.wait_up() or 99)
    ok(worst < 2, f"back {worst:.2f} s after kill -9")
    held = service.ctl("suppress", "list")[1]
    ok(len(held) == 1 and held[0]["hits"] >= 1, "suppressions are kept")
    code, _, _ = service.ctl("suppress", "remove", "1")
    ok(code == 0 and service.ctl("suppress", "list")[1] == [],
       "suppress remove")


def counted(service, sent):
    """All that was sent is seen, once."""
    now = service.counted(sent)
    same((now["packets"], now["dropped"]), (sent, 0), "no packet is lost")
    return now


def workers(weir, span, frames):
    service = live.Service(weir, POLICY + "capture: {workers: 3}\n")
    service.start()
    ok(service.wait_up(), "three workers start")
    one = live.send(span, frames)
    counted(service, one)
    code, stats, _ = service.ctl("stats")
    same(stats[0]["processed"], one, "each packet by one worker")
    page = service.metrics()
    ok(service.stop() == 0, "and stop")
    ended = [x for x in service.said().splitlines() if "flows:" in x]
    service.remove()
    return ended, page


def main():
    weir, capture, docs = sys.argv[1:4]
    live.alone()
    span = live.wire()
    frames = list(live.frames(capture))
    service = live.Service(weir, POLICY)
    try:
        service.start()
        if not ok(service.wait_up(), "up"):
            print("# " + service.said().replace("\n", "\n# "))
            done()
        suppressions(service)
        sent = live.send(span, frames)
        sent += reloads(service, span, frames)
        counted(service, sent)
        commands(service)
        held_back(service)
        prometheus(service)
        shipped(service.metrics(), docs)
        stalled(service, span, frames)
        killed(service)
        same(service.stop(), 0, "stops in order")
        print("# " + service.said()[-600:].replace("\n", "\n# "))
    except Exception:
        print("# " + service.said()[-2000:].replace("\n", "\n# "))
        raise
    finally:
        service.remove()
    workers(weir, span, frames)
    done()


main()
