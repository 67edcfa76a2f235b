"""What a soak must show, each as a goal, a figure and whether the one keeps to the other."""
import json, math

import accounts, slope

SECOND = 1_000_000
# Of resident memory, in KiB a minute: what a process may grow by. 64 KiB a minute are 90 MiB a day.
MOST_GROWTH = 64
MOST_OF_OLD = 1.1
# Of descriptors, a minute: one in twenty minutes.
MOST_DESCRIPTORS = 0.05
# A connection to the target and one to the model for each agent, and one to the coordinator.
CONNECTIONS_PER_AGENT = 2
# A pool of threads grows by one or two while the machine is busy; one that leaks grows with each worker that is killed.
MOST_NEW_THREADS = 2
MOST_WAL_BYTES = 16 << 20
# The part of the time after which a process has all that it needs.
WARMUP_SHARE = 0.2


class Evidence:
    """What a soak has left in its folder."""

    def __init__(self, folder):
        self.folder = folder
        self.options = json.loads((folder / "options.json").read_text())
        self.report = json.loads((folder / "report.json").read_text())
        self.report = self.report.get("validation_report", self.report)
        self.readings = [json.loads(line) for line in (folder / "readings.jsonl").read_text().splitlines()]
        self.accounts, self.wrong, self.processes, self.events = accounts.check(folder, self.report)
        self.begin, self.end = self.moment("load_begins"), self.moment("load_ends")
        self.warm = self.begin + WARMUP_SHARE * (self.end - self.begin)

    def moment(self, what):
        return next(event["t"] for event in self.events if event["what"] == what)

    def series(self, name, figure, pid=None, since=None):
        """A figure of a process under load as (seconds, value), after the warm-up unless told since when."""
        since = self.warm if since is None else since
        return [
            ((entry["t"] - self.begin) / SECOND, entry["processes"][name][figure])
            for entry in self.readings
            if since <= entry["t"] <= self.end and name in entry["processes"]
            and pid in (None, entry["processes"][name]["pid"])
        ]

    def last_of_lives(self, figure):
        """A figure of each process that was killed in the end, as it was read last."""
        started = [event for event in self.events if event["what"] == "worker_started" and event["slot"] != 0]
        lives = (self.series(event["name"], figure, event["pid"], 0) for event in started)
        return [life[-1][1] for life in lives if life]


def verdict(what, goal, figure, passed):
    return {"what": what, "goal": goal, "figure": figure, "passed": bool(passed)}


def judge_slope(what, unit, series, every, most):
    """Fails where a series grows by significantly more than it may, and where nothing can be told of it."""
    line = slope.through(slope.batches(series, every))
    goal = f"at most {most} {unit} a minute"
    if line is None:
        return verdict(what, goal, "too few readings to tell", False)
    words = f"{line.per_minute:+.2f} ± {line.half_width:.2f} {unit} a minute"
    if line.low <= most < line.high:
        words += ", too uncertain to tell"
    return verdict(what, goal, words, line.low <= most)


def judge_memory(evidence):
    every = evidence.options["every"]
    for what, series in (
        ("resident memory of the coordinator", evidence.series("coordinator", "rss_kib")),
        ("resident memory of the worker that is never killed", evidence.series("worker-0", "rss_kib")),
    ):
        yield judge_slope(what, "KiB", series, every, MOST_GROWTH)
    # They are young, and grow into what they need as the one that lives did.
    old = max((value for _, value in evidence.series("worker-0", "rss_kib")), default=0)
    young = max(evidence.last_of_lives("rss_kib"), default=0)
    yield verdict(
        "resident memory of those that are killed in turn, at the end of their lives",
        f"at most {MOST_OF_OLD:.2f} of what the one that is never killed has",
        f"at most {young / max(old, 1):.2f}", 0 < young <= MOST_OF_OLD * old,
    )


def judge_descriptors(evidence):
    """Neither grows the number while the load lasts, nor is there anything left once it is over."""
    every, options = evidence.options["every"], evidence.options
    for name, who in (("coordinator", "the coordinator"), ("worker-0", "the worker that is never killed")):
        series = evidence.series(name, "descriptors")
        yield judge_slope(f"descriptors of {who}", "descriptors", series, every, MOST_DESCRIPTORS)
    share = math.ceil(options["agents"] / options["workers"])
    most = CONNECTIONS_PER_AGENT * share + 1
    whole = [entry for entry in evidence.readings if entry["whole"]]
    counts = [sum(worker["sockets"].get(state, 0) for state in ("ESTABLISHED", "SYN_SENT")) for worker in workers(whole)]
    yield verdict(
        f"connections of a worker with its share of {share} agents", f"at most {most}",
        f"at most {max(counts, default=0)} in {len(counts)} readings", counts and max(counts) <= most,
    )
    closing = [worker["sockets"].get("CLOSE_WAIT", 0) for worker in workers(evidence.readings)]
    after = evidence.readings[-1]
    left = [worker["sockets"].get(state, 0) for worker in workers([after]) for state in ("ESTABLISHED", "CLOSE_WAIT")]
    yield verdict(
        "connections of the workers after the run", "none", f"{sum(left)} of {len(left) // 2} workers",
        left and not sum(left),
    )
    yield verdict(
        "connections that the other side has closed and a worker has not", f"at most {share} at once",
        f"at most {max(closing, default=0)}", max(closing, default=0) <= share,
    )


