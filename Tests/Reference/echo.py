#!/usr/bin/env python3
"""A target and a model endpoint that repeat the key they were sent, in every way in which servers do.

echo.py PORT

Serves the target at / and a Chat Completions endpoint at /v1; each request to the endpoint is answered in the next way.
GET /count tells how often each way was taken.
"""
import base64, json, sys, threading, urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

WAYS = ["cut", "escaped", "html", "reason", "header", "stream error", "pieces", "tool", "path", "finish reason", "code",
        "base64", "percent", "basic", "invalid arguments"]
state = {"key": "none", "next": 0, "count": {way: 0 for way in WAYS}}
lock = threading.Lock()


def escaped(text):
    return "".join(f"\\u{ord(character):04x}" for character in text)


def chunk(delta, finish=None):
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return b"data: " + json.dumps({"object": "chat.completion.chunk", "choices": [choice]}).encode() + b"\n\n"


def call(name, arguments):
    return chunk({"tool_calls": [{"index": 0, "id": "c", "function": {"name": name, "arguments": arguments}}]})


class Echo(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body, reason=None, headers=(), kind="application/json"):
        self.send_response(status, reason)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def stream(self, *events):
        self.reply(200, b"".join(events) + b"data: [DONE]\n\n", kind="text/event-stream")

    def do_GET(self):
        with lock:
            key, count = state["key"], dict(state["count"])
        if self.path == "/count":
            return self.reply(200, json.dumps(count).encode())
        if self.path.startswith("/v1"):
            return self.reply(404, json.dumps({"error": "no list for " + key}).encode())
        headers = [("Set-Cookie", f"sid={key}; Path=/"), ("X-Echo", key), ("X-Basic", base64.b64encode(key.encode()).decode())]
        body = json.dumps({"ok": False, "token": key, "words": f"you are {key}", "html": f"<b>{key}</b>"}).encode()
        self.reply(200, body, reason=f"OK {key}", headers=headers)

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key = self.headers.get("Authorization", "none").removeprefix("Bearer ")
        with lock:
            way = WAYS[state["next"] % len(WAYS)]
            state["key"], state["next"] = key, state["next"] + 1
            state["count"][way] += 1
        self.answer(way, key)

    def answer(self, way, key):
        def error(text, status=401):
            return self.reply(status, ('{"error":{"message":"' + text + '"}}').encode())

        if way == "cut":
            error("." * 330 + key)
        elif way == "escaped":
            error("wrong key " + escaped(key))
        elif way == "html":
            self.reply(401, f"<p>wrong key {''.join(f'&#{ord(c)};' for c in key)}</p>".encode(), kind="text/html")
        elif way == "reason":
            self.reply(401, b"", reason=key)
        elif way == "header":
            self.reply(400, b"see the headers", headers=[("WWW-Authenticate", "Bearer " + key), ("Content-Language", key)])
        elif way == "stream error":
            self.stream(b'data: {"error":{"message":"' + b"." * 230 + key.encode() + b'"}}\n\n')
        elif way == "pieces":
            parts = [key[start:start + 6] for start in range(0, len(key), 6)]
            self.stream(*(chunk({"content": part}) for part in parts), chunk({}, "stop"))
        elif way == "tool":
            self.stream(call(key, "{}"), chunk({}, "tool_calls"))
        elif way == "path":
            self.stream(call("http_get", json.dumps({"path": "/a/" + key})), chunk({}, "tool_calls"))
        elif way == "finish reason":
            self.stream(chunk({"content": "x"}), chunk({}, "error"), chunk({}, key))
        elif way == "code":
            self.reply(400, json.dumps({"error": {"message": "no", "code": key, "type": key}}).encode())
        elif way == "base64":
            error("wrong key " + base64.urlsafe_b64encode(key.encode()).decode())
        elif way == "percent":
            error("see /login?key=" + "".join(f"%{ord(character):02X}" for character in key) + urllib.parse.quote(key))
        elif way == "basic":
            error("wrong header Basic " + base64.b64encode(b"user:" + key.encode()).decode())
        else:
            self.stream(call("http_get", json.dumps({"path": 7, key: key})), chunk({}, "tool_calls"))


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Echo)
print("ready", flush=True)
server.serve_forever()
