#!/usr/bin/env python3
"""The service, with the configuration it is shipped with, on a real port: no
account, host name, inside address or MAC in anything it says or keeps; two
officers reveal a pseudonym, one does not; of who is not monitored nothing."""
import os
import sqlite3
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import memory  # noqa: E402
import persons  # noqa: E402
from sanitized import sanitized  # noqa: E402
from tap import done, ok, same, skip  # noqa: E402
from watched import (WEIR, Service, listen, place, play,  # noqa: E402
                     prepared, run, until)


def limits(pid):
    """No core image, and nobody looks into it."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        text = Path(f"/proc/{child}/limits").read_text()
        line = next(s for s in text.splitlines() if "core file" in s)
        same(line.split()[4:6], ["0", "0"], "no core image")
        same(os.stat(f"/proc/{child}/mem").st_uid, 0, "not dumpable")


def remembered(service, what, words):
    """No word in what a core image of the service's processes would hold.
    A name that was asked for is known while its answer lives, and a stack
    shows the last bytes that were read."""
    if sanitized(WEIR):
        skip(f"built with a sanitizer: not searched for {what}")
        return
    found = memory.found_in_memory(service.process.pid, words)
    found.pop(persons.CONTENT["label"], None)
    found = {w: at - {"[stack]"} for w, at in found.items()}
    same({w: at for w, at in found.items() if at}, {},
         f"nothing in memory holds {what}")


def monitored(tmp):
    service = Service(tmp / "yes")
    play(persons.day())
    ok(until(lambda: service.ended(persons.TCP_FLOWS) and
             b'"service":"slack"' in service.ask("top")),
       "the download is over")
    service.tell({"event": "usb-insert", "user": persons.ACCOUNT,
                  "device": "stick"},
                 {"event": "usb-copy", "user": persons.ACCOUNT, "files": 2,
                  "bytes": 25000000, "name": persons.NAMES["ftpfile"]},
                 {"event": "nonsense"})
    stats = until(lambda: b'"intake_lines":3' in service.ask("stats")) and \
        service.ask("stats")
    ok(stats and b'"intake_refused":1' in stats, "the intake takes lines")
    # Its alerts wait for a minute of silence; its end does not.
    said = until(lambda: b"user-" in service.ask("users")) and \
        service.answers()
    ok(said, "the control socket tells of pseudonyms")
    limits(service.process.pid)
    remembered(service, "content", persons.CONTENT.values())
    service.stop()
    key = service.where / "spool/privacy.key"
    same(key.stat().st_mode & 0o777, 0o600, "its key is its own")
    said += service.kept()
    ok(b'"alert"' in said and b"bulk-download" in said, "it alerts")
    ok(b'"method":"endpoint"' in said and b"data-transfer" in said,
       "also on what an endpoint tells of a USB stick")
    for what, words in (("the person", persons.TRACES),
                        ("content", persons.CONTENT.values()),
                        ("names", persons.NAMES.values())):
        same(persons.found_in(said, words), [],
             f"nothing told or kept holds {what}")
    store = service.where / "spool/state.db"
    listed = run(WEIR, "explain", "-s", store).stdout.decode()
    ok(" took " in listed, "explain lists the alert")
    one = next(s.split()[0] for s in listed.splitlines() if " took " in s)
    text = run(WEIR, "explain", "-s", store, one).stdout
    ok(b" down " in text, "and with the key its transfers")
    same(persons.found_in(text, persons.TRACES), [], "but nobody's name")
    key.rename(service.where / "elsewhere")
    text = run(WEIR, "explain", "-s", store, one)
    ok(b" down " not in text.stdout and b"no transfers" in text.stderr,
       "without the key none, and it says so")
    return service.where / "spool/sealed.jsonl", next(
        w for w in listed.split() if w.startswith("user-"))


def reveal(tmp, sealed, pseudonym):
    lines, log, audit = [], tmp / "syslog", tmp / "audit"
    listen(log, lines)

    def ask(*keys, reason="case 12, works council agreed", to=log):
        return run(WEIR, "reveal", "-f", sealed, "-a", audit, "-l", to, "-r",
                   reason, *(w for k in keys for w in ("-k", tmp / k)),
                   pseudonym)

    def named(answer):
        return persons.ACCOUNT in answer.stdout.decode()

    for keys in ("a.key",), ("a.key", "a.key"):
        answer = ask(*keys)
        ok(answer.returncode != 0 and not named(answer),
           f"not with {len(set(keys))} key")
    ok(ask("a.key", "b.key", reason="x").returncode == 1,
       "not without a reason")
    answer = ask("a.key", "b.key", to=tmp / "no-syslog")
    ok(answer.returncode != 0 and not named(answer) and not lines,
       "not where syslog does not take it")
    for keys in ("a.key", "b.key"), ("c.key", "a.key"):
        ok(named(ask(*keys)), f"two officers reveal: {' '.join(keys)}")
    ok(until(lambda: len(lines) == 4, 5), "syslog has every step")
    ok(all(b"case 12" in s for s in lines), "with its reason")
    same(persons.found_in(b"".join(lines) + audit.read_bytes(),
                          persons.TRACES), [], "the trail names nobody")
    same(run(WEIR, "reveal", "-v", "-a", audit).returncode, 0,
         "the trail is unbroken")
    report = run(WEIR, "privacy-report", "-c", tmp / "yes/weir.yaml", "-a",
                 audit).stdout.decode()
    same(report.count("  officer  "), 3, "the report lists the officers")
    ok("unbroken" in report and report.count("case 12") == 4,
       "and every reveal")
    text = audit.read_text().splitlines(keepends=True)
    audit.write_text("".join(text[:1] + text[2:]))
    same(run(WEIR, "reveal", "-v", "-a", audit).returncode, 3,
         "a line taken out is noticed")


def unmonitored(tmp, group):
    """Of this group: memory, state, and all that is said."""
    service = Service(place(tmp / f"no-{group}"), monitor=False, group=group)
    play(persons.day())
    service.tell({"event": "usb-copy", "user": persons.ACCOUNT,
                  "bytes": 25000000})
    ok(until(lambda: service.ended(persons.TCP_FLOWS)), "what closed is over")
    said = service.answers()
    ok(b'"service":"slack"' in said or b"slack" in said,
       f"{group}: volumes are counted")
    remembered(service, "content", persons.CONTENT.values())
    remembered(service, "who is not monitored", persons.TRACES)
    service.stop()
    said += service.kept()
    same(persons.found_in(said, [*persons.TRACES, *persons.NAMES.values()]) +
         persons.pseudonyms_in(said), [],
         f"{group}: of who is not monitored there is no trace")
    db = sqlite3.connect(f"file:{service.where}/spool/state.db?mode=ro",
                         uri=True)
    for table, where in (("event", "user != '*not monitored*'"),
                         ("alert", "1"), ("blob", "kind LIKE 'user%'")):
        n = db.execute(f"SELECT count(*) FROM {table} "
                       f"WHERE {where}").fetchone()[0]
        same(n, 0, f"and the store has no {table} of anybody")
    db.close()


def main():
    with prepared("yes") as tmp:
        reveal(tmp, *monitored(tmp))
        for group in persons.GROUPS:
            unmonitored(tmp, group)
    done()


main()
