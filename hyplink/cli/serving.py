"""The commands that serve a run over HTTP."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from hyplink.cli.app import app, examples
from hyplink.cli.options import (
    FollowReferences,
    Format,
    IdColumn,
    Quiet,
    RunFolder,
    Sheet,
    TextColumn,
    reporter_of,
    text_columns_of,
)
from hyplink.errors import InputError
from hyplink.run import Run, counted

if TYPE_CHECKING:
    from fastapi import APIRouter

    from hyplink.corpus import Document
    from hyplink.server.model import ServedModel
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


@app.command(epilog=examples("hyplink review runs/my notes/", "hyplink review runs/my report.txt --port 8080"))
def review(
    run: RunFolder,
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files or folders with the texts to review.")],
    input_format: Format = "auto",
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    sheet: Sheet = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    token: Token = None,
    follow_references: FollowReferences = False,
    quiet: Quiet = False,
) -> None:
    """Opens texts on the review page, where links are accepted and corrected, and the run learns from the decisions."""
    settings = _settings_class()(host, port, token)
    from hyplink.corpus import read_documents

    columns = text_columns_of(text_column, id_column)
    read = read_documents(paths, input_format, columns=columns, sheet=sheet)
    documents = [each.without_annotation() for each in read]
    _serve(Run.open(run, follow_references=follow_references), settings, quiet, documents)


@app.command(
    epilog=examples("hyplink audit runs/my notes/", "hyplink audit runs/my annotated/ --gold --target-accuracy 0.9")
)
def audit(
    run: RunFolder,
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files or folders with the texts.")],
    margin: Annotated[
        float, typer.Option(min=0.005, max=0.5, metavar="M", help="Wanted half width of the interval of the precision.")
    ] = 0.05,
    accuracy: Annotated[
        float, typer.Option("--target-accuracy", min=0.01, max=1, metavar="A", help="Accuracy to find a threshold for.")
    ] = 0.95,
    gold: Annotated[
        bool, typer.Option("--gold", help="Take the annotations of the texts in the reviewer's place.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the random draw.")] = 0,
    input_format: Format = "auto",
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    sheet: Sheet = None,
    host: Host = "127.0.0.1",
    port: Port = 8000,
    token: Token = None,
    follow_references: FollowReferences = False,
    quiet: Quiet = False,
) -> None:
    """Estimates how good the links of texts are, from a random sample of them that you check on a page."""
    settings = _settings_class()(host, port, token)
    from hyplink.corpus import read_documents
    from hyplink.linking.linker import Linker
    from hyplink.pipeline.audit import Audit, answer_from_gold, audit_path, findings_of, refuse_plain

    opened, reporter = Run.open(run, follow_references=follow_references), reporter_of(quiet)
    columns = text_columns_of(text_column, id_column)
    annotated = list(read_documents(paths, input_format, columns=columns, sheet=sheet))
    if gold:
        refuse_plain(annotated)  # before an audit of them is begun
    linker = Linker.from_run(opened)
    plain = [each.without_annotation() for each in annotated]
    audited = Audit(audit_path(opened), opened, linker, plain, margin, seed)
    plan = audited.plan
    reporter.line(
        f"{counted(len(plan.links), 'link')} to check of {sum(plan.n_links.values()):,}, for an expected margin of "
        f"{plan.expected:.1%}; {counted(len(plan.passages), 'passage')} to read; answers are kept in {audited.path}"
    )
    if gold:
        answer_from_gold(audited, annotated, linker)
    elif not audited.is_done:
        from hyplink.server.review.audit_routes import audit_routes

        with suppress(KeyboardInterrupt, SystemExit):  # what was answered until then counts
            _serve(opened, settings, quiet, plain, lambda served: audit_routes(served, audited, accuracy), "audit")
    for sentence in findings_of(audited, accuracy).sentences():
        typer.echo(sentence)


def _serve(
    run: Run,
    settings: "ServerSettings",
    quiet: bool,
    documents: "Sequence[Document]" = (),
    more: "Callable[[ServedModel], APIRouter] | None" = None,
    page: str = "",
) -> None:
    """Serves a run with its review page until SIGTERM or Ctrl-C."""
    from hyplink.linking.linker import Linker
    from hyplink.pipeline.decisions import Decisions, decisions_path
    from hyplink.server.app import create_app
    from hyplink.server.process import listening_socket, serve, url_of
    from hyplink.server.review.routes import page_routes, review_routes

    reporter = reporter_of(quiet)
    decisions = Decisions(decisions_path(run))
    routes = [lambda _: page_routes(), lambda served: review_routes(served, settings, run, decisions, documents)]
    with listening_socket(settings) as opened:
        application = create_app(Linker.from_run(run), settings, [*routes, more] if more else routes)
        if not (settings.is_local or settings.token):
            reporter.line("every machine that reaches this one can use the server; ask for a token with --token")
        address = url_of(opened, settings, page)
        serve(application, opened, settings, lambda: reporter.line(f"serving {run.folder} at {address}"))
