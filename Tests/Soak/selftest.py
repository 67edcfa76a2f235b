"""Breaks the evidence of a soak in every way that one is there to find, and sees it found."""
import datetime, json, random, sqlite3, tempfile
from pathlib import Path

import judgement

SECOND = 1_000_000
BEGIN, TIME, EVERY = 1_700_000_000 * SECOND, 1200, 60
OPTIONS = {"time": TIME, "agents": 16, "workers": 4, "every": EVERY}
# How long a killed worker is away, and the part of its last second that is lost.
AWAY, LOST = 5, 0.5


def stamp(micros):
    moment = datetime.datetime.fromtimestamp(micros / SECOND, datetime.timezone.utc)
    return moment.isoformat().replace("+00:00", "Z")


class Soak:
    """The evidence of a soak that is well: worker-0 lives, the others are killed in turn. Each makes a request a second."""

    def __init__(self):
        self.events = [{"t": BEGIN, "what": "load_begins"}]
        self.served, self.workers, self.windows, self.missing = [], [], [], []
        self.there = {}
        self.live(0, 0, TIME, False)
        for slot in (1, 2, 3):
            begin = 0
            for end in range(slot * EVERY, TIME, 3 * EVERY):
                self.live(slot, begin, end + LOST, True)
                begin = end + AWAY
            self.live(slot, begin, TIME, False)
        end = BEGIN + TIME * SECOND
        self.events += [
            {"t": end, "what": "load_ends"}, {"t": end, "what": "run_ends", "code": 3},
            {"t": end, "what": "workers_ended", "codes": {"0": 0, "1": 0}},
        ]
        self.readings = [self.reading(second) for second in range(0, TIME, 5)] + [self.reading(TIME + 10, True)]

    def live(self, slot, start, end, is_killed):
        """One process: sessions of two requests, the first with a model, its windows, and what dies with it."""
        number, name, begin = len(self.workers), f"worker-{slot}", BEGIN + start * SECOND
        self.there[number] = (name, begin, BEGIN + int(end * SECOND))
        self.events.append(
            {"t": begin, "what": "worker_started", "slot": slot, "name": name, "port": 1000 + number, "pid": 100 + number}
        )
        whole = int(end)
        self.served.append([begin, 1000 + number, "model", slot, 0, "r", "-", f"{number}-m", "http_get"])
        for second in range(start, whole + is_killed):
            moment = BEGIN + second * SECOND + SECOND // 4
            trace = f"{number}-{(second - start + 1) // 2 if second > start else 'm'}"
            self.served.append([moment, 1000 + number, "target", slot, second, "r", number * 10_000 + second, trace, 200])
        count = whole - start
        self.windows += [(number + 1, BEGIN + second * SECOND) for second in range(start, whole)]
        told = {"peak_agents": 4, "actions": count, "completed_sessions": (count + 1) // 2}
        self.workers.append({"id": f"id-{number}", "name": name, **told})
        if is_killed:
            self.events.append({"t": BEGIN + int(end * SECOND), "what": "worker_killed", "slot": slot})
            first, last = (stamp(BEGIN + (whole + more) * SECOND) for more in (0, 10))
            self.missing.append({"worker_id": f"id-{number}", "from_time": first, "to_time": last})

    def reading(self, second, is_over=False):
        noise, at = random.Random(second), BEGIN + second * SECOND

        def process(pid):
            memory = 50_000 + noise.randint(0, 200)
            figures = {"pss_kib": memory, "rss_kib": memory, "threads": 5, "descriptors": 20}
            sockets = {} if is_over else {"ESTABLISHED": 9}
            return {"pid": pid, "cpu_seconds": second / 10, "sockets": sockets, **figures}

        there = {
            name: process(100 + number)
            for number, (name, begin, end) in self.there.items()
            if begin <= at < end or is_over and end == BEGIN + TIME * SECOND
        }
        there |= {} if is_over else {"coordinator": process(99), "services": process(98)}
        disk = {"database_bytes": second * 1000, "wal_bytes": 1 << 20}
        return {"t": at, "whole": second % EVERY == EVERY - 5, "agents": 16, "disk": disk, "processes": there}

    def sockets(self, place, name):
        return self.readings[place]["processes"][name]["sockets"]

    def write(self, folder):
        lines = {"events.jsonl": self.events, "readings.jsonl": self.readings}
        for name, entries in lines.items():
            (folder / name).write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        (folder / "served.txt").write_text("".join(" ".join(map(str, entry)) + "\n" for entry in self.served))
        (folder / "options.json").write_text(json.dumps(OPTIONS))
        whole = {"target_requests": sum(worker["actions"] for worker in self.workers), "decisions": len(self.workers)}
        ended = sum(worker["completed_sessions"] for worker in self.workers)
        whole |= {"sessions_started": ended + 3, "sessions_succeeded": ended, "sessions_unfinished": 3}
        completeness = {"missing": self.missing, "missing_seconds": 10 * len(self.missing)}
        completeness["reassignments"] = [{"reason": "rebalanced", "from_id": "id-0", "agents": 2}]
        report = {"workers": self.workers, "counters": {"whole_run": whole}, "completeness": completeness}
        (folder / "report.json").write_text(json.dumps(report))
        (folder / "results").mkdir()
        with sqlite3.connect(folder / "results" / "ape.sqlite") as database:
            database.execute("CREATE TABLE workers (number INTEGER, id TEXT)")
            database.execute("CREATE TABLE windows (worker INTEGER, start_us INTEGER, end_us INTEGER)")
            for number, worker in enumerate(self.workers):
                database.execute("INSERT INTO workers VALUES (?, ?)", (number + 1, worker["id"]))
            for number, start in self.windows:
                database.execute("INSERT INTO windows VALUES (?, ?, ?)", (number, start, start + SECOND))
        database.close()

    def judged(self):
        """What of a soak with this evidence has not passed."""
        with tempfile.TemporaryDirectory() as place:
            self.write(Path(place))
            evidence = judgement.Evidence(Path(place))
            return [entry["what"] for entry in judgement.judge(evidence) if not entry["passed"]] + evidence.wrong


def grow(soak, name, figure, per_minute):
    for entry in soak.readings:
        if name in entry["processes"]:
            entry["processes"][name][figure] += int(per_minute * (entry["t"] - BEGIN) / SECOND / 60)


def lose_killed(soak):
    """Four requests of a killed worker, long before it was killed."""
    place = next(place for place, entry in enumerate(soak.served) if entry[1] == 1001 and entry[0] > BEGIN + 20 * SECOND)
    del soak.served[place : place + 4]


def lose_windows(soak):
    """The last five windows that a killed worker had delivered."""
    first = [entry for entry in soak.windows if entry[0] == 2]
    soak.windows = [entry for entry in soak.windows if entry not in first[-5:]]


BREAKS = {
    "worker-0 counts": lambda soak: soak.served.pop(100),
    "sessions, and was served": lambda soak: soak.workers[0].update(completed_sessions=soak.workers[0]["completed_sessions"] - 7),
    "worker-1, which was killed, counts": lose_killed,
    "the last 5.5 s are lost": lose_windows,
    "neither stored nor named missing": lambda soak: (lose_windows(soak), soak.missing.pop(0)),
    "was used by sessions": lambda soak: soak.served[10].__setitem__(6, soak.served[20][6]),
    "resident memory of the coordinator": lambda soak: grow(soak, "coordinator", "rss_kib", 100),
    "the worker that is never killed": lambda soak: grow(soak, "worker-0", "rss_kib", 100),
    "those that are killed in turn": lambda soak: grow(soak, "worker-1", "rss_kib", 500),
    "descriptors of the coordinator": lambda soak: grow(soak, "coordinator", "descriptors", 1),
    "threads of worker-0": lambda soak: grow(soak, "worker-0", "threads", 0.5),
    "connections of a worker with its share": lambda soak: soak.sockets(11, "worker-0").update(ESTABLISHED=10),
    "connections of the workers after the run": lambda soak: soak.sockets(-1, "worker-1").update(ESTABLISHED=1),
    "a worker has not": lambda soak: soak.sockets(50, "worker-0").update(CLOSE_WAIT=5),
    "write-ahead log": lambda soak: soak.readings[50]["disk"].update(wal_bytes=1 << 30),
    "the coordinator's exit code": lambda soak: soak.events[-2].update(code=4),
    "the workers' exit codes": lambda soak: soak.events[-1].update(codes={"0": 1}),
}


def run():
    """Returns what is wrong with the checker itself, in words."""
    if found := Soak().judged():
        return [f"a soak that is well is said to fail: {found}"]
    wrong = []
    for words, spoil in BREAKS.items():
        soak = Soak()
        spoil(soak)
        found = soak.judged()
        if not any(words in finding for finding in found):
            wrong.append(f"not found: {words}, but {found}")
    return wrong
