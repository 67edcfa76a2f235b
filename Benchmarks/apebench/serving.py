"""What the measured agents speak to: nginx with a model's stream and a shop's answer, on loopback."""

import contextlib
import json
import secrets
import subprocess
import urllib.error
import urllib.request

from . import LOOPBACK, Fault, free_port, output, running, wait_until

# The steps of a session, and of the longer one in which memory is read at eight.
STEPS, LONG_STEPS = 8, 20
WORDS = ["I", " will", " see", " which", " products", " there", " are", "."]
PIECES = ['{"tar', 'get":"s', 'hop",', '"path":', '"/api/pr', 'oducts",', '"query"', ':{"categ', 'ory":', '"audio"', "}}"]
PRODUCTS = json.dumps(
    {"products": [{"id": f"p-{n}", "name": f"Headphones number {n}", "price": 19.9, "stock": 7} for n in range(1, 13)]},
    separators=(",", ":"),
)


def events():
    """A streamed decision to look at the products: 23 events."""

    def event(delta, reason=None):
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1795485674, "model": "m"}
        return "data: " + json.dumps({**head, "choices": [choice]}, separators=(",", ":")) + "\n\n"

    def call(**fields):
        return {"tool_calls": [{"index": 0, **fields}]}

    function = {"name": "http_get", "arguments": ""}
    return [
        event({"role": "assistant", "content": ""}),
        *(event({"content": word}) for word in WORDS),
        event(call(id="call_1", type="function", function=function)),
        *(event(call(function={"arguments": piece})) for piece in PIECES),
        event({}, "tool_calls"),
        "data: [DONE]\n\n",
    ]


def every(steps):
    """A pattern of the whole numbers that `steps` divides."""
    digits = next(n for n in range(1, 5) if 10**n % steps == 0)
    multiples = range(0, 10**digits, steps)
    short = "|".join(str(n) for n in multiples if n)
    return f"(?:[0-9]*[1-9][0-9]*(?:{'|'.join(str(n).zfill(digits) for n in multiples)})|{short})"


class Server:
    """An nginx of our own. Each of its ports tells a word that nobody else knows."""

    PORTS = ("model", "shop", "long_shop", "tls")

    def __init__(self, folder, ports, process):
        self.folder, self.ports, self.process = folder, ports, process
        self.word = secrets.token_hex(16)
        self.certificate = folder / "ca.pem"

    def url(self, port, path=""):
        return f"{'https' if port == 'tls' else 'http'}://{LOOPBACK}:{self.ports[port]}{path}"

    def check(self):
        """Whether it is still us who answers."""
        if self.process.poll() is not None:
            raise Fault(f"nginx has ended with {self.process.returncode}; see {self.folder}/error.log")
        for port in self.PORTS[:-1]:
            if told(self.url(port, "/whoami")) != self.word:
                raise Fault(f"port {self.ports[port]} is answered by another server than the benchmark's")


def told(url):
    """The body of an answer, and of a refusal; None where nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode(errors="replace")
    except urllib.error.HTTPError as error:
        return error.read().decode(errors="replace")
    except OSError:
        return None


def configuration(server):
    ports = server.ports
    last = f"~^(?:{ports['shop']}:{every(STEPS)}|{ports['long_shop']}:{every(LONG_STEPS)})$"
    listens = "\n".join(f"        listen {LOOPBACK}:{ports[name]} backlog=8192;" for name in server.PORTS[:-1])
    folder = server.folder
    temporary = "\n".join(
        f"    {kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
# One process: it cannot leave another behind.
master_process off;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_rlimit_nofile 65536;
events {{ worker_connections 30000; }}
http {{
    access_log off;
    # A session's last step is told by its number on the agent's connection.
    map "$server_port:$connection_requests" $is_last {{ default 0; "{last}" 1; }}
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_body_buffer_size 128k;
{temporary}
    open_file_cache max=16;
    server {{
{listens}
        listen {LOOPBACK}:{ports['tls']} ssl http2 backlog=8192;
        ssl_certificate {folder}/ca.pem;
        ssl_certificate_key {folder}/key.pem;
        root {folder}/www;
        default_type application/json;
        location = /whoami {{ return 200 "{server.word}"; }}
        location /v1/ {{ default_type text/event-stream; error_page 405 =200 $uri; }}
        location = /api/products {{
            if ($is_last) {{ return 201 '{PRODUCTS}'; }}
        }}
    }}
}}
"""


@contextlib.contextmanager
def serving(folder, ports=None, without=()):
    """nginx for as long as the block lasts.

    ports: those that it is to have, by name; free ones unless given. without: files that it is to lack.
    """
    ports = {**{name: free_port() for name in Server.PORTS}, **(ports or {})}
    files = {"v1/chat/completions": "".join(events()), "api/products": PRODUCTS}
    for name, text in files.items():
        path = folder / "www" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name not in without:
            path.write_text(text)
    output(
        *"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=IP:127.0.0.1".split(),
        "-keyout", folder / "key.pem", "-out", folder / "ca.pem",
    )
    server = Server(folder, ports, None)
    (folder / "nginx.conf").write_text(configuration(server))
    command = ["nginx", "-p", folder, "-c", folder / "nginx.conf", "-e", folder / "error.log"]
    output("nginx", "-v")
    with running(command, stderr=subprocess.DEVNULL) as process:
        server.process = process
        url = server.url("model", "/whoami")
        wait_until(lambda: told(url) == server.word, f"nginx on port {ports['model']}", process, folder / "error.log")
        server.check()
        yield server
