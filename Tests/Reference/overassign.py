#!/usr/bin/env python3
"""A coordinator that gives a worker more agents than that takes.

overassign.py PORT_FILE SCENARIO_JSON AGENTS

Listens on a port that the system picks and writes it to PORT_FILE. Takes the first worker through the handshake, without a
token, to an `assign` of so many agents, and prints each line that the worker sends from then on, pongs left out, until that
has said `stopped`.
"""
import base64, hashlib, hmac, json, os, socket, sys, time

port_file, scenario, agents = sys.argv[1], json.load(open(sys.argv[2])), int(sys.argv[3])
fleet_now = lambda: time.time_ns() // 1000
listener = socket.create_server(("127.0.0.1", 0))
with open(port_file + ".new", "w") as file:
    file.write(str(listener.getsockname()[1]))
os.rename(port_file + ".new", port_file)
connection, _ = listener.accept()
connection.settimeout(30)
lines = connection.makefile("rb")
state = {"ping": 0, "heard": None}


def send(type, **members):
    connection.sendall(json.dumps({"type": type, **members}).encode() + b"\n")


def ping():
    state["ping"] += 1
    heard = {} if state["heard"] is None else {"heard_us": state["heard"]}
    send("ping", id=state["ping"], sent_us=fleet_now(), **heard)


def hear(*types):
    """The next message of one of these types; each pong is followed by another ping."""
    while True:
        message = json.loads(lines.readline())
        if message["type"] == "pong":
            state["heard"] = message["local_us"]
            time.sleep(0.1)
            ping()
        if message["type"] in types:
            return message


nonce = base64.b64encode(os.urandom(32)).decode()
send("greet", protocol={"major": 1, "minor": 0}, coordinator="overassign", nonce=nonce)
hello = hear("hello")
text = "\n".join(("ape1/coordinator", hello["nonce"], nonce, hello["worker"]))
send("welcome", proof=hmac.new(b"", text.encode(), hashlib.sha256).hexdigest(), now_us=fleet_now(), heartbeat_us=1_000_000,
     lease_us=10_000_000)
ping()
run = "overassigned"
send("prepare", run=run, seed=1, scenario=scenario)
print(json.dumps(hear("prepared", "refused")))
start = (fleet_now() // 1_000_000 + 1) * 1_000_000
send("assign", run=run, revision=1, stage=0, agents=[[0, agents - 1]], fleet_agents=agents, start_us=start, ramp_us=0,
     warmup_us=0, hold_us=60_000_000, drain_us=1_000_000)
print(json.dumps(hear("assigned", "refused", "window")))
began = time.monotonic()
while time.monotonic() < began + 3:
    hear("pong")
send("stop", run=run, reason="aborted")
print(json.dumps(hear("stopped")))
