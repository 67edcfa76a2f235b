"""What fleets of real processes have in common: ports, programs, services that write down what they serve, and goals."""
import os, random, socket, subprocess, sys
from pathlib import Path

HERE = Path(__file__).parent
TOKEN = "a-token-that-no-output-may-hold"

GOALS = """name: {name}
targets:
  app: {{url: "http://127.0.0.1:{port}", endpoints: ["GET /agents/{{agent}}/{{session}}/{{random}}/{{row}}"]}}
inference: {{url: "http://127.0.0.1:{port}/v1", model: {name}}}
goals:
  visit:
    weight: 8
    script:
      - "GET /agents/{{{{agent}}}}/{{{{session}}}}/{{{{random}}}}/-"
      - "GET /agents/{{{{agent}}}}/{{{{session}}}}/{{{{random}}}}/-"
  rows:
    # Seldom, since an agent that waits for its row does nothing while the coordinator is away.
    weight: 0.5
    data: {{file: rows.csv, pick: once}}
    script:
      - "GET /agents/{{{{agent}}}}/{{{{session}}}}/{{{{random}}}}/{{{{row}}}}"
      - "GET /agents/{{{{agent}}}}/{{{{session}}}}/{{{{random}}}}/{{{{row}}}}"
  model:
    weight: 4
    prompt: "Ask for your path. You are agent={{{{agent}}}} session={{{{session}}}} random={{{{random}}}}"
    success: [{{answer: "GET /agents/{{agent}}/{{session}}/{{random}}/{{row}}", status: 200}}]
    max_steps: 4
"""


def write_inputs(folder, name, port, settings, rows):
    """The scenario with settings of its own behind the goals, the rows that it hands out, and the fleet's token."""
    (folder / "token").write_text(TOKEN + "\n")
    (folder / "token").chmod(0o600)
    (folder / "rows.csv").write_text("row\n" + "".join(f"{row}\n" for row in range(rows)))
    (folder / "scenario.yml").write_text(GOALS.format(name=name, port=port) + settings)


def free_ports(count):
    """Ports that the system gives to nobody by itself, so that none is taken before it is used."""
    free = []
    while len(free) < count:
        port = random.randrange(12_000, 32_000)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        free += [port] if port not in free else []
    return free


def spawn(log, words, **options):
    """A program whose words go to a log, and that no proxy of this machine's comes between."""
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    with open(log, "ab") as output:
        return subprocess.Popen(
            words, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment, **options
        )


def start_services(record, ports, **options):
    """The target and the model's endpoint, each port the proxy of one worker's process."""
    words = [sys.executable, str(HERE / "services.py"), str(record), *map(str, ports)]
    services = subprocess.Popen(words, stdout=subprocess.PIPE, **options)
    if not services.stdout.readline():
        raise SystemExit("the services do not start")
    return services
