#!/usr/bin/env python3
"""Real fleets under random faults, held against the promises that the design makes.

  chaos.py --binaries .build/release --time 600 --seed 1

A round is one run of a coordinator and some workers on services that write down what they served. A seed says what goes
wrong and when; the promises are then held against what the services served, what went over the wire, what was done, and
what the report says. Rounds with seeds one after the other begin until the time is over. Exits with 1 where a promise was
broken; what that round wrote is kept.
"""
import argparse, collections, random, shutil, sys, tempfile, time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "Fleets"))

import agents, conduct, counting, faults
from fleet import Fleet
from history import SECOND, History

AGENTS = 24
# Breaches of one promise that are printed; `--check` prints all.
SHOWN = 8


def check(folder, agents_count):
    """Every breach of a promise, as (promise, evidence)."""
    history = History(folder)
    if history.report is None:
        return history, [(5, "there is no report")]
    checks = [
        (1, counting.exactly_once(history)),
        (2, agents.no_agent_twice(history)),
        (2, agents.no_row_twice(history)),
        (3, agents.no_orphan_load(history)),
        (4, counting.nothing_lost_quietly(history)),
        (5, counting.coordinator_may_die(history)),
        (6, agents.elastic(history, agents_count)),
        (7, agents.reproducible(history)),
        (8, conduct.safe(history)),
        (9, conduct.foreign_words(history)),
        (10, conduct.no_one_held_up(history)),
    ]
    return history, [(promise, evidence) for promise, found in checks for evidence in found]


def await_load(fleet, seed):
    """Waits until the services have seen a request."""
    limit = time.monotonic() + 60
    while not fleet.served.exists() or not fleet.served.stat().st_size:
        if time.monotonic() > limit or fleet.look() is not None:
            words = (fleet.folder / "coordinator.log").read_text(errors="replace")
            raise SystemExit(f"seed {seed}: the fleet does not begin to load:\n{words[-1000:]}")
        time.sleep(0.1)


def play_round(seed, folder, options):
    """One round. Returns its history, its breaches and its faults."""
    chance = random.Random(seed)
    slots, hold = chance.randint(3, 4), options.hold
    plan = faults.schedule(seed, slots, hold)
    fleet = Fleet(folder, options.binaries, AGENTS, hold, slots)
    try:
        fleet.start()
        await_load(fleet, seed)
        fleet.note("load_begins")
        code = faults.play(fleet, plan, hold + 60)
        fleet.note("round_ends", code=code)
    finally:
        fleet.end()
    history, breaches = check(folder, AGENTS)
    if code is None:
        breaches.append((10, f"the run has not ended {hold + 60} s after it began"))
    elif code not in (0, 1, 3):
        breaches.append((5, f"the coordinator exited with {code}"))
    return history, breaches, plan


def figures(history):
    served = sum(request.kind == "target" for request in history.requests)
    counted = history.report["counters"]["whole_run"].get("target_requests", 0) if history.report else 0
    completeness = history.report["completeness"] if history.report else {}
    return {
        "requests served": served,
        "counted": counted,
        "windows": sum(len(seqs) for seqs in history.stored.values()),
        "sent again": sum(len(worker.sent) - len(worker.windows) for worker in history.workers.values()),
        "seconds named missing": completeness.get("missing_seconds", 0),
        "workers' processes": len(history.workers),
        "coordinator's restarts": sum(event["what"] == "coordinator_started" for event in history.events) - 1,
        "moves": len(completeness.get("reassignments", [])),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", default=".build/release", help="the folder of the programs")
    parser.add_argument("--time", type=float, default=600, help="seconds in which rounds begin; one begins at least")
    parser.add_argument("--seed", type=int, default=None, help="of the first round; drawn unless given")
    parser.add_argument("--hold", type=int, default=70, help="seconds of load of a round")
    parser.add_argument("--keep", action="store_true", help="keep what every round has written")
    parser.add_argument("--check", type=Path, help="only check what a round has left in a folder")
    options = parser.parse_args()
    if options.check:
        _, breaches = check(options.check, AGENTS)
        print("\n".join(f"promise {promise}: {evidence}" for promise, evidence in breaches) or "every promise holds")
        return bool(breaches)
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(1_000_000)
    folder = Path(tempfile.mkdtemp(prefix="ape-chaos-"))
    print(f"chaos: seed {seed}, {options.time:.0f} s, rounds in {folder}", flush=True)
    start, total, kinds, broken, rounds = time.monotonic(), collections.Counter(), collections.Counter(), 0, 0
    while rounds == 0 or time.monotonic() - start < options.time:
        place = folder / str(seed + rounds)
        place.mkdir()
        history, breaches, plan = play_round(seed + rounds, place, options)
        total.update(figures(history))
        kinds.update(kind for _, _, kind, _, _ in plan)
        print(f"seed {seed + rounds}: {len(plan)} faults, {len(breaches)} breaches", flush=True)
        for promise in sorted({promise for promise, _ in breaches}):
            told = [evidence for other, evidence in breaches if other == promise]
            print("\n".join(f"  promise {promise}: {evidence}" for evidence in told[:SHOWN]))
            if len(told) > SHOWN:
                print(f"  promise {promise}: and {len(told) - SHOWN} more")
        if breaches:
            broken += 1
            print(f"  kept in {place}; again with: make chaos SEED={seed + rounds} TIME=1", flush=True)
        elif not options.keep:
            shutil.rmtree(place)
        rounds += 1
    print(f"{rounds} rounds in {time.monotonic() - start:.0f} s, {broken} with breaches")
    print("  faults: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    print("  " + ", ".join(f"{value} {name}" for name, value in total.items()))
    if not broken and not options.keep:
        shutil.rmtree(folder)
    return bool(broken)


sys.exit(main())
