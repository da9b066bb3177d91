"""The servers of the lab: addresses, configurations, commands.

Each is a real one; what it says in its own access log is the truth.  A log
has the columns of the truth, `proto` being HTTP/2.0/TLSv1.3 and the like.
"""
import os

HOSTS = {"files.slack.com": "10.88.1.1", "cdn.discordapp.com": "10.88.1.2",
         "mmg.whatsapp.net": "10.88.1.3", "contoso.sharepoint.com":
         "10.88.1.4", "teams.microsoft.com": "10.88.1.5",
         "opaque": "10.88.1.7", "slack.com": "10.88.1.8",
         "media": "10.88.1.9", "apache": "10.88.1.10",
         "lighttpd": "10.88.1.11", "node": "10.88.1.12",
         "h2o": "10.88.1.13", "padded": "10.88.1.14",
         "padded1": "10.88.1.15", "gzipped": "10.88.1.16"}

# a log line for servers that take one string: six columns, and the rest
LOG = ("%%h,%%{remote}p,%s,443,tcp,%%H/%s,%%m,%s,%s,"
       "%%{Content-Length}i,%s,%s,%s")
NGINX = """
worker_processes 1; daemon off; error_log %(dir)s/error.log; pid %(dir)s/pid;
events { worker_connections 256; }
http {
 log_format t '$remote_addr,$remote_port,$server_addr,443,tcp,'
  '$server_protocol/$ssl_protocol,$request_method,$status,$msec,'
  '$request_time,$content_length,$body_bytes_sent,$host,$request_uri';
 access_log %(dir)s/access.log t; sendfile on; client_max_body_size 1g;
 types { text/html html; image/png png; text/css css;
  application/javascript js; }
 default_type application/octet-stream;
 ssl_certificate %(dir)s/cert.pem; ssl_certificate_key %(dir)s/key.pem;
 ssl_ciphers ALL:@SECLEVEL=0;
 root %(dir)s/www; keepalive_requests 10000;
 proxy_set_header X-From $remote_addr,$remote_port,$server_addr,443;
 %(servers)s
}
"""
SERVER = """ server { listen %s:443 ssl %s; server_name %s; ssl_protocols %s; %s
  location /api/ { proxy_pass http://127.0.0.1:9000; }
  location /ws { proxy_pass http://127.0.0.1:9000; proxy_http_version 1.1;
   proxy_set_header X-From $remote_addr,$remote_port,$server_addr,443;
   proxy_set_header Upgrade $http_upgrade;
   proxy_set_header Connection upgrade; }
  location /upload { proxy_pass http://127.0.0.1:9000;
   proxy_request_buffering %s; } }
"""
PADDED = "ssl_conf_command RecordPadding 512;"
GZIP = "gzip on; gzip_types application/octet-stream; gzip_min_length 1;"
CADDY = """{
 admin off
 auto_https off
 servers {
  protocols h1 h2 h3
 }
}
https://teams.microsoft.com:443 {
 tls %(dir)s/cert.pem %(dir)s/key.pem
 bind 10.88.1.5
 root * %(dir)s/www
 log {
  output file %(dir)s/caddy.log
 }
 handle /api/* {
  reverse_proxy 127.0.0.1:9000
 }
 handle /upload* {
  reverse_proxy 127.0.0.1:9000
 }
 handle {
  file_server
 }
}
"""
APACHE = """
ServerRoot %(dir)s
PidFile %(dir)s/apache.pid
Mutex file:%(dir)s
ErrorLog %(dir)s/apache.error
Listen 10.88.1.10:443
ServerName apache
%(modules)s
KeepAlive On
MaxKeepAliveRequests 0
KeepAliveTimeout 60
Protocols h2 http/1.1
SSLEngine on
SSLCertificateFile %(dir)s/cert.pem
SSLCertificateKeyFile %(dir)s/key.pem
DocumentRoot %(dir)s/www
<Directory />
 Require all granted
</Directory>
ProxyPass /api/ http://127.0.0.1:9000/api/
ProxyPass /upload http://127.0.0.1:9000/upload
LogFormat "%(log)s" t
CustomLog %(dir)s/began-apache.log t
"""
APACHE_MODULES = ("mpm_event", "ssl", "socache_shmcb", "http2", "proxy",
                  "proxy_http", "authz_core", "authn_core")
