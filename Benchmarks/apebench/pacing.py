"""The paced server, for as long as something is measured against it."""

import contextlib
import json
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path

from . import HERE, LOOPBACK, Fault, free_port, running, wait_until
from .serving import told


class PacedServer:
    def __init__(self, port, word, process):
        self.port, self.word, self.process = port, word, process

    def url(self, path=""):
        return f"http://{LOOPBACK}:{self.port}{path}"

    def check(self):
        """Whether it is still us who answers."""
        if self.process.poll() is not None or told(self.url("/whoami")) != self.word:
            raise Fault(f"the paced server does not answer on port {self.port} any more")

    def ended(self):
        """Ends it; what it says it has served."""
        self.process.terminate()
        text = self.process.communicate(timeout=10)[0]
        try:
            return json.loads(text)
        except ValueError as error:
            raise Fault(f"the paced server did not say what it has served: {text!r}") from error


@contextlib.contextmanager
def pacing(kind):
    """A paced server of one kind, stream or whole."""
    port, word = free_port(), secrets.token_hex(16)
    with tempfile.NamedTemporaryFile("w") as log:
        command = [sys.executable, HERE / "paced_server.py", port, kind, word]
        with running(command, stdout=subprocess.PIPE, stderr=log, text=True) as process:
            server = PacedServer(port, word, process)
            wait_until(lambda: told(server.url("/whoami")) == word, "the paced server", process, Path(log.name))
            yield server
