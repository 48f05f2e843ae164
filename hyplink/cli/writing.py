"""The commands that export, plot and describe a run, and that describe and convert files."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from hyplink.cli.app import app, examples
from hyplink.cli.options import Quiet, RunFolder, Sheet, reporter_of
from hyplink.cli.outputs import write_errors_explained
from hyplink.config import CorpusFormat, InputFormat, OntologyFormat, WrittenOntologyFormat
from hyplink.errors import InputError
from hyplink.run import Run

ReadFormat = Literal[InputFormat, OntologyFormat]
WrittenFormat = Literal[CorpusFormat, WrittenOntologyFormat]


@app.command(
    epilog=examples(
        'hyplink export runs/my my-model --licence "CC BY 4.0"', "hyplink export runs/my my-model --min-count 5"
    )
)
def export(
    run: RunFolder,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to create.")],
    licence: Annotated[
        str | None, typer.Option(metavar="TEXT", help="The licence of the model, for the model card.")
    ] = None,
    min_count: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Also export the vectors of words that occur at least N times in the training text. By default only "
            "words of the ontology are exported. Vectors set with encode.vectors are exported as they are.",
            show_default="words of the ontology only",
        ),
    ] = None,
    with_text: Annotated[
        bool,
        typer.Option(
            "--with-text", help="Keep the words of mentions in mentions.jsonl, predictions.jsonl and found.jsonl."
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Copies a finished run to a new folder to publish, with all files for linking and a model card."""
    from hyplink.export.model_folder import export_model

    with write_errors_explained(folder):
        vocabulary = export_model(Run.open(run), folder, licence, min_count=min_count, with_text=with_text)
    if vocabulary and vocabulary.n_kept < vocabulary.n_words:
        reporter_of(quiet).line(
            f"export: {vocabulary.n_kept:,} of {vocabulary.n_words:,} words keep their vectors; the others are only in "
            "training text, and links may differ slightly. --min-count N keeps those that occur at least N times"
        )
    reporter_of(quiet).line(
        f"{folder}: written, with the model card {folder}/README.md; link text with `hyplink link {folder} FILE`"
    )


@app.command(
    epilog=examples("hyplink plot runs/my -o disk.html", "hyplink plot runs/my --branch DOID:114 -o heart.png")
)
def plot(
    run: RunFolder,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="FILE", help="An interactive .html page, or a .png or .svg picture."),
    ] = Path("disk.html"),
    branch: Annotated[
        str | None, typer.Option(metavar="ID", help="Draw only this concept and its descendants.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    quiet: Quiet = False,
) -> None:
    """Draws the Poincaré disk: the tree of the ontology and the points of the dev mentions."""
    if output.suffix not in (".html", ".png", ".svg"):
        raise InputError(f"{output}: unknown suffix; use .html, .png or .svg")
    if output.exists() and not force:
        raise InputError(f"{output}: the file exists; choose another name with --output, or replace it with --force")
    from hyplink.cli.plot import draw

    draw(Run.open(run), output, branch)
    reporter_of(quiet).line(f"{output}: written")


@app.command(epilog=examples("hyplink info runs/my", "hyplink info my.obo.gz"))
def info(
    path: Annotated[
        Path, typer.Argument(metavar="PATH", help="A run, an ontology, annotated text or a configuration.")
    ],
) -> None:
    """Describes a run (stages and metrics), an ontology (counts, names, problems) or annotated text."""
    from hyplink.cli.info import described_file, described_run

    is_run = path.is_dir() or not (path.is_file() or path.suffix)
    if is_run:
        run = Run.open(path)
        lines = run.snapshot(lambda: list(described_run(run)))
    else:
        lines = list(described_file(path))
    typer.echo("\n".join(lines))


@app.command(epilog=examples("hyplink convert my.owl my.obo", "hyplink convert articles.pubtator articles.jsonl"))
def convert(
    source: Annotated[
        Path,
        typer.Argument(metavar="IN", help="An ontology, annotated text, or a configuration that names an ontology."),
    ],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="The file to write, or for brat a folder.")],
    from_format: Annotated[
        ReadFormat | None, typer.Option("--from", help="Format of IN.", show_default="by its name and content")
    ] = None,
    to_format: Annotated[
        WrittenFormat | None, typer.Option("--to", help="Format of OUT.", show_default="by its name")
    ] = None,
    sheet: Sheet = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    quiet: Quiet = False,
) -> None:
    """Converts an ontology or annotated text to another format."""
    from hyplink.cli.convert import convert_file

    convert_file(source, target, from_format, to_format, sheet, reporter_of(quiet), replace=force)
