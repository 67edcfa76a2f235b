#!/usr/bin/env python3
"""An hour of 1,000 agents, with a worker killed every two minutes: what is counted, and what stays behind.

  soak.py --binaries .build/release --time 3600
  soak.py --check FOLDER
  soak.py --markdown FOLDER/result.json

A coordinator and its workers run on services that write down each request. One worker is never killed; of the others one is
killed (-9) every two minutes, in turn, and started again under its name. At the end the accounts must be exact, and memory,
descriptors, connections, threads and the database's log must not have grown. Exits with 1 where one of that does not hold.
"""
import argparse, datetime, json, os, platform, shutil, signal, subprocess, sys, tempfile, time
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "Fleets"))

import judgement, markdown, selftest
from fleet import Fleet

# How long a worker that was killed is away, and how often everything is read, in parts of a cycle.
AWAY_SECONDS, READINGS_PER_CYCLE = 5, 12
# How long the fleet is left alone before the last reading, for connections that are still closing.
SETTLING_SECONDS = 10


def machine(binaries):
    model = next((line.split(": ")[1] for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line), "")
    version = subprocess.run([f"{binaries}/ape-coordinator", "--version"], capture_output=True, text=True).stdout.strip()
    tree = subprocess.run(["git", "-C", Path(__file__).parent, "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "cpus": os.cpu_count(), "cpu": model,
        "kernel": platform.release(), "python": platform.python_version(), "ape": version, "commit": tree.stdout.strip(),
    }


def progress(fleet, entry, passed, kills):
    """A line on how the soak goes."""
    mib = {name: process["rss_kib"] / 1024 for name, process in entry["processes"].items()}
    agents = "no" if entry["agents"] is None else f"{entry['agents']:,}"
    print(
        f"{passed / 60:5.1f} of {fleet.options.time / 60:.1f} min: {agents} agents, {kills} kills, "
        f"coordinator {mib.get('coordinator', 0):.1f} MiB, worker-0 {mib.get('worker-0', 0):.1f} MiB, "
        f"database {entry['disk']['database_bytes'] / 2**20:.1f} MiB",
        flush=True,
    )


def load(fleet, options):
    """Kills, starts and reads until the hold is over, or the coordinator has ended."""
    start, kills, back = time.monotonic(), 0, []
    next_kill, next_reading, next_line = options.every, 0, 0
    fleet.note("load_begins")
    while (passed := time.monotonic() - start) < options.time and fleet.coordinator.poll() is None:
        while back and back[0][0] <= passed:
            fleet.start_worker(back.pop(0)[1])
        # The last cycle is a calm one: what the last of them did is delivered, and the fleet is whole.
        if next_kill <= passed and options.time - passed > options.every * 0.9:
            fleet.read(is_whole=True)
            slot = 1 + kills % (options.workers - 1)
            fleet.kill_worker(slot)
            back.append((passed + AWAY_SECONDS, slot))
            kills, next_kill = kills + 1, next_kill + options.every
        if next_reading <= passed:
            entry = fleet.read()
            next_reading += options.every / READINGS_PER_CYCLE
            if next_line <= passed:
                progress(fleet, entry, passed, kills)
                next_line = passed + 60
        time.sleep(0.2)
    fleet.read(is_whole=True)


def run(folder, options):
    """The soak itself. Returns whether Ctrl-C has cut it short."""
    fleet, is_cut = Fleet(folder, options), False
    try:
        fleet.start()
        try:
            fleet.await_load()
            load(fleet, options)
        except KeyboardInterrupt:
            print("interrupted: ending the run for its report; once more to give up", flush=True)
            is_cut = True
            fleet.interrupt()
        fleet.note("load_ends")
        print("the load is over: waiting for the report", flush=True)
        fleet.note("run_ends", code=fleet.await_report())
        time.sleep(SETTLING_SECONDS)
        fleet.read()
    finally:
        fleet.end()
    return is_cut


def conclude(folder):
    """Judges what a folder holds, prints it, and keeps it as `result.json`. Returns whether everything holds."""
    evidence = judgement.Evidence(folder)
    verdicts = judgement.judge(evidence)
    options = evidence.options
    cpu = judgement.cores_used(evidence)
    result = {
        "options": options, "machine": json.loads((folder / "machine.json").read_text()),
        "seconds_of_load": round((evidence.end - evidence.begin) / judgement.SECOND), "cores_used": cpu,
        "accounts": evidence.accounts, "wrong": evidence.wrong, "end": judgement.last_readings(evidence),
        "verdicts": verdicts, "passed": all(entry["passed"] for entry in verdicts),
    }
    (folder / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    for entry in verdicts:
        print(f"{'ok    ' if entry['passed'] else 'FAILED'} {entry['what']}: {entry['figure']} (goal: {entry['goal']})")
    print("\n".join(f"       {words}" for words in evidence.wrong[:20]))
    return result["passed"]


def read_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binaries", default=".build/release", help="the folder of the programs")
    parser.add_argument("--time", type=float, default=3600, help="seconds of load")
    parser.add_argument("--agents", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=4, help="processes; the first is never killed")
    parser.add_argument("--every", type=float, default=120, help="seconds from one kill to the next")
    parser.add_argument("--folder", type=Path, help="where everything is written, and kept; else kept where something failed")
    parser.add_argument("--check", type=Path, help="only judge what a soak has left in a folder")
    parser.add_argument("--markdown", type=Path, help="print a result.json as a part of docs/performance.md")
    parser.add_argument("--self-test", action="store_true", help="break evidence in every way, and see it found")
    options = parser.parse_args()
    if options.workers < 4 or options.agents < options.workers:
        parser.error("--workers must be 4 or more, so that each lives for a while, and --agents as many")
    if options.every < 20 or options.time < 4 * options.every:
        parser.error("--every must be 20 or more, since a lease takes 10 s, and --time four times as much")
    return options


def main():
    options = read_options()
    if options.self_test:
        wrong = selftest.run()
        print("\n".join(wrong) or f"soak self-test: {len(selftest.BREAKS)} breaks are found")
        return 1 if wrong else 0
    if options.markdown:
        print(markdown.part(json.loads(options.markdown.read_text())), end="")
        return 0
    if options.check:
        return 0 if conclude(options.check) else 1
    folder = options.folder or Path(tempfile.mkdtemp(prefix="ape-soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise SystemExit(f"{folder} is not empty: name another with --folder")
    kept = {name: getattr(options, name) for name in ("time", "agents", "workers", "every")}
    (folder / "options.json").write_text(json.dumps(kept) + "\n")
    (folder / "machine.json").write_text(json.dumps(machine(options.binaries)) + "\n")
    print(f"soak: {options.agents:,} agents, {options.workers} workers, {options.time:.0f} s, in {folder}", flush=True)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    is_cut = run(folder, options)
    has_passed = conclude(folder)
    if has_passed and not options.folder:
        shutil.rmtree(folder)
    else:
        print(f"kept in {folder}")
    return 130 if is_cut else 0 if has_passed else 1


if __name__ == "__main__":
    sys.exit(main())
