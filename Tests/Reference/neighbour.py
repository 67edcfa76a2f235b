#!/usr/bin/env python3
"""A relay by which a coordinator and a worker take each other for neighbours of another version.

neighbour.py LISTEN_PORT HOST PORT older|later|other

older: both speak APE/1.0, and the handshake lacks what came later. later: both speak APE/1.9, every message has a member and
each side says a message that nobody knows yet; what is answered to that is printed. other: both speak APE/2.0.
"""
import json, sys

from relaying import relay, shut

LISTEN, HOST, PORT, AGE = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), sys.argv[4]
PROTOCOL = {"older": (1, 0), "later": (1, 9), "other": (2, 0)}[AGE]
# After its first of these, each side of a later version says something that is new.
THEN_SAYS_MORE = {"welcome", "pong"}


def translate(message):
    if "protocol" in message:
        message["protocol"] = dict(zip(("major", "minor"), PROTOCOL))
    if message["type"] == "hello":
        message["version"] = f"{PROTOCOL[0]}.{PROTOCOL[1]}.0"
    if AGE == "older":
        for member in ("cancels_at_lease", "clock"):
            message.pop(member, None)
    if AGE == "later":
        message["weather"] = {"sky": ["clear", None], "wind": 3.5}
    return message


def carry(source, sink):
    more = set(THEN_SAYS_MORE) if AGE == "later" else set()
    try:
        for line in source.makefile("rb"):
            message = translate(json.loads(line))
            if message["type"] == "error" and message["code"] == "unknown_type":
                print(message["message"], flush=True)
                continue
            sink.sendall(json.dumps(message).encode() + b"\n")
            if message["type"] in more:
                more.remove(message["type"])
                sink.sendall(b'{"type":"forecast","tomorrow":"rain"}\n')
    except OSError:
        pass
    shut(source, sink)


relay(LISTEN, HOST, PORT, carry)
