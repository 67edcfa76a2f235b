"""A coordinator under the windows of a whole fleet over TCP: workers that do nothing but what the protocol asks for."""

import base64
import hashlib
import hmac
import json
import os
import random
import selectors
import socket
import subprocess
import time

from . import LOOPBACK, Fault, free_port, running, say, wait_until

AGENTS_EACH = 10
# Series of a usual window, and buckets of each; as in CoordinatorLoad.swift.
SERIES, BUCKETS = 20, 40
# Connections that have not proven themselves at a time: the protocol allows 64 of an address.
JOINING = 32
SETTLING_S = 3
SECOND_US = 1_000_000
SCENARIO = """name: windows
targets:
  shop: {url: http://127.0.0.1:9}
goals:
  look:
    script: [GET /]
    success: [{answer: GET /, status: 200}]
plan:
  - {name: load, agents: %d, ramp: 1s, warmup: 1s, hold: %ds}
"""


def usual_window():
    """What a worker measured in a second, as the members of a window that stay the same."""
    dice = random.Random(1)
    series = {}
    for route in range(SERIES):
        values = [dice.randint(1_000, 2_000_000) for _ in range(BUCKETS)]
        buckets = {}
        for value in values:
            shift = max(0, value.bit_length() - 11)
            index = shift * 1024 + (value >> shift)
            buckets[index] = buckets.get(index, 0) + 1
        series["target{route=GET /api/%d}" % route] = {
            "count": BUCKETS, "sum_us": sum(values), "min_us": min(values), "max_us": max(values),
            "buckets": sorted(buckets.items()),
        }
    counters = {"actions{status=2xx}": 40, "target_requests": 40, "sessions_started": 4, "sessions_succeeded": 4}
    host = {"cpu_percent": 31.5, "memory_percent": 22.25, "loop_lag_p99_us": 350}
    agents = {"assigned": AGENTS_EACH, "active": AGENTS_EACH}
    rest = {"agents": agents, "counters": counters, "series": series, "host": host}
    return json.dumps(rest, separators=(",", ":"))[1:].encode()


def now_us():
    return time.monotonic_ns() // 1000


class Worker:
    def __init__(self, fleet, number):
        self.fleet, self.name = fleet, f"w{number}"
        self.link = socket.create_connection((LOOPBACK, fleet.port), timeout=10)
        self.buffer, self.seq, self.acked, self.is_in, self.assign = b"", 0, 0, False, None

    def say(self, kind, **members):
        self.link.sendall(json.dumps({"type": kind, **members}).encode() + b"\n")

    def read(self):
        data = self.link.recv(1 << 16)
        if not data:
            raise Fault(f"the coordinator closed the connection of {self.name}")
        *lines, self.buffer = (self.buffer + data).split(b"\n")
        for line in lines:
            message = json.loads(line)
            getattr(self, "take_" + message["type"], lambda _: None)(message)

    def take_greet(self, message):
        nonce = base64.b64encode(os.urandom(32)).decode()
        words = "\n".join(["ape1/worker", message["nonce"], nonce, self.name])
        proof = hmac.new(b"", words.encode(), hashlib.sha256).hexdigest()
        self.say("hello", protocol={"major": 1, "minor": 0}, worker=self.name, name=self.name, version="1.0.0", nonce=nonce,
                 proof=proof, capacity={"cpus": 4, "memory_bytes": 1 << 33})

    def take_welcome(self, message):
        self.is_in, self.fleet.offset = True, message["now_us"] - now_us()

    def take_ping(self, message):
        self.say("pong", id=message["id"], sent_us=message["sent_us"], local_us=now_us())

    def take_prepare(self, message):
        self.fleet.run = message["run"]
        self.say("prepared", run=message["run"])

    def take_assign(self, message):
        self.assign = message
        self.say("assigned", run=message["run"], revision=message["revision"])

    def take_ack(self, message):
        self.acked = message["seq"]

    def take_error(self, message):
        raise Fault(f"the coordinator refuses {self.name}: {message.get('code')}: {message.get('message')}")

    def cut(self, second, rest):
        """Sends the window of a second of fleet time, once there is something to do."""
        if not self.assign or second < self.assign["start_us"] // SECOND_US * SECOND_US:
            return
        hold = self.assign["start_us"] + self.assign["ramp_us"] + self.assign["warmup_us"]
        self.seq += 1
        head = {"type": "window", "run": self.fleet.run, "seq": self.seq, "stage": self.assign["stage"],
                "revision": self.assign["revision"], "phase": "ramp" if second < hold else "hold", "start_us": second,
                "end_us": second + SECOND_US}
        self.link.sendall(json.dumps(head).encode()[:-1] + b"," + rest + b"\n")


