#!/usr/bin/env python3
"""A worker of APE/1, written from docs/protocol.md alone: the protocol in some 100 lines, and 40 for agents whose goals
are scripts of plain GETs.

worker.py HOST PORT TOKEN_FILE NAME
"""
import base64, contextlib, hashlib, hmac, http.client, json, os, queue, re, resource, socket, sys, threading, time, uuid
from collections import Counter, defaultdict, deque

SECOND, NO_TIME = 1_000_000, {"decision": 0, "think": 0, "retry_wait": 0}
now = lambda: time.monotonic_ns() // 1000
bucket = lambda v: (b := max(0, v.bit_length() - 11)) * 1024 + (v >> b)
available = lambda: [int(line.split()[1]) for line in open("/proc/meminfo")][0:3:2]


class Worker:
    def __init__(self, host, port, token_file, name):
        token, nonce = open(token_file, "rb").read().strip(), base64.b64encode(os.urandom(32)).decode()
        proof = lambda *parts: hmac.new(token, "\n".join(parts).encode(), hashlib.sha256).hexdigest()
        self.socket, self.inbox = socket.create_connection((host, port)), queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        self.lock, self.clock, self.ticks = threading.Lock(), deque(maxlen=16), [0, 0]
        self.agents, self.leaving, self.waiting = {}, [], []
        self.assign = self.unsettled = self.window = self.last = None
        self.stopping, self.seq, self.acked, self.active, self.least = False, 0, 0, 0, 0
        self.counters, self.series = Counter(), defaultdict(list)
        greet, worker, self.heard = self.inbox.get(), str(uuid.uuid4()), now()
        self.send("hello", protocol={"major": 1, "minor": 0}, worker=worker, name=name, version="1.0.0", nonce=nonce,
                  proof=proof("ape1/worker", greet["nonce"], nonce, worker),
                  capacity={"cpus": os.cpu_count(), "memory_bytes": available()[0] * 1024})
        welcome = self.inbox.get()
        if not hmac.compare_digest(welcome.get("proof", ""), proof("ape1/coordinator", nonce, greet["nonce"], worker)):
            sys.exit(f"no proof from the coordinator: {welcome}")
        self.lease = welcome["lease_us"]
        self.clock.append(welcome["now_us"] - now())
        while self.last is None or self.acked < self.last:
            with contextlib.suppress(queue.Empty):
                self.take(self.inbox.get(timeout=0.01))
            self.tick(now() + max(self.clock))

    def read(self):
        for line in self.socket.makefile("rb"):
            self.inbox.put(json.loads(line))
        self.inbox.put({"type": "end"})

    def send(self, type, **members):
        self.socket.sendall(json.dumps({"type": type, **members}).encode() + b"\n")

    def take(self, message):
        if message["type"] == "ping":
            self.send("pong", id=message["id"], sent_us=message["sent_us"], local_us=now())
            self.clock.append(message["sent_us"] - now())
            self.heard = max(self.heard, message.get("heard_us", 0))
        elif message["type"] == "prepare":
            self.run, self.goals = message["run"], list(message["scenario"]["goals"].values())
            (target,) = message["scenario"]["targets"].values()
            self.origin, self.prefix = re.match("http://([^/]+)(.*)", target["url"]).groups()
            if all(re.match("GET /[^{}]*$", str(step)) for goal in self.goals for step in goal.get("script", [""])):
                self.send("prepared", run=self.run)
            else:
                self.send("refused", run=self.run, code="scenario", message="This worker knows plain GET steps only")
        elif message["type"] == "assign":
            self.waiting = [old for old in self.waiting if old["start_us"] < message["start_us"]] + [message]
        elif message["type"] == "ack":
            self.acked = message["seq"]
        elif message["type"] == "stop":
            self.waiting, self.stopping = [], True
        elif message["type"] in ("error", "end"):
            sys.exit(f"the coordinator ends it: {message}")

    def tick(self, fleet):
        while self.waiting and self.waiting[0]["start_us"] <= fleet:
            self.assign = self.unsettled = self.waiting.pop(0)
            self.window = self.window or (fleet - fleet % SECOND, self.assign)
        is_cancelled = self.stopping or now() > self.heard + 2 * self.lease or not self.assign
        wanted = {} if is_cancelled else {n for first, last in self.assign["agents"] for n in range(first, last + 1)}
        for number in [number for number in self.agents if number not in wanted]:
            self.agents[number].stop.set()
            self.leaving.append(self.agents.pop(number))
        for number in [number for number in wanted if number not in self.agents]:
            place = self.assign["ramp_us"] * number // self.assign["fleet_agents"]
            self.agents[number] = Agent(self, number, self.assign["start_us"] + place - max(self.clock))
        self.leaving = [agent for agent in self.leaving if agent.is_alive()]
        if self.unsettled and not self.leaving:
            self.send("assigned", run=self.run, revision=self.unsettled["revision"])
            self.unsettled = None
        has_ended = self.stopping and not self.leaving and self.last is None
        if self.window and self.last is None and (has_ended or fleet >= self.window[0] + SECOND):
            self.cut(*self.window, lag=max(0, fleet - self.window[0] - SECOND))
            self.window = (fleet - fleet % SECOND, self.assign)
        if has_ended:
            self.last = self.seq
            self.send("stopped", run=self.run, last_seq=self.last)

    def cut(self, start, assign, lag):
        with self.lock:
            counters, series, active = self.counters, self.series, self.least
            self.counters, self.series, self.least = Counter(), defaultdict(list), self.active
        hold = assign["start_us"] + assign["ramp_us"] + assign["warmup_us"]
        phase = "ramp" if start < hold else "hold" if start + SECOND <= hold + assign["hold_us"] else "drain"
        cpu = [int(field) for field in open("/proc/stat").readline().split()[1:9]]
        (idle, total), self.ticks, (memory, free) = self.ticks, [cpu[3], sum(cpu)], available()
        self.seq += 1
        self.send("window", run=self.run, seq=self.seq, stage=assign["stage"], revision=assign["revision"],
                  phase="drain" if self.stopping else phase, start_us=start, end_us=start + SECOND, counters=counters,
                  agents={"assigned": sum(last - first + 1 for first, last in assign["agents"]), "active": active},
                  series={name: {"count": len(all), "sum_us": sum(all), "min_us": min(all), "max_us": max(all),
                                 "buckets": sorted(Counter(map(bucket, all)).items())} for name, all in series.items()},
                  host={"cpu_percent": 100 - 100 * (cpu[3] - idle) / max(1, sum(cpu) - total), "loop_lag_p99_us": lag,
                        "memory_percent": 100 - 100 * free / memory,
                        "process_memory_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024})

    def record(self, *counters, active=0, **series):
        with self.lock:
            self.counters.update(counters)
            self.active += active
            self.least = min(self.least, self.active)
            for name, micros in series.items():
                self.series[name].append(micros)


class Agent(threading.Thread):
    def __init__(self, worker, number, start):
        super().__init__(daemon=True)
        self.worker, self.goal, self.scheduled = worker, worker.goals[number % len(worker.goals)], start
        self.link, self.stop = http.client.HTTPConnection(worker.origin, timeout=10), threading.Event()
        self.start()

    def run(self):
        self.stop.wait(max(0, self.scheduled - now()) / SECOND)
        self.worker.record(active=1)
        while not self.stop.wait(0.05):
            if now() < self.worker.heard + self.worker.lease:
                self.session()
        self.worker.record(active=-1)

    def session(self):
        answers, begun, before = set(), now(), None
        self.worker.record("sessions_started")
        for step in self.goal["script"]:
            if self.stop.is_set():
                return self.worker.record("sessions_unfinished")
            at, series = now(), {}
            if before:
                waited, rest = before[1] - before[0], at - before[1]
                series = {"gap": waited + rest, "target": waited, "overhead": rest, **NO_TIME}
            elif self.scheduled:
                series, self.scheduled = {"startup": max(0, at - self.scheduled)}, None
            try:
                self.link.request("GET", self.worker.prefix + step[4:])
                reply = self.link.getresponse()
                reply.read()
                status, kind = str(reply.status), f"{reply.status // 100}xx"
            except (OSError, http.client.HTTPException):
                self.link.close()
                status, kind = "", "error"
            before = (at, now())
            answers.add((step, status))
            self.worker.record("target_requests", "actions{status=%s}" % kind, **series)
        held = all((check.get("answer"), check.get("status")) in answers for check in self.goal.get("success", []))
        outcome = "sessions_succeeded" if held else "sessions_failed{reason=success_check}"
        self.worker.record(outcome, session=now() - begun)


if __name__ == "__main__":
    Worker(*sys.argv[1:])