def workers(entries):
    for entry in entries:
        yield from (process for name, process in entry["processes"].items() if name.startswith("worker-"))


def judge_threads(evidence):
    for name in ("coordinator", "worker-0"):
        series = [value for _, value in evidence.series(name, "threads")]
        half = len(series) // 2
        first, last = max(series[:half], default=0), max(series[half:], default=0)
        yield verdict(
            f"threads of {name}", f"at most {MOST_NEW_THREADS} more in the second half than in the first", f"{last}, {first} before",
            half and last <= first + MOST_NEW_THREADS,
        )


def judge_disk(evidence):
    entries = [entry for entry in evidence.readings if evidence.begin <= entry["t"] <= evidence.end]
    largest = max((entry["disk"]["wal_bytes"] for entry in entries), default=0)
    yield verdict(
        "the database's write-ahead log", f"at most {MOST_WAL_BYTES >> 20} MiB",
        f"at most {largest / 2**20:.1f} MiB", entries and 0 < largest <= MOST_WAL_BYTES,
    )


def judge_accounts(evidence):
    told, wrong = evidence.accounts, evidence.wrong
    yield verdict("what is wrong with the accounts", "nothing", f"{len(wrong)} findings" if wrong else "nothing", not wrong)
    for kind in ("actions", "sessions", "decisions"):
        figures = told[kind]
        yield verdict(
            f"{kind} served, and counted", "equal, but for what killed workers had not delivered",
            f"{figures['served']:,} and {figures['counted']:,}; {figures['lost_with_killed']:,} lost with "
            f"{told['killed']} killed workers"
            + (f", {figures['cut']} cut in their last request as agents moved or stopped" if figures["cut"] else ""),
            figures["counted"]
            and figures["served"] - figures["counted"] == figures["lost_with_killed"] + figures["cut"],
        )
    yield verdict(
        "the longest that a killed worker had not delivered", f"at most {accounts.MOST_LOST / SECOND:.0f} s",
        f"{told['longest_lost_seconds']:.2f} s", told["longest_lost_seconds"] <= accounts.MOST_LOST / SECOND,
    )


def judge_end(evidence):
    """How the programs ended. The stage misses a killed worker's seconds, so that its verdict may be INCONCLUSIVE."""
    code = next((event["code"] for event in evidence.events if event["what"] == "run_ends"), None)
    yield verdict("the coordinator's exit code", "0, or 3: seconds of killed workers are missing", f"{code}", code in (0, 3))
    codes = next((event["codes"] for event in evidence.events if event["what"] == "workers_ended"), {})
    yield verdict("the workers' exit codes", "0 each", ", ".join(map(str, codes.values())), codes and not any(codes.values()))


def judge(evidence):
    parts = (judge_accounts, judge_memory, judge_descriptors, judge_threads, judge_disk, judge_end)
    return [found for part in parts for found in part(evidence)]


def cores_used(evidence):
    """The CPU time of each kind of process over the time of the load, in cores."""
    spent = {}
    for entry in evidence.readings:
        if evidence.begin <= entry["t"] <= evidence.end:
            for name, process in entry["processes"].items():
                first, _ = spent.get((name, process["pid"]), (process["cpu_seconds"], 0))
                spent[name, process["pid"]] = (first, process["cpu_seconds"])
    seconds = (evidence.end - evidence.begin) / SECOND
    cores = {}
    for (name, _), (first, last) in spent.items():
        kind = name.partition("-")[0]
        cores[kind] = cores.get(kind, 0) + (last - first) / seconds
    return {kind: round(value, 3) for kind, value in cores.items()}


def last_readings(evidence):
    """How the programs that are never killed were when the load ended."""
    entry = [entry for entry in evidence.readings if entry["t"] <= evidence.end][-1]
    kept = {name: entry["processes"].get(name) for name in ("coordinator", "worker-0")}
    return {**kept, "disk": entry["disk"]}