class Fleet:
    """Workers on one thread."""

    def __init__(self, port):
        self.port, self.offset, self.run, self.workers = port, 0, "", []
        self.selector, self.rest, self.second = selectors.DefaultSelector(), usual_window(), 0

    def serve(self, until, seconds):
        """Answers the coordinator, and cuts windows, until something is so."""
        deadline = time.monotonic() + seconds
        while not until():
            if time.monotonic() > deadline:
                raise Fault(f"the coordinator has not come so far within {seconds} s")
            for key, _ in self.selector.select(0.005):
                key.data.read()
            running = (now_us() + self.offset) // SECOND_US * SECOND_US if self.offset else 0
            self.second = self.second or running
            # Every second has its window, also where this process was held up.
            while self.second < running:
                for worker in self.workers:
                    worker.cut(self.second, self.rest)
                self.second += SECOND_US

    def join(self, count):
        while len(self.workers) < count:
            for _ in range(min(JOINING, count - len(self.workers))):
                worker = Worker(self, len(self.workers))
                self.workers.append(worker)
                self.selector.register(worker.link, selectors.EVENT_READ, worker)
            self.serve(lambda: all(worker.is_in for worker in self.workers), 30)

    def acked(self):
        return sum(worker.acked for worker in self.workers)

    def close(self):
        for worker in self.workers:
            worker.link.close()


def cpu_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def coordinator_share(binary, folder, workers, seconds):
    """The share of a core that a coordinator takes for the windows of so many workers, one a second each."""
    port, log = free_port(), folder / "coordinator.log"
    scenario = folder / "windows.yml"
    scenario.write_text(SCENARIO % (workers * AGENTS_EACH, seconds + 60))
    command = [binary, "run", "--scenario", scenario, "--workers", workers, "--listen", f"{LOOPBACK}:{port}",
               "--results", folder / "results", "--output", folder / "report.json", "--no-http",
               "--max-agents", workers * AGENTS_EACH]
    with open(log, "wb") as out, running(command, stdout=out, stderr=subprocess.STDOUT) as process:
        fleet = Fleet(port)
        try:
            wait_until(lambda: is_open(port), "the coordinator", process, log)
            fleet.join(workers)
            say(f"  {workers} workers have joined a coordinator; {seconds} s of windows")
            fleet.serve(lambda: fleet.acked() > SETTLING_S * workers, 60)
            before, acked, start = cpu_seconds(process), fleet.acked(), time.monotonic()
            fleet.serve(lambda: time.monotonic() > start + seconds, seconds + 30)
            share = (cpu_seconds(process) - before) / (time.monotonic() - start)
            taken = (fleet.acked() - acked) / workers / seconds
        except OSError as error:
            words = log.read_text(errors="replace").strip().splitlines()
            raise Fault(f"the coordinator is gone ({error}): {words[-1] if words else 'it says nothing'}") from error
        finally:
            fleet.close()
    if not 0.9 < taken < 1.1:
        raise Fault(f"the coordinator took {taken:.2f} windows a second of each worker, and 1 were sent")
    if share <= 0:
        raise Fault("the coordinator's time of the processor could not be read")
    return round(share, 3)


def is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex((LOOPBACK, port)) == 0
