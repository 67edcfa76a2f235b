"""What all tools have in common, and APE itself."""

import dataclasses
import datetime
import json
import os
import subprocess
from pathlib import Path

from host import Fault
from server import PATHS

CPUS = os.cpu_count() or 1
LONGEST_START_S = 90


@dataclasses.dataclass
class Case:
    """What is measured: a kind of request, by so many users at once, for so long."""

    kind: str
    users: int
    seconds: int
    url: str = ""
    folder: Path = Path()

    @property
    def path(self):
        return PATHS[self.kind]

    @property
    def is_streamed(self):
        return self.kind == "completions"


@dataclasses.dataclass
class Said:
    """What a tool says of its run: answers counted, and percentiles in seconds; None for what it does not tell."""

    count: int
    p50: float | None = None
    p99: float | None = None
    ttft_p50: float | None = None
    ttft_p99: float | None = None
    # The moments between which its percentiles were taken; None for the whole run.
    window: tuple | None = None
    remarks: list = dataclasses.field(default_factory=list)


class Tool:
    """A load generator. Its name is unique; its title is what tables call it."""

    name = title = settings = ""
    kinds: tuple = ()
    exit_codes = (0,)

    def prepare(self, say):
        """Installs it, or a Fault that says why it cannot be; its version."""
        raise NotImplementedError

    def command(self, case):
        raise NotImplementedError

    def environment(self):
        return dict(os.environ)

    def said(self, case, log):
        raise NotImplementedError

    def limit_s(self, case):
        return case.seconds + LONGEST_START_S


def figures(path):
    """A JSON file that a tool wrote."""
    try:
        return json.loads(Path(path).read_text())
    except (OSError, ValueError) as error:
        raise Fault(f"it wrote no figures: {error}") from error


# Of the whole program: sessions back to back, without any thinking.
SCENARIO = """name: peers
targets:
  server: {{url: "{url}", endpoints: ["GET {path}", "POST /notes"]}}
{inference}goals:
  load:
{goal}
kpi_targets: {{successful_stateful_sessions: 0}}
plan:
  - {{name: load, agents: {users}, ramp: 2s, warmup: 1s, hold: {hold}s}}
"""
REQUESTS_A_SESSION, DECISIONS_A_SESSION = 50, 8


class Ape(Tool):
    """`ape-test validate` with a scenario of its own: coordinator, workers, database and report."""

    name, title = "ape", "APE"
    kinds = ("requests", "held", "completions")
    # Its verdict is about the targets of a validation; a report is there with each of these.
    exit_codes = (0, 1, 3)
    workers = 2
    settings = (
        f"the whole program, `ape-test validate` with {workers} workers (its default), each agent's own connections; "
        f"requests: a script of {REQUESTS_A_SESSION} a session; completions: decisions of agents, each session "
        f"{DECISIONS_A_SESSION} of them with their conversation and tools, and one GET that no peer has to make"
    )

    def __init__(self, binaries):
        self.binaries = Path(binaries).resolve()

    def prepare(self, say):
        program = self.binaries / "ape-test"
        if not program.exists():
            raise Fault(f"{program} is missing: make build, or give --binaries")
        done = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
        return done.stdout.split()[-1]

    def command(self, case):
        inference, goal = "", f'    script: [{", ".join(["GET " + case.path] * REQUESTS_A_SESSION)}]'
        path = case.path
        if case.is_streamed:
            path = PATHS["requests"]
            inference = f'inference: {{url: "{case.url}/v1", model: m}}\n'
            goal = f"""    prompt: Keep a note of what you see, then read the first page.
    success: [{{answer: "GET {path}", status: 200}}]
    max_steps: {DECISIONS_A_SESSION}"""
        scenario = case.folder / "peers.yml"
        scenario.write_text(
            SCENARIO.format(
                url=case.url, path=path, inference=inference, goal=goal, users=case.users, hold=case.seconds
            )
        )
        return [
            self.binaries / "ape-test", "validate", "--scenario", scenario, "--workers", str(self.workers), "--quiet",
            "--results", case.folder / "results", "--output", case.folder / "report.json",
        ]

    def said(self, case, log):
        report = figures(case.folder / "report.json")
        stage, counters = report["stages"][0], report["counters"]["whole_run"]
        begin, end = (
            datetime.datetime.fromisoformat(stage[key]).timestamp() for key in ("hold_start_time", "hold_end_time")
        )
        route = next((route for route in stage["routes"] if route["route"] == f"GET {case.path}"), None)
        whole = stage["series"]["decision_time"] if case.is_streamed else route
        said = Said(
            counters["decisions"] if case.is_streamed else counters["target_requests"],
            whole["p50_seconds"], whole["p99_seconds"], window=(begin, end),
        )
        if case.is_streamed:
            first = stage["series"]["ttft"]
            said.ttft_p50, said.ttft_p99 = first["p50_seconds"], first["p99_seconds"]
        if report["verdict"]["exit_code"] == 3:
            said.remarks.append("its own verdict is INCONCLUSIVE")
        return said
