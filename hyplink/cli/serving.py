"""The commands that serve a run over HTTP."""

from typing import TYPE_CHECKING, Annotated

import typer

from hyplink.cli.app import app, examples
from hyplink.cli.options import FollowReferences, Quiet, RunFolder, reporter_of
from hyplink.errors import InputError
from hyplink.run import Run

if TYPE_CHECKING:
    from hyplink.server.settings import ServerSettings

Host = Annotated[str, typer.Option("--host", metavar="ADDRESS", help="Address to listen on.")]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help="Port to listen on; 0 for any free one.")]
Token = Annotated[
    str | None,
    typer.Option(
        "--token",
        envvar="HYPLINK_TOKEN",
        metavar="TOKEN",
        help="Ask requests for the header `Authorization: Bearer TOKEN`.",
    ),
]
AllowHost = Annotated[
    list[str] | None,
    typer.Option("--allow-host", metavar="NAME", help="A name by which the server is reached; may be repeated."),
]
AllowOrigin = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-origin",
        metavar="ORIGIN",
        help="A site whose pages may use the server, such as OpenRefine's http://127.0.0.1:3333; may be repeated.",
    ),
]


@app.command(
    epilog=examples("hyplink serve runs/my", "hyplink serve runs/my --port 8080 --allow-origin http://127.0.0.1:3333")
)
def serve(
    run: RunFolder,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    token: Token = None,
    allow_host: AllowHost = None,
    allow_origin: AllowOrigin = None,
    max_body_bytes: Annotated[int, typer.Option(min=1, help="Bytes of a request's body.")] = 10_000_000,
    max_characters: Annotated[int, typer.Option(min=1, help="Characters of the texts of a request.")] = 1_000_000,
    max_documents: Annotated[int, typer.Option(min=1, help="Documents of a request.")] = 1_000,
    max_mentions: Annotated[int, typer.Option(min=1, help="Given mentions of a request.")] = 10_000,
    max_queries: Annotated[int, typer.Option(min=1, help="Queries of a reconciliation batch.")] = 1_000,
    max_seconds: Annotated[float, typer.Option(min=0.1, help="Seconds to receive a request, and to answer it.")] = 60.0,
    max_concurrent: Annotated[int, typer.Option(min=1, help="Requests that are answered or wait at once.")] = 128,
    threads: Annotated[int, typer.Option(min=1, max=256, help="Requests that are computed at once.")] = 2,
    follow_references: FollowReferences = False,
    quiet: Quiet = False,
) -> None:
    """Serves a run over HTTP: a REST API, OpenRefine reconciliation, INCEpTION recommendations, and the review page."""
    settings_class = _settings_class()
    settings = settings_class(
        host,
        port,
        token,
        tuple(allow_host or ()),
        tuple(allow_origin or ()),
        max_body_bytes,
        max_characters,
        max_documents,
        max_mentions,
        max_queries,
        max_seconds,
        max_concurrent,
        threads,
    )
    _serve(Run.open(run, follow_references=follow_references), settings, quiet)


def _settings_class() -> "type[ServerSettings]":
    """The class of a server's settings, after a check that what the server needs is installed.

    Raises:
        InputError: it is not.
    """
    try:
        import fastapi  # noqa: F401
        import prometheus_client  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError as error:
        raise InputError(f"the server needs {error.name}, which is missing: pip install 'hyplink[server]'") from None
    from hyplink.server.settings import ServerSettings

    return ServerSettings


def _serve(run: Run, settings: "ServerSettings", quiet: bool) -> None:
    from hyplink.linking.linker import Linker
    from hyplink.server.app import create_app
    from hyplink.server.process import listening_socket, serve, url_of

    reporter = reporter_of(quiet)
    with listening_socket(settings) as opened:
        application = create_app(Linker.from_run(run), settings)
        if not (settings.is_local or settings.token):
            reporter.line("every machine that reaches this one can use the server; ask for a token with --token")
        serve(
            application, opened, settings, lambda: reporter.line(f"serving {run.folder} at {url_of(opened, settings)}")
        )
