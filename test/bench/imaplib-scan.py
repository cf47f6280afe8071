"""Fetches and parses every mail of INBOX, and prints the processor time that took, in seconds.

Arguments: port, file of authorities, user, password.
"""

import email
import email.header
import imaplib
import ssl
import sys
import time

port, authorities, user, password = sys.argv[1:]
context = ssl.create_default_context(cafile=authorities)
with imaplib.IMAP4_SSL("localhost", int(port), ssl_context=context) as server:
    server.login(user, password)
    server.select("INBOX", readonly=True)
    numbers = server.search(None, "ALL")[1][0].split()
    for start in range(0, len(numbers), 100):
        batch = b",".join(numbers[start : start + 100]).decode()
        for item in server.fetch(batch, "(UID BODY.PEEK[])")[1]:
            if isinstance(item, tuple):
                mail = email.message_from_bytes(item[1])
                str(email.header.make_header(email.header.decode_header(mail["Subject"])))
                for part in mail.walk():
                    if part.get_content_maintype() == "text":
                        part.get_payload(decode=True).decode(part.get_content_charset("utf-8"))
print(time.process_time())
