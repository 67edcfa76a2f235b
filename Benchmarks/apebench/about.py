"""What figures are of: when, on what machine, with which versions."""

import datetime
import os
import platform
import re
import subprocess
import time

from . import TREE, Fault, output

SAMPLE_S = 3


def first(pattern, text, what):
    found = re.search(pattern, text)
    if not found:
        raise Fault(f"cannot tell {what}: {text.strip()[:80]!r}")
    return found.group(1)


def processor():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
        found = re.search(r"^model name\s*: (.*)$", file.read(), re.MULTILINE)
    return found.group(1).strip() if found else platform.machine()


def tools():
    """The versions that an instruction count depends on."""
    return {
        "architecture": platform.machine(),
        "swift": first(r"Swift version (\S+)", output("swift", "--version"), "Swift's version"),
        "libcurl": output("pkg-config", "--modversion", "libcurl").strip(),
        "openssl": output("pkg-config", "--modversion", "openssl").strip(),
        "glibc": platform.libc_ver()[1],
        "valgrind": first(r"valgrind-(\S+)", output("valgrind", "--version"), "valgrind's version"),
    }


def nginx():
    # It tells its version on the error stream.
    done = subprocess.run(["nginx", "-v"], capture_output=True, text=True, check=False)
    return first(r"nginx/(\S+)", done.stderr, "nginx's version")


def others_percent():
    """What other programs use of all processors, while this one waits."""

    def ticks():
        with open("/proc/stat", encoding="ascii") as file:
            fields = [int(field) for field in file.readline().split()[1:9]]
        # Neither idle nor waiting for a disk.
        return sum(fields) - fields[3] - fields[4], sum(fields)

    busy, all_ = ticks()
    time.sleep(SAMPLE_S)
    busy_then, all_then = ticks()
    if all_then <= all_:
        raise Fault("/proc/stat does not tell how busy the processors are")
    return round(100 * (busy_then - busy) / (all_then - all_))


def about():
    """What stands above every table."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": output("git", "describe", "--always", "--dirty", "--exclude=*", cwd=TREE).strip(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "others_percent": others_percent(),
        **tools(),
        "nginx": nginx(),
    }
