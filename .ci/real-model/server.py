"""llama.cpp's server with its model."""

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

# A line of the server's log for each answer: what of the prompt was evaluated, and not taken from the cache.
EVALUATED = re.compile(r"prompt eval time = .* / +(\d+) tokens")
START_SECONDS = 60
IDLE_SECONDS = 60


class ModelServer:
    """Serves on a free loopback port until the block ends."""

    def __init__(self, directory, log):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.address = f"127.0.0.1:{self.port}"
        self.command = [
            directory / "llama-server", "--model", directory / "model.gguf", "--alias", "smollm2",
            "--jinja", "--chat-template-file", directory / "template.jinja",
            "--host", "127.0.0.1", "--port", str(self.port), "--metrics",
            # Four agents, each with a slot of 4,096 tokens. Waiting threads leave the processors to APE.
            "--parallel", "4", "--ctx-size", "16384", "--poll", "0",
        ]
        self.log = log
        self.read = 0
        self.process = None

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.kill()

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        end = time.monotonic() + START_SECONDS
        while self.get("/health") is None:
            if self.process.poll() is not None or time.monotonic() > end:
                sys.exit(f"real-model: the server does not start\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.1)

    def kill(self):
        """As kill -9 does it."""
        self.process.kill()
        self.process.wait()

    def get(self, path):
        """A page's text; None where there is none."""
        try:
            with urllib.request.urlopen(f"http://{self.address}{path}", timeout=30) as answer:
                return answer.read().decode()
        except (urllib.error.URLError, OSError):
            return None

    def metrics(self):
        """The server's own figures, once it has nothing to do or has been busy for too long."""
        end = time.monotonic() + IDLE_SECONDS
        while True:
            lines = [line.split() for line in (self.get("/metrics") or "").splitlines() if not line.startswith("#")]
            figures = {name: float(value) for name, value in lines}
            if figures.get("llamacpp:requests_processing") == 0 or time.monotonic() > end:
                return figures
            time.sleep(0.2)

    def read_evaluated(self):
        """Of each prompt since the last call: how many of its tokens were evaluated."""
        with self.log.open(errors="replace") as log:
            log.seek(self.read)
            text = log.read()
            self.read = log.tell()
        return [int(count) for count in EVALUATED.findall(text)]
