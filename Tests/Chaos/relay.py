"""The wire between workers and coordinator: writes down every line, and is cut, slowed and reset on demand."""
import asyncio, hashlib, json, threading, time

# What the checker asks of a window; the rest of it is in its digest.
COUNTERS = ["target_requests", "decisions", "sessions_started", "sessions_succeeded"]


def now_micros():
    return time.time_ns() // 1000


def brief(message):
    """A message as the history keeps it."""
    kind = message.get("type")
    if kind == "window":
        digest = hashlib.sha1(json.dumps(message, sort_keys=True).encode()).hexdigest()[:16]
        kept = {key: message.get(key) for key in ("run", "seq", "stage", "phase", "start_us", "end_us", "agents", "late")}
        counters = {key: message["counters"].get(key, 0) for key in COUNTERS}
        return {"type": kind, **kept, "counters": counters, "digest": digest}
    if kind == "prepare":
        return {"type": kind, "run": message["run"]}
    if kind == "rows":
        return {**message, "rows": len(message["rows"])}
    if kind == "event":
        return {"type": kind, "code": message.get("code")}
    if kind in ("greet", "hello", "welcome"):
        return {key: value for key, value in message.items() if key not in ("nonce", "proof")}
    return message


class Link:
    """One worker's way to the coordinator. `ways` says in which directions bytes pass."""

    def __init__(self, relay, number):
        self.relay, self.number = relay, number
        self.ways, self.delay = {"up": True, "down": True}, 0.0
        self.writers, self.server = set(), None

    async def open(self, port):
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", port)

    async def serve(self, near_reader, near_writer):
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.relay.port)
        except OSError:
            near_writer.transport.abort()
            return
        ends = {near_writer, far_writer}
        self.writers |= ends
        self.relay.connections += 1
        connection = self.relay.connections
        try:
            await asyncio.gather(
                self.carry("up", connection, near_reader, far_writer),
                self.carry("down", connection, far_reader, near_writer),
            )
        except OSError:
            pass
        finally:
            self.writers -= ends
            for end in ends:
                end.transport.abort()

    async def carry(self, way, connection, reader, writer):
        """Bytes and the connection's end arrive in their order, none while the way is cut, each after the delay."""
        queue = asyncio.Queue()

        async def deliver():
            rest = b""
            while True:
                due, data = await queue.get()
                await asyncio.sleep(max(0, due - time.monotonic()))
                while not self.ways[way]:
                    await asyncio.sleep(0.02)
                if not data:
                    break
                writer.write(data)
                await writer.drain()
                rest = self.write_down(way, connection, rest + data) if way == "down" else b""
            writer.write_eof()

        delivery, rest = asyncio.create_task(deliver()), b""
        try:
            while True:
                try:
                    data = await reader.read(65536)
                except OSError:
                    data = b""
                if way == "up":
                    rest = self.write_down(way, connection, rest + data)
                queue.put_nowait((time.monotonic() + self.delay, data))
                if not data:
                    break
            await delivery
        finally:
            delivery.cancel()

    def write_down(self, way, connection, data):
        *lines, rest = data.split(b"\n")
        for line in lines:
            try:
                message = brief(json.loads(line))
            except (ValueError, KeyError):
                message = {"type": "unreadable", "bytes": len(line)}
            entry = {"t": now_micros(), "link": self.number, "connection": connection, "way": way, "message": message}
            self.relay.record.write(json.dumps(entry) + "\n")
        return rest

    def reset(self):
        for writer in list(self.writers):
            writer.transport.abort()


class Relay:
    """All links, on a thread of their own."""

    def __init__(self, path, port):
        self.record, self.port, self.connections, self.links = open(path, "a", buffering=1), port, 0, {}
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def on_loop(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(10)

    def open(self, number, port):
        self.links[number] = link = Link(self, number)
        self.on_loop(link.open(port))

    def change(self, number, **what):
        """Sets a link's `up` and `down`, its `delay` in seconds, or resets its connections."""

        async def change():
            link = self.links[number]
            link.ways.update({way: what[way] for way in ("up", "down") if way in what})
            link.delay = what.get("delay", link.delay)
            if what.get("reset"):
                link.reset()

        self.on_loop(change())

    def close(self):
        async def close():
            for link in self.links.values():
                link.server.close()
                link.reset()

        self.on_loop(close())
        self.loop.call_soon_threadsafe(self.loop.stop)
