"""What the benchmarks' programs share: a fault, processes, ports."""

import contextlib
import signal
import socket
import subprocess
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
TREE = HERE.parent
LOOPBACK = "127.0.0.1"


class Fault(Exception):
    """Why there is no figure."""


def say(text):
    """Tells a person what goes on."""
    print(text, flush=True)


def free_port():
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        return taken.getsockname()[1]


def output(*command, timeout=60, cwd=None, env=None):
    """What a command prints; a Fault with its last words where it fails."""
    try:
        done = subprocess.run(
            [str(word) for word in command], capture_output=True, text=True, timeout=timeout, cwd=cwd, env=env, check=False
        )
    except FileNotFoundError as error:
        raise Fault(f"{command[0]} is missing; .ci/packages build test installs what the benchmarks need") from error
    except subprocess.TimeoutExpired as error:
        raise Fault(f"{command[0]} did not end within {timeout} s: {' '.join(map(str, command))}") from error
    if done.returncode:
        words = "\n".join((done.stderr.strip() or done.stdout.strip()).splitlines()[-5:])
        raise Fault(f"{Path(str(command[0])).name} ended with {done.returncode}: {words}")
    return done.stdout


@contextlib.contextmanager
def running(command, **options):
    """A process for as long as the block lasts."""
    process = subprocess.Popen([str(word) for word in command], **options)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(happened, what, process, log, seconds=15):
    """Returns once something has happened; a Fault with the log's last words where the process ends before, or time."""
    deadline = time.monotonic() + seconds
    while not happened():
        ended = process.poll() is not None
        if ended or time.monotonic() > deadline:
            words = Path(log).read_text(errors="replace").strip().splitlines() if Path(log).exists() else []
            why = f"ended with {process.returncode}" if ended else f"is not ready after {seconds} s"
            raise Fault(f"{what} {why}: {' / '.join(words[-2:]) or 'it says nothing'}")
        time.sleep(0.02)
