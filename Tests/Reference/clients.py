"""A target that tells its clients apart, and a model's endpoint beside it: clients.py PORT

The target listens on PORT of 127.0.0.1, 127.0.0.2 and 127.0.0.3, the model on the port after it.

GET /a, GET /b   {} with the cookie `app`
GET /plain/...   {} without a cookie
POST /order      201; the second request of a connection is read and answered by a reset
GET /stream      server-sent events: three, 20 ms apart
GET /stats       what was seen so far: counts below
"""
import collections
import http.server
import json
import socket
import struct
import sys
import threading
import time

seen = collections.Counter()
addresses = collections.Counter()
words = collections.defaultdict(set)
lock = threading.Lock()
STEPS = [
    ("http_get", {"target": "app", "path": "/plain/1"}),
    ("http_get", {"target": "app", "path": "/plain/2"}),
    ("finish", {"outcome": "success", "reason": "done"}),
]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # A head and a body in one write each would wait for the client's delayed acknowledgement.
    wbufsize = -1
    disable_nagle_algorithm = True
    asked = 0

    def log_message(self, *_):
        pass

    def note(self, who):
        self.asked += 1
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        with lock:
            seen[who + "_requests"] += 1
            if self.asked == 1:
                seen[who + "_connections"] += 1
                addresses[self.connection.getsockname()[0]] += who == "app"
            words["agents"].add(self.headers.get("User-Agent", "none"))
            for cookie in self.headers.get_all("Cookie", []):
                words[who + "_cookies"].add(cookie)
        return body

    def answer(self, status, body, *headers, kind="application/json"):
        body = body.encode()
        self.send_response(status)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), *headers):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class App(Handler):
    def do_GET(self):
        if self.path == "/stats":
            with lock:
                told = dict(seen) | {name: sorted(values) for name, values in words.items()}
                told["addresses"] = dict(addresses)
            return self.answer(200, json.dumps(told), ("Connection", "close"))
        self.note("app")
        if self.path == "/stream":
            return self.stream()
        cookie = [] if self.path.startswith("/plain") else [("Set-Cookie", "app=1; Path=/")]
        return self.answer(200, "{}", *cookie)

    def do_POST(self):
        self.note("app")
        with lock:
            seen["orders"] += 1
        if self.asked % 2 == 0:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return self.connection.close()
        return self.answer(201, "{}")

    def stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(3):
            self.wfile.write(b"data: {\"number\": %d}\n\n" % number)
            self.wfile.flush()
            with lock:
                seen["events"] += 1
            time.sleep(0.02)


class Model(Handler):
    def do_POST(self):
        body = json.loads(self.note("model"))
        turn = sum(message["role"] == "assistant" for message in body["messages"])
        name, arguments = STEPS[min(turn, len(STEPS) - 1)]
        call = {"index": 0, "id": "c1", "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        parts = [{"delta": {"tool_calls": [call]}}, {"delta": {}, "finish_reason": "tool_calls"}]
        events = ["data: " + json.dumps({"choices": [{"index": 0, **part}]}) + "\n\n" for part in parts]
        cookie = ("Set-Cookie", "sticky=node-3; Path=/")
        self.answer(200, "".join(events) + "data: [DONE]\n\n", cookie, kind="text/event-stream")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_):
        pass


def main():
    port = int(sys.argv[1])
    places = [("127.0.0.1", App), ("127.0.0.2", App), ("127.0.0.3", App)]
    servers = [Server((address, port), handler) for address, handler in places] + [Server(("127.0.0.1", port + 1), Model)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


main()
