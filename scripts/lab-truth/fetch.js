// A client on one HTTP/2 connection: several requests at a time.
// fetch.js HOST IP LOCAL PLAN.json; PLAN: [[wait_ms, [[method, path, n], ...]]]
'use strict';
const http2 = require('http2');
const net = require('net');
const tls = require('tls');
const fs = require('fs');
const [host, ip, local, planFile] = process.argv.slice(2);
const plan = JSON.parse(fs.readFileSync(planFile));

const session = http2.connect('https://' + host, {
  createConnection: () => tls.connect({
    socket: net.connect({ host: ip, port: 443, localAddress: local }),
    servername: host, ALPNProtocols: ['h2'], rejectUnauthorized: false,
  }),
  settings: { initialWindowSize: 16 << 20 },
});
session.on('connect', () => session.setLocalWindowSize(64 << 20));

function one([method, path, n]) {
  return new Promise((done) => {
    const req = session.request({ ':method': method, ':path': path });
    req.on('data', () => {});
    req.on('error', done);
    req.on('end', done);
    if (n) req.write(Buffer.alloc(n, 1));
    req.end();
  });
}

(async () => {
  for (const [wait, group, detached] of plan) {
    await new Promise((r) => setTimeout(r, wait));
    const all = Promise.all(group.map(one));
    if (!detached) await all;
  }
  await new Promise((r) => setTimeout(r, 1500));
  session.close();
})();
