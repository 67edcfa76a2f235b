"""What the kernel says of a process: memory, threads, descriptors, sockets by their state, and CPU time."""
import os
from pathlib import Path

# The kernel's numbers of a TCP socket's states (include/net/tcp_states.h).
STATES = {
    "01": "ESTABLISHED", "02": "SYN_SENT", "03": "SYN_RECV", "04": "FIN_WAIT1", "05": "FIN_WAIT2", "06": "TIME_WAIT",
    "07": "CLOSE", "08": "CLOSE_WAIT", "09": "LAST_ACK", "0A": "LISTEN", "0B": "CLOSING",
}
TICKS = os.sysconf("SC_CLK_TCK")


def fields(path):
    """The whole numbers of a file of lines such as `Pss:  123 kB`."""
    parts = (line.split() for line in Path(path).read_text().splitlines())
    return {part[0].rstrip(":"): int(part[1]) for part in parts if len(part) > 1 and part[1].isdigit()}


def socket_states():
    """Of every TCP socket of this machine its state, by the number by which processes hold it."""
    states = {}
    for name in ("tcp", "tcp6"):
        with open(f"/proc/net/{name}") as file:
            next(file)
            for line in file:
                parts = line.split(None, 10)
                states[parts[9]] = STATES.get(parts[3], parts[3])
    return states


def of_process(pid, states):
    """What is to be read of a process; None where it has ended meanwhile."""
    place = f"/proc/{pid}"
    try:
        memory, status = fields(f"{place}/smaps_rollup"), fields(f"{place}/status")
        # Behind the name, which may hold blanks.
        ticks = Path(f"{place}/stat").read_text().rpartition(")")[2].split()
        names = os.listdir(f"{place}/fd")
    except (FileNotFoundError, ProcessLookupError):
        return None
    sockets = {}
    for name in names:
        try:
            link = os.readlink(f"{place}/fd/{name}")
        except OSError:
            continue
        if link.startswith("socket:["):
            # Those that are not there by now are not TCP, or were closed after the states were read.
            state = states.get(link[8:-1], "other")
            sockets[state] = sockets.get(state, 0) + 1
    return {
        "pss_kib": memory["Pss"], "rss_kib": memory["Rss"], "threads": status["Threads"], "descriptors": len(names),
        "sockets": sockets, "cpu_seconds": (int(ticks[11]) + int(ticks[12])) / TICKS,
    }


def of_file(path):
    """A file's size in bytes, 0 where there is none."""
    try:
        return os.stat(path).st_size
    except FileNotFoundError:
        return 0
