#!/usr/bin/env python3
"""A bad network between hosts: every packet takes its time, and some are lost.

wire.py DELAY_MS LOSS NAMESPACE=ADDRESS...

Gives each network namespace an interface `eth0` with its address (a TUN device) and carries the packets between them,
each after DELAY_MS one way, but for a share LOSS of them. Says `ready`, and carries until it is ended. Unlike netem it
needs nothing of the kernel but TUN.
"""
import collections, ctypes, fcntl, ipaddress, os, random, select, struct, subprocess, sys, time

DELAY, LOSS = float(sys.argv[1]) / 1000, float(sys.argv[2])
TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x0001, 0x1000, 0x40000000
LIBC, CHANCE = ctypes.CDLL(None, use_errno=True), random.Random(1)


def enter(path):
    namespace = os.open(path, os.O_RDONLY)
    if LIBC.setns(namespace, CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), f"cannot enter {path}")
    os.close(namespace)


def device(namespace, address):
    """A TUN device in a namespace, as a descriptor."""
    enter(f"/run/netns/{namespace}")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH22x", b"eth0", IFF_TUN | IFF_NO_PI))
    for words in (["address", "add", f"{address}/24", "dev", "eth0"], ["link", "set", "eth0", "up"]):
        subprocess.run(["ip", *words], check=True)
    return tun


def carry(ways):
    """Each packet is as long on its way as any other, so they arrive in the order in which they were sent."""
    poll, under_way = select.poll(), collections.deque()
    for tun in ways.values():
        poll.register(tun, select.POLLIN)
    while True:
        wait = max(0, under_way[0][0] - time.monotonic()) * 1000 if under_way else None
        for tun, _ in poll.poll(wait):
            try:
                packet = os.read(tun, 65536)
            except BlockingIOError:
                continue
            way = ways.get(packet[16:20]) if packet[0] >> 4 == 4 else None
            if way is not None and CHANCE.random() >= LOSS:
                under_way.append((time.monotonic() + DELAY, way, packet))
        while under_way and under_way[0][0] <= time.monotonic():
            _, way, packet = under_way.popleft()
            try:
                os.write(way, packet)
            except OSError:
                pass  # An interface that is down loses what comes.


hosts = (word.split("=") for word in sys.argv[3:])
ways = {ipaddress.ip_address(address).packed: device(namespace, address) for namespace, address in hosts}
print("ready", flush=True)
carry(ways)
