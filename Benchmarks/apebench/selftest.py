"""Proof that no figure is printed where there is none: each trouble has to end in a Fault that names it."""

import contextlib
import socket
import tempfile
import threading
from pathlib import Path

from . import LOOPBACK, Fault, counting, free_port, measuring, say
from .program import Program, figure
from .serving import serving


def expect(words, trouble, body):
    """Runs a body that has to fail with these words, or one of these."""
    try:
        body()
    except Fault as fault:
        if any(word in str(fault) for word in words.split("|")):
            say(f"  {trouble}: {str(fault).splitlines()[-1]}")
            return
        raise Fault(f"self-test: {trouble} is told as: {fault}") from fault
    raise Fault(f"self-test: {trouble} is not noticed")


@contextlib.contextmanager
def stage(**options):
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), **options) as server:
        yield server


def taken_port():
    with socket.create_server((LOOPBACK, 0)) as other, stage(ports={"model": other.getsockname()[1]}):
        pass


def strange_server(path):
    """Somebody else answers where the server was."""
    with stage() as server:
        server.word = "another word"
        Program(path, server).figures("transfer")


def dead_server(path):
    """The server dies while it is measured."""
    with stage() as server:
        killer = threading.Timer(1, server.process.kill)
        killer.start()
        try:
            for _ in range(100):
                measuring.bare(Program(path, server), "get", 10)
        finally:
            killer.join()


def absent_server(path):
    with stage() as server:
        program = Program(path, server)
        url = f"http://{LOOPBACK}:{free_port()}/"
        program.figures("transfer", url=url, agents=1, rounds=1, bytes=1)


def wrong_size(path):
    with stage() as server:
        (server.folder / "www/api/products").write_text("{}")
        measuring.bare(Program(path, server), "get", 10)


def wrong_status(path):
    with stage(without=["api/products"]) as server:
        measuring.step(Program(path, server), 10)


def silent_model(path):
    with stage() as server:
        (server.folder / "www/v1/chat/completions").write_text("data: [DONE]\n\n")
        measuring.step(Program(path, server), 10)


def run(path):
    say("self-test: each of these has to be told, and no figure printed")
    expect("in use", "a taken port", taken_port)
    expect("answered by another server", "another server on our port", lambda: strange_server(path))
    expect("gives no answer|nginx has ended", "a server that dies", lambda: dead_server(path))
    expect("gives no answer", "no server at all", lambda: absent_server(path))
    expect("answers with status 200 and 2 bytes", "an answer of another size", lambda: wrong_size(path))
    expect("not every answer was of 2xx", "answers of 404", lambda: wrong_status(path))
    expect("a session failed", "a model that says nothing", lambda: silent_model(path))
    expect("wrote no total", "an empty file of callgrind", lambda: counting.read("fn=(1) main\n"))
    expect("saw no call", "a program without allocations", lambda: counting.read("totals: 12\n"))
    expect("could not be read", "a figure of 0", lambda: figure({"memory": 0}, "memory"))
    expect("could not be read", "a figure that is missing", lambda: figure({}, "memory"))
    moved = list(counting.compare({"get": {"instructions": 110}}, {"get": {"instructions": 100}}))
    if moved != ["a GET: instructions went from 100 to 110, +10.0 %"]:
        raise Fault(f"self-test: a move of 10 % is told as {moved}")
    if list(counting.compare({"get": {"instructions": 104}}, {"get": {"instructions": 100}})):
        raise Fault("self-test: a move of 4 % is told")
    say("self-test: every trouble is told")
