#!/usr/bin/env python3
"""Takes what webhooks are told, of the good kind and of the bad ones, and checks it as a receiver of one's own would.

    python3 Tests/Reference/webhook.py PORT SECRET FILE

Each request is a line of FILE, as JSON: its path, whether its signature is right, its identifier and its body. /ok takes it,
/flaky from the third time on, /hang never answers, /moved leads elsewhere, /huge answers for as long as anybody listens, and
any other path refuses it.
"""
import base64
import hashlib
import hmac
import http.server
import json
import sys
import threading
import time

PORT, SECRET, FILE = int(sys.argv[1]), sys.argv[2], sys.argv[3]
KEY = base64.b64decode(SECRET.removeprefix("whsec_"))
LOCK = threading.Lock()
TRIES = {}


def is_signed(headers, body):
    """As the page on notifications has it."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    expected = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    given = [part.removeprefix("v1,") for part in headers.get("webhook-signature", "").split()]
    is_fresh = abs(time.time() - int(headers["webhook-timestamp"])) < 300
    return is_fresh and any(hmac.compare_digest(one, expected) for one in given)


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.answer(200, b"ready")

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        with LOCK:
            tries = TRIES[self.path] = TRIES.get(self.path, 0) + 1
            with open(FILE, "a") as file:
                line = {
                    "path": self.path, "signed": is_signed(self.headers, body), "id": self.headers["webhook-id"],
                    "body": json.loads(body),
                }
                file.write(json.dumps(line) + "\n")
        if self.path == "/ok" or self.path == "/flaky" and tries > 2:
            self.answer(204, b"")
        elif self.path == "/flaky":
            self.answer(503, b"later")
        elif self.path == "/hang":
            time.sleep(3600)
        elif self.path == "/moved":
            self.answer(307, b"", ("Location", f"http://127.0.0.1:{PORT}/ok"))
        elif self.path == "/huge":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"x" * 65536)
            except OSError:
                pass
            self.close_connection = True
        else:
            self.answer(404, b"no")

    def answer(self, status, body, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True


Server(("127.0.0.1", PORT), Receiver).serve_forever()
