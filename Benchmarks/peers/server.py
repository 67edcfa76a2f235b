"""The server that every tool is measured against, and what its log tells: nginx, whose answers server.lua makes."""

import bisect
import os
import re
import resource
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

from host import Fault, last_words

HERE = Path(__file__).resolve().parent
# Means of what the server takes, in seconds: for a held answer, to a completion's first token, and between its tokens.
HELD_S, TTFT_S, TOKEN_S, TOKENS = 0.1, 0.1, 0.01, 32
SMALL_BYTES = 15
PATHS = {"requests": "/small", "held": "/held", "completions": "/v1/chat/completions"}
WORKERS = min(os.cpu_count() or 1, 8)
READY_S, END_S = 10, 20

CONFIGURATION = """
load_module {modules}/ndk_http_module.so;
load_module {modules}/ngx_http_lua_module.so;
worker_processes {workers};
worker_rlimit_nofile {files};
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections {connections}; multi_accept on; }}
http {{
    log_format times '$started_us $first_us $done_us $status $uri';
    access_log {folder}/times.log times buffer=256k;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_body_buffer_size 256k;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    lua_package_path "{here}/?.lua;;";
    init_by_lua_block {{ server = require "server" }}
    init_worker_by_lua_block {{ math.randomseed(ngx.worker.id() + 1) }}
    server {{
        listen 127.0.0.1:{port} backlog=8192 reuseport;
        set $started_us 0; set $first_us 0; set $done_us 0;
        location = {requests} {{ content_by_lua_block {{ server.small(0) }} }}
        location = {held} {{ content_by_lua_block {{ server.small({held_s}) }} }}
        location = {completions} {{ content_by_lua_block {{ server.complete({ttft_s}, {token_s}) }} }}
        location = /v1/models {{
            access_log off;
            default_type application/json;
            return 200 '{{"object":"list","data":[{{"id":"m","object":"model"}}]}}';
        }}
        location = /health {{ access_log off; return 200 'ok'; }}
    }}
}}
"""


def nginx_facts():
    """nginx's version and the folder of its modules."""
    if not shutil.which("nginx"):
        raise Fault("nginx is missing: .ci/packages bench")
    text = subprocess.run(["nginx", "-V"], capture_output=True, text=True, check=True).stderr
    version = re.search(r"nginx/(\S+)", text)[1]
    modules = re.search(r"--modules-path=(\S+)", text)
    modules = Path(modules[1] if modules else "/usr/lib/nginx/modules")
    if not (modules / "ngx_http_lua_module.so").exists():
        raise Fault(f"nginx' Lua module is not in {modules}: .ci/packages bench")
    return version, modules


class Server:
    """An nginx for one run of one tool: the same draws for each, and a log of its own."""

    def __enter__(self):
        _, modules = nginx_facts()
        self.folder = Path(tempfile.mkdtemp(prefix="ape-peers-"))
        self.folder.chmod(0o755)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            self.port = taken.getsockname()[1]
        files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        (self.folder / "nginx.conf").write_text(
            CONFIGURATION.format(
                modules=modules, workers=WORKERS, files=files, connections=files - 64, folder=self.folder, here=HERE,
                port=self.port, held_s=HELD_S, ttft_s=TTFT_S, token_s=TOKEN_S, **PATHS,
            )
        )
        words = self.folder / "words.log"
        with open(words, "wb") as output:
            self.process = subprocess.Popen(
                ["nginx", "-p", self.folder, "-c", self.folder / "nginx.conf"], stdout=output, stderr=output
            )
        try:
            self.wait(words)
        except BaseException:
            self.__exit__()
            raise
        return self

    def wait(self, words):
        until = time.monotonic() + READY_S
        while True:
            if self.process.poll() is not None:
                raise Fault(f"nginx ended at once:\n{last_words(words)}\n{last_words(self.folder / 'error.log')}")
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=2) as answer:
                    if answer.read() == b"ok":
                        return
            except OSError:
                pass
            if time.monotonic() > until:
                raise Fault(f"nginx does not answer within {READY_S} s:\n{last_words(self.folder / 'error.log')}")
            time.sleep(0.05)

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def end(self):
        """Ends it, so that its log is whole."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(timeout=END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __exit__(self, *_):
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)

    def answers(self, path):
        """What it answered on one path."""
        self.end()
        answers, end = [], f" 200 {path}\n"
        with open(self.folder / "times.log", encoding="ascii") as file:
            for line in file:
                if line.endswith(end):
                    started, first, done, _ = line.split(" ", 3)
                    if done != "0":
                        answers.append((int(started) / 1e6, int(first) / 1e6, int(done) / 1e6))
        return Answers(answers)


class Answers:
    """Answers by the moments at which a request was read, the first byte of its answer sent, and the last."""

    def __init__(self, answers):
        self.all = sorted(answers)
        self.ends = sorted(done for _, _, done in answers)

    @property
    def first(self):
        return self.all[0][0]

    @property
    def last(self):
        return self.ends[-1]

    def ended(self, begin, end):
        """How many ended between two moments."""
        return bisect.bisect_right(self.ends, end) - bisect.bisect_left(self.ends, begin)

    def started(self, begin, end):
        """Those whose request came between two moments."""
        left, right = bisect.bisect_left(self.all, (begin,)), bisect.bisect_right(self.all, (end,))
        return self.all[left:right]


def percentile(values, percent):
    """The nearest rank; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]
