"""Promises 1, 4 and 5: what counts, what is named missing, and what a new coordinator knows."""
from history import SECOND
from relay import COUNTERS

# A request that begins this close to the end of a second may be counted in the next one.
EDGE = 30_000


def exactly_once(history):
    """Promise 1: the report counts each stored window once, and an ack covers only what is stored or named dropped."""
    total = dict.fromkeys(COUNTERS, 0)
    for identity, seqs in history.stored.items():
        worker = history.by_identity.get(identity)
        if worker is None:
            yield f"the database has windows of {identity}, which no worker of the run is"
            continue
        for seq in seqs:
            if seq not in worker.windows:
                yield f"window {seq} of {worker.name} is stored and was never sent"
                continue
            for name, value in worker.windows[seq]["counters"].items():
                total[name] += value
    counted = history.report["counters"]["whole_run"]
    for name, value in total.items():
        if counted.get(name, 0) != value:
            yield f"the report counts {counted.get(name, 0)} {name}, the stored windows hold {value}"
    books = {entry["worker_id"]: entry["windows"] for entry in history.report["completeness"]["workers"]}
    for worker in history.workers.values():
        for seq in sorted(worker.changed):
            yield f"window {seq} of {worker.name} came again with other contents"
        stored = history.stored.get(worker.identity, set())
        if books.get(worker.identity, {}).get("received", 0) != len(stored):
            yield f"the report has {books.get(worker.identity)} of {worker.name}, {len(stored)} are stored"
        acked = max((seq for _, seq in worker.acks), default=0)
        lost = set(range(1, acked + 1)) - stored
        if len(lost) > books.get(worker.identity, {}).get("dropped", 0):
            yield f"{worker.name} was told that windows {sorted(lost)[:9]} are stored, and they are not"
        yield from more_than_served(history, worker, stored)


def more_than_served(history, worker, stored):
    """What a worker counts is what it did: the target has seen each request, and those of a stored second count."""
    windows = [worker.windows[seq] for seq in stored if seq in worker.windows]
    counted = sum(window["counters"]["target_requests"] for window in windows)
    requests = [request for request in worker.requests if request.kind == "target"]
    if counted > len(requests):
        yield f"{counted} requests of {worker.name} count, the target saw {len(requests)}"
    seconds = {window["start_us"] // SECOND for window in windows}
    seen = sum(request.time // SECOND in seconds for request in requests)
    # What is cut counts for nothing: at most a request of each agent, each time that agents are stopped.
    cuts = len(worker.troubles) + len(worker.assigns) + 1
    most = max((len(agents) for _, agents in worker.assigns), default=0)
    if seen - counted > cuts * most:
        yield f"the target saw {seen} requests of {worker.name} in seconds that are stored, {counted} count"


def nothing_lost_quietly(history):
    """Promise 4: each second in which a worker loaded anything is stored or named missing, never both."""
    for worker in history.workers.values():
        stored = history.stored.get(worker.identity, set())
        windows = [worker.windows[seq] for seq in stored if seq in worker.windows]
        there = {window["start_us"] // SECOND for window in windows if not window.get("late")}
        named = {
            second
            for begin, end in history.missing(worker)
            for second in range(begin // SECOND, -(-end // SECOND))
        }
        for second in sorted(there & named):
            yield f"second {second % 10_000} of {worker.name} is named missing and is stored"
        lost = {}
        for request in worker.requests:
            near = range((request.time - EDGE - worker.delay) // SECOND, (request.time + EDGE) // SECOND + 1)
            if not (there | named).intersection(near):
                lost.setdefault(request.time // SECOND, []).append(request)
        for second, requests in sorted(lost.items()):
            yield (
                f"{worker.name} made {len(requests)} requests in second {second % 10_000} "
                f"({history.ago(requests[0].time)}), of which no window is stored and nothing is named missing"
            )


def coordinator_may_die(history):
    """Promise 5: the report names each outage of the coordinator: from its death to the next one, and a long stop."""
    moments = {"coordinator_started": [], "gone": [], "coordinator_sigstop": [], "coordinator_sigcont": []}
    for event in history.events:
        is_end = event["what"] in ("coordinator_sigkill", "coordinator_exited")
        moments.get("gone" if is_end else event["what"], []).append(event["t"])
    absences = list(zip(moments["gone"], moments["coordinator_started"][1:]))
    stops = zip(moments["coordinator_sigstop"], moments["coordinator_sigcont"])
    absences = sorted(absences + [stop for stop in stops if stop[1] - stop[0] > history.lease])
    outages = history.report["completeness"]["coordinator_outages"]
    if len(outages) != len(absences):
        yield f"the coordinator was away {len(absences)} times, the report names {len(outages)} outages"
    for (end, begin), outage in zip(absences, outages):
        seconds = (begin - end) / SECOND
        # It begins with the last thing that was stored, which a full disk puts off until the coordinator has given up, and
        # ends when the run goes on.
        if not seconds - 1 <= outage["seconds"] <= seconds + 25:
            yield f"an outage of {seconds:.1f} s at {history.ago(end)} is named as one of {outage['seconds']} s"
