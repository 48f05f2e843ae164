"""The commands that write what a run or a file holds in another form: a folder, a picture, lines, another format."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from hyplink.cli.app import app
from hyplink.cli.options import Quiet, RunFolder, reporter_of
from hyplink.config import CorpusFormat, InputFormat, OntologyFormat, WrittenOntologyFormat
from hyplink.errors import HyplinkError, InputError
from hyplink.run import Run

ReadFormat = Literal[InputFormat, OntologyFormat]
WrittenFormat = Literal[CorpusFormat, WrittenOntologyFormat]


@app.command()
def export(
    run: RunFolder,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    licence: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What others may do with the model, for its card.")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Makes a folder of a finished run to hand on: all that `hyplink link` needs, and a model card."""
    from hyplink.export.model_folder import export_model

    try:
        export_model(Run.open(run), folder, licence)
    except OSError as error:
        raise HyplinkError(f"{folder}: cannot be written: {error.strerror}") from error
    reporter_of(quiet).line(f"{folder}: written, with {folder}/README.md; use it with `hyplink link {folder} FILE`")


@app.command()
def plot(
    run: RunFolder,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="An .html page that moves, or a .png or .svg picture."),
    ] = Path("disk.html"),
    branch: Annotated[
        str | None, typer.Option(metavar="ID", help="Draw one concept with all below it; else the whole ontology.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    quiet: Quiet = False,
) -> None:
    """Draws the Poincaré disk: the ontology's tree, and where the dev data's mentions landed in it."""
    if output.suffix not in (".html", ".png", ".svg"):
        raise InputError(f"{output}: the suffix says what is drawn; give .html, .png or .svg")
    if output.exists() and not force:
        raise InputError(f"{output}: exists already; give another name with --output, or --force to replace it")
    from hyplink.cli.plot import draw

    draw(Run.open(run), output, branch)
    reporter_of(quiet).line(f"{output}: written")


@app.command()
def info(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A run, an ontology, annotated text, a configuration.")],
) -> None:
    """Shows what a run or a file holds: a run's stages and figures, an ontology's counts, names and problems."""
    from hyplink.cli.info import described_file, described_run

    is_run = path.is_dir() or not (path.is_file() or path.suffix)
    for line in described_run(Run.open(path)) if is_run else described_file(path):
        typer.echo(line)


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="An ontology, annotated text, or a configuration.")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write; for BRAT, a folder.")],
    from_format: Annotated[
        ReadFormat | None, typer.Option("--from", help="What IN is.", show_default="by its name and content")
    ] = None,
    to_format: Annotated[
        WrittenFormat | None, typer.Option("--to", help="What OUT is to be.", show_default="by its name")
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Converts an ontology, or text with mentions, from one format to another."""
    from hyplink.cli.convert import convert_file

    convert_file(source, target, from_format, to_format, reporter_of(quiet))
