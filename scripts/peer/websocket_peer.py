#!/usr/bin/env python3
"""A chat of sorts over WebSocket: a file is announced, then sent.

    websocket_peer.py serve ADDRESS REPLY FOLDER
    websocket_peer.py visit ADDRESS FILE... FOLDER

Three sockets in turn: "plain", "shared" (packed, one window for all messages)
and "small" (packed, windows of 512 bytes and 1 KiB, forgotten after each
message).  Files of the visitor go up, the first in whole messages of 16 KiB,
others in one message of many frames; REPLY comes down.
"""
import asyncio
import json
import sys
from pathlib import Path

import websockets
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory, ServerPerMessageDeflateFactory)

PORT = 8765
SMALL = {"server_no_context_takeover": True,
         "client_no_context_takeover": True,
         "server_max_window_bits": 9, "client_max_window_bits": 10}
WAYS = {"plain": None, "shared": {}, "small": SMALL}
PIECE = 16384


async def give(socket, name, content, in_frames):
    pieces = [content[i:i + PIECE] for i in range(0, len(content), PIECE)]
    await socket.send(json.dumps({"type": "header", "name": name,
                                  "size": len(content)}))
    if in_frames:
        await socket.send(pieces)
    else:
        for piece in pieces:
            await socket.send(piece)


async def take(socket, folder):
    header = json.loads(await socket.recv())
    content = b""
    while len(content) < header["size"]:
        content += await socket.recv()
    (folder / header["name"]).write_bytes(content)


async def serve(address, reply, folder):
    async def visited(socket):
        how = socket.path[1:]
        await take(socket, folder)
        await take(socket, folder)
        await give(socket, f"{how}-{reply.name}", reply.read_bytes(), False)
        await socket.wait_closed()

    servers = [await websockets.serve(
        visited, address, PORT + i, compression=None,
        extensions=None if options is None else
        [ServerPerMessageDeflateFactory(**options)])
        for i, options in enumerate(WAYS.values())]
    await asyncio.gather(*(s.wait_closed() for s in servers))


async def visit(address, files, folder):
    for i, (how, options) in enumerate(WAYS.items()):
        extensions = None if options is None else \
            [ClientPerMessageDeflateFactory(**{"client_max_window_bits": True,
                                               **options})]
        async with websockets.connect(f"ws://{address}:{PORT + i}/{how}",
                                      compression=None,
                                      extensions=extensions) as socket:
            assert bool(socket.extensions) == (options is not None)
            for path in files:
                await give(socket, f"{how}-{path.name}", path.read_bytes(),
                           path != files[0])
            await take(socket, folder)


def main():
    what, address, *rest = sys.argv[1:]
    paths = [Path(p) for p in rest]
    if what == "serve":
        asyncio.run(serve(address, *paths))
    else:
        asyncio.run(visit(address, paths[:-1], paths[-1]))


main()
