#!/usr/bin/env python3
"""Records are an input too: weir's own, a simulator's, and broken ones."""
import json
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import sensor  # noqa: E402
from tap import done, ok, same  # noqa: E402

WEIR = sensor.find_weir()
OFFICE = Path(__file__).resolve().parents[1] / "captures"
CONF = OFFICE / "office.yaml"


def weir(*args, stdin=b""):
    return subprocess.run([WEIR, *map(str, args)], input=stdin,
                          capture_output=True, timeout=120, check=False)


def told(out):
    return [json.loads(line) for line in out.splitlines()
            if b'"type":"alert"' in line]


def heads(out):
    return sorted((a["kind"], a["user"], a["message"]) for a in told(out))


def lines(records):
    return "\n".join(json.dumps(r) for r in records).encode() + b"\n"


def took(second, **more):
    """The least that a record of a download may say."""
    return {"type": "transfer", "user": "anna", "direction": "download",
            "bytes": 5_000_000, "count": 1, "service": "slack",
            "time": "2026-03-03T09:%02d:%02dZ" % divmod(second, 60), **more}


def what_if(records):
    return weir("what-if", "-j", "-", stdin=lines(records))


# What weir printed, played again, gives what weir said.
capture = weir("-c", CONF, "--json", "-r", OFFICE / "office.pcap.gz")
again = weir("what-if", "-j", "-c", CONF, "-", stdin=capture.stdout)
same(again.returncode, 0, "weir's own records are read")
same(heads(again.stdout), heads(capture.stdout),
     "and give the alerts of the capture, the room's as well")
same(len(told(again.stdout)), 3, "all three")

# Of others: a service by id or name, no host, no address, no bounds.
run = what_if([took(n) for n in range(60)])
same((run.returncode, run.stderr), (0, b""), "few fields are enough")
same([a["kind"] for a in told(run.stdout)][:1], ["bulk-download"],
     "and fire")
by_name = what_if([took(n, service="Slack") for n in range(60)])
same(heads(by_name.stdout), heads(run.stdout), "a service by its name")
spread = what_if([took(n, user="u%d" % (n % 20)) for n in range(60)])
same(told(spread.stdout), [], "users without an address stay apart")

# The same moment, said in another zone and with other decimals.
zoned = what_if([took(n, time="2026-03-03T11:%02d:%02d.5+02:00"
                      % divmod(n, 60)) for n in range(60)])
same([a["first"][:16] for a in told(zoned.stdout)],
     [a["first"][:16] for a in told(run.stdout)], "offsets are honoured")

# What cannot be used is said: how many, and where the first one is.
run = what_if([took(0), {**took(1), "user": ""}, took(2, end="yesterday")])
same(run.returncode, 3, "records that cannot be used: exit code 3")
ok(b"-:2: no record: neither user nor client_ip; 2 of 3 lines refused"
   in run.stderr, "with the first one's line: %s" % run.stderr.decode().strip())
run = weir("what-if", "-", stdin=lines([took(0)]) + b'{"type":"transfer"')
ok(b"-:2: no record: no JSON object; 1 of 2" in run.stderr,
   "a cut line: %s" % run.stderr.decode().strip())
run = what_if([took(0, service="no such thing")])
ok(b"1 of 1 transfers are of services that the catalogue does not have"
   in run.stderr, "a service that nobody knows: %s" % run.stderr.decode().strip())

run = weir("-r", "-", stdin=lines([took(0)]))
ok(run.returncode == 3 and b"weir what-if" in run.stderr,
   "weir -r says who reads records: %s" % run.stderr.decode().strip())
done()
