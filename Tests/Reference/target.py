#!/usr/bin/env python3
"""A target that writes down who asked for what: so a test sees which agent loads it, and from which host.

target.py HOST PORT FILE

Answers every GET with {} and appends `microseconds host path` to FILE, by the monotonic clock, as a request comes in.
"""
import http.server, sys, time

HOST, PORT, RECORD = sys.argv[1], int(sys.argv[2]), open(sys.argv[3], "a", buffering=1)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        RECORD.write(f"{time.monotonic_ns() // 1000} {self.client_address[0]} {self.path}\n")
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *words):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads, request_queue_size = True, 128


Server((HOST, PORT), Handler).serve_forever()
