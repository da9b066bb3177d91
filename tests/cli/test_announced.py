#!/usr/bin/env python3
"""A connection that another one announces: whose it may be, for how long,
and that what it carries the other way is told too."""
import ipaddress
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
import frames  # noqa: E402
import sensor  # noqa: E402
import tap  # noqa: E402

IRC = ("192.0.2.66", 6667)
PEER = ("198.51.100.9", 4443)
SIZE = 300_000


def offer(conversation):
    """A chat in which somebody offers a file from his own address."""
    ip = int(ipaddress.ip_address(PEER[0]))
    conversation.say(0, b"NICK ann\r\nUSER ann 0 * :Ann\r\n")
    conversation.say(1, b":irc.example 001 ann :Welcome\r\n")
    conversation.say(1, f":bob!b@h PRIVMSG ann :\x01DCC SEND plan.zip {ip} "
                        f"{PEER[1]} {SIZE}\x01\r\n".encode())


def flow_to_peer(who, after_us, way=1):
    packets = []
    offer(frames.Tcp(packets, ("10.0.0.5", 50000), IRC))
    data = frames.Tcp(packets, (who, 50001), PEER, after_us)
    data.say(way, b"A" * SIZE)
    data.close()
    with tempfile.TemporaryDirectory() as at:
        path = Path(at) / "announced.pcap"
        frames.write_pcap(path, packets)
        found = sensor.records(str(path))
    flow = [r for r in found if r["type"] == "flow"
            and r["server_port"] == PEER[1]]
    moved = {r["direction"]: r["bytes"] for r in found
             if r["type"] == "transfer" and r["server_port"] == PEER[1]}
    return flow[0].get("evidence"), moved


def main():
    tap.same(flow_to_peer("10.0.0.5", 60_000_000),
             ("expectation", {"download": SIZE}), "as it was announced")
    tap.same(flow_to_peer("10.0.0.5", 60_000_000, 0),
             ("expectation", {"upload": SIZE}),
             "the other way than announced: counted all the same")
    tap.same(flow_to_peer("10.0.0.6", 60_000_000)[0], None,
             "another client was not announced")
    tap.same(flow_to_peer("10.0.0.5", 7_200_000_000)[0], None,
             "nor is anybody two hours later")
    tap.done()


main()
