"""What sends plain requests: Locust, wrk and h2load as limits, and APE's client without the rest of APE."""

import collections
import json
import re
from pathlib import Path

import installs
from host import Fault
from server import HELD_S, SMALL_BYTES, percentile
from tools import CPUS, Said, Tool, figures

LOCUSTFILE = """from locust import FastHttpUser, constant, task


class Reader(FastHttpUser):
    wait_time = constant(0)

    @task
    def read(self):
        self.client.get("{path}")
"""
UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1, "m": 60}


class ApeClient(Tool):
    """What is below APE's agents: transfers, and nothing of sessions, state, checks and measuring."""

    name, title = "ape-client", "APE's client alone"
    kinds = ("requests", "held")
    settings = "a bare client, `ape-bench transfer`: one thread, a connection of each user's own, no percentiles"
    most_a_second = 60_000

    def __init__(self, program):
        self.program = Path(program).resolve()

    def prepare(self, say):
        if not self.program.exists():
            raise Fault(f"{self.program} is missing")
        return "as APE"

    def command(self, case):
        each = case.seconds / HELD_S if case.kind == "held" else case.seconds * self.most_a_second / case.users
        return [
            self.program, "transfer", f"url={case.url}{case.path}", f"agents={case.users}", f"rounds={round(each)}",
            f"bytes={SMALL_BYTES}",
        ]

    def said(self, case, log):
        result = json.loads(log.read_text().splitlines()[-1])
        # Each user opens its connection by a request that it does not count.
        return Said(result["requests"] + result["agents"])


class Locust(Tool):
    """FastHttpUser in one process."""

    name, title = "locust", "Locust FastHttpUser"
    kinds = ("requests", "held")
    settings = "FastHttpUser, one process, no wait time, all users spawned in a second, no web UI"
    processes = 1

    def prepare(self, say):
        self.folder = installs.installed("locust", say)
        return installs.version("locust")

    def command(self, case):
        file = case.folder / "locustfile.py"
        file.write_text(LOCUSTFILE.format(path=case.path))
        return [
            self.folder / "locust", "-f", file, "--headless", "--only-summary", "-u", str(case.users),
            "-r", str(case.users), "-t", f"{case.seconds}s", "--host", case.url, "--json-file", case.folder / "locust",
            *(["--processes", str(self.processes)] if self.processes > 1 else []),
        ]

    def said(self, case, log):
        entries = figures(case.folder / "locust.json")
        times = collections.Counter()
        for entry in entries:
            # In milliseconds, as Locust rounds them, with how often each was seen.
            times.update({float(time): count for time, count in entry["response_times"].items()})
        every = list(times.elements())
        said = Said(len(every), percentile(every, 50) / 1e3, percentile(every, 99) / 1e3)
        failed = sum(entry["num_failures"] for entry in entries)
        if failed:
            said.remarks.append(f"{failed} of its requests failed")
        return said


class LocustWorkers(Locust):
    """A master with a worker for each processor."""

    name, title = "locust-workers", "Locust with workers"
    processes = max(2, CPUS)
    settings = f"the same, `--processes {processes}`: a master with {processes} workers"


class Wrk(Tool):
    """A limit: one connection a user, no cookies, no timings of its parts, nothing per user."""

    name, title = "wrk", "wrk"
    kinds = ("requests", "held")
    threads = min(CPUS, 8)
    settings = f"a bare client, as a limit; {threads} threads, `--latency`"

    def prepare(self, say):
        return installs.system("wrk", ["-v"], r"wrk (?:debian/)?(\S+)")

    def command(self, case):
        return [
            "wrk", "-t", str(self.threads), "-c", str(case.users), "-d", f"{case.seconds}s", "--latency",
            "--timeout", "30s", case.url + case.path,
        ]

    def said(self, case, log):
        text = log.read_text()

        def latency(percent):
            found = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)$", text, re.MULTILINE)
            return float(found[1]) * UNITS[found[2]] if found else None

        count = re.search(r"^\s+(\d+) requests in", text, re.MULTILINE)
        if not count:
            raise Fault("it told no number of requests")
        said = Said(int(count[1]), latency(50), latency(99))
        errors = re.search(r"^\s+(Socket errors|Non-2xx).*$", text, re.MULTILINE)
        if errors:
            said.remarks.append(errors[0].strip())
        return said


class H2load(Tool):
    """A limit of HTTP/1.1 too; percentiles come from its log of every request, which it writes as it goes."""

    name, title = "h2load", "h2load"
    kinds = ("requests", "held")
    threads = min(CPUS, 8)
    settings = f"a bare client, as a limit; `--h1`, {threads} threads, with its log of every request"

    def prepare(self, say):
        return installs.system("h2load", ["--version"], r"nghttp2/(\S+)")

    def command(self, case):
        return [
            "h2load", "--h1", "-t", str(self.threads), "-c", str(case.users), "-D", str(case.seconds),
            f"--log-file={case.folder}/h2load.tsv", case.url + case.path,
        ]

    def said(self, case, log):
        try:
            with open(case.folder / "h2load.tsv", encoding="ascii") as file:
                rows = [line.split("\t") for line in file]
        except OSError as error:
            raise Fault(f"it wrote no log: {error}") from error
        times = [int(row[2]) / 1e6 for row in rows if row[1] == "200"]
        return Said(len(times), percentile(times, 50), percentile(times, 99))
