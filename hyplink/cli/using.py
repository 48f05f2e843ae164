"""The commands that use a finished run: each opens it, calls the linker and prints what that gives."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from hyplink.cli.app import app
from hyplink.cli.options import Format, Quiet, RunFolder, reporter_of
from hyplink.config import LinkFormat
from hyplink.errors import InputError
from hyplink.run import Run


@app.command()
def link(
    run: RunFolder,
    paths: Annotated[list[str], typer.Argument(metavar="PATH…", help="Files, folders, or - for standard input.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the links here, for brat to this folder; else to standard output.",
        ),
    ] = None,
    input_format: Format = "auto",
    output_format: Annotated[
        LinkFormat | None,
        typer.Option(help="How links are written.", show_default="by the name of the output, else jsonl"),
    ] = None,
    top_k: Annotated[int, typer.Option(min=1, help="Candidates shown for each mention; it changes no answer.")] = 5,
    search_all: Annotated[
        bool,
        typer.Option(
            "--search-all",
            help="In a run trained on names, search candidates also for mentions found by a name of a single concept. "
            "Without it that concept is their only candidate, which is several times faster.",
        ),
    ] = False,
    nested: Annotated[bool, typer.Option("--nested", help="Find mentions that lie within others too.")] = False,
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, metavar="P", help="Answer with an ancestor, or nothing, where the best is less probable."
        ),
    ] = None,
    quiet: Quiet = False,
) -> None:
    """Links the mentions in text: those that it marks as they are, and in plain text those that are found."""
    from hyplink.cli.linking import Demands, link_files
    from hyplink.linking.linker import Linker

    demands = Demands(top_k, min_confidence, nested, search_all)
    link_files(Linker.load(run), paths, input_format, output, output_format, demands, reporter_of(quiet))


@app.command("find-threshold")
def find_threshold(
    run: RunFolder,
    accuracy: Annotated[
        float,
        typer.Option("--target-accuracy", min=0.01, max=0.999, metavar="A", help="The wanted share of right answers."),
    ] = 0.95,
    delta: Annotated[
        float, typer.Option(min=1e-6, max=0.5, metavar="D", help="The risk that the threshold does not keep it.")
    ] = 0.1,
    unit: Annotated[
        Literal["documents", "mentions"], typer.Option(help="What of the dev data is exchangeable with later text.")
    ] = "documents",
) -> None:
    """Chooses on the dev data what to demand with `link --min-confidence`, with a finite-sample guarantee."""
    from hyplink.cli.confidence import threshold_in_words
    from hyplink.stages.threshold import find_threshold as found

    typer.echo(threshold_in_words(found(Run.open(run), accuracy, delta, unit), accuracy, delta))


@app.command()
def explain(
    run: RunFolder,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text, a file with one, or - for standard input.")],
    mention: Annotated[
        str | None,
        typer.Option("--mention", "-m", metavar="WORDS", help="Words of the text to link; else names are found."),
    ] = None,
    input_format: Format = "auto",
    top_k: Annotated[int, typer.Option(min=1, help="Candidates shown for each mention.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON, with the evidence for every candidate.")] = False,
    merge_tree: Annotated[
        bool,
        typer.Option(
            "--merge-tree",
            help="Show instead how the recursive encoder merges the words of each line, as a tree; of a line its first "
            "64 words.",
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Shows why mentions are linked as they are: candidates, the evidence for each, their place in the hierarchy."""
    from hyplink.cli.explanation import documents_of, explain_text
    from hyplink.linking.linker import Linker

    if merge_tree:
        from hyplink.cli.merge_trees import print_merge_trees
        from hyplink.encoders import load_encoder

        if mention is not None or as_json:
            raise InputError("--merge-tree draws whole lines; it goes with neither --mention nor --json")
        encoder = load_encoder(Run.open(run).path("encode"))
        print_merge_trees(encoder, documents_of(text, input_format), reporter_of(quiet))
        return
    explain_text(Linker.load(run), text, mention, input_format, top_k, as_json, reporter_of(quiet))
