// What the static servers do not do: API answers after a while, uploads.
'use strict';
const http = require('http');
const crypto = require('crypto');
const rnd = (n) => crypto.randomBytes(n);

const server = http.createServer((req, res) => {
  const parts = req.url.split('?')[0].split('/');
  if (parts[1] === 'api') {
    const n = Number(parts[3]) || 300;
    req.resume();
    setTimeout(() => {
      res.writeHead(200, { 'content-type': 'application/json' });
      for (let left = n; left > 0; left -= 4096)
        res.write(rnd(Math.min(left, 4096)));
      res.end();
    }, 5 + Math.random() * 80);
    return;
  }
  let got = 0;
  req.on('data', (d) => { got += d.length; });
  req.on('end', () => setTimeout(() => {
    res.writeHead(200, { 'content-type': 'application/json' });
    res.end(JSON.stringify({ got, id: rnd(80).toString('hex') }));
  }, 5 + Math.random() * 40));
});
server.listen(9000, '127.0.0.1');
