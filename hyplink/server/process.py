"""Runs a server until SIGTERM or Ctrl-C; requests in progress are completed before it exits."""

import asyncio
import socket
from collections.abc import Callable

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from hyplink.errors import InputError
from hyplink.server.settings import ServerSettings

KEEP_ALIVE = 60
"""Seconds for which a connection is kept open without a request."""


def listening_socket(settings: ServerSettings) -> socket.socket:
    """A socket that listens where the settings say.

    Raises:
        InputError: the address is in use, not of this machine, or not allowed.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    # With its protocol named, asyncio sends an answer at once (TCP_NODELAY); it would wait 40 ms otherwise.
    opened = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind((settings.host, settings.port))
    except OSError as error:
        opened.close()
        raise InputError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror or error}; choose another with "
            "--host and --port"
        ) from None
    return opened


def url_of(opened: socket.socket, settings: ServerSettings, page: str = "") -> str:
    """The address of a page; a token follows `#`, which browsers do not send."""
    host, port = opened.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/{page}" + (f"#token={settings.token}" if settings.token else "")


def serve(app: FastAPI, opened: socket.socket, settings: ServerSettings, on_start: Callable[[], None]) -> None:
    """Answers requests until SIGTERM or Ctrl-C, then finishes those that have begun.

    Args:
        app: the application.
        opened: a bound socket; it is closed at the end.
        settings: of the server.
        on_start: called once requests are answered.
    """
    config = uvicorn.Config(
        app,
        http=_protocol(settings.max_seconds),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE,
        timeout_graceful_shutdown=int(settings.max_seconds) + 1,
        h11_max_incomplete_event_size=64 * 1024,
        lifespan="on",
    )
    _Server(config, on_start).run(sockets=[opened])


def _protocol(max_seconds: float) -> type[H11Protocol]:
    """A protocol that closes a connection on which a request has begun and its headers are not whole in time."""

    class TimedProtocol(H11Protocol):
        _too_late: asyncio.TimerHandle | None = None

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            self._await_headers()

        def data_received(self, data: bytes) -> None:
            super().data_received(data)
            if self.conn.their_state is h11.IDLE:
                self._await_headers()
            else:
                self._have_headers()

        def on_response_complete(self) -> None:
            super().on_response_complete()
            # A part of the next request may have come with the last one: no more data may ever arrive.
            if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
                self._await_headers()

        def connection_lost(self, error: Exception | None) -> None:
            self._have_headers()
            super().connection_lost(error)

        def _await_headers(self) -> None:
            if self._too_late is None:
                self._too_late = self.loop.call_later(max_seconds, self.transport.close)

        def _have_headers(self) -> None:
            if self._too_late is not None:
                self._too_late.cancel()
                self._too_late = None

    return TimedProtocol


class _Server(uvicorn.Server):
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_start()
