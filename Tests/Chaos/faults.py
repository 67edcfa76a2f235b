"""What goes wrong in a round, and when: drawn from its seed before it begins."""
import heapq, itertools, random, signal, time

# Shorter than a worker's lease of 10 s, and longer than it.
SHORT, LONG = (1.0, 6.0), (11.0, 16.0)
# The last seconds of the last hold, in which nothing goes wrong: the fleet must be whole again at its end.
CALM_SECONDS = 30

# Of each kind its weight, what it is done to, and how long it lasts.
KINDS = {
    "worker_killed": (3, "worker", [SHORT]),
    "worker_ended": (2, "worker", [SHORT]),
    "worker_stopped": (4, "worker", [SHORT, LONG]),
    "link_reset": (3, "worker", [(0.1, 0.2)]),
    "link_cut": (4, "worker", [SHORT, LONG]),
    "link_cut_up": (2, "worker", [SHORT, LONG]),
    "link_cut_down": (2, "worker", [SHORT, LONG]),
    "link_slow": (3, "worker", [SHORT, LONG]),
    "coordinator_killed": (3, "coordinator", [(0.2, 5.0), LONG]),
    "coordinator_stopped": (2, "coordinator", [SHORT, LONG]),
    "database_locked": (2, "coordinator", [(0.5, 4.0), (6.0, 12.0)]),
    "disk_full": (1, "coordinator", [(0.5, 4.0)]),
}


def schedule(seed, slots, hold_seconds):
    """Faults as (begin, end, kind, slot, strength), in seconds from the first request, by their begin.

    A worker and the coordinator have one fault at a time, and most of the workers have none.
    """
    chance = random.Random(seed)
    faults, moment, last = [], 3.0, hold_seconds - CALM_SECONDS
    while True:
        moment += chance.expovariate(1 / 1.6)
        kind = chance.choices(list(KINDS), [weight for weight, _, _ in KINDS.values()])[0]
        _, whom, lengths = KINDS[kind]
        slot = chance.randrange(slots) if whom == "worker" else None
        end = moment + chance.uniform(*chance.choice(lengths))
        strength = chance.random()
        if moment >= last:
            return faults
        under_way = [fault for fault in faults if fault[1] + 2 > moment]
        is_taken = any(fault[3] == slot for fault in under_way)
        if end <= last and not is_taken and len(under_way) <= slots // 2:
            faults.append((moment, end, kind, slot, strength))


def begin(fleet, kind, slot, strength):
    """Does a fault; returns what ends it."""
    if kind in ("worker_killed", "worker_ended"):
        fleet.signal_worker(slot, signal.SIGKILL if kind == "worker_killed" else signal.SIGTERM)
        return lambda: fleet.start_worker(slot)
    if kind == "worker_stopped":
        fleet.signal_worker(slot, signal.SIGSTOP)
        return lambda: fleet.signal_worker(slot, signal.SIGCONT)
    if kind.startswith("link"):
        return begin_on_link(fleet, kind, fleet.slots[slot][0], strength)
    if kind == "coordinator_killed":
        fleet.signal_coordinator(signal.SIGKILL)
        return fleet.restart_coordinator
    if kind == "coordinator_stopped":
        fleet.signal_coordinator(signal.SIGSTOP)
        return lambda: fleet.signal_coordinator(signal.SIGCONT)
    if kind == "database_locked":
        lock = fleet.lock_database()
        return lambda: fleet.unlock_database(lock)
    if not fleet.has_disk:
        return lambda: None
    fleet.fill_disk()
    return fleet.free_disk


def begin_on_link(fleet, kind, number, strength):
    change = {
        "link_reset": {"reset": True},
        "link_cut": {"up": False, "down": False},
        "link_cut_up": {"up": False},
        "link_cut_down": {"down": False},
        "link_slow": {"delay": 0.05 + 2.5 * strength**2},
    }[kind]
    fleet.note(kind, worker=number, **change)
    fleet.relay.change(number, **change)

    def mend():
        fleet.relay.change(number, up=True, down=True, delay=0.0)
        fleet.note("link_mended", worker=number)

    return mend


def play(fleet, faults, limit_seconds):
    """Does the faults to a fleet that has begun to load, until its coordinator has ended by itself.

    Returns what that exited with; None where it has not within the limit.
    """
    start, order = time.monotonic(), itertools.count()
    waiting = [(fault[0], next(order), fault) for fault in faults]
    heapq.heapify(waiting)
    while (passed := time.monotonic() - start) < limit_seconds:
        while waiting and waiting[0][0] <= passed:
            _, _, entry = heapq.heappop(waiting)
            if callable(entry):
                entry()
                continue
            _, end, kind, slot, strength = entry
            heapq.heappush(waiting, (end, next(order), begin(fleet, kind, slot, strength)))
        code = fleet.look()
        if code is not None and fleet.is_wanted:
            fleet.note("coordinator_exited", code=code)
            if not fleet.can_go_on():
                return code
            # It goes on once what stood in its way has ended.
            fleet.is_wanted = False
        if code is not None and not fleet.is_wanted and not fleet.is_hindered and not fleet.is_killed:
            fleet.start_coordinator()
            fleet.is_wanted = True
        time.sleep(0.05)
    return None
