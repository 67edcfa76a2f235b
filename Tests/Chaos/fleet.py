"""One run with real processes: services, coordinator, workers, and the disk that the run is stored on."""
import json, signal, sqlite3, subprocess, time
from pathlib import Path

from processes import free_ports, spawn, start_services, write_inputs
from relay import Relay, now_micros

# Worker processes that a round may have, each with a proxy of its own and a link of its own.
PROCESSES = 30
ROWS = 30_000
DISK_MEGABYTES = 24

SETTINGS = """pacing: {{think: 50ms..250ms, between_sessions: 50ms..250ms}}
limits: {{drain: 5s, total_timeout: 10s}}
kpi_targets: {{successful_stateful_sessions: 0, mtba_threshold: 60, mtba_high_load: 60}}
plan:
  - {{name: one, agents: {first}, ramp: 1s, warmup: 1s, hold: {half}s}}
  - {{name: two, agents: {agents}, ramp: 2s, warmup: 1s, hold: {half}s}}
"""


class Fleet:
    """What a round does its faults to. Everything that happens is written down in `driver.jsonl`."""

    def __init__(self, folder, binaries, agents, hold_seconds, slots):
        self.folder, self.binaries, self.agents, self.hold = folder, binaries, agents, hold_seconds
        self.slots = {slot: None for slot in range(slots)}
        self.log, self.served = open(folder / "driver.jsonl", "a", buffering=1), folder / "served.txt"
        self.coordinator, self.services, self.run, self.started = None, None, None, 0
        # Whether the coordinator is meant to be there, was killed and not started again, and cannot store its run.
        self.is_wanted, self.is_killed, self.is_hindered = True, False, False
        self.control, *ports = free_ports(2 * PROCESSES + 1)
        self.proxies, self.ports = ports[:PROCESSES], ports[PROCESSES:]
        settings = SETTINGS.format(first=agents // 2, agents=agents, half=hold_seconds // 2)
        write_inputs(folder, "chaos", self.proxies[0], settings, ROWS)
        self.relay = Relay(folder / "wire.jsonl", self.control)
        for number, port in enumerate(self.ports):
            self.relay.open(number, port)
        self.disk = folder / "disk"
        self.disk.mkdir()
        options = ["-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "chaos", str(self.disk)]
        self.has_disk = subprocess.run(["mount", *options], capture_output=True).returncode == 0

    def note(self, what, **more):
        self.log.write(json.dumps({"t": now_micros(), "what": what, **more}) + "\n")

    def start(self):
        self.services = start_services(self.served, self.proxies)
        self.start_coordinator()
        for slot in self.slots:
            self.start_worker(slot)

    def start_coordinator(self):
        words = [f"{self.binaries}/ape-coordinator", "run", "--scenario", str(self.folder / "scenario.yml")]
        words += ["--workers", str(len(self.slots)), "--wait", "30s", "--listen", f"127.0.0.1:{self.control}"]
        words += ["--token-file", str(self.folder / "token"), "--no-http", "--results", str(self.disk / "results")]
        for flag in ("output=json", "html=html", "junit=xml", "markdown=md"):
            words += [f"--{flag.split('=')[0]}", str(self.folder / f"report.{flag.split('=')[1]}")]
        words += ["--csv", str(self.folder / "csv")] + (["--resume", self.run] if self.run else [])
        self.coordinator = spawn(self.folder / "coordinator.log", words)
        self.note("coordinator_started", pid=self.coordinator.pid)

    def start_worker(self, slot):
        number = self.started
        self.started += 1
        words = [f"{self.binaries}/ape-worker", "--coordinator", f"127.0.0.1:{self.ports[number]}"]
        words += ["--token-file", str(self.folder / "token"), "--name", f"w{number}", "--reactors", "1"]
        words += ["--proxy", f"http://127.0.0.1:{self.proxies[number]}"]
        self.slots[slot] = (number, spawn(self.folder / f"w{number}.log", words))
        self.note("worker_started", worker=number, slot=slot, port=self.proxies[number])

    def signal_worker(self, slot, what):
        number, process = self.slots[slot]
        self.note("worker_" + what.name.lower(), worker=number)
        process.send_signal(what)
        if what in (signal.SIGKILL, signal.SIGTERM):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                self.note("worker_would_not_end", worker=number)
                process.kill()
                process.wait()
            self.slots[slot] = None
        return number

    def signal_coordinator(self, what):
        if self.coordinator.poll() is not None:
            return
        self.note("coordinator_" + what.name.lower())
        if what == signal.SIGKILL:
            self.is_wanted, self.is_killed = False, True
        self.coordinator.send_signal(what)
        if what == signal.SIGKILL:
            self.coordinator.wait()

    def restart_coordinator(self):
        self.is_killed = False

    def can_go_on(self):
        """Whether the coordinator has ended with the words that its run goes on."""
        return "continue it with" in (self.folder / "coordinator.log").read_text(errors="replace")[-2000:]

    def look(self):
        """Takes note of the run's name, and of a coordinator that has ended by itself.

        Returns what it exited with; None while it is there.
        """
        if self.run is None:
            words = (self.folder / "coordinator.log").read_text(errors="replace").split()
            self.run = next((words[place + 1][:-1] for place, word in enumerate(words[:-1]) if word == "run"), None)
        return self.coordinator.poll()

    def fill_disk(self):
        self.note("disk_full")
        self.is_hindered = True
        try:
            with open(self.disk / "fill", "wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))
        except OSError:
            pass

    def free_disk(self):
        (self.disk / "fill").unlink(missing_ok=True)
        self.is_hindered = False
        self.note("disk_free")

    def lock_database(self):
        connection = sqlite3.connect(self.disk / "results" / "ape.sqlite", timeout=5, isolation_level=None)
        connection.execute("BEGIN IMMEDIATE")
        self.is_hindered = True
        self.note("database_locked")
        return connection

    def unlock_database(self, connection):
        connection.execute("ROLLBACK")
        connection.close()
        self.is_hindered = False
        self.note("database_free")

    def end(self):
        """Ends everything, and keeps the database."""
        workers = [running[1] for running in self.slots.values() if running]
        for process in filter(None, [*workers, self.coordinator, self.services]):
            process.kill()
            process.wait()
        self.relay.close()
        kept = self.folder / "ape.sqlite"
        for suffix in ("", "-wal"):
            source = self.disk / "results" / f"ape.sqlite{suffix}"
            if source.exists():
                Path(f"{kept}{suffix}").write_bytes(source.read_bytes())
        if self.has_disk:
            subprocess.run(["umount", str(self.disk)], check=False)
        time.sleep(0.1)
