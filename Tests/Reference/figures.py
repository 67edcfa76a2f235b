#!/usr/bin/env python3
"""A server that shows figures of its own in Prometheus' format: figures.py PORT

A queue that grows by one each second, and a counter that grows by ten, both from the server's start.
"""

import gzip
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

START = time.monotonic()


class Figures(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        age = time.monotonic() - START
        page = (
            "# TYPE queue gauge\n"
            f'queue{{kind="a"}} {int(age)}\nqueue{{kind="b"}} NaN\n'
            f"# TYPE jobs_total counter\njobs_total {1000 + int(10 * age)}\n"
        ).encode()
        # Whoever takes gzip gets it, as from most servers.
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        page = gzip.compress(page) if packed else page
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Figures).serve_forever()
