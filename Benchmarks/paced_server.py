#!/usr/bin/env python3
"""A model and a shop that answer after a constant time, so that whoever asks always waits.

    paced_server.py PORT stream|whole WORD

stream: the benchmarks' decision comes in parts, each event stamped with the moment at which it is sent, by the host's clock.
whole: each answer comes at once; one below /shop/ is of 201 with every eighth request of a connection.

On SIGTERM it prints one line of JSON: the decisions, the mean bytes of their requests, and at p99 the microseconds from a
request's arrival to the first event.
"""

import gc
import heapq
import json
import select
import signal
import socket
import sys
import time

from apebench import LOOPBACK
from apebench.serving import PRODUCTS, STEPS, events

# Microseconds to a model's first token and to its next events, and to a whole answer.
FIRST_US, NEXT_US, WHOLE_US = 20_000, 8_000, 4_000
EVENTS_AT_ONCE = 4
REASONS = {200: "OK", 201: "Created"}


def now():
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000


def stamped_parts():
    """The stream in parts with room for stamps; the first part has the first token."""
    texts = [event.replace("%", "%%").replace("data: {", 'data: {"ape_sent_us":%d,', 1) for event in events()]
    cuts = [2, *range(2 + EVENTS_AT_ONCE, len(texts), EVENTS_AT_ONCE), len(texts)]
    return ["".join(texts[a:b]) for a, b in zip([0, *cuts], cuts)]


def head(status, kind, length):
    size = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return f"HTTP/1.1 {status} {REASONS[status]}\r\nContent-Type: {kind}\r\n{size}\r\n\r\n"


class Link:
    """One connection."""

    def __init__(self, socket_):
        self.socket, self.buffer, self.requests = socket_, b"", 0


class Server:
    def __init__(self, port, is_whole, word):
        self.listener = socket.create_server((LOOPBACK, port), backlog=8192)
        self.listener.setblocking(False)
        self.poll, self.links, self.due, self.order = select.epoll(), {}, [], 0
        self.poll.register(self.listener, select.EPOLLIN)
        self.is_whole, self.word, self.parts = is_whole, word, stamped_parts()
        self.waits, self.sizes = [], []

    def run(self):
        while True:
            wait = max(0, self.due[0][0] - now()) / 1e6 if self.due else -1
            ready = self.poll.poll(wait)
            arrived = now()
            for number, _ in ready:
                if number == self.listener.fileno():
                    self.accept()
                else:
                    self.read(number, arrived)
            while self.due and self.due[0][0] <= now():
                _, _, action, *words = heapq.heappop(self.due)
                action(*words)

    def accept(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except BlockingIOError:
                return
            link.setblocking(False)
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.links[link.fileno()] = Link(link)
            self.poll.register(link, select.EPOLLIN)

    def read(self, number, arrived):
        link = self.links[number]
        try:
            data = link.socket.recv(1 << 18)
        except OSError:
            data = b""
        if not data:
            self.links.pop(number).socket.close()
            return
        link.buffer += data
        request, separator, body = link.buffer.partition(b"\r\n\r\n")
        length = request.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        if separator and len(body) >= int(length or 0):
            link.buffer, link.requests = b"", link.requests + 1
            self.answer(link, request, len(body), arrived)

    def answer(self, link, request, size, arrived):
        if request.startswith(b"GET /whoami"):
            self.plan(arrived, self.whole, link, 200, "text/plain", self.word)
        elif request.startswith(b"GET "):
            is_last = request.startswith(b"GET /shop/") and link.requests % STEPS == 0
            self.plan(arrived + WHOLE_US, self.whole, link, 201 if is_last else 200, "application/json", PRODUCTS)
        else:
            self.sizes.append(size)
            if self.is_whole:
                self.plan(arrived + WHOLE_US, self.whole, link, 200, "text/event-stream", "".join(events()))
            else:
                self.plan(arrived + FIRST_US, self.part, link, 0, arrived)

    def plan(self, at, *action):
        self.order += 1
        heapq.heappush(self.due, (at, self.order, *action))

    def whole(self, link, status, kind, body):
        self.send(link, (head(status, kind, len(body)) + body).encode())

    def part(self, link, number, arrived):
        sent, text = now(), self.parts[number]
        body = (text % ((sent,) * text.count("%d"))).encode()
        data = b"%x\r\n%b\r\n" % (len(body), body)
        is_last = number + 1 == len(self.parts)
        opening = b"" if number else head(200, "text/event-stream", None).encode()
        self.send(link, opening + data + (b"0\r\n\r\n" if is_last else b""))
        if number == 0:
            self.waits.append(sent - arrived)
        if not is_last:
            self.plan(sent + NEXT_US, self.part, link, number + 1, arrived)

    @staticmethod
    def send(link, data):
        # What a client does not take any more is nobody's loss.
        try:
            link.socket.send(data)
        except OSError:
            pass

    def end(self, *_):
        told = {"decisions": len(self.sizes)}
        if self.sizes:
            told["body_bytes"] = round(sum(self.sizes) / len(self.sizes))
        if self.waits:
            told["first_event_p99_us"] = sorted(self.waits)[len(self.waits) * 99 // 100]
        print(json.dumps(told), flush=True)
        sys.exit(0)


if __name__ == "__main__":
    gc.disable()
    server = Server(int(sys.argv[1]), sys.argv[2] == "whole", sys.argv[3])
    signal.signal(signal.SIGTERM, server.end)
    server.run()
