// What the static servers do not do: API answers after a while, uploads, and
// a WebSocket that carries chat and files.
'use strict';
const http = require('http');
const crypto = require('crypto');
const { Frames, frame } = require('./frames.js');
const rnd = (n) => crypto.randomBytes(n);

function api(req, res, n) {
  req.resume();
  setTimeout(() => {
    res.writeHead(200, { 'content-type': 'application/json' });
    for (let left = n; left > 0; left -= 4096)
      res.write(rnd(Math.min(left, 4096)));
    res.end();
  }, 5 + Math.random() * 80);
}

// The size of the body, when it has ended.
function upload(req, res, done) {
  let got = 0;
  req.on('data', (d) => { got += d.length; });
  req.on('end', () => setTimeout(() => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ got, id: rnd(80).toString('hex') }));
    if (done) done(got);
  }, 5 + Math.random() * 40));
}

function answer(req, res) {
  const parts = req.url.split('?')[0].split('/');
  if (parts[1] === 'api')
    api(req, res, Number(parts[3]) || 300);
  else
    upload(req, res);
}

// Chat comes back to all; a file is acknowledged and logged.
function channel(log) {
  const all = new Set();
  return (req, socket) => {
    const key = crypto.createHash('sha1').update(
      req.headers['sec-websocket-key'] +
      '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
    socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n' +
      `Connection: Upgrade\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
    all.add(socket);
    socket.on('close', () => all.delete(socket));
    socket.on('error', () => all.delete(socket));
    const frames = new Frames((op, body, began) => {
      if (op === 8) {
        socket.end();
      } else if (op === 9) {
        socket.write(frame(10, body, false));
      } else if (op === 1) {
        for (const s of all) s.write(frame(1, rnd(body.length + 60), false));
      } else if (op === 2 && body.length === 8) {	// give me a file
        const n = body.readUInt32BE(0);
        const start = Date.now() / 1000;
        socket.write(frame(2, rnd(n), false), () => log.row(
          req.headers['x-from'], 'ws', 'GET', start, 0, n));
      } else if (op === 2) {
        log.row(req.headers['x-from'], 'ws', 'PUT', began, body.length, 0);
        socket.write(frame(1, rnd(90), false));
      }
    });
    socket.on('data', (d) => frames.add(d));
  };
}

exports.start = (log) => {
  const server = http.createServer({ requestTimeout: 0 }, answer);
  server.on('upgrade', channel(log));
  server.listen(9000, '127.0.0.1');
};
exports.api = api;
exports.upload = upload;
