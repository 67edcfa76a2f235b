#!/usr/bin/env python3
"""A target and a model's endpoint that write down every request which they read: what the fleet really did.

services.py RECORD PORT...

Each port is the HTTP proxy of one worker's process, so the port says who asked. A line of the record is
`microseconds port kind agent session random row trace answer`, by the wall clock. The answer is the status of a target, and
the tool that a model called.
"""
import asyncio, json, random, re, sys, time

RECORD, PORTS = open(sys.argv[1], "a", buffering=1), [int(port) for port in sys.argv[2:]]
CHANCE = random.Random(PORTS[0])
# What would colour a terminal, forge a line of a log, or give a CI system a command, if it came through.
HOSTILE = "\x1b[31mred\x1b[0m\r\n::error::forged\u202e \x9b2J"
WHO = re.compile(r"agent=(\d+) session=(\d+) random=(\w+)")


async def read_request(reader):
    """The request's line, its headers and its body; None at the end."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines if ": " in line)
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return first.split(" "), headers, body


def write_down(port, kind, who, headers, answered):
    trace = headers.get("traceparent", "--").split("-")[1] or "-"
    RECORD.write(f"{time.time_ns() // 1000} {port} {kind} {' '.join(who)} {trace} {answered}\n")


def answer(status, body, kind="application/json", more=""):
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{more}\r\n"
    return head.encode("latin-1", "replace") + body


def target_answer():
    chance = CHANCE.random()
    if chance < 0.01:
        return 503, answer("503 " + HOSTILE.replace("\r\n", " "), json.dumps({"error": HOSTILE}).encode())
    if chance < 0.015:
        return 500, answer("500 Oops", HOSTILE.encode(), "text/html", "X-Reason: ::warning::forged\r\n")
    return 200, answer("200 OK", b'{"ok":true}')


def model_answer(body):
    """A stream with one call: the agent's own path first, then the end."""
    asked = json.loads(body)
    match = WHO.search(json.dumps(asked["messages"]))
    agent, session, number = match.groups() if match else ("-1", "0", "0")
    if asked["messages"][-1]["role"] == "tool":
        call = ("finish", {"outcome": "success", "reason": HOSTILE})
    else:
        call = ("http_get", {"target": "app", "path": f"/agents/{agent}/{session}/{number}/-"})
    function = {"name": call[0], "arguments": json.dumps(call[1])}
    deltas = [
        ({"tool_calls": [{"index": 0, "id": "call", "type": "function", "function": function}]}, None),
        ({}, "tool_calls"),
    ]
    events = [{"choices": [{"index": 0, "delta": delta, "finish_reason": end}]} for delta, end in deltas]
    events.append({"choices": [], "usage": {"prompt_tokens": 100, "completion_tokens": 10, "total_tokens": 110}})
    lines = "".join(f"data: {json.dumps(event)}\n\n" for event in events) + "data: [DONE]\n\n"
    return (agent, session, number, "-"), call[0], answer("200 OK", lines.encode(), "text/event-stream")


async def serve(port, reader, writer):
    try:
        while True:
            (_, url, _), headers, body = await read_request(reader)
            path = re.sub(r"^http://[^/]*", "", url)
            if path.endswith("/chat/completions"):
                who, answered, reply = model_answer(body)
                write_down(port, "model", who, headers, answered)
            else:
                who = path.split("/")[2:6]
                answered, reply = target_answer()
                if len(who) == 4:
                    write_down(port, "target", who, headers, answered)
            await asyncio.sleep(CHANCE.uniform(0.003, 0.03))
            writer.write(reply)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    for port in PORTS:
        await asyncio.start_server(lambda r, w, port=port: serve(port, r, w), "127.0.0.1", port, backlog=256)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
