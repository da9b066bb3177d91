// A client with a plan, on one connection.
// fetch.js h2|h1|ws|raw HOST IP LOCAL PLAN.json
// PLAN of h1, h2: [[wait_ms, [[method, path, n, { headers, abort, piece,
// pause }], ...], detached], ...]: requests sent together (HTTP/1.1:
// pipelined); of raw: see opaque.js; of ws: [[wait_ms, 'chat' | 'up' |
// 'down', bytes], ...]
'use strict';
const http2 = require('http2');
const net = require('net');
const tls = require('tls');
const fs = require('fs');
const crypto = require('crypto');
const opaque = require('./opaque.js');
const { Frames, frame } = require('./frames.js');
const [wire, host, ip, local, planFile] = process.argv.slice(2);
const plan = JSON.parse(fs.readFileSync(planFile));
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));

function connect(alpn) {
  const tcp = { host: ip, port: 443, localAddress: local };
  if (wire === 'raw') return net.connect({ ...tcp, noDelay: true });
  return tls.connect({ socket: net.connect(tcp), servername: host,
    ALPNProtocols: alpn, rejectUnauthorized: false });
}

// Bodies in pieces, with pauses, if asked for.
async function body(to, n, how) {
  const piece = how.piece || n;
  for (let left = n; left > 0; left -= piece) {
    to.write(crypto.randomBytes(Math.min(piece, left)));
    if (how.pause) await sleep(how.pause);
  }
}

function overTwo(session, [method, path, n, how = {}]) {
  return new Promise((done) => {
    const req = session.request({ ':method': method, ':path': path,
      ...how.headers });
    let got = 0;
    req.on('data', (d) => {
      got += d.length;
      if (how.abort && got >= how.abort)
        req.close(http2.constants.NGHTTP2_CANCEL);
    });
    for (const e of ['error', 'end', 'close']) req.on(e, done);
    body(req, n, how).then(() => req.end());
  });
}

// Reads answers off an HTTP/1.1 connection, enough to know their ends.
class Answers {
  constructor(s) {
    this.rest = Buffer.alloc(0);
    s.on('data', (d) => { this.rest = this.rest.length ?
      Buffer.concat([this.rest, d]) : d; if (this.wake) this.wake(); });
    s.on('close', () => { this.over = true; if (this.wake) this.wake(); });
  }

  async more() {
    if (this.over) throw new Error('closed');
    await new Promise((r) => { this.wake = r; });
  }

  async until(what) {
    let at;
    while ((at = this.rest.indexOf(what)) < 0) await this.more();
    const line = this.rest.subarray(0, at + what.length);
    this.rest = this.rest.subarray(at + what.length);
    return line.toString('latin1');
  }

  async skip(n) {
    while (n > 0) {
      if (this.rest.length === 0) await this.more();
      const take = Math.min(n, this.rest.length);
      n -= take;
      this.rest = this.rest.subarray(take);
    }
  }

  async one(abort) {
    const head = await this.until('\r\n\r\n');
    if (/^HTTP\/1.1 100/.test(head)) return this.one(abort);
    const length = /content-length: *(\d+)/i.exec(head);
    if (length) return this.skip(abort || Number(length[1]));
    for (;;) {
      const n = parseInt(await this.until('\r\n'), 16);
      await this.skip(n + 2);
      if (n === 0) return undefined;
    }
  }
}

async function overOne() {
  let s, answers;
  const open = () => {
    s = connect(['http/1.1']);
    s.on('error', () => {});
    answers = new Answers(s);
    return new Promise((r) => s.on('secureConnect', r));
  };
  await open();
  for (const [wait, group] of plan) {
    await sleep(wait);
    for (const [method, path, n, how = {}] of group) {
      const more = Object.entries(how.headers || {}).map(
        ([k, v]) => `${k}: ${v}\r\n`).join('');
      s.write(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n` +
        `User-Agent: lab\r\nAccept: */*\r\n${more}` +
        (method === 'GET' ? '' : `Content-Length: ${n}\r\n`) + '\r\n');
      await body(s, n, how);
    }
    for (const [, , , how = {}] of group) {
      await answers.one(how.abort);
      if (how.abort) { s.destroy(); await open(); }
    }
  }
  s.end();
}

async function twoSteps() {
  const session = http2.connect('https://' + host, {
    createConnection: () => connect(['h2']),
    settings: { initialWindowSize: 16 << 20 } });
  session.on('connect', () => session.setLocalWindowSize(64 << 20));
  session.on('error', () => {});
  for (const [wait, group, detached] of plan) {
    await sleep(wait);
    const all = Promise.all(group.map((g) => overTwo(session, g)));
    if (!detached) await all;
  }
  await sleep(1500);
  session.close();
}

async function chat() {
  const s = connect(['http/1.1']);
  let wake = () => {};
  await new Promise((r) => s.on('secureConnect', r));
  s.write(`GET /ws HTTP/1.1\r\nHost: ${host}\r\nUpgrade: websocket\r\n` +
    'Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n' +
    `Sec-WebSocket-Key: ${crypto.randomBytes(16).toString('base64')}\r\n\r\n`);
  await new Promise((r) => s.once('data', r));
  const frames = new Frames((op) => { if (op !== 1 || wake.any) wake(); });
  s.on('data', (d) => frames.add(d));
  for (const [wait, what, bytes] of plan) {
    await sleep(wait);
    if (what === 'ping') {
      s.write(frame(9, Buffer.alloc(0), true));
    } else if (what === 'down') {
      const b = Buffer.alloc(8);
      b.writeUInt32BE(bytes);
      const f = frame(2, b, true);
      for (let i = 0; i < 8; i++) f[6 + i] ^= f[2 + i % 4];
      s.write(f);
      await new Promise((r) => { wake = r; });
    } else {
      s.write(frame(what === 'up' ? 2 : 1, crypto.randomBytes(bytes), true));
      if (what === 'up')
        await new Promise((r) => { wake = r; wake.any = true; });
    }
  }
  s.end();
}

(async () => {
  if (wire === 'h2') await twoSteps();
  else if (wire === 'h1') await overOne();
  else if (wire === 'ws') await chat();
  else { const s = connect(); await opaque.drive(s, plan); s.end(); }
})();
