// The lab's own servers: node's HTTP/1.1 and HTTP/2, the opaque protocol, a
// party to calls.  serve.js DIR; what they did is the truth, in DIR/node.log.
'use strict';
const http2 = require('http2');
const fs = require('fs');
const net = require('net');
const tls = require('tls');
const dgram = require('dgram');
const backend = require('./backend.js');
const opaque = require('./opaque.js');
const call = require('./call.js');
const dir = process.argv[2];
const pair = { key: fs.readFileSync(dir + '/key.pem'),
  cert: fs.readFileSync(dir + '/cert.pem') };

const out = fs.createWriteStream(dir + '/node.log');
const log = {
  n: 0,
  row(from, proto, method, start, up, down, uri, status = 200) {
    out.write([from + ',tcp', proto, method, status, start.toFixed(3),
      (Date.now() / 1000).toFixed(3), up, down, '-',
      uri || `/raw/${++this.n}?parts=1`].join() + '\n');
  },
};
const from = (s) => [s.remoteAddress, s.remotePort, s.localAddress,
  s.localPort].join();

// A static file, in pieces of 64 KiB, without a length when ?chunked.
function file(req, res, n) {
  const path = dir + '/www' + req.url.split('?')[0];
  const head = { 'content-type': 'application/octet-stream' };
  fs.stat(path, (e, st) => {
    if (e) { res.writeHead(404); res.end(); return; }
    if (!req.url.includes('chunked')) head['content-length'] = st.size;
    res.writeHead(200, head);
    fs.createReadStream(path).on('data', (d) => n(d.length)).pipe(res);
  });
}

function answer(req, res) {
  const start = Date.now() / 1000;
  const who = from(req.socket);
  const proto = req.httpVersion === '2.0' ? 'h2/TLSv1.3' : 'h1/TLSv1.3';
  const parts = req.url.split('?')[0].split('/');
  let up = 0, down = 0;
  res.on('close', () => log.row(who, proto, req.method, start, up, down,
    req.url));
  if (parts[1] === 'api') {
    down = Number(parts[3]);
    backend.api(req, res, down);
  } else if (parts[1] === 'upload') {
    backend.upload(req, res, (n) => { up = n; });
  } else {
    file(req, res, (n) => { down += n; });
  }
}

http2.createSecureServer({ ...pair, allowHTTP1: true }, answer)
  .listen(443, '10.88.1.12');
backend.start(log);
net.createServer({ noDelay: true }, (s) => opaque.serve(s, from(s), log))
  .listen(443, '10.88.1.7');
tls.createServer({ ...pair, noDelay: true }, (s) => call.talk(s))
  .listen(443, '10.88.1.9');
const udp = dgram.createSocket('udp4');
udp.on('message', (d, peer) => call.answer(udp, d, peer));
udp.bind(443, '10.88.1.9');
