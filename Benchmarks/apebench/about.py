"""What figures are of: when, on what machine, with which versions."""

import datetime
import os
import platform
import re
import subprocess

from . import TREE, Fault, output


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


def about():
    """What stands above every table."""
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": output("git", "describe", "--always", "--dirty", "--exclude=*", cwd=TREE).strip(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "load": round(os.getloadavg()[0], 1),
        **tools(),
        "nginx": nginx(),
    }
