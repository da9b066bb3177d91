#!/usr/bin/env python3
"""XMPP clients for the lab, on slixmpp: one hands files over, one takes them.

    xmpp_client.py give SERVER JID TO FOLDER
    xmpp_client.py take SERVER JID FOLDER

notes.txt goes in band (XEP-0047) after an offer (XEP-0096), contract.pdf
through the server's SOCKS5 proxy (XEP-0065), diagram.svg to the upload
component (XEP-0363).
"""
import asyncio
import sys
import urllib.request
from pathlib import Path

import slixmpp
from slixmpp.xmlstream import ET

SI = "http://jabber.org/protocol/si"
TRANSFER = SI + "/profile/file-transfer"
STREAMS = {"ibb": "http://jabber.org/protocol/ibb",
           "s5b": "http://jabber.org/protocol/bytestreams"}


class Client(slixmpp.ClientXMPP):
    def __init__(self, jid):
        super().__init__(jid + "/lab", "pw")
        for plugin in ("xep_0030", "xep_0045", "xep_0047", "xep_0065",
                       "xep_0363"):
            self.register_plugin(plugin)
        self["xep_0047"].auto_accept = True
        self["xep_0065"].auto_accept = True
        self["feature_mechanisms"].unencrypted_plain = True
        self.ready = asyncio.Event()
        self.add_event_handler("session_start", self.started)

    async def started(self, _):
        self.send_presence()
        await self.get_roster()
        self["xep_0045"].join_muc("plans@rooms.lab.example",
                                  self.boundjid.user)
        self.ready.set()

    async def offer(self, to, path, how, sid):
        """An XEP-0096 offer that the other side does not answer."""
        iq = self.make_iq_set(ito=to)
        si = ET.SubElement(iq.xml, f"{{{SI}}}si",
                           {"id": sid, "profile": TRANSFER})
        ET.SubElement(si, f"{{{TRANSFER}}}file",
                      {"name": path.name, "size": str(path.stat().st_size)})
        form = ET.SubElement(si, "{http://jabber.org/protocol/feature-neg}"
                             "feature")
        x = ET.SubElement(form, "{jabber:x:data}x", {"type": "form"})
        field = ET.SubElement(x, "{jabber:x:data}field",
                              {"var": "stream-method", "type": "list-single"})
        option = ET.SubElement(field, "{jabber:x:data}option")
        ET.SubElement(option, "{jabber:x:data}value").text = STREAMS[how]
        try:
            await iq.send(timeout=3)
        except slixmpp.exceptions.IqError:
            pass


async def give(client, to, folder):
    path = folder / "notes.txt"
    await client.offer(to, path, "ibb", "lab-1")
    stream = await client["xep_0047"].open_stream(to, sid="lab-1",
                                                  block_size=4096)
    await stream.sendall(path.read_bytes())
    await stream.close()
    path = folder / "contract.pdf"
    await client.offer(to, path, "s5b", "lab-2")
    proxy = await client["xep_0065"].handshake(to, sid="lab-2")
    proxy.transport.write(path.read_bytes())
    await asyncio.sleep(1)
    proxy.transport.close()
    await upload(client, folder / "diagram.svg")
    await asyncio.sleep(1)


async def upload(client, path):
    """slixmpp's own upload_file() does not run on Python 3.11."""
    answer = await client["xep_0363"].request_slot(
        slixmpp.JID("upload.lab.example"), path.name, path.stat().st_size,
        "image/svg+xml")
    put = answer["http_upload_slot"]["put"]
    headers = {h["name"]: h["value"] for h in put["headers"]}
    headers["Content-Type"] = "image/svg+xml"
    request = urllib.request.Request(put["url"], path.read_bytes(), headers,
                                     method="PUT")
    await asyncio.to_thread(urllib.request.urlopen, request)


async def take(client, folder):
    got = {"ibb": b"", "s5b": b""}

    def data(how):
        def more(chunk):
            got[how] += chunk.read() if hasattr(chunk, "read") else chunk
            (folder / how).write_bytes(got[how])
        return more

    client.add_event_handler("ibb_stream_data",
                             lambda s: data("ibb")(s.recv_queue.get_nowait()))
    client.add_event_handler("socks5_data", data("s5b"))
    await asyncio.sleep(60)


async def main():
    what, server, jid, *rest = sys.argv[1:]
    client = Client(jid)
    client.connect((server, 5222), use_ssl=False, force_starttls=False,
                   disable_starttls=True)
    await asyncio.wait_for(client.ready.wait(), 15)
    if what == "give":
        await give(client, slixmpp.JID(rest[0]), Path(rest[1]))
    else:
        await take(client, Path(rest[0]))
    client.disconnect()


asyncio.get_event_loop().run_until_complete(main())
