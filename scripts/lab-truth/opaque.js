// A messenger's own protocol, in the manner of MTProto: nothing but lengths
// in clear, files in parts that are asked for or sent in turn.
'use strict';
const crypto = require('crypto');
const rnd = (n) => crypto.randomBytes(n);

function message(kind, n, body) {
  const b = Buffer.concat([Buffer.alloc(13), body]);
  b.writeUInt32LE(b.length - 4, 0);
  b[4] = kind;
  b.writeUInt32LE(n, 5);
  return b;
}

function reader(see) {
  let parts = [], n = 0, need = 4;
  return (d) => {
    parts.push(d);
    n += d.length;
    while (n >= need) {
      const b = parts.length > 1 ? Buffer.concat(parts) : parts[0];
      const len = b.readUInt32LE(0) + 4;
      parts = [b];
      need = len;
      if (n < len) return;
      parts = [b.subarray(len)];
      n -= len;
      need = 4;
      see(b[4], b.readUInt32LE(5), len - 13);
    }
  };
}

// 1: a part up, of a file of n bytes; 2: a part down, please; 3: chat
exports.serve = (s, who, log) => {
  let file = null;
  const end = () => {
    if (file)
      log.row(who, 'raw', file.kind === 1 ? 'PUT' : 'GET', file.start,
        file.kind === 1 ? file.got : 0, file.kind === 1 ? 0 : file.got);
    file = null;
  };
  s.on('error', () => {});
  s.on('data', reader((kind, n, len) => {
    if (kind === 3) {
      s.write(message(3, 0, rnd(40 + n % 200)));
      return;
    }
    if (!file || file.kind !== kind)
      file = { kind, start: Date.now() / 1000, got: 0 };
    file.got += kind === 1 ? len : n & 0x7fffffff;
    s.write(message(kind, n, kind === 1 ? rnd(80) : rnd(n & 0x7fffffff)),
      n & 0x80000000 ? end : undefined);
  }));
};

// steps: [wait, 'chat' | 'up' | 'down', bytes, part, window]
exports.drive = async (s, steps) => {
  let answered = () => {};
  s.on('data', reader(() => answered()));
  s.write(message(3, 0, rnd(51)));
  for (const [wait, what, bytes, part, window] of steps) {
    await new Promise((r) => setTimeout(r, wait));
    if (what === 'chat') {
      s.write(message(3, bytes, rnd(bytes)));
      continue;
    }
    let under = 0;
    for (let left = bytes; left > 0; left -= part) {
      const n = Math.min(part, left);
      const last = (left <= part ? 0x80000000 : 0) >>> 0;
      s.write(what === 'up' ? message(1, last, rnd(n)) :
        message(2, (n | last) >>> 0, rnd(70)));
      if (++under >= window) {
        await new Promise((r) => { answered = r; });
        under--;
      }
    }
    while (under-- > 0) await new Promise((r) => { answered = r; });
  }
};
