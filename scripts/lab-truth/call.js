// Two parties to a call: voice every 20 ms, pictures 25 times a second.
// call.js tls|udp SECONDS VIDEO_UP_BYTES VIDEO_DOWN_BYTES LOCAL
'use strict';
const crypto = require('crypto');
const tls = require('tls');
const dgram = require('dgram');
const rnd = (n) => crypto.randomBytes(n);

function tick(send, video) {
  let n = 0;
  return setInterval(() => {
    send(70 + Math.floor(Math.random() * 60));
    if (video && ++n % 2 === 0) {
      const key = n % 100 === 0 ? 5 : 1;
      let left = Math.floor(video * key * (0.6 + Math.random() * 0.8));
      for (; left > 0; left -= 1150) send(Math.min(left, 1150) + 30);
    }
  }, 20);
}

// The first message says what the other side shall send.
exports.talk = (s) => {
  s.on('error', () => {});
  s.once('data', (d) => {
    const t = tick((n) => s.write(rnd(n)), d.readUInt32BE(0));
    s.on('data', () => {});
    s.on('close', () => clearInterval(t));
  });
};

const calls = new Map();
exports.answer = (udp, d, peer) => {
  const key = peer.address + peer.port;
  if (calls.has(key)) return;
  calls.set(key, true);
  const t = tick((n) => udp.send(Buffer.concat([Buffer.from([0x80, 0x60]),
    rnd(n)]), peer.port, peer.address), d.readUInt32BE(4));
  setTimeout(() => clearInterval(t), d.readUInt32BE(8) * 1000);
};

if (require.main === module) {
  const [wire, seconds, up, down, local] = process.argv.slice(2);
  const hello = Buffer.alloc(12);
  hello.writeUInt32BE(Number(down), wire === 'udp' ? 4 : 0);
  hello.writeUInt32BE(Number(seconds), 8);
  if (wire === 'udp') hello[0] = 0x80;
  let t;
  if (wire === 'tls') {
    const s = tls.connect({ host: '10.88.1.9', port: 443, servername: 'media',
      rejectUnauthorized: false, localAddress: local }, () => {
      s.setNoDelay(true);
      s.write(hello);
      t = tick((n) => s.write(rnd(n)), Number(up));
    });
    s.on('data', () => {});
  } else {
    const s = dgram.createSocket('udp4');
    s.bind(0, local, () => {
      s.send(hello, 443, '10.88.1.9');
      t = tick((n) => s.send(Buffer.concat([Buffer.from([0x80, 0x60]),
        rnd(n)]), 443, '10.88.1.9'), Number(up));
    });
  }
  setTimeout(() => { clearInterval(t); process.exit(0); }, seconds * 1000);
}
