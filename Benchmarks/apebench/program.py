"""The measuring program, ape-bench: how it is built, and what it says."""

import json

from . import HERE, Fault, output, say

SECONDS_A_BUILD = 3600


def build():
    """Builds ape-bench for release, as the programs are built; its path."""
    flags = output("make", "-s", "--no-print-directory", "-C", HERE.parent, "release-flags").split()
    say("building ape-bench (minutes, the first time)")
    output("swift", "build", *flags, "--product", "ape-bench", cwd=HERE, timeout=SECONDS_A_BUILD)
    path = HERE / ".build/release/ape-bench"
    if not path.exists():
        raise Fault(f"swift build made no {path}")
    return path


class Program:
    """ape-bench against one server."""

    def __init__(self, path, server):
        self.path, self.server = path, server

    def command(self, measurement, **settings):
        return [self.path, measurement, *(f"{name}={value}" for name, value in settings.items())]

    def figures(self, measurement, timeout=180, **settings):
        """What one measurement gives; a Fault where it gives nothing, or another server answered."""
        self.server.check()
        text = output(*self.command(measurement, **settings), timeout=timeout)
        self.server.check()
        try:
            return json.loads(text)
        except ValueError as error:
            raise Fault(f"ape-bench {measurement} said no JSON: {text!r}") from error


def figure(figures, name):
    """A figure that has to be there."""
    value = figures.get(name)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or value <= 0:
        raise Fault(f"{name} could not be read: {value!r}")
    return value
