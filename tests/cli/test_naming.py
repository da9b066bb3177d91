#!/usr/bin/env python3
"""Who names a flow: weir's own rules and dissectors, or nDPI alone."""
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import frames  # noqa: E402
import sensor  # noqa: E402
from tap import done, same  # noqa: E402

SITE = """catalogue: 1
services:
  slack:
    name: Slack, says nDPI
    category: im
    rules:
      - {role: mixed, ndpi: [Slack]}
"""


def named(capture, *options):
    return [(f.get("service"), f.get("evidence"), f.get("host"))
            for f in sensor.flows(sensor.records(str(capture), *options))]


def main():
    with tempfile.TemporaryDirectory() as d:
        d = Path(d)
        seen = []
        flow = frames.Tcp(seen, ("10.1.0.7", 40001), ("203.0.113.10", 443))
        flow.say(0, frames.client_hello("files.slack.com"))
        flow.say(1, frames.records(3000, kind=22))
        flow.close()
        frames.write_pcap(d / "in.pcap", seen)

        config = d / "weir.yaml"
        config.write_text(f"catalogue: {{built-in: no, site: {d}/site}}\n"
                          "privacy: {pseudonyms: no}\n")
        same(named(d / "in.pcap"), [("slack", "sni", "files.slack.com")],
             "weir reads the name and knows whose it is")
        same(named(d / "in.pcap", "-c", config), [(None, None, None)],
             "without its catalogue nobody does")
        (d / "site").mkdir()
        (d / "site/ndpi.yaml").write_text(SITE)
        same(named(d / "in.pcap", "-c", config), [("slack", "ndpi", None)],
             "then nDPI is asked, for what the site has rules for")
    return done()


if __name__ == "__main__":
    sys.exit(main())
