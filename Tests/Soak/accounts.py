"""What the fleet counted, held against what the services served: request by request, session by session, second by second.

A process of a worker that was not killed must have counted all that was served to it. One that was killed takes with it what
it had not delivered: the second that it was in, and the one that was on its way. How much that is follows from the services'
record and from the last window that is stored, so even its count is held between two bounds.
"""
import collections, datetime, json, sqlite3
from array import array
from bisect import bisect_right
from dataclasses import dataclass, field

SECOND = 1_000_000
# A request that is served this close to the end of a second may be counted in the next one, on a machine with other work.
EDGE = SECOND
# A killed worker loses the second that it was in and the one that it was delivering.
MOST_LOST = 3 * SECOND
KINDS = ("actions", "sessions", "decisions")


@dataclass
class Process:
    """A worker's process: when it ran, and when what was served to it. Microseconds since 1970."""

    name: str
    slot: int
    started: int
    killed: int | None = None
    identity: str | None = None
    stored_until: int = 0
    seconds: set = field(default_factory=set)  # of its stored windows
    served: dict = field(default_factory=lambda: {kind: array("q") for kind in KINDS})
    counted: dict = field(default_factory=dict)
    peak: int = 0  # the most agents that it ran
    stopped: int = 0  # agents that were taken from it, or that it ran at the end

    def served_until(self, kind, moment):
        return bisect_right(self.served[kind], moment)


def micros(text):
    return int(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * SECOND)


def processes(folder):
    """The workers' processes by their port, and the other events, in order."""
    found, events, latest = {}, [], {}
    for line in (folder / "events.jsonl").read_text().splitlines():
        event = json.loads(line)
        if event["what"] == "worker_started":
            found[event["port"]] = latest[event["slot"]] = Process(event["name"], event["slot"], event["t"])
        elif event["what"] == "worker_killed":
            latest[event["slot"]].killed = event["t"]
        events.append(event)
    return found, events


class Sessions:
    """Tells from what was served when a session has ended: a script's after two answers or the first that failed, one of the
    model's after the answer that it asked for, by which it is judged."""

    def __init__(self):
        self.open = {}

    def take(self, kind, trace, answer):
        """Whether a session ends with this answer."""
        if kind == "model":
            self.open[trace] = "model"
            return False
        before = self.open.pop(trace, None)
        if before is not None or int(answer) >= 400:
            return True
        self.open[trace] = "script"
        return False


def read_served(folder, by_port):
    """Sorts the services' record by process. Returns which sessions used each row that is handed out once."""
    sessions, rows = collections.defaultdict(Sessions), collections.defaultdict(set)
    with open(folder / "served.txt") as file:
        for line in file:
            time, port, kind, agent, session, _, row, trace, answer = line.split()
            process, time = by_port[int(port)], int(time)
            process.served["decisions" if kind == "model" else "actions"].append(time)
            if sessions[port].take(kind, trace, answer):
                process.served["sessions"].append(time)
            if kind == "target" and row != "-":
                rows[row].add((agent, session))
    return rows


