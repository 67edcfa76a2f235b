"""Instructions and allocations, counted by callgrind: the same on a busy machine as on a calm one.

Each workload runs twice, short and long; the difference leaves out how the program starts and ends. The server answers
after a constant time, so that the client waits for every answer, whatever else the machine does.
"""

import os
import re
import tempfile
from pathlib import Path

from . import Fault, output, say
from .pacing import pacing
from .program import Program, figure
from .serving import PRODUCTS, STEPS, events

# By what a count is shown as: the unit, ape-bench's words, the one that grows, its two values, units to each of it.
WORKLOADS = {
    "get": ("a GET", "transfer", "rounds", (100, 600), 1),
    "stream": ("a streamed answer", "transfer", "rounds", (100, 600), 1),
    "step": ("a step of an agent", "agent", "sessions", (3, 18), STEPS),
    "window": ("a window at the coordinator", "windows", "seconds", (3, 15), 10),
}
ALLOCATORS = {"malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc", "memalign"}


def settings(name, server, body_bytes):
    if name == "get":
        return {"url": server.url("/api/products"), "agents": 1, "bytes": len(PRODUCTS)}
    if name == "stream":
        length = len("".join(events()))
        return {"url": server.url("/v1"), "agents": 1, "bytes": length, "kind": "stream", "body_bytes": body_bytes}
    if name == "step":
        return {"inference": server.url("/v1"), "target": server.url("/shop"), "agents": 1, "steps": STEPS}
    return {"workers": WORKLOADS[name][4]}


def read(text):
    """Instructions and calls of the allocator, of what callgrind wrote."""
    total = re.search(r"^(?:totals|summary): (\d+)", text, re.MULTILINE)
    if not total:
        raise Fault("callgrind wrote no total")
    names, allocations, callee = {}, 0, ""
    for line in text.splitlines():
        if line.startswith("cfn="):
            number, _, name = line[4:].partition(" ")
            if name:
                names[number] = name
            callee = names.get(number, "")
        elif line.startswith("fn="):
            number, _, name = line[3:].partition(" ")
            if name:
                names[number] = name
        elif line.startswith("calls=") and callee in ALLOCATORS:
            allocations += int(line[6:].split()[0])
    if not allocations:
        raise Fault("callgrind saw no call of the allocator")
    return int(total.group(1)), allocations


def counted(program, measurement, words):
    """What one run of ape-bench takes."""
    with tempfile.TemporaryDirectory() as folder:
        out, plain = Path(folder) / "callgrind.out", Path(folder) / "ape-bench"
        # valgrind cannot read the debug information that Swift writes.
        output("strip", "--strip-debug", "-o", plain, program.path)
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", f"--log-file={folder}/log", plain]
        command += program.command(measurement, **words)[1:]
        program.server.check()
        # Dictionaries hash alike in every run.
        output(*command, timeout=300, env={**os.environ, "SWIFT_DETERMINISTIC_HASHING": "1"})
        program.server.check()
        if not out.exists():
            raise Fault("callgrind wrote nothing")
        return read(out.read_text(errors="replace"))


def counts(path, body_bytes):
    """Instructions and allocations of each workload's unit."""
    found = {}
    with pacing("whole") as server:
        program = Program(path, server)
        for name, (unit, measurement, growing, (few, many), units) in WORKLOADS.items():
            words = settings(name, server, body_bytes)
            short, long = (counted(program, measurement, {**words, growing: number}) for number in (few, many))
            instructions, allocations = ((b - a) / (many - few) / units for a, b in zip(short, long))
            found[name] = {"instructions": round(instructions), "allocations": round(allocations, 1)}
            figure(found[name], "instructions")
            say(f"  {unit}: {found[name]['instructions']:,} instructions, {found[name]['allocations']:,} allocations")
    return found


def compare(now, before, percent=5):
    """What has moved by more than so many percent, one sentence each."""
    for name, counts_now in now.items():
        for what, value in counts_now.items():
            old = before.get(name, {}).get(what)
            if old is None:
                yield f"{WORKLOADS[name][0]}: {value:,} {what}; the baseline has none"
            elif abs(value - old) > old * percent / 100:
                yield f"{WORKLOADS[name][0]}: {what} went from {old:,} to {value:,}, {100 * (value / old - 1):+.1f} %"
