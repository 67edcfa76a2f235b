#!/usr/bin/env python3
"""A TCP relay that writes down every byte of both directions, as whoever listens on the wire would.

relay.py LISTEN_PORT HOST PORT FILE
"""
import socket, sys, threading

LISTEN, HOST, PORT, RECORD = int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), open(sys.argv[4], "ab", buffering=0)


def carry(source, sink):
    try:
        while data := source.recv(65536):
            RECORD.write(data)
            sink.sendall(data)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


with socket.create_server(("127.0.0.1", LISTEN)) as server:
    print("ready", flush=True)
    while True:
        near, _ = server.accept()
        far = socket.create_connection((HOST, PORT))
        for ends in ((near, far), (far, near)):
            threading.Thread(target=carry, args=ends, daemon=True).start()
