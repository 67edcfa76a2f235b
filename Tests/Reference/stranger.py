#!/usr/bin/env python3
"""Everything that a stranger, or a worker gone bad, may try at a coordinator's port.

stranger.py HOST PORT TOKEN_FILE PID

Prints a line of JSON for each attempt: its name, how often each error was told, and the memory of the coordinator (whose
process is PID) in KiB afterwards.
"""
import base64, hashlib, hmac, json, os, resource, select, socket, struct, sys, time, uuid
from collections import Counter

HOST, PORT, TOKEN, PID = sys.argv[1], int(sys.argv[2]), open(sys.argv[3], "rb").read().strip(), sys.argv[4]
BEGAN, DEEP = time.monotonic(), b"[" * 100_000


def memory(field="VmRSS"):
    return next(int(line.split()[1]) for line in open(f"/proc/{PID}/status") if line.startswith(field + ":"))


def tell(name, codes, **more):
    seconds = round(time.monotonic() - BEGAN, 1)
    print(json.dumps({"attempt": name, "codes": codes, "memory_kib": memory(), "at_seconds": seconds, **more}), flush=True)


def line(**members):
    return json.dumps(members).encode() + b"\n"


class Peer:
    """One connection; with `proven` it is a worker's that has the token."""

    def __init__(self, proven=False, worker=None):
        self.socket = socket.create_connection((HOST, PORT), 20)
        self.file = self.socket.makefile("rb")
        self.greet = json.loads(self.file.readline())
        self.worker = worker or str(uuid.uuid4())
        if proven:
            self.send(line(**self.hello(TOKEN)))
            assert json.loads(self.file.readline())["type"] == "welcome"

    def hello(self, token, major=1):
        nonce = base64.b64encode(os.urandom(32)).decode()
        text = "\n".join(("ape1/worker", self.greet["nonce"], nonce, self.worker))
        return dict(type="hello", protocol={"major": major, "minor": 0}, worker=self.worker, name="stranger", version="1",
                    nonce=nonce, proof=hmac.new(token, text.encode(), hashlib.sha256).hexdigest(),
                    capacity={"cpus": 1, "memory_bytes": 1})

    def send(self, data):
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def code(self):
        """What the first error says, once it has come; `closed` where the connection ends without one."""
        try:
            for text in self.file:
                message = json.loads(text)
                if message["type"] == "error":
                    return message["code"]
            return "closed"
        except OSError as error:
            return type(error).__name__

    def close(self):
        self.file.close()
        self.socket.close()


def say(data, proven=False):
    peer = Peer(proven)
    peer.send(data)
    code = peer.code()
    peer.close()
    return code


def lines_that_are_wrong(proven):
    who = "worker" if proven else "stranger"
    wrong = {
        "deep nesting": b'{"type":"pong","x":' + (DEEP if proven else DEEP[:4000]) + b"\n",
        "NaN": b'{"type":"pong","id":NaN,"sent_us":1,"local_us":1}\n',
        "infinity": b'{"type":"pong","id":-Infinity,"sent_us":1,"local_us":1}\n',
        "1e999": b'{"type":"pong","id":1e999,"sent_us":1,"local_us":1}\n',
        "2^64": b'{"type":"pong","id":18446744073709551616,"sent_us":1,"local_us":1}\n',
        "a number of 3,000 digits": b'{"type":"pong","id":' + b"9" * 3000 + b',"sent_us":1,"local_us":1}\n',
        "a key twice": b'{"type":"pong","id":1,"id":2,"sent_us":1,"local_us":1}\n',
        "invalid UTF-8": b'{"type":"pong","x":"\xff\xfe"}\n',
        "an overlong form": b'{"type":"pong","x":"\xc0\xaf"}\n',
        "half a surrogate": b'{"type":"pong","x":"\xed\xa0\x80"}\n',
        "no object": b"[]\n",
        "no JSON": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        "nothing": b"\n",
        "zeroes": bytes(1000) + b"\n",
        "a TLS hello": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + os.urandom(200).replace(b"\n", b"") + b"\n",
    }
    for name, data in wrong.items():
        tell(f"{who}: {name}", {say(data, proven): 1})


def endless_line(proven):
    """2 GiB without a line feed, or as much as the coordinator takes."""
    peer, sent, chunk = Peer(proven), 0, b"x" * (1 << 20)
    while sent < 2 << 30 and peer.send(chunk):
        sent += len(chunk)
    tell(("worker" if proven else "stranger") + ": a line of 2 GiB", {peer.code(): 1}, sent_bytes=sent)
    peer.close()


