"""A fleet of real processes under a steady load, one of whose workers is killed and started again every so often."""
import json, math, os, signal, subprocess, time, urllib.request

import readings
from processes import free_ports, spawn, start_services, write_inputs

RAMP, WARMUP = 20, 5
# A steady load with little to do, so that the hour is about what stays behind and not about speed. Each action is one
# request, so that requests can be held against actions.
SETTINGS = """pacing: {{think: 1s..3s, between_sessions: 1s..3s}}
limits: {{drain: 20s, total_timeout: 30s, target_retries: 0, inference_retries: 0}}
kpi_targets: {{successful_stateful_sessions: 0, mtba_threshold: 60, mtba_high_load: 60}}
plan:
  - {{name: soak, agents: {agents}, ramp: {ramp}s, warmup: {warmup}s, hold: {hold}s}}
"""
# Rows that are handed out once: more than an hour's sessions of their goal take at this pace, for each second and agent.
ROWS_PER_AGENT_SECOND = 0.02
# How long the programs have for what they do at once.
PATIENCE = 60


class Fleet:
    """Everything that happens is written down in `events.jsonl`, what the kernel says of it in `readings.jsonl`."""

    def __init__(self, folder, options):
        self.folder, self.options = folder, options
        kills = int(options.time // options.every)
        self.control, self.http, *self.ports = free_ports(2 + options.workers + kills)
        self.record = {name: open(folder / f"{name}.jsonl", "a", buffering=1) for name in ("events", "readings")}
        settings = SETTINGS.format(agents=options.agents, ramp=RAMP, warmup=WARMUP, hold=math.ceil(options.time))
        rows = int(ROWS_PER_AGENT_SECOND * options.agents * (options.time + 300))
        write_inputs(folder, "soak", self.ports[0], settings, rows)
        self.started, self.workers = 0, {}
        self.services = self.coordinator = None
        self.served = folder / "served.txt"

    def note(self, what, **more):
        self.record["events"].write(json.dumps({"t": time.time_ns() // 1000, "what": what, **more}) + "\n")

    def program(self, log, name, words):
        """Starts a program that ends with this one, and that Ctrl-C in this terminal does not reach."""
        words = [f"{self.options.binaries}/{name}", *words, "--parent-pid", str(os.getpid())]
        return spawn(self.folder / f"{log}.log", words, start_new_session=True)

    def start(self):
        self.services = start_services(self.served, self.ports, start_new_session=True)
        place, options = str(self.folder), self.options
        words = ["run", "--scenario", f"{place}/scenario.yml", "--workers", str(options.workers), "--wait", "60s"]
        words += ["--listen", f"127.0.0.1:{self.control}", "--token-file", f"{place}/token"]
        words += ["--http", f"127.0.0.1:{self.http}", "--results", f"{place}/results"]
        words += ["--output", f"{place}/report.json", "--html", f"{place}/report.html"]
        self.coordinator = self.program("coordinator", "ape-coordinator", words)
        self.note("coordinator_started", pid=self.coordinator.pid)
        for slot in range(options.workers):
            self.start_worker(slot)

    def start_worker(self, slot):
        """A worker's process in a slot; it has the name of the one before it there, and a proxy of its own."""
        name, port = f"worker-{slot}", self.ports[self.started]
        self.started += 1
        words = ["--coordinator", f"127.0.0.1:{self.control}", "--token-file", f"{self.folder}/token", "--name", name]
        words += ["--reactors", "1", "--proxy", f"http://127.0.0.1:{port}"]
        self.workers[slot] = self.program(name, "ape-worker", words)
        self.note("worker_started", slot=slot, name=name, port=port, pid=self.workers[slot].pid)

    def kill_worker(self, slot):
        self.workers[slot].kill()
        self.note("worker_killed", slot=slot)
        self.workers.pop(slot).wait()

    def read(self, is_whole=False):
        """Reads every process, and the run's database. `is_whole`: each worker has its share of the agents."""
        states, at = readings.socket_states(), time.time_ns() // 1000
        there = {f"worker-{slot}": process for slot, process in self.workers.items()}
        there |= {"coordinator": self.coordinator, "services": self.services}
        found = {}
        for name, process in there.items():
            reading = readings.of_process(process.pid, states) if process.poll() is None else None
            if reading:
                found[name] = {"pid": process.pid, **reading}
        database = self.folder / "results" / "ape.sqlite"
        disk = {"database_bytes": readings.of_file(database), "wal_bytes": readings.of_file(f"{database}-wal")}
        entry = {"t": at, "whole": is_whole, "agents": self.agents(), "disk": disk, "processes": found}
        self.record["readings"].write(json.dumps(entry) + "\n")
        return entry

    def agents(self):
        """How many agents are at work, as the coordinator serves it to Prometheus; None where it does not."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/metrics", timeout=5) as answer:
                page = answer.read().decode()
        except OSError:
            return None
        return next((int(line.split()[1]) for line in page.splitlines() if line.startswith("ape_concurrent_agents ")), None)

    def await_load(self):
        """Waits until the services have seen a request, and all agents are at work."""
        limit = time.monotonic() + PATIENCE
        while not self.served.exists() or not self.served.stat().st_size:
            if time.monotonic() > limit or self.coordinator.poll() is not None:
                words = (self.folder / "coordinator.log").read_text(errors="replace")
                raise SystemExit(f"the fleet does not begin to load:\n{words[-1000:]}")
            time.sleep(0.1)
        time.sleep(RAMP + WARMUP)

    def await_report(self):
        """What the coordinator exits with; None where it does not end."""
        try:
            return self.coordinator.wait(2 * PATIENCE)
        except subprocess.TimeoutExpired:
            return None

    def interrupt(self):
        """Ends the run as Ctrl-C does, with a report of what was measured."""
        if self.coordinator.poll() is None:
            self.coordinator.send_signal(signal.SIGINT)

    def end(self):
        """Ends what is left, the workers as a service manager does. Returns what each worker exited with."""
        codes = {}
        for process in self.workers.values():
            process.terminate()
        for slot, process in self.workers.items():
            try:
                codes[slot] = process.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                codes[slot] = "killed"
        for process in filter(None, [*self.workers.values(), self.coordinator, self.services]):
            process.kill()
            process.wait()
        self.note("workers_ended", codes=codes)
