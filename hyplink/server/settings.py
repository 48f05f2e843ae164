"""The settings of a server: where it listens, who may ask, and the bounds of a request."""

import ipaddress
import re
from dataclasses import dataclass

from hyplink.errors import InputError

_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""What a bearer token may be (RFC 6750, section 2.1)."""


@dataclass(frozen=True)
class ServerSettings:
    """The settings of a server. A request beyond a bound is refused with the status that the bound names.

    Attributes:
        host: address to listen on.
        port: TCP port; 0 for any free one.
        token: bearer token that requests must carry; None: none is asked for.
        allowed_hosts: names that the header `Host` may have besides `localhost`, `host` and IP addresses.
        allowed_origins: origins of other sites (`http://127.0.0.1:3333`) whose pages may use the API; they get CORS.
        max_body_bytes: bytes of a request's body (413).
        max_characters: characters of all texts of a request (413).
        max_documents: documents of a request (413).
        max_mentions: given mentions of a request (413).
        max_queries: reconciliation queries of a batch, and concepts of an extension (413).
        max_seconds: time that a request may take to be received, and again to be answered (408).
        max_concurrent: requests that are computed or wait for it at once (429).
        threads: requests that are computed at once.

    Raises:
        InputError: the token cannot be sent in a header.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    token: str | None = None
    allowed_hosts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    max_body_bytes: int = 10_000_000
    max_characters: int = 1_000_000
    max_documents: int = 1_000
    max_mentions: int = 10_000
    max_queries: int = 1_000
    max_seconds: float = 60.0
    max_concurrent: int = 128
    threads: int = 2

    def __post_init__(self) -> None:
        if self.token is not None and not _TOKEN.fullmatch(self.token):
            raise InputError("--token: expected letters, digits and any of -._~+/ without spaces, = only at the end")

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the server."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"