LIGHTTPD = """
server.modules = ("mod_openssl", "mod_accesslog", "mod_proxy")
server.document-root = "%(dir)s/www"
server.port = 443
server.bind = "10.88.1.11"
server.errorlog = "%(dir)s/lighttpd.error"
server.upload-dirs = ("%(dir)s")
server.max-keep-alive-requests = 10000
server.stream-request-body = 1
server.feature-flags = ("server.h2proto" => "enable")
ssl.engine = "enable"
ssl.pemfile = "%(dir)s/cert.pem"
ssl.privkey = "%(dir)s/key.pem"
accesslog.filename = "%(dir)s/msec-lighttpd.log"
accesslog.format = "%(log)s"
$HTTP["url"] =~ "^/(api|upload)" {
 proxy.server = ("" => (("host" => "127.0.0.1", "port" => 9000)))
}
"""
H2O = """
user: root
pid-file: %(dir)s/h2o.pid
error-log: %(dir)s/h2o.error
limit-request-body: 1073741824
hosts:
  "h2o:443":
    listen:
      host: 10.88.1.13
      port: 443
      ssl:
        certificate-file: %(dir)s/cert.pem
        key-file: %(dir)s/key.pem
        ocsp-update-interval: 0
    access-log:
      path: %(dir)s/took-h2o.log
      format: "%(log)s"
    paths:
      "/api/":
        proxy.reverse.url: http://127.0.0.1:9000/api/
      "/upload":
        proxy.reverse.url: http://127.0.0.1:9000/upload
      "/":
        file.dir: %(dir)s/www
"""


def write(where, name, text):
    with open(os.path.join(where, name), "w", encoding="utf-8") as f:
        f.write(text)


def nginx(where):
    h2, tls12, tls13 = "http2", "TLSv1.2", "TLSv1.3"
    servers = "".join(SERVER % x for x in (
        ("10.88.1.1", h2, "files.slack.com", tls13, "", "on"),
        ("10.88.1.2", "", "cdn.discordapp.com", tls13, "", "off"),
        ("10.88.1.3", h2, "mmg.whatsapp.net", tls12, "", "on"),
        ("10.88.1.4", "", "contoso.sharepoint.com", tls12, "", "on"),
        ("10.88.1.8", h2, "slack.com", tls13, "", "on"),
        ("10.88.1.14", h2, "padded", tls13, PADDED, "on"),
        ("10.88.1.15", "", "padded1", tls13, PADDED, "on"),
        ("10.88.1.16", "", "gzipped", tls13, GZIP, "on")))
    write(where, "nginx.conf", NGINX % {"dir": where, "servers": servers})
    return ["nginx", "-c", where + "/nginx.conf"]


def caddy(where):
    write(where, "Caddyfile", CADDY % {"dir": where})
    return ["caddy", "run", "--config", where + "/Caddyfile", "--adapter",
            "caddyfile"]


def apache(where):
    modules = "\n".join(
        "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so" % (m, m)
        for m in APACHE_MODULES)
    log = LOG % ("%A", "%{SSL_PROTOCOL}x", "%>s",
                 "%{begin:sec}t.%{begin:usec_frac}t,"
                 "%{end:sec}t.%{end:usec_frac}t", "%B", "%{Host}i", "%U%q")
    write(where, "apache.conf", APACHE % {"dir": where, "modules": modules,
                                          "log": log})
    return ["apache2", "-DFOREGROUND", "-f", where + "/apache.conf"]


def lighttpd(where):
    log = LOG % (HOSTS["lighttpd"], "TLSv1.3", "%s", "%{begin:msec}t,%D",
                 "%b", "lighttpd", "%U%q")
    write(where, "lighttpd.conf", LIGHTTPD % {"dir": where, "log": log})
    return ["lighttpd", "-D", "-f", where + "/lighttpd.conf"]


def h2o(where):
    log = LOG % ("%A", "%{ssl.protocol-version}x", "%s",
                 "%{sec}t.%{usec_frac}t,%{duration}x", "%b", "h2o", "%U%q")
    write(where, "h2o.conf", H2O % {"dir": where, "log": log})
    return ["h2o", "-c", where + "/h2o.conf"]


def node(where):
    here = os.path.dirname(os.path.abspath(__file__))
    return ["node", here + "/serve.js", where]


def commands(where, host):
    """What must run for this host: nginx and node go to all."""
    own = {"teams.microsoft.com": caddy, "apache": apache,
           "lighttpd": lighttpd, "h2o": h2o}
    return [start(where) for start in (node, own.get(host, nginx))]
