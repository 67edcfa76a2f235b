"""One run of one tool: what it did by the server's log, what it says, and what it cost."""

import shutil
import tempfile
from pathlib import Path

import host
from host import Fault, Watch, last_words
from server import WORKERS, Server, percentile

# What the middle of a run leaves out at its beginning and its end, in seconds, and the least that must be left.
SETTLE_S, CLOSE_S, LEAST_S = 3, 0.5, 2
FULL_PERCENT = 90


def measure(tool, case):
    """Runs a tool, and gives its row of figures; a Fault with its last words where there are none."""
    case.folder = Path(tempfile.mkdtemp(prefix=f"ape-peers-{tool.name}-"))
    log = case.folder / "words.log"
    try:
        with Server() as server:
            case.url = server.url
            command = tool.command(case)
            with Watch(server.process.pid) as watch:
                code, life_cpu_s = host.run(
                    command, log, server.process.pid, tool.limit_s(case), tool.environment(), case.folder
                )
            answers = server.answers(case.path)
        if code not in tool.exit_codes:
            raise Fault(f"it ended with {code}")
        if not answers.all:
            raise Fault("the server saw none of its requests")
        return figures(tool.said(case, log), case, answers, watch, life_cpu_s)
    except (Fault, OSError, KeyError, IndexError, TypeError, ValueError) as error:
        words = error if isinstance(error, (Fault, OSError)) else f"a figure could not be read: {type(error).__name__} {error}"
        raise Fault(f"{words}\n{last_words(log)}") from error
    finally:
        shutil.rmtree(case.folder, ignore_errors=True)


def figures(said, case, answers, watch, life_cpu_s):
    begin, end = answers.first + SETTLE_S, answers.last - CLOSE_S
    if end - begin < LEAST_S:
        raise Fault(f"it loaded the server for {answers.last - answers.first:.1f} s only")
    seconds, count = end - begin, answers.ended(begin, end)
    tool_s, server_s = watch.cpu(watch.tool, begin, end), watch.cpu(watch.server, begin, end)
    if not count or tool_s <= 0:
        raise Fault(f"in the middle of its run it made {count} requests in {tool_s:.2f} s of CPU time")
    seen = answers.started(*(said.window or (answers.first, answers.last)))
    remarks = list(said.remarks)
    if server_s > seconds * WORKERS * FULL_PERCENT / 100:
        remarks.append("the server was full")
    peak_kb = watch.memory_peak(begin, end)
    row = {
        "cpu_us": tool_s / count * 1e6,
        "per_cpu_second": count / tool_s,
        "per_second": count / seconds,
        "whole_life_cpu_us": life_cpu_s / len(answers.all) * 1e6,
        "tool_cores": tool_s / seconds,
        "server_cores": server_s / seconds,
        "other_cores": max(0, watch.cpu(watch.others, begin, end) / seconds),
        "server_count": len(answers.all),
        "said_count": said.count,
        "total": {
            "server": percentiles([done - started for started, _, done in seen]),
            "said": {"p50_ms": milliseconds(said.p50), "p99_ms": milliseconds(said.p99)},
        },
        "memory_kb": peak_kb,
        "remarks": remarks,
    }
    if case.is_streamed:
        row["first_token"] = {
            "server": percentiles([first - started for started, first, _ in seen]),
            "said": {"p50_ms": milliseconds(said.ttft_p50), "p99_ms": milliseconds(said.ttft_p99)},
        }
    # What the tool had asked for and gave up at its end may have been answered.
    difference = len(answers.all) - said.count
    row["counts_agree"] = -case.users <= difference <= case.users
    return row


def percentiles(seconds):
    return {f"p{percent}_ms": milliseconds(percentile(seconds, percent)) for percent in (50, 99)}


def milliseconds(seconds):
    return None if seconds is None else seconds * 1e3