def read_stored(folder, report, found):
    """Which of the fleet's workers each process was, and what is stored and counted of it."""
    with sqlite3.connect(f"file:{folder}/results/ape.sqlite?mode=ro", uri=True) as database:
        known = database.execute("SELECT number, id FROM workers ORDER BY number").fetchall()
        seconds = collections.defaultdict(set)
        ends = dict(database.execute("SELECT worker, MAX(end_us) FROM windows GROUP BY worker"))
        for number, start, end in database.execute("SELECT worker, start_us, end_us FROM windows"):
            seconds[number].update(range(start // SECOND, max(start + 1, end - 1) // SECOND + 1))
    told = {worker["id"]: worker for worker in report["workers"]}
    moved = collections.Counter()
    for move in report["completeness"]["reassignments"]:
        if move["reason"] != "lost":
            moved[move["from_id"]] += move["agents"]
    waiting = collections.defaultdict(collections.deque)
    for process in found:
        waiting[process.name].append(process)
    for number, identity in known:
        # Processes of one name follow one another, and so do their first windows.
        worker = told[identity]
        process = waiting[worker["name"]].popleft()
        process.identity, process.stored_until, process.seconds = identity, ends.get(number, 0), seconds[number]
        process.peak = worker["peak_agents"]
        process.stopped = moved[identity] + (process.peak if process.killed is None else 0)
        process.counted = {"actions": worker["actions"], "sessions": worker["completed_sessions"]}


def judge_process(process, kind):
    """What is wrong with a process's count, in words; None where nothing is. And how many are served and not counted.

    A request of an agent that is stopped is finished and counts. A session whose last request that was is cut: it counts as
    unfinished, although the services saw its end.
    """
    served, counted = len(process.served[kind]), process.counted.get(kind, 0)
    cut = process.stopped if kind == "sessions" else 0
    if process.killed is None:
        low, high, who = served - cut, served, process.name
    else:
        low = process.served_until(kind, process.stored_until - EDGE) - cut
        high = process.served_until(kind, process.stored_until + EDGE)
        who = f"{process.name}, which was killed,"
    if low <= counted <= high:
        return None, served - counted
    return f"{who} counts {counted} {kind}, and was served {low} to {high} that may count", served - counted


def unnamed_seconds(process, missing):
    """The seconds in which a process was served something, and that are neither stored nor named missing."""
    known = process.seconds | missing.get(process.identity, set())
    busy = {time // SECOND for time in process.served["actions"]}
    # A request at the edge of a second is counted in its neighbour.
    return sorted(second for second in busy if not known & {second - 1, second, second + 1})


def missing_seconds(report):
    missing = collections.defaultdict(set)
    for entry in report["completeness"]["missing"]:
        span = range(micros(entry["from_time"]) // SECOND, -(-micros(entry["to_time"]) // SECOND))
        missing[entry["worker_id"]].update(span)
    return missing


def check(folder, report):
    """The accounts of a run, and everything that is wrong with them in words."""
    by_port, events = processes(folder)
    rows = read_served(folder, by_port)
    found = [process for process in by_port.values() if process.started]
    read_stored(folder, report, found)
    wrong, figures = [], {"processes": len(found), "killed": sum(process.killed is not None for process in found)}
    for kind in ("actions", "sessions"):
        judged = [(process, *judge_process(process, kind)) for process in found]
        wrong += [words for _, words, _ in judged if words]
        figures[kind] = {
            "served": sum(len(process.served[kind]) for process in found),
            "counted": sum(process.counted.get(kind, 0) for process in found),
            "lost_with_killed": sum(lost for process, _, lost in judged if process.killed is not None),
            "most_lost_with_one": max((lost for process, _, lost in judged if process.killed is not None), default=0),
            "cut": sum(lost for process, _, lost in judged if process.killed is None),
        }
    whole = report["counters"]["whole_run"]
    wrong += judge_unended(found, whole, figures)
    if whole.get("target_requests", 0) != figures["actions"]["counted"]:
        wrong.append(f"the run has {whole.get('target_requests', 0)} requests, its workers have {figures['actions']}")
    wrong += judge_decisions(found, whole, figures)
    lost = [process.killed - process.stored_until for process in found if process.killed is not None]
    figures["longest_lost_seconds"] = max(lost, default=0) / SECOND
    wrong += [f"of a killed worker the last {span / SECOND:.1f} s are lost" for span in lost if span > MOST_LOST]
    missing = missing_seconds(report)
    for process in found:
        if unnamed := unnamed_seconds(process, missing):
            wrong.append(f"{process.name} was at work in {len(unnamed)} seconds that are neither stored nor named missing")
    figures["missing_seconds"] = report["completeness"]["missing_seconds"]
    figures["rows"] = len(rows)
    wrong += [f"row {row} was used by sessions {sorted(users)}" for row, users in rows.items() if len(users) > 1]
    return figures, wrong, found, events


def judge_unended(found, whole, figures):
    """Sessions that began and neither ended nor were cut: those that died with their workers, one an agent at most."""
    ended = [count for name, count in whole.items() if name.startswith(("sessions_succeeded", "sessions_failed"))]
    unended = whole.get("sessions_started", 0) - sum(ended) - whole.get("sessions_unfinished", 0)
    most = sum(process.peak for process in found if process.killed is not None)
    figures["sessions_that_died"] = unended
    if not 0 <= unended <= most:
        yield f"{unended} sessions began and did not end; workers with {most} agents were killed"


def judge_decisions(found, whole, figures):
    """Decisions are counted by the whole run alone."""
    served = sum(len(process.served["decisions"]) for process in found)
    low = high = 0
    for process in found:
        last = process.stored_until if process.killed is not None else 1 << 62
        low += process.served_until("decisions", last - EDGE)
        high += process.served_until("decisions", last + EDGE)
    counted = whole.get("decisions", 0)
    figures["decisions"] = {"served": served, "counted": counted, "lost_with_killed": served - counted, "cut": 0}
    if not low <= counted <= high:
        yield f"the run counts {counted} decisions, {low} to {high} were served until the last stored seconds"
