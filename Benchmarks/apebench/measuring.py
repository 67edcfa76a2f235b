"""What one host can tell of the goals of goals.json. A figure that could not be read is a Fault, never a number."""

import shutil
import statistics
import time

from . import Fault, fleet, output, say
from .pacing import pacing
from .program import Program, figure
from .serving import LONG_STEPS, PRODUCTS, STEPS, events, serving

PROGRAMS = ("ape-worker", "ape-coordinator", "ape-test")
# How often bare transfers and steps take turns, so that what else the machine does falls on both.
TURNS = 3
# Requests of a bare measurement, at least, in all.
REQUESTS = 60_000
# Agents of the measurements that are made at one size.
AGENTS = 1_000
# What agents think before each step, in microseconds; longer where their memory is read, so that hardly any is at work then.
THINK_US, LONG_THINK_US = 1_000_000, 3_000_000


def body_bytes(path):
    """The bytes that an agent's decisions send, in the mean over a session."""
    with pacing("whole") as server:
        words = {"inference": server.url("/v1"), "target": server.url("/shop"), "agents": 1, "steps": STEPS}
        figure(Program(path, server).figures("agent", sessions=5, **words), "steps")
        return figure(server.ended(), "body_bytes")


def bare(program, kind, agents, body=0, **more):
    server = program.server
    url, answer = server.url("model", "/api/products"), len(PRODUCTS)
    if kind == "stream":
        url, answer = server.url("model", "/v1/chat/completions"), len("".join(events()))
    words = {"url": url, "agents": agents, "rounds": max(5, REQUESTS // agents), "bytes": answer, "kind": kind}
    return figure(program.figures("transfer", **{**words, "body_bytes": body, **more}), "cpu_us_per_request")


def step(program, agents, **more):
    server = program.server
    words = {"inference": server.url("model", "/v1"), "target": server.url("shop"), "agents": agents, "steps": STEPS}
    return program.figures("agent", **{**words, **more})


def cost(program, agents, body):
    """What a step costs beside its two transfers, in turns."""
    turns = []
    for _ in range(TURNS):
        get = bare(program, "get", agents)
        stream = bare(program, "stream", agents, body)
        found = step(program, agents, seconds=4)
        turns.append((get, stream, figure(found, "cpu_us_per_step"), figure(found, "memory_kb_per_agent")))
    get, stream, whole, busy_kb = (statistics.median(column) for column in zip(*turns))
    ratios = [round(c / (a + b), 2) for a, b, c, _ in turns]
    row = {"agents": agents, "get_us": get, "stream_us": stream, "step_us": whole, "ratio": statistics.median(ratios)}
    say(f"  {agents:,} agents: a GET {get} us, a stream {stream} us, a step {whole} us; {row['ratio']} times ({ratios})")
    return {**row, "ratios": ratios, "memory_kb": memory(program, agents), "busy_memory_kb": busy_kb}


def memory(program, agents):
    """What an agent holds with a conversation of eight steps, thinking before each."""
    words = {"steps": LONG_STEPS, "memory_steps": STEPS, "think_us": LONG_THINK_US, "target": program.server.url("long_shop")}
    kb = figure(step(program, agents, **words), "memory_kb_per_agent")
    say(f"  {agents:,} agents: {kb} KB an agent")
    return kb


def first_tokens(program):
    """What the client adds to first tokens, against the time stamps of a model that puts them into its stream."""
    with pacing("stream") as model:
        found = step(program, AGENTS, inference=model.url("/v1"), think_us=THINK_US, seconds=10)
        model.check()
        told = model.ended()
    share = figure(found, "client_share_p99_us")
    beyond = figure(found, "ttft_p99_us") - figure(told, "first_event_p99_us")
    say(
        f"  {AGENTS:,} agents: from the model's stamp to the first token {share} us at p99; "
        f"p99 of the agents less p99 of the model {beyond} us"
    )
    return {"ttft_added_p99_us": share, "ttft_p99_beyond_model_us": beyond}


def encrypted(program):
    """A kept-alive request over TLS."""
    words = {"ca_file": program.server.certificate, "url": program.server.url("tls", "/api/products")}
    return {f"tls_http{version}_get_us": bare(program, "get", AGENTS, http=version, **words) for version in (1, 2)}


def programs(release, folder):
    """What the programs weigh without symbols, and when they are ready."""
    missing = [name for name in PROGRAMS if not (release / name).exists()]
    if missing:
        raise Fault(f"{release} has no {', '.join(missing)}: make build")
    sizes = {}
    for name in PROGRAMS:
        output("strip", "-o", folder / name, release / name)
        sizes[name] = (folder / name).stat().st_size
        say(f"  {name}: {sizes[name] / 1e6:.1f} MB stripped")
    worker = folder / "ape-worker"
    times = []
    for _ in range(20):
        start = time.perf_counter()
        output(worker, "--help")
        times.append((time.perf_counter() - start) * 1000)
    # A program may be a link to another, which it then is.
    files = {(release / name).resolve(): size for name, size in sizes.items()}
    figures = {"worker_mb": sizes["ape-worker"] / 1e6, "programs_mb": sum(files.values()) / 1e6}
    figures["worker_ready_ms"] = statistics.median(times)
    say(f"  ape-worker --help: {figures['worker_ready_ms']:.1f} ms in the median of {len(times)}")
    return {name: round(value, 1) for name, value in figures.items()}


def windows(program, release, folder):
    """What windows cost a coordinator: the program with 1,000 workers, and its machine with 5,000."""
    folder = folder / "fleet"
    folder.mkdir()
    share = fleet.coordinator_share(release / "ape-coordinator", folder, 1_000, 20)
    say(f"  the coordinator takes {share} of a core for 1,000 workers")
    simulated = figure(program.figures("windows", workers=5_000, seconds=10), "cores")
    say(f"  its machine and account take {simulated} of a core for 5,000 workers in simulation")
    shutil.rmtree(folder)
    return {"coordinator_cores": share, "coordinator_simulated_cores": simulated}


def measure(path, release, folder, sizes, parts):
    """All figures, by part; what went wrong is told at the end, beside what was measured."""
    found, law, faults = {}, [], []

    def attempt(part, title, body):
        if part not in parts:
            return
        say(title)
        try:
            body()
        except Fault as fault:
            faults.append(f"{title}: {fault}")
            say(f"  NOT MEASURED: {fault}")

    with serving(folder) as server:
        program = Program(path, server)
        body = body_bytes(path)
        found["decision_body_bytes"] = body
        for agents in sizes:
            attempt("cost", f"a step beside its transfers, {agents:,} agents", lambda: law.append(cost(program, agents, body)))
        attempt("tokens", "first tokens", lambda: found.update(first_tokens(program)))
        attempt("tls", "TLS", lambda: found.update(encrypted(program)))
        attempt("windows", "windows at the coordinator", lambda: found.update(windows(program, release, folder)))
        attempt("programs", "the programs", lambda: found.update(programs(release, folder)))
    for row in law:
        found[f"ratio_{row['agents']}"], found[f"memory_kb_{row['agents']}"] = row["ratio"], row["memory_kb"]
    return found, law, faults
