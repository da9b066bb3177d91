"""Pages with files, in a browser: Chromium, headless."""
import json
import os
import subprocess

from lab import files, size
from servers import HOSTS

HERE = os.path.dirname(os.path.abspath(__file__))


def chromium(host, h3=False, h2=True):
    def run(lab, r):
        for name, n in (("app.css", 40000), ("c0.css", 99090),
                        ("b2.js", 1070710), ("b5.js", 355654)):
            n += r.randrange(-n // 4, n // 4)
            with open(lab.dir + "/www/a/" + name, "wb") as f:
                f.write(b"/*" + b"x" * (n - 4) + b"*/")
        images = ""
        for i in range(r.randrange(5, 20)):
            n = size(r, 900, 40000)
            lab.file("/a/av%d.png" % i, n)
            images += '<img src="/a/av%d.png?R">' % i
        page = open(HERE + "/page.html").read().replace("IMAGES", images)
        for k in range(2):
            steps = []
            for _ in range(9):
                kind = r.choice(["get", "get", "get", "put", "api", "both"])
                wait = r.randrange(50, 1500)
                if kind == "put":
                    steps.append([wait, "put", size(r, 2000, 700000)])
                elif kind == "api":
                    steps.append([wait, "get", "/api/x/%d" %
                                  r.randrange(3000, 19000)])
                elif kind == "both":
                    steps.append([wait, "both", files(
                        lab, r, r.randrange(2, 4), low=5000, high=2e6)])
                else:
                    steps.append([wait, "get", files(
                        lab, r, 1, low=5000, high=4e6)[0]])
            with open(lab.dir + "/www/page%d.html" % k, "w") as f:
                f.write(page.replace("PLAN", json.dumps(steps)).replace(
                    "NEXT", '"/page1.html"' if k == 0 else '"about:blank"'
                ).replace("?R", "?%d" % k))
        command = ["chromium", "--headless=new", "--no-sandbox",
                   "--disable-gpu", "--ignore-certificate-errors",
                   "--user-data-dir=" + lab.dir + "/profile",
                   "--disable-background-networking", "--no-first-run",
                   "--disable-component-update", "--disable-sync",
                   "--host-resolver-rules=" + ",".join(
                       "MAP %s %s" % x for x in HOSTS.items())]
        if h3:
            key = subprocess.run(
                "openssl x509 -in %s/cert.pem -pubkey -noout | openssl pkey "
                "-pubin -outform der | openssl dgst -sha256 -binary | base64"
                % lab.dir, shell=True, stdout=-1, text=True).stdout.strip()
            command += ["--origin-to-force-quic-on=%s:443" % host,
                        "--ignore-certificate-errors-spki-list=" + key]
        if not h2:
            command.append("--disable-http2")
        lab.client(command + ["https://%s/page0.html" % host], timeout=32)
    return host, run
