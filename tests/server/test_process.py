"""The server as a process: how it ends, and what it needs of the file system."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

import pytest

from hyplink.server.process import KEEP_ALIVE
from tests.conftest import exit_status_of
from tests.server.serving import running

pytestmark = pytest.mark.slow


def link(url, body):
    request = Request(f"{url}/link", json.dumps(body).encode(), {"content-type": "application/json"})
    with urlopen(request, timeout=60) as answer:
        return json.load(answer)


def test_sigterm_finishes_what_is_being_answered(small_run):
    documents = [{"doc": str(i), "text": "Eczema with contact dermatitis and arrhythmia. " * 20} for i in range(100)]
    with running("serve", small_run) as server, ThreadPoolExecutor(1) as pool:
        link(server.url, {"text": "eczema"})  # the first answer compiles
        answer = pool.submit(link, server.url, {"documents": documents})
        metrics = ""
        while "hyplink_active_requests 1.0" not in metrics:
            with urlopen(f"{server.url}/metrics") as shown:
                metrics = shown.read().decode()
        server.process.send_signal(signal.SIGTERM)
        assert len(answer.result()["documents"]) == 100
        assert server.process.wait(60) == 143
        host, _, port = server.url.removeprefix("http://").partition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), 5)


def test_a_connection_whose_headers_do_not_arrive_in_time_is_closed(small_run):
    with running("serve", small_run, "--max-seconds", "1") as server:
        host, _, port = server.url.removeprefix("http://").partition(":")
        for begun in (b"", b"POST /link HT", b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nPOST /li"):
            with socket.create_connection((host, int(port)), KEEP_ALIVE / 2) as connection:
                connection.sendall(begun)
                received = b""
                while part := connection.recv(65536):  # until the server closes it
                    received += part
            assert (b"200 OK" in received) == begun.startswith(b"GET")


def test_it_listens_on_this_machine_alone_unless_told_otherwise(small_run):
    with running("serve", small_run) as server:
        assert server.url.startswith("http://127.0.0.1:")


def test_a_port_in_use_is_an_error_that_says_so(small_run, capfd):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert exit_status_of("serve", small_run, "--port", taken.getsockname()[1]) == 2
    assert "cannot listen on 127.0.0.1" in capfd.readouterr().err


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can become another user")
def test_another_user_serves_a_run_that_cannot_be_written(small_run, tmp_path):
    """As in the container: no home, no right to write anywhere, an empty environment."""
    try:
        subprocess.run([sys.executable, "-c", ""], user=65534, group=65534, cwd="/", check=True)
    except (PermissionError, subprocess.CalledProcessError):
        pytest.skip("another user cannot run this interpreter")
    tree = [small_run.parent, *small_run.rglob("*")]
    for path in tree:
        path.chmod(path.stat().st_mode & ~0o222 | 0o555 if path.is_dir() else 0o444)
    for parent in small_run.parents:
        if parent.stat().st_uid == os.geteuid() and not parent.stat().st_mode & 0o001:
            parent.chmod(parent.stat().st_mode | 0o011)
    environment = {"PYTHONPATH": os.environ.get("PYTHONPATH", ""), "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "hyplink", "serve", str(small_run), "--port", str(port)]
    process = subprocess.Popen(words, user=65534, group=65534, cwd="/", env=environment, stderr=subprocess.PIPE)
    try:
        for _ in range(600):
            try:
                assert link(f"http://127.0.0.1:{port}", {"text": "eczema"})["documents"][0]["links"]
                break
            except OSError:
                assert process.poll() is None, process.stderr.read().decode()
                time.sleep(0.2)
        else:
            raise AssertionError("it did not start")
    finally:
        process.kill()
        process.communicate()
