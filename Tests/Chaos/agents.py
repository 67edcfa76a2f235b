"""Promises 2, 3, 6 and 7: who runs an agent, for how long, who shares in the work, and what is drawn by chance."""
import collections

from history import SECOND

# Requests that two connections carry may be read in another order than they were sent in.
REORDERING = 50_000
# What cancelling takes, on a machine that has other work too.
CANCEL = SECOND
# The end of the last hold, in which every agent must be at work.
LAST_SECONDS = 6


def no_agent_twice(history):
    """Promise 2: once another worker runs an agent, the one before makes no request for it unless it is given it again."""
    by_agent = collections.defaultdict(list)
    for request in history.requests:
        by_agent[request.agent].append(request)
    for agent, requests in sorted(by_agent.items()):
        latest = {}
        for request in requests:
            others = [other for number, other in latest.items() if number != request.worker]
            other = max(others, key=lambda entry: entry.time, default=None)
            own = latest.get(request.worker)
            latest[request.worker] = request
            if other is None or own is None or other.time < own.time:
                continue
            since = first_after(requests, other.worker, own.time)
            worker = history.workers.get(request.worker)
            given = worker and any(own.time - REORDERING < time <= request.time + REORDERING and agent in agents
                                   for time, agents in worker.assigns)
            if not given and request.time - since.time > REORDERING:
                yield (
                    f"agent {agent} asks from w{request.worker} at {history.ago(request.time)}, and from "
                    f"w{other.worker} since {history.ago(since.time)}"
                )
                break


def first_after(requests, worker, time):
    return next(request for request in requests if request.worker == worker and request.time > time)


def no_row_twice(history):
    """Promise 2, of rows that are taken once: each goes to one session."""
    sessions = collections.defaultdict(set)
    for request in history.requests:
        if request.kind == "target" and request.row != "-":
            sessions[request.row].add((request.agent, request.session, request.trace))
    for row, users in sessions.items():
        if len(users) > 1:
            yield f"row {row} was used by {len(users)} sessions: {sorted(users)}"


def no_orphan_load(history):
    """Promise 3: a worker that has not heard its coordinator begins no session after a lease, and asks nothing after two."""
    for worker in history.workers.values():
        begun = set()
        for request in worker.requests:
            heard = history.before(worker.heard, request.time)
            silence = request.time - (heard if heard is not None else worker.started)
            what = f"at {history.ago(request.time)}, {silence / SECOND:.2f} s after the last word of the coordinator"
            if silence > 2 * history.lease + CANCEL:
                yield f"{worker.name} asks for agent {request.agent} {what}"
                break
            if request.trace not in begun and silence > history.lease + CANCEL:
                yield f"{worker.name} begins session {request.session} of agent {request.agent} {what}"
                break
            begun.add(request.trace)


def elastic(history, agents):
    """Promise 6: at the end of the last hold every agent runs, spread evenly over the workers that are there."""
    end = history.plan_end
    if any(begin < end and finish > end - 2 * SECOND * LAST_SECONDS for begin, finish in history.coordinator_troubles):
        return
    owners = {}
    for request in history.requests:
        if end - LAST_SECONDS * SECOND <= request.time < end:
            owners[request.agent] = request.worker
    absent = sorted(set(range(agents)) - set(owners))
    if absent:
        yield f"agents {absent} did nothing in the last {LAST_SECONDS} s of the last hold"
    there = [worker for worker in history.workers.values() if worker.ended is None]
    shares = collections.Counter(owners.values())
    if there and max(shares[worker.number] for worker in there) - min(shares[worker.number] for worker in there) > 1:
        yield f"at the end the workers ran {({worker.name: shares[worker.number] for worker in there})} agents"


def reproducible(history):
    """Promise 7: a session draws the same wherever it runs."""
    drawn = {}
    for request in history.requests:
        first = drawn.setdefault((request.agent, request.session), request)
        if first.random != request.random:
            yield (
                f"session {request.session} of agent {request.agent} drew {first.random} on w{first.worker} and "
                f"{request.random} on w{request.worker}"
            )
