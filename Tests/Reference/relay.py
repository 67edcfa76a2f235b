#!/usr/bin/env python3
"""A TCP relay that writes down every byte of both directions, as whoever listens on the wire would.

relay.py LISTEN_PORT HOST PORT FILE
"""
import sys

from relaying import relay, shut

LISTEN, HOST, PORT, RECORD = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), open(sys.argv[4], "ab", buffering=0)


def carry(source, sink):
    try:
        while data := source.recv(65536):
            RECORD.write(data)
            sink.sendall(data)
    except OSError:
        pass
    shut(source, sink)


relay(LISTEN, HOST, PORT, carry)
