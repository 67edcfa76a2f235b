"""A target of known capacity: `servers.py PORT SERVERS SECONDS [SIGMA]`.

Each request takes one of SERVERS servers for SECONDS, or waits for one. Times are kept by the clock and not by the wake-ups
of this process, so that SERVERS / SECONDS requests a second are done while any wait, however busy the machine is. With
SIGMA there is no queue: a request takes SECONDS times 1 + SIGMA (n - 1) where n are under way, which is the Universal
Scalability Law without coherency.
"""

import asyncio
import heapq
import sys

PORT, SERVERS, SECONDS = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
SIGMA = float(sys.argv[4]) if len(sys.argv) > 4 else None
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"

free = [0.0] * SERVERS
under_way = 0


def done_at(now):
    if SIGMA is not None:
        return now + SECONDS * (1 + SIGMA * (under_way - 1))
    done = max(now, free[0]) + SECONDS
    heapq.heapreplace(free, done)
    return done


async def serve(reader, writer):
    global under_way
    loop = asyncio.get_running_loop()
    try:
        while await reader.readuntil(b"\r\n\r\n"):
            under_way += 1
            try:
                await asyncio.sleep(done_at(loop.time()) - loop.time())
            finally:
                under_way -= 1
            writer.write(ANSWER)
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    finally:
        writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", PORT, backlog=4096)
    async with server:
        await server.serve_forever()


asyncio.run(main())
