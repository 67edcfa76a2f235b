#!/usr/bin/env python3
"""APE beside other load generators, one after the other: the same host, the same server, the same number of users.

    peers.py [--users 100,1000] [--kinds requests,held,completions] [--only ape,wrk] [--seconds 10] [--json FILE]
    peers.py --markdown FILE        prints the part of docs/performance.md that a run's JSON makes

Locust, GuideLLM, AIPerf and inference-perf come from PyPI into ~/.cache/ape-bench (8 GB), by fixed version; the rest
is .ci/packages bench. Exits with 1 where a tool has no figures or its count is not the server's, with 2 where nothing
can be measured.
"""

import argparse
import datetime
import json
import os
import platform
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

import host
import tables
from host import Fault
from measuring import CLOSE_S, SETTLE_S, measure
from plain import ApeClient, H2load, Locust, LocustWorkers, Wrk
from server import HELD_S, PATHS, SMALL_BYTES, TOKEN_S, TOKENS, TTFT_S, WORKERS, nginx_facts
from streams import AIPerf, GuideLLM, InferencePerf
from tools import CPUS, Ape, Case

HERE = Path(__file__).resolve().parent
TREE, METHOD = HERE.parent.parent, HERE / "method.md"
# Descriptors beside one for each user.
SPARE_FILES = 1000
LEAST_SECONDS = 8


def method(nginx):
    """What was done, and how the figures are to be read."""
    return METHOD.read_text().format(
        nginx=nginx, workers=WORKERS, small_bytes=SMALL_BYTES, least_ms=round(HELD_S * 1e3 / 5),
        held_ms=round(HELD_S * 1e3), ttft_ms=round(TTFT_S * 1e3), token_ms=round(TOKEN_S * 1e3), tokens=TOKENS,
        settle_s=SETTLE_S, close_s=CLOSE_S,
    )


def about():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        processor = re.search(r"^model name\s*: (.*)$", file.read(), re.MULTILINE)
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--exclude=*"], cwd=TREE, capture_output=True, text=True, check=False
    )
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": commit.stdout.strip() or "unknown",
        "processor": processor[1].strip() if processor else platform.machine(),
        "cores": CPUS,
        "kernel": platform.release(),
        "load": round(os.getloadavg()[0], 1),
    }


def say(text):
    print(text, file=sys.stderr, flush=True)


def prepared(tools):
    """The tools that can run, each with its version, and why the others cannot."""
    versions, faults = {}, {}
    for tool in tools:
        try:
            versions[tool.name] = tool.prepare(say)
        except (Fault, OSError, subprocess.SubprocessError) as error:
            faults[tool.name] = str(error)
            say(f"{tool.title} cannot be measured: {error}")
    return versions, faults


def row_of(tool, case, faults, place):
    """A row of figures, or of why there are none."""
    begun = time.monotonic()
    say(f"{place} {case.kind}, {case.users} users: {tool.title} ...")
    row = {"kind": case.kind, "users": case.users, "tool": tool.name, "title": tool.title}
    try:
        if tool.name in faults:
            # It has been told in full.
            raise Fault(faults[tool.name].splitlines()[0])
        row |= measure(tool, case)
        words = f"{row['per_cpu_second']:,.0f} a CPU-second, {row['per_second']:,.0f} a second"
    except Fault as fault:
        row["fault"] = str(fault)
        words = f"NOT MEASURED: {fault}"
    say(f"  {words} ({time.monotonic() - begun:.0f} s)")
    return row


def run(options):
    nginx, _ = nginx_facts()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < max(options.users) + SPARE_FILES:
        needed = max(options.users) + SPARE_FILES
        raise Fault(f"{max(options.users)} users need {needed} open files, and the limit is {hard}: ulimit -Hn {needed}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    host.adopt_orphans()
    client = [ApeClient(options.client)] if options.client else []
    peers = [Locust(), LocustWorkers(), Wrk(), H2load(), GuideLLM(), AIPerf(), InferencePerf()]
    everything = [Ape(options.binaries), *client, *peers]
    known = {tool.name for tool in everything}
    if options.only - known:
        raise Fault(f"there is no tool {', '.join(sorted(options.only - known))}; there are {', '.join(sorted(known))}")
    tools = [
        tool for tool in everything
        if (not options.only or tool.name in options.only) and set(tool.kinds) & set(options.kinds)
    ]
    result = {
        "about": about(),
        "method": method(nginx),
        "server": {"nginx": nginx, "workers": WORKERS, "held_ms": round(HELD_S * 1e3), "tokens": TOKENS},
        "users": options.users,
        "seconds": options.seconds,
    }
    versions, faults = prepared(tools)
    result["tools"] = [
        {"name": tool.name, "title": tool.title, "version": versions.get(tool.name, tables.MISSING),
         "settings": tool.settings}
        for tool in tools
    ]
    runs = [
        (tool, Case(kind, users, options.seconds))
        for kind in options.kinds for users in options.users for tool in tools if kind in tool.kinds
    ]
    result["rows"] = [
        row_of(tool, case, faults, f"[{number}/{len(runs)}]") for number, (tool, case) in enumerate(runs, 1)
    ]
    result["figures"] = tables.figures(result)
    return result


def words(text):
    return [word for word in text.split(",") if word]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--users", type=lambda text: [int(word) for word in words(text)], default=[100, 1000])
    parser.add_argument("--kinds", type=words, default=list(PATHS), help=f"of {','.join(PATHS)}")
    parser.add_argument("--only", type=lambda text: set(words(text)), default=set(), help="the tools to run")
    parser.add_argument("--seconds", type=int, default=10, help="of load by each tool")
    parser.add_argument("--binaries", default=TREE / ".build/release", help="the folder of APE's programs")
    parser.add_argument("--client", metavar="FILE", help="an ape-bench, to measure APE's client alone too")
    parser.add_argument("--json", metavar="FILE", help="where the figures are written, and a .md beside it")
    parser.add_argument("--markdown", metavar="FILE", help="only print the page's part, of this JSON")
    options = parser.parse_args()
    if set(options.kinds) - set(PATHS):
        parser.error(f"--kinds takes {', '.join(PATHS)}")
    if not options.users or min(options.users) < 1:
        parser.error("--users takes numbers from 1 on")
    if options.seconds < LEAST_SECONDS:
        parser.error(f"--seconds must be at least {LEAST_SECONDS}: the middle of a run is what counts")
    return options


def main():
    options = arguments()
    if options.markdown:
        print(tables.markdown(json.loads(Path(options.markdown).read_text())), end="")
        return 0
    try:
        result = run(options)
    except Fault as fault:
        say(f"peers: {fault}")
        return 2
    except KeyboardInterrupt:
        say("peers: interrupted")
        return 130
    print(tables.terminal(result))
    if options.json:
        Path(options.json).write_text(json.dumps(result, indent=1) + "\n")
        Path(options.json).with_suffix(".md").write_text(tables.markdown(result))
    rows = result["rows"]
    return 1 if not rows or any(row.get("fault") or not row["counts_agree"] for row in rows) else 0


if __name__ == "__main__":
    sys.exit(main())
