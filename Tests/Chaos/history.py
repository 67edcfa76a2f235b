"""What happened in a round: what the services served, what went over the wire, what was done, and what the report says."""
import bisect, collections, datetime, json, sqlite3
from dataclasses import dataclass, field
from pathlib import Path

SECOND = 1_000_000


@dataclass
class Request:
    time: int
    worker: int
    kind: str
    agent: int
    session: int
    random: str
    row: str
    trace: str
    answer: str


@dataclass
class Worker:
    """A worker's process."""

    number: int
    slot: int
    started: int
    ended: int | None = None
    identity: str | None = None
    name: str = ""
    requests: list = field(default_factory=list)
    # The windows that it sent, by number, each as it came first; and numbers whose window came in another form later.
    windows: dict = field(default_factory=dict)
    changed: set = field(default_factory=set)
    sent: list = field(default_factory=list)  # (time, seq) of every window, again or not
    acks: list = field(default_factory=list)  # (time, seq) as they arrived
    heard: list = field(default_factory=list)  # when anything of the coordinator arrived
    assigns: list = field(default_factory=list)  # (time, agents) as they arrived
    troubles: list = field(default_factory=list)  # (begin, end): what was done to it or to its link
    # How much later than the coordinator's its clock may be: it learns fleet time over its link.
    delay: int = 0


def ranges(pairs):
    return {agent for first, last in pairs for agent in range(first, last + 1)}


def micros(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * SECOND)


class History:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.events = self.lines("driver.jsonl")
        self.workers = {
            event["worker"]: Worker(event["worker"], event["slot"], event["t"], name=f"w{event['worker']}")
            for event in self.events
            if event["what"] == "worker_started"
        }
        ports = {event["port"]: event["worker"] for event in self.events if event["what"] == "worker_started"}
        self.read_served(ports)
        self.lease, self.plan_end = 10 * SECOND, 0
        for entry in self.lines("wire.jsonl"):
            self.take(entry)
        self.read_troubles()
        self.by_identity = {worker.identity: worker for worker in self.workers.values() if worker.identity}
        report = self.folder / "report.json"
        self.report = json.loads(report.read_text()) if report.exists() else None
        if self.report and "validation_summary" not in self.report:
            self.report = next(
                part for part in self.report.values() if isinstance(part, dict) and "validation_summary" in part
            )
        self.stored = self.read_stored()
        self.begin = self.events[0]["t"]

    def lines(self, name):
        with open(self.folder / name) as file:
            return [json.loads(line) for line in file if line.endswith("\n")]

    def read_served(self, ports):
        self.requests = []
        for line in (self.folder / "served.txt").read_text().splitlines():
            time, port, kind, agent, session, random, row, trace, answer = line.split(" ")
            worker = ports.get(int(port))
            request = Request(int(time), worker, kind, int(agent), int(session), random, row, trace, answer)
            self.requests.append(request)
            if worker is not None:
                self.workers[worker].requests.append(request)
        self.requests.sort(key=lambda request: request.time)

    def take(self, entry):
        worker, message, time = self.workers.get(entry["link"]), entry["message"], entry["t"]
        if worker is None:
            return
        kind = message["type"]
        if entry["way"] == "down":
            worker.heard.append(time)
            if kind == "welcome":
                self.lease = message["lease_us"]
            if kind == "welcome" and "resume" in message:
                worker.acks.append((time, message["resume"]["acked_seq"]))
            if kind == "ack":
                worker.acks.append((time, message["seq"]))
            if kind == "assign":
                worker.assigns.append((time, ranges(message["agents"])))
                parts = ("start_us", "ramp_us", "warmup_us", "hold_us")
                self.plan_end = max(self.plan_end, sum(message.get(part, 0) for part in parts))
        elif kind == "hello":
            worker.identity = message["worker"]
        elif kind == "window":
            first = worker.windows.setdefault(message["seq"], message)
            worker.sent.append((time, message["seq"]))
            if first["digest"] != message["digest"]:
                worker.changed.add(message["seq"])

    def read_troubles(self):
        """When each worker, and the coordinator, was in trouble."""
        self.coordinator_troubles, open_since = [], {}
        ends = {"worker_sigcont": "worker_sigstop", "link_mended": "link", "coordinator_sigcont": "coordinator"}
        ends |= {"coordinator_started": "coordinator", "disk_free": "disk", "database_free": "database"}
        begins = {"worker_sigstop": "worker_sigstop", "coordinator_sigkill": "coordinator", "disk_full": "disk"}
        begins |= {"coordinator_sigstop": "coordinator", "database_locked": "database"}
        begins |= {"coordinator_exited": "coordinator"}
        for event in self.events:
            what, time, number = event["what"], event["t"], event.get("worker")
            if what == "round_ends":
                break
            if what in ("worker_sigkill", "worker_sigterm"):
                self.workers[number].ended = time
                self.workers[number].troubles.append((time, 1 << 62))
            elif what == "worker_started":
                self.workers[number].troubles.append((time, time + 5 * SECOND))
            elif what.startswith("link_") and what != "link_mended":
                open_since[number, "link"] = time
                self.workers[number].delay = max(self.workers[number].delay, int(event.get("delay", 0) * SECOND))
            elif what in begins:
                open_since[number, begins[what]] = time
            elif what in ends:
                since = open_since.pop((number, ends[what]), time)
                troubles = self.coordinator_troubles if number is None else self.workers[number].troubles
                troubles.append((since, time))
        for (number, _), since in open_since.items():
            troubles = self.coordinator_troubles if number is None else self.workers[number].troubles
            troubles.append((since, 1 << 62))

    def read_stored(self):
        """The numbers of the windows in the run's database, by worker's identity."""
        stored = collections.defaultdict(set)
        path = self.folder / "ape.sqlite"
        if not path.exists():
            return stored
        with sqlite3.connect(path) as connection:
            for identity, seq in connection.execute(
                "SELECT workers.id, seq FROM windows JOIN workers ON worker = workers.number"
            ):
                stored[identity].add(seq)
        return stored

    def missing(self, worker):
        """The stretches of time that the report names missing of a worker, in microseconds."""
        return [
            (micros(entry["from_time"]), micros(entry["to_time"]))
            for entry in self.report["completeness"]["missing"]
            if entry["worker_id"] == worker.identity
        ]

    def ago(self, time):
        """A moment as the evidence tells it."""
        return f"{(time - self.begin) / SECOND:.3f} s"

    @staticmethod
    def before(times, moment):
        """The latest of some sorted times that is not after a moment; None for none."""
        place = bisect.bisect_right(times, moment)
        return times[place - 1] if place else None
