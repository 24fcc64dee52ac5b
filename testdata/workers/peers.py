"""The chief ends as `how` says while all others wait for a word of it; what they then see is a consequence.

`how`: killed; exits (os._exit); raises, with an exit handler that takes its time. `others`: what a worker does at the
end of the connection: raise, or exit (os._exit).
"""

import atexit
import os
import signal
import socket
import time


def main(config):
    host, port = config.cluster["chief"][0].split(":")
    if config.task_type == "chief":
        lead(config, int(port))
    else:
        follow(config, (host, int(port)))


def lead(config, port):
    server = socket.socket()
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("0.0.0.0", port))
    server.listen(10)
    peers = [server.accept()[0] for _ in range(int(config.num_workers) - 1)]
    for peer in peers:
        peer.recv(1)
    how = config.user_params["how"]
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif how == "exits":
        os._exit(9)
    atexit.register(time.sleep, 0.3)
    atexit.register(lambda: [peer.close() for peer in peers])  # runs first
    raise ValueError("the first failure")


def follow(config, address):
    while True:
        try:
            peer = socket.create_connection(address)
            break
        except ConnectionRefusedError:
            time.sleep(0.005)
    peer.sendall(b"x")
    try:
        data = peer.recv(1)
    except ConnectionResetError:
        data = b""
    if config.user_params["others"] == "exit":
        os._exit(4)
    raise ConnectionError("the chief has gone: %r" % data)
