"""Where the peers come from: PyPI, each into a virtual environment of its own, and Debian."""

import functools
import glob
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from host import Fault, last_words

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ape-bench"
INSTALL_S = 3600
# The version of each, the least Python it takes, and what it brings along where that is much.
PACKAGES = {
    "locust": ("2.47.0", (3, 10), ""),
    "guidellm": ("0.8.1", (3, 10), ", 6 GB with PyTorch"),
    "aiperf": ("0.13.0", (3, 10), ", 1.2 GB"),
    "inference-perf": ("0.7.0", (3, 12), ", 0.8 GB"),
}
# By which Python is taken: all peers run on the first of these that there is.
PREFERRED = ((3, 12), (3, 13), (3, 11), (3, 10))


@functools.cache
def pythons():
    """The interpreters that can make virtual environments, by version."""
    found = {}
    named = [shutil.which(f"python3.{minor}") for _, minor in PREFERRED]
    pyenv = glob.glob(f"{os.environ.get('PYENV_ROOT') or Path.home() / '.pyenv'}/versions/*/bin/python3")
    for path in [*named, *pyenv, shutil.which("python3"), sys.executable]:
        if not path:
            continue
        words = [path, "-c", "import ensurepip, sys, venv; print(*sys.version_info[:2])"]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            found.setdefault(tuple(map(int, done.stdout.split())), path)
    return found


def python(least):
    """An interpreter of at least this version."""
    for version in PREFERRED:
        if version >= least and version in pythons():
            return pythons()[version]
    there = ", ".join(f"3.{minor}" for _, minor in sorted(pythons())) or "none with venv (python3-venv)"
    raise Fault(f"it wants Python 3.{least[1]} or later, up to 3.13; here is {there}")


def installed(name, say):
    """The folder of a package's programs, once they are installed."""
    version, least, size = PACKAGES[name]
    folder = CACHE / name
    mark = folder / "ape-bench.json"
    try:
        if json.loads(mark.read_text()) == {"version": version}:
            return folder / "bin"
    except (OSError, ValueError):
        pass
    interpreter = python(least)
    say(f"installing {name} {version} from PyPI into {folder}{size}")
    shutil.rmtree(folder, ignore_errors=True)
    CACHE.mkdir(parents=True, exist_ok=True)
    log = CACHE / f"{name}.log"
    with open(log, "wb") as output:
        for words in (
            [interpreter, "-m", "venv", folder],
            [folder / "bin/pip", "install", "--disable-pip-version-check", "--no-input", f"{name}=={version}"],
        ):
            try:
                done = subprocess.run(words, stdout=output, stderr=output, timeout=INSTALL_S, check=False)
            except subprocess.TimeoutExpired as error:
                raise Fault(f"its installation did not end within {INSTALL_S // 60} minutes ({log})") from error
            if done.returncode:
                raise Fault(f"it could not be installed ({log}):\n{last_words(log)}")
    mark.write_text(json.dumps({"version": version}))
    return folder / "bin"


def version(name):
    """A peer's version, with the Python that runs it."""
    minor = next(iter(sorted((CACHE / name / "lib").glob("python3.*"))), None)
    return f"{PACKAGES[name][0]} (Python {minor.name.removeprefix('python') if minor else 'unknown'})"


def system(name, words, pattern):
    """The version of a program of the system's packages."""
    if not shutil.which(name):
        raise Fault(f"{name} is missing: .ci/packages bench")
    done = subprocess.run([name, *words], capture_output=True, text=True, check=False)
    found = re.search(pattern, done.stdout + done.stderr)
    return found[1] if found else "unknown"
