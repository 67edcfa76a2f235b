"""The application that the model's users use: a desk that gives out tickets."""

import http.server
import itertools
import json
import secrets
import threading

# What the model is shown where it is to repeat a call.
NEXT_CALL = '<tool_call>\n{"name": "http_post", "arguments": {"target": "desk", "path": "/ticket"}}\n</tool_call>\n'


class Desk(http.server.ThreadingHTTPServer):
    """Serves on a free loopback port until the block ends.

    GET /message answers a text. POST /ticket numbers a client's tickets, in X-Ticket, by the client's cookie; under
    /shown its body shows the next call.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.address = f"127.0.0.1:{self.server_port}"
        self.numbers = itertools.count(1)
        self.tickets = {}
        self.lock = threading.Lock()

    def __enter__(self):
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.shutdown()
        self.server_close()

    def take_ticket(self, client):
        """The client's name, a new one for a stranger, and the number of its ticket."""
        with self.lock:
            client = client if client in self.tickets else f"c{next(self.numbers)}"
            self.tickets[client] = self.tickets.get(client, 0) + 1
            return client, self.tickets[client]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/message":
            self.answer(200, json.dumps({"message": "Be kind."}), "application/json")
        else:
            self.answer(404, "no such page", "text/plain")

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path not in ("/ticket", "/shown/ticket"):
            return self.answer(404, "no such page", "text/plain")
        client, ticket = self.server.take_ticket((self.headers.get("Cookie") or "").removeprefix("client="))
        headers = {"Set-Cookie": f"client={client}", "X-Ticket": str(ticket)}
        if self.path == "/ticket":
            # A token that APE captures from each answer, new each time: what an agent knows changes with each step.
            headers["X-CSRF-Token"] = secrets.token_hex(8)
            self.answer(201, json.dumps({"ticket": ticket}), "application/json", headers)
        else:
            self.answer(201, NEXT_CALL, "text/plain", headers)

    def answer(self, status, body, media_type, headers=None):
        body = body.encode()
        self.send_response(status)
        for name, value in {"Content-Type": media_type, "Content-Length": len(body), **(headers or {})}.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
