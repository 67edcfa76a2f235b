"""What relays between two sides have in common: they take connections, and carry each direction on a thread of its own."""
import socket, threading


def shut(*ends):
    """Ends both directions of connections that may have ended already."""
    for end in ends:
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def relay(port, host, to, carry):
    """Connects whoever comes to a port with another; `carry` takes one direction's source and sink."""
    with socket.create_server(("127.0.0.1", port)) as server:
        print("ready", flush=True)
        while True:
            near, _ = server.accept()
            far = socket.create_connection((host, to))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=carry, args=ends, daemon=True).start()
