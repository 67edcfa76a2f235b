"""Promises 8, 9 and 10: what gets out, what foreign words may do, and whether anyone holds another up."""
import re

from history import SECOND
from processes import TOKEN

# Control characters but for line feeds and tabs, and those that turn the direction of text.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
COMMAND = re.compile(r"^(::|##\[|##vso\[)", re.MULTILINE)
# How long an ack may take where nothing is wrong, and how long a trouble may have effects.
ACK, SETTLING = 4 * SECOND, 4 * SECOND
# What may end a coordinator with exit code 4, of which only the last may, and how long before.
CAUSES, GIVING_UP = ("database_locked", "disk_full"), 25 * SECOND


def outputs(history):
    for file in sorted(history.folder.rglob("*")):
        is_record = file.name in ("served.txt", "wire.jsonl", "driver.jsonl", "token")
        if file.is_file() and not is_record and file.parent.name != "results":
            yield file


def safe(history):
    """Promise 8: the fleet's token is in no output."""
    for file in outputs(history):
        if TOKEN.encode() in file.read_bytes():
            yield f"{file} holds the token"


def foreign_words(history):
    """Promise 9: what services say never commands a terminal or a CI system."""
    for file in outputs(history):
        if file.suffix.startswith(".sqlite"):
            continue
        text = file.read_text(errors="replace")
        for name, pattern in (("a control character", CONTROL), ("a CI system's command", COMMAND)):
            if found := pattern.search(text):
                near = text[max(0, found.start() - 60) : found.end() + 60]
                yield f"{file.name} holds {name}: {near!r}"


def no_one_held_up(history):
    """Promise 10: a worker in no trouble is acked at once whatever others do, and no lock ends the run."""
    last = history.events[-1]["t"]
    ends = [event["t"] for event in history.events if event["what"] == "coordinator_exited"] or [last]
    for worker in history.workers.values():
        troubles = worker.troubles + history.coordinator_troubles
        first = {}
        for time, seq in worker.sent:
            first.setdefault(seq, time)
        for seq, time in sorted(first.items()):
            if time + ACK > ends[-1] or any(b - SECOND < time + ACK and e + SETTLING > time for b, e in troubles):
                continue
            if not any(acked >= seq and at <= time + ACK for at, acked in worker.acks):
                yield f"window {seq} of {worker.name}, sent at {history.ago(time)}, is not acked within {ACK / SECOND} s"
                break
    # A coordinator that gives up waits a while for its workers before it ends.
    moments = {what: [event["t"] for event in history.events if event["what"] == what] for what in CAUSES}
    for event in history.events:
        if event["what"] != "coordinator_exited" or event["code"] != 4:
            continue
        locks, full = ([time for time in moments[what] if 0 < event["t"] - time < GIVING_UP] for what in CAUSES)
        if locks and not full:
            yield f"a database that was locked since {history.ago(locks[0])} ended the run at {history.ago(event['t'])}"
