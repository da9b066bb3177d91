"""The truth: what the servers wrote into their access logs."""
import glob
import json
import os


def sent(uri):
    """Caddy 2.6 does not log the size of a request; the URI says it."""
    query = uri.partition("?")[2]
    return query[2:] if uri.startswith("/upload?") else 0


def logged(line, kind):
    """began: and ended, in s; took: began, and took, in s; msec: began, in
    ms, and took, in us."""
    c = line.rstrip("\n").split(",", 13)
    version, tls = c[5].rsplit("/", 1)
    c[5] = ("h2" if "2" in version[-3:] else "h1") + "/" + tls
    start, other = float(c[8]), float(c[9])
    if kind == "msec":
        start, other = start / 1e3, other / 1e6
    c[8] = "%.3f" % start
    c[9] = "%.3f" % (other if kind == "began" else start + other)
    c[10] = c[10] if c[10] not in ("-", "") else str(sent(c[13]))
    return c


def rows(lab):
    out = []
    if os.path.exists(lab.dir + "/access.log"):
        for line in open(lab.dir + "/access.log"):
            c = line.rstrip("\n").split(",", 13)
            end, took = float(c[8]), float(c[9])
            proto = ("h2" if "2.0" in c[5] else "h1") + "/" + \
                c[5].rsplit("/", 1)[1]
            out.append(c[:5] + [proto, c[6], c[7], "%.3f" % (end - took),
                                "%.3f" % end,
                                c[10] if c[10] not in ("-", "") else "0",
                                c[11], c[12], c[13]])
    for path in glob.glob(lab.dir + "/*-*.log"):
        kind = os.path.basename(path).partition("-")[0]
        out += [logged(line, kind) for line in open(path)]
    if os.path.exists(lab.dir + "/node.log"):
        out += [line.rstrip("\n").split(",", 13)
                for line in open(lab.dir + "/node.log")]
    if os.path.exists(lab.dir + "/caddy.log"):
        for line in open(lab.dir + "/caddy.log"):
            e = json.loads(line)
            if "request" not in e:
                continue
            q = e["request"]
            proto = {"HTTP/3.0": "h3", "HTTP/2.0": "h2"}.get(q["proto"], "h1")
            out.append([q["remote_ip"], q["remote_port"], "10.88.1.5", "443",
                        "udp" if proto == "h3" else "tcp",
                        proto + "/TLSv1.3", q["method"], e["status"],
                        "%.3f" % (e["ts"] - e["duration"]), "%.3f" % e["ts"],
                        sent(q["uri"]), e["size"], q["host"],
                        q["uri"]])
    return out
