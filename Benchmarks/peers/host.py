"""What processes of this machine use: CPU time and memory of all that the driver started, the server's apart."""

import bisect
import ctypes
import os
import signal
import subprocess
import threading
import time

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
SAMPLE_S, MEMORY_SAMPLE_S, END_S = 0.2, 0.6, 2
PR_SET_CHILD_SUBREAPER = 36
# Characters of a log's line that are shown.
LONGEST_LINE = 240


class Fault(Exception):
    """Why there is no figure."""


def adopt_orphans():
    """Makes this process the parent of what its children leave behind, so that no process escapes the sums."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise Fault(f"prctl: {os.strerror(ctypes.get_errno())}")


def processes():
    """The parent and the CPU seconds of every process."""
    found = {}
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        try:
            with open(f"{entry.path}/stat", "rb") as file:
                text = file.read()
        except OSError:
            continue
        fields = text[text.rindex(b")") + 2 :].split()
        found[int(entry.name)] = (int(fields[1]), (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND)
    return found


def machine_cpu():
    """CPU seconds of all programs of the machine so far, interrupts left out."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system = map(int, file.readline().split()[1:4])
    return (user + nice + system) / TICKS_A_SECOND


def below(root, found, without=()):
    """The descendants of a process, those of some left out."""
    children = {}
    for pid, (parent, _) in found.items():
        children.setdefault(parent, []).append(pid)
    tree, heads = set(), [root]
    while heads:
        for pid in children.get(heads.pop(), []):
            if pid not in without:
                tree.add(pid)
                heads.append(pid)
    return tree


def memory_kb(pid):
    """A process' share of memory: pages that several have count for each in part. 0 for one that has ended."""
    try:
        with open(f"/proc/{pid}/smaps_rollup", encoding="ascii") as file:
            for line in file:
                if line.startswith("Pss:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return 0


class Watch(threading.Thread):
    """Samples what the tool and the server use for as long as the block lasts."""

    def __init__(self, server_pid):
        super().__init__(daemon=True)
        self.server_pid, self.over = server_pid, threading.Event()
        self.times, self.tool, self.server, self.others, self.memory = [], [], [], [], []

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()

    def run(self):
        spent, served, memory_due = {}, {}, 0
        while not self.over.wait(SAMPLE_S):
            found, now = processes(), time.time()
            tool = below(os.getpid(), found, {self.server_pid})
            for pid in tool:
                spent[pid] = found[pid][1]
            for pid in {self.server_pid} | below(self.server_pid, found):
                served[pid] = found.get(pid, (0, served.get(pid, 0)))[1]
            self.times.append(now)
            self.tool.append(sum(spent.values()))
            self.server.append(sum(served.values()))
            ours = self.tool[-1] + self.server[-1] + found[os.getpid()][1]
            self.others.append(machine_cpu() - ours)
            if now >= memory_due:
                self.memory.append((now, sum(map(memory_kb, tool))))
                memory_due = now + MEMORY_SAMPLE_S

    def cpu(self, sums, begin, end):
        """CPU seconds between two moments, of what `sums` samples; a Fault where they lie outside."""
        if not self.times or begin < self.times[0] or end > self.times[-1]:
            raise Fault("its CPU time was not sampled over the window")

        def at(moment):
            right = bisect.bisect_left(self.times, moment)
            if self.times[right] == moment or right == 0:
                return sums[right]
            left = right - 1
            share = (moment - self.times[left]) / (self.times[right] - self.times[left])
            return sums[left] + share * (sums[right] - sums[left])

        return at(end) - at(begin)

    def memory_peak(self, begin, end):
        """The most KB while the load went on."""
        return max((kb for moment, kb in self.memory if begin <= moment <= end and kb), default=None)


def end_rest(server_pid):
    """Ends what a tool left behind."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        rest = below(os.getpid(), processes(), {server_pid})
        if not rest:
            return
        for pid in rest:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass
        until = time.monotonic() + END_S
        while time.monotonic() < until and reap(rest):
            time.sleep(0.05)


def reap(pids):
    """Takes leave of those that have ended; those that have not."""
    left = set()
    for pid in pids:
        try:
            if os.waitpid(pid, os.WNOHANG) == (0, 0):
                left.add(pid)
        except ChildProcessError:
            pass
    return left


def run(command, log, server_pid, limit_s, env=None, cwd=None):
    """Runs a tool to its end.

    Returns its exit code and the CPU seconds of its whole life; a Fault where it did not end in time.
    """
    with open(log, "wb") as output:
        tool = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            env=env, cwd=cwd,
        )
    until = time.monotonic() + limit_s
    try:
        while True:
            pid, status, usage = os.wait4(tool.pid, os.WNOHANG)
            if pid:
                tool.returncode = os.waitstatus_to_exitcode(status)
                return tool.returncode, usage.ru_utime + usage.ru_stime
            if time.monotonic() > until:
                raise Fault(f"it did not end within {limit_s:.0f} s")
            time.sleep(0.05)
    finally:
        end_rest(server_pid)


def last_words(log, lines=12):
    """How a log ends."""
    try:
        with open(log, encoding="utf-8", errors="replace") as file:
            return "\n".join(line.rstrip()[:LONGEST_LINE] for line in file.read().splitlines()[-lines:])
    except OSError as error:
        return str(error)
