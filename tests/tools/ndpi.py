"""What nDPI calls flows: its names as services, its own reader's verdicts."""
import collections
import csv
import ipaddress
import subprocess
import sys
import tempfile
from pathlib import Path

import sensor

SERVICES = {
    "WhatsApp": "whatsapp", "WhatsAppFiles": "whatsapp",
    "WhatsAppCall": "whatsapp", "Skype_Teams": "teams", "Teams": "teams",
    "SkypeCall": "teams", "Skype": "teams", "Skype_TeamsCall": "teams",
    "Discord": "discord", "Telegram": "telegram", "Signal": "signal",
    "SignalVoip": "signal", "Viber": "viber", "WeChat": "wechat", "QQ": "qq",
    "KakaoTalk": "kakaotalk", "KakaoTalk_Voice": "kakaotalk", "Line": "line",
    "IRC": "irc", "Jabber": "xmpp", "Messenger": "facebook-messenger",
    "GoogleHangout": "google-chat", "GoogleHangoutDuo": "google-chat",
    "Slack": "slack", "SnapChat": "snapchat", "Snapchat": "snapchat",
    "SnapchatCall": "snapchat", "Threema": "threema", "Webex": "webex",
    "Zoom": "zoom", "MSN": "msn", "Dropbox": "dropbox",
    "MS_OneDrive": "onedrive", "GoogleDrive": "google-drive",
    "GoogleDocs": "google-drive", "AppleiCloud": "icloud",
    "Github": "github", "AmazonS3": "amazon-s3", "Syncthing": "syncthing",
    "RSYNC": "rsync", "SMBv1": "smb", "SMBv23": "smb", "AFP": "afp",
    "NFS": "nfs", "FTP_CONTROL": "ftp", "FTP_DATA": "ftp",
}
CATEGORIES = {"syncthing": "device-sync", "rsync": "lan-share",
              "dropbox": "cloud", "onedrive": "cloud", "icloud": "cloud",
              "google-drive": "cloud", "github": "code-host",
              "amazon-s3": "object-store", "smb": "lan-share",
              "afp": "lan-share", "nfs": "lan-share", "ftp": "lan-share"}
PROTOCOLS = {"6": "tcp", "17": "udp"}


def service(protocol):
    """Of "TLS.WhatsAppFiles": (service, category); None: none, or a lookup
    that only asks for its name."""
    parts = protocol.split(".")
    hits = [SERVICES[p] for p in parts if p in SERVICES]
    if not hits or parts[0] == "DNS":
        return None
    return hits[-1], CATEGORIES.get(hits[-1], "im")


def alone():
    """A configuration for weir: nDPI names flows, nothing else does.  Its
    names are rules in place of the catalogue.  Returns the directory, which
    goes when it is let go of, and the file."""
    place = tempfile.TemporaryDirectory()
    rules = collections.defaultdict(list)
    for name, of in SERVICES.items():
        rules[of].append(name)
    text = "catalogue: 1\nservices:\n"
    for of, names in rules.items():
        text += (f"  {of}:\n    name: {of}\n"
                 f"    category: {CATEGORIES.get(of, 'im')}\n    rules:\n"
                 f"      - {{role: mixed, ndpi: [{', '.join(names)}]}}\n")
    Path(place.name, "ndpi.yaml").write_text(text)
    config = Path(place.name, "weir.conf")
    config.write_text(f"catalogue: {{built-in: no, site: {place.name}}}\n"
                      "privacy: {pseudonyms: no}\n")
    return place, config


def run_reader(capture, out):
    try:
        return subprocess.run(
            ["ndpiReader", "-q", "-t", "-i", str(capture), "-C", out],
            capture_output=True, check=False, timeout=600).stdout
    except FileNotFoundError:
        sys.exit("ndpiReader is not here: it is in libndpi-bin")


def plain(address):
    """As everybody else writes it: ndpiReader makes :: of a :0: even when
    there is a :: behind."""
    if address.count("::") > 1:
        address = address.replace("::", ":0:", 1)
    return str(ipaddress.ip_address(address))


def reader(capture):
    """{flow key: (service, category) or None}, by Debian's ndpiReader; it
    tells only what it knows."""
    with tempfile.TemporaryDirectory() as place:
        out = place + "/flows.csv"
        if b"Unsupported datalink" in run_reader(capture, out):
            copy = place + "/ethernet.pcap"
            subprocess.run([sensor.ROOT / "scripts/recast", capture, copy],
                           check=True, capture_output=True)
            run_reader(copy, out)
        with open(out, newline="", errors="replace") as f:
            rows = list(csv.DictReader(f))
    named = {}
    for r in rows:
        key = sensor.end_key(
            PROTOCOLS.get(r["protocol"], "ip-" + r["protocol"]),
            plain(r["src_ip"]), r["src_port"], plain(r["dst_ip"]),
            r["dst_port"])
        named[key] = service(r["ndpi_proto"]) or named.get(key)
    return named
