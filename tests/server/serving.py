"""A server in a process of its own."""

import os
import re
import selectors
import subprocess
import sys
import time
from contextlib import contextmanager

SECONDS_TO_START = 600  # at most, on a busy machine


class Server:
    """A running `hyplink` command that serves.

    Attributes:
        process: the process.
        url: where it listens, without a path.
    """

    def __init__(self, *words):
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "hyplink", *map(str, words), "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment,
        )
        self.lines = b""
        self.url = self._url()

    def _url(self):
        stream, end = self.process.stderr, time.monotonic() + SECONDS_TO_START
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while time.monotonic() < end and selector.select(end - time.monotonic()):
                read = os.read(stream.fileno(), 65536)
                self.lines += read
                if found := re.search(rb"at (http://\S+?)/", self.lines):
                    return found[1].decode()
                if not read:
                    break
        raise AssertionError(self.lines.decode())


@contextmanager
def running(*words):
    """A server of these words on its command line, which is ended at the end."""
    server = Server(*words)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.communicate()
