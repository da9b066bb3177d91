// WebSocket frames (RFC 6455), unfragmented, for both ends.
'use strict';
const crypto = require('crypto');

exports.frame = (op, body, masked) => {
  const n = body.length;
  const wide = n > 65535 ? 8 : n > 125 ? 2 : 0;
  const head = Buffer.alloc(2 + wide);
  head[0] = 0x80 | op;
  head[1] = (masked ? 0x80 : 0) | (wide === 8 ? 127 : wide ? 126 : n);
  if (wide === 2) head.writeUInt16BE(n, 2);
  if (wide === 8) head.writeUInt32BE(n, 6);
  return Buffer.concat(masked ? [head, crypto.randomBytes(4), body] :
    [head, body]);
};

// Bodies stay masked: nobody reads them.
exports.Frames = class {
  constructor(see) {
    this.see = see;
    this.parts = [];
    this.n = 0;
  }

  add(d) {
    if (this.n === 0) this.began = Date.now() / 1000;
    this.parts.push(d);
    this.n += d.length;
    if (this.n < (this.need || 2)) return;
    let b = Buffer.concat(this.parts);
    for (;;) {
      const short = b.length > 1 ? b[1] & 127 : 0;
      const wide = short === 127 ? 8 : short === 126 ? 2 : 0;
      const mask = b.length > 1 && b[1] & 128 ? 4 : 0;
      const head = 2 + wide + mask;
      if (b.length < head) { this.need = head; break; }
      const n = wide === 8 ? b.readUInt32BE(6) : wide ? b.readUInt16BE(2) :
        short;
      if (b.length < head + n) { this.need = head + n; break; }
      const body = Buffer.from(b.subarray(head, head + n));
      const key = b.subarray(head - mask, head);
      for (let i = 0; mask && i < Math.min(n, 8); i++) body[i] ^= key[i % 4];
      this.see(b[0] & 15, body, this.began);
      b = b.subarray(head + n);
      this.began = Date.now() / 1000;
      this.need = 2;
    }
    this.parts = [b];
    this.n = b.length;
  }
};