def handshakes():
    def attempt(name, change):
        peer = Peer()
        peer.send(change(peer))
        tell(name, {peer.code(): 1})
        peer.close()

    overheard = Peer()
    replay = line(**overheard.hello(TOKEN))
    attempt("stranger: another token", lambda peer: line(**peer.hello(b"not the token of the fleet")))
    attempt("stranger: a hello that was overheard", lambda peer: replay)
    attempt("stranger: no proof", lambda peer: line(**dict(peer.hello(TOKEN), proof="")))
    attempt("stranger: another major version", lambda peer: line(**peer.hello(TOKEN, major=2)))
    attempt("stranger: a message before hello", lambda peer: line(type="prepared", run="r"))
    attempt("stranger: an unknown type", lambda peer: line(type="dance"))
    overheard.close()
    first = Peer(proven=True)
    second = Peer(worker=first.worker)
    second.send(line(**second.hello(TOKEN)))
    tell("worker: an identifier in use", {second.code(): 1})
    greets = {Peer().greet["nonce"] for _ in range(50)}
    tell("nonces", {str(len(greets)): 1})
    first.close()
    second.close()


def slow_loris(count=100):
    peers, codes, began = [Peer() for _ in range(count)], Counter(), time.monotonic()
    while time.monotonic() < began + 7:
        for peer in peers:
            peer.send(b"{")
        time.sleep(0.5)
    codes.update(peer.code() for peer in peers)
    for peer in peers:
        peer.close()
    tell("stranger: slow-loris", codes)


def flood(count=10_000, ungreeted_limit=900):
    """So many connections as fast as they are accepted, each held until the coordinator closes it.

    No more than the kernel's queue takes wait to be accepted: what it drops, no coordinator ever sees."""
    room = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (room, room))
    poll, peers, codes, opened, ungreeted, most = select.epoll(), {}, Counter(), 0, 0, 0
    while opened < count or peers:
        while opened < count and ungreeted < ungreeted_limit and len(peers) < room - 100:
            peer = socket.socket()
            peer.setblocking(False)
            peer.connect_ex((HOST, PORT))
            poll.register(peer, select.EPOLLIN)
            peers[peer.fileno()] = peer, bytearray()
            opened += 1
            ungreeted += 1
        most = max(most, memory())
        for descriptor, _ in poll.poll(1):
            peer, read = peers[descriptor]
            ungreeted -= not read
            try:
                data = peer.recv(65536)
            except OSError as error:
                data = b""
                read += json.dumps({"code": type(error).__name__}).encode()
            read += data
            if not data:
                codes[json.loads(bytes(read).strip().split(b"\n")[-1] or b"{}").get("code", "closed")] += 1
                del peers[descriptor]
                peer.close()
    tell("stranger: 10,000 connections at once", codes, most_memory_kib=most)


def resets(count=2000):
    for _ in range(count):
        peer = socket.create_connection((HOST, PORT), 20)
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        peer.close()
    tell("stranger: 2,000 resets", {})


def floods_of_a_worker(seconds=2):
    """Great windows, and events, as fast as they are taken."""
    peer = Peer(proven=True)
    run, end = json.loads(peer.file.readline())["run"], int(time.time()) * 1_000_000
    indices, edge = range(2048, 35000), lambda index: (index % 1024 + 1024) << (index // 1024 - 1)
    series = {"count": len(indices), "sum_us": 1 << 52, "min_us": edge(indices[0]), "max_us": edge(indices[-1]),
              "buckets": [[index, 1] for index in indices]}
    window = line(type="window", run=run, seq=0, stage=0, revision=1, phase="drain", start_us=end - 1_000_000, end_us=end,
                  agents={"assigned": 0, "active": 0}, counters={}, series={"junk": series, "more junk": series}, host={})
    events = line(type="event", run=run, level="info", code="junk", message="x" * 2000) * 100
    seq, began, most = 0, time.monotonic(), 0
    while time.monotonic() < began + seconds:
        seq += 1
        if not peer.send(window.replace(b'"seq": 0', b'"seq": %d' % seq) + events):
            break
        most = max(most, memory())
    peer.send(line(type="nonsense"))
    tell("worker: a flood of windows and events", {peer.code(): 1}, windows=seq, line_bytes=len(window), most_memory_kib=most)
    peer.close()


def storm_of_a_worker(count=500):
    """One worker that connects, proves itself and goes away, again and again."""
    worker, codes = str(uuid.uuid4()), Counter()
    for _ in range(count):
        peer = Peer(worker=worker)
        peer.send(line(**peer.hello(TOKEN)))
        answer = json.loads(peer.file.readline())
        codes[answer.get("code", answer["type"])] += 1
        # Its identifier is free once the coordinator has seen the end.
        peer.socket.shutdown(socket.SHUT_WR)
        while peer.file.readline():
            pass
        peer.close()
    tell("worker: a storm of reconnects", codes)


if __name__ == "__main__":
    tell("nothing", {})
    lines_that_are_wrong(proven=False)
    lines_that_are_wrong(proven=True)
    handshakes()
    endless_line(proven=False)
    endless_line(proven=True)
    resets()
    slow_loris()
    flood()
    floods_of_a_worker()
    storm_of_a_worker()
    tell("all", {}, peak_memory_kib=memory("VmHWM"))
