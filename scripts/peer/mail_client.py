#!/usr/bin/env python3
"""One message with FILE attached, by SMTP and into an IMAP mailbox.

    mail_client.py SERVER FILE
"""
import imaplib
import smtplib
import sys
from email.message import EmailMessage
from pathlib import Path

server, path = sys.argv[1], Path(sys.argv[2])
message = EmailMessage()
message["From"] = "anna@lab.example"
message["To"] = "ben@lab.example"
message["Subject"] = "the roadmap"
message.set_content("As promised.\n")
message.add_attachment(path.read_bytes(), maintype="application",
                       subtype="octet-stream", filename=path.name)
with smtplib.SMTP(server) as smtp:
    smtp.send_message(message)
with imaplib.IMAP4(server) as imap:
    imap.login("anna", "pw")
    imap.append("INBOX", None, None, message.as_bytes())
