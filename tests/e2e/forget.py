#!/usr/bin/env python3
"""A person erased from a running sensor and from one that stands still: no
file of its state names them, the trail says who asked and why, syslog had it
first, and whoever comes back is new."""
import json
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import persons  # noqa: E402
from tap import done, ok, same  # noqa: E402
from watched import (WEIR, Service, listen, play, prepared,  # noqa: E402
                     run, until)

REASON = "case 7: left the company, asks for erasure"


def state(spool):
    """What the sensor keeps for itself: collectors' files are theirs, and
    the trail speaks of the pseudonym on purpose."""
    kept = {}
    for p in sorted(spool.iterdir()):
        if p.name.startswith("alerts.") or p.name == "forget-audit.jsonl":
            continue
        data = p.read_bytes()
        if p.suffix == ".spool":	# letters of the trail stay
            data = b"\n".join(x for x in data.split(b"WEIR")
                              if b'"kind":"forget"' not in x)
        kept[p.name] = data
    return kept


def holding(spool, words):
    return sorted({name for name, data in state(spool).items()
                   if persons.found_in(data, words)})


def tokens(spool):
    """The pseudonym and the address of the person, from the alerts."""
    lines = (spool / "alerts.json").read_text().splitlines()
    about = [r for r in map(json.loads, lines)
             if r.get("event.kind") == "alert"]
    return about[0]["user.name"], about[0]["source.ip"]


def forget(service, token, *more, syslog):
    return run(WEIR, "forget", "-c", service.conf, "-l", syslog, "-r",
               REASON, *more, token)


def trail(spool, whats, token):
    lines = [json.loads(x) for x in
             (spool / "forget-audit.jsonl").read_text().splitlines()]
    same([x["what"] for x in lines], whats, "the trail has every step")
    ok(all(x["pseudonym"] == token and x["by"] for x in lines),
       "of whom, and who asked")
    ok(any(x["reason"] == REASON for x in lines), "and why")
    same(run(WEIR, "reveal", "-v", "-a",
             spool / "forget-audit.jsonl").returncode, 0, "unbroken")
    same(persons.found_in(json.dumps(lines).encode(), persons.TRACES), [],
         "and names nobody")


def standing(tmp):
    """Alerted on, stopped, and then erased."""
    service = Service(tmp / "still")
    spool = service.where / "spool"
    play(persons.day())
    ok(until(lambda: b'"service":"slack"' in service.ask("top") and
             b"user-" in service.ask("users")), "somebody is seen")
    service.stop()			# what was pending is sent
    token, address = tokens(spool)
    held = holding(spool, [token])
    ok({"state.db", "sealed.jsonl"} <= set(held) and
       any(n.endswith(".spool") for n in held),
       f"before: {token} is in {' '.join(held)}")
    ok(holding(spool, [address]), "and so is the address's pseudonym")

    lines, log = [], tmp / "syslog"
    listen(log, lines)
    roots = {p.name for p in spool.iterdir() if p.stat().st_uid == 0}
    answer = forget(service, token, syslog=tmp / "none")
    ok(answer.returncode != 0 and set(holding(spool, [token])) == set(held),
       "not where syslog does not take it")
    same(run(WEIR, "forget", "-c", service.conf, "-l", log, "-r", "x",
             token).returncode, 1, "not without a reason")
    same(run(WEIR, "forget", "-c", service.conf, token).returncode, 1,
         "nor without any")
    answer = forget(service, token, syslog=log)
    same(answer.returncode, 0, answer.stderr.decode() or "it is forgotten")
    ok(b"theirs to erase" in answer.stdout, "it says what it cannot do")
    same(holding(spool, [token, address, *persons.TRACES]), [],
         "no file of the state holds pseudonyms or names")
    ok(until(lambda: len(lines) == 2, 5) and REASON.encode() in lines[0] and
       b"forgotten" in lines[1], "syslog has both steps")
    trail(spool, ["forget", "forgotten"], token)
    same({p.name for p in spool.iterdir() if p.stat().st_uid == 0}, roots,
         "no new file of it belongs to root")
    answer = forget(service, token, syslog=log)
    ok(answer.returncode == 0 and b"nobody of that name" in answer.stdout,
       "a second time there is nobody")
    return service, token


def comes_back(tmp, service, token):
    """The same spool, started again: the person is new, and is erased while
    it runs."""
    service = Service(service.where)
    spool = service.where / "spool"
    play(persons.day())
    ok(until(lambda: token.encode() in service.ask("users")),
       "who comes back has the same pseudonym")
    store = f"file:{spool}/state.db?mode=ro"
    with sqlite3.connect(store, uri=True) as db:
        same(db.execute("SELECT count(*) FROM blob WHERE kind LIKE 'user%' "
                        "AND name = CAST(? AS BLOB)", (token,)).fetchone(),
             (0,), "but nothing of before")
    ok(until(lambda: holding(spool, [token])), "events are kept of it")
    refused = forget(service, token, syslog=tmp / "syslog")
    ok(refused.returncode == 4 and b"weir ctl forget" in refused.stderr,
       "a running sensor is asked by ctl")
    ctl = [WEIR, "ctl", "-j", "-s", service.where / "control", "forget"]
    ok(run(*ctl, token).returncode != 0, "not without a reason")
    answer = run(*ctl, token, f"reason={REASON}")
    said = json.loads(answer.stdout.splitlines()[0])
    ok(answer.returncode == 0 and said["known"] and said["users"] >= 1 and
       said["events"] > 0, f"it tells what was erased: {said}")
    same(holding(spool, [token, *persons.TRACES]), [],
         "no file of the state holds it, while weir runs")
    for what in "users", "flows", "alerts":
        ok(token.encode() not in service.ask(what), f"ctl {what} neither")
    ok(until(lambda: (spool / "alerts.json").read_bytes().count(
        b'"event.action":"forget"') >= 4), "collectors are told")
    service.stop()
    same(holding(spool, [token]), [], "nor afterwards")


def main():
    with prepared("still") as tmp:
        comes_back(tmp, *standing(tmp))
    done()


main()
