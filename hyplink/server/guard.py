"""What every request passes first: the checks of Host, Origin and token, the bounds of its body, and CORS.

A page of another site cannot use the server: a browser sends the site's Origin with what could write, and a name that
was made to resolve to this machine (DNS rebinding) arrives in Host.
"""

import asyncio
import hmac
import ipaddress
import json
from typing import NamedTuple

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hyplink.server.settings import ServerSettings

PUBLIC_PATHS = frozenset({"/", "/audit", "/health", "/openapi.json", "/reconcile"})
"""Answered without a token: the page and its files, and what describes the service. They show nothing of the run."""

PAGE_PATHS = ("/static/",)

SECURITY_HEADERS = {
    "content-security-policy": "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}


class Refusal(NamedTuple):
    """Why a request is not answered."""

    status: int
    detail: str


class Guard:
    """ASGI middleware that refuses requests before the application sees them.

    Args:
        app: the application.
        settings: of the server.
    """

    def __init__(self, app: ASGIApp, settings: ServerSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on, or answers it with the reason of its refusal."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        origin = headers.get("origin")
        send = self._with_headers(send, origin if origin in self._settings.allowed_origins else None)
        refusal = self._refusal(scope, headers)
        if refusal is None and scope["method"] == "OPTIONS" and origin and "access-control-request-method" in headers:
            await _answer(send, 204, b"", {"access-control-allow-methods": "GET, POST", **_allowed_headers(headers)})
            return
        body = b""
        if refusal is None:
            try:
                async with asyncio.timeout(self._settings.max_seconds):
                    body = await self._body(headers, receive)
            except TimeoutError:
                refusal = Refusal(408, f"the request did not arrive within {self._settings.max_seconds:g} seconds")
            except _TooLargeError:
                refusal = Refusal(413, f"the body is larger than {self._settings.max_body_bytes:,} bytes")
        if refusal is not None:
            extra = {"www-authenticate": "Bearer"} if refusal.status == 401 else {}
            await _answer(send, refusal.status, json.dumps({"detail": refusal.detail}).encode(), extra)
            return
        await self._app(scope, _replayed(body, receive), send)

    def _refusal(self, scope: Scope, headers: Headers) -> Refusal | None:
        host = headers.get("host", "")
        if not self._is_allowed_host(host):
            return Refusal(400, f"the header Host names {host!r}; allow it with --allow-host")
        origin = headers.get("origin")
        own = {f"http://{host}", f"https://{host}"}
        if origin is not None and origin not in own and origin not in self._settings.allowed_origins:
            return Refusal(403, f"pages of {origin} may not use this server; allow them with --allow-origin")
        if not self._is_authorised(scope, headers):
            return Refusal(401, "expected the header `Authorization: Bearer TOKEN` with the server's token")
        return None

    def _is_allowed_host(self, host: str) -> bool:
        name = host.rsplit(":", 1)[0] if not host.endswith("]") else host
        name = name.strip("[]").lower()
        if name in {"localhost", self._settings.host.lower(), *map(str.lower, self._settings.allowed_hosts)}:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True

    def _is_authorised(self, scope: Scope, headers: Headers) -> bool:
        token, path = self._settings.token, scope["path"]
        if token is None or path.startswith(PAGE_PATHS):
            return True
        is_description = path in PUBLIC_PATHS and not (path == "/reconcile" and scope["query_string"])
        if is_description and scope["method"] in {"GET", "HEAD"}:
            return True
        if scope["method"] == "OPTIONS":  # a preflight carries no credentials
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode())

    async def _body(self, headers: Headers, receive: Receive) -> bytes:
        limit = self._settings.max_body_bytes
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) > limit:
            raise _TooLargeError
        chunks, size = [], 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            chunks.append(message.get("body", b""))
            size += len(chunks[-1])
            if size > limit:
                raise _TooLargeError
            if not message.get("more_body", False):
                break
        return b"".join(chunks)

    def _with_headers(self, send: Send, origin: str | None) -> Send:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                if self._settings.allowed_origins:
                    headers.add_vary_header("Origin")
                if origin is not None:
                    headers["access-control-allow-origin"] = origin
            await send(message)

        return send_with_headers


class _TooLargeError(Exception):
    """The body is larger than it may be."""


def _allowed_headers(headers: Headers) -> dict[str, str]:
    asked = headers.get("access-control-request-headers")
    return {"access-control-allow-headers": "authorization, content-type"} if asked else {}


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read before."""
    sent = False

    async def replay() -> Message:
        nonlocal sent
        if sent:
            return await receive()
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


async def _answer(send: Send, status: int, body: bytes, headers: dict[str, str]) -> None:
    given = {"content-length": str(len(body)), **({"content-type": "application/json"} if body else {}), **headers}
    raw = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in given.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": body})
