"""The commands that link text with a finished run and explain its links."""

from pathlib import Path
from typing import Annotated, Literal

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
    listed,
    reporter_of,
    text_columns_of,
)
from hyplink.config import LinkFormat
from hyplink.errors import InputError
from hyplink.run import Run
from hyplink.run.outputs import STDIN

DEFAULT_TOP_K = 5


@app.command(
    epilog=examples(
        "hyplink link runs/my notes.txt -o links.html",
        "hyplink link runs/my visits.xlsx --text-column note -o links.xlsx",
        "hyplink link runs/my - --top-k 1 < notes.txt",
    )
)
def link(
    run: RunFolder,
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="PATH…", help="Files, folders, addresses (s3://…), or - for standard input."),
    ] = None,
    files_from: Annotated[
        Path | None,
        typer.Option(metavar="LIST", help="A file (- for standard input) with the path of an input on each line."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="The output file, or for brat a folder.",
            show_default="standard output",
        ),
    ] = None,
    input_format: Format = "auto",
    text_column: TextColumn = None,
    id_column: IdColumn = None,
    sheet: Sheet = None,
    output_format: Annotated[
        LinkFormat | None,
        typer.Option(help="Format of the links.", show_default="by the name of the output, else jsonl"),
    ] = None,
    top_k: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Candidates written for each mention; in tables, a row for each. The links do not depend on it.",
            show_default="5 in JSON Lines, the answer alone in tables",
        ),
    ] = None,
    search_all: Annotated[
        bool,
        typer.Option(
            "--search-all",
            help="In a run trained on names, also search other candidates for a mention that is a name of concepts. "
            "By default these concepts are its only candidates, which is several times faster.",
        ),
    ] = False,
    nested: Annotated[bool, typer.Option("--nested", help="Also find mentions inside other mentions.")] = False,
    prefer: Annotated[
        Literal["precision", "balanced", "recall"],
        typer.Option(
            help="In a run trained on documents, which mentions to find: those that the annotators of the training "
            "documents would mark (precision), plain names of concepts too (balanced), or all names too (recall).",
        ),
    ] = "balanced",
    min_confidence: Annotated[
        float | None,
        typer.Option(
            min=0,
            max=1,
            metavar="P",
            help="Minimum confidence: link to an ancestor, or to nothing (NIL), if the best candidate has less.",
        ),
    ] = None,
    points: Annotated[
        Path | None,
        typer.Option(
            "--points",
            metavar="FILE",
            help="Also write the point of each mention in the Poincaré ball to a .npy file: row i belongs to the i-th "
            "mention in the order of the text (float64).",
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Processes that link, which share the memory of one model on this machine.",
            show_default="1; with --engine ray the cores of the cluster",
        ),
    ] = None,
    engine: Annotated[
        Literal["local", "ray"],
        typer.Option(help="Link on this machine, or with workers on all nodes of a Ray cluster (the extra ray)."),
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="With --engine ray: the address of the cluster, such as auto or 10.0.0.1:6379.",
            show_default="RAY_ADDRESS, else a cluster is started on this machine",
        ),
    ] = None,
    time_limit: Annotated[
        float,
        typer.Option(
            min=0.1,
            metavar="SECONDS",
            help="With --workers: the most that a document may take; one that takes longer is reported, without links.",
        ),
    ] = 60,
    shard_size: Annotated[
        int | None,
        typer.Option(
            min=1,
            metavar="N",
            help="Write a folder with files of N documents each, and a manifest, in place of one file.",
            show_default="one file",
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="With --shard-size: keep the shards of an interrupted run, link the rest.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing output file.")] = False,
    follow_references: FollowReferences = False,
    quiet: Quiet = False,
) -> None:
    """Links mentions in text: given mentions in annotated text, detected mentions in plain text."""
    from hyplink.cli.link_inputs import Source
    from hyplink.cli.linking import Parallel, Target, link_files
    from hyplink.linking.arguments import LinkOptions

    if run.is_file():
        raise InputError(f"{run} is a file; name a run first, as in `hyplink link runs/my {run.name}`")
    if not (paths or files_from):
        raise InputError("nothing to link: name files or folders, - for standard input, or a list with --files-from")
    named = [*(paths or ()), *listed(files_from)]
    if files_from == STDIN and str(STDIN) in named:
        raise InputError("standard input cannot be both the list of --files-from and a text; name a file for one")
    columns = text_columns_of(text_column, id_column)
    options = LinkOptions(top_k or DEFAULT_TOP_K, min_confidence, nested, search_all, prefer)
    target = Target(output, output_format, top_k is not None, force, shard_size, resume)
    opened = Run.open(run, follow_references=follow_references)
    link_files(
        opened,
        Source(named, input_format, columns, sheet),
        target,
        options,
        reporter_of(quiet),
        points,
        Parallel(workers, time_limit, engine, address),
    )


@app.command(
    "find-threshold",
    epilog=examples(
        "hyplink find-threshold runs/my --target-accuracy 0.9",
        "hyplink find-threshold runs/my --target-accuracy 0.95 --unit mentions",
        "hyplink find-threshold runs/my --relations --unit mentions",
    ),
)
def find_threshold(
    run: RunFolder,
    accuracy: Annotated[
        float,
        typer.Option(
            "--target-accuracy", min=0.01, max=0.999, metavar="A", help="The required share of correct links."
        ),
    ] = 0.95,
    delta: Annotated[
        float, typer.Option(min=1e-6, max=0.5, metavar="D", help="The probability that the guarantee may fail.")
    ] = 0.1,
    unit: Annotated[
        Literal["documents", "mentions"], typer.Option(help="The exchangeable units of the dev data and of later text.")
    ] = "documents",
    relations: Annotated[
        bool,
        typer.Option(
            "--relations", help="Find the lowest `relation_confidence`, from dev data with relations, instead."
        ),
    ] = False,
    follow_references: FollowReferences = False,
) -> None:
    """Finds the lowest `link --min-confidence` that guarantees an accuracy, from the dev data."""
    from hyplink.cli.confidence import describe_relation_threshold, describe_threshold
    from hyplink.stages import relation_threshold, threshold

    opened = Run.open(run, follow_references=follow_references)
    if relations:
        answers = opened.snapshot(lambda: relation_threshold.find_relation_threshold(opened, accuracy, delta, unit))
        typer.echo(describe_relation_threshold(answers, accuracy, delta))
        return
    found = opened.snapshot(lambda: threshold.find_threshold(opened, accuracy, delta, unit))
    typer.echo(describe_threshold(found, accuracy, delta))


@app.command(
    epilog=examples(
        'hyplink explain runs/my "Her aunt had cancer of the breast."',
        'hyplink explain runs/my "a lung trouble" --mention "lung trouble" --json',
    )
)
def explain(
    run: RunFolder,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A text, a text file, or - for standard input.")],
    mention: Annotated[
        str | None,
        typer.Option(
            "--mention", "-m", metavar="WORDS", help="The mention in the text to link.", show_default="detect mentions"
        ),
    ] = None,
    input_format: Format = "auto",
    top_k: Annotated[int, typer.Option(min=1, help="Candidates shown for each mention.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Write JSON with the features of every candidate.")] = False,
    merge_tree: Annotated[
        bool,
        typer.Option(
            "--merge-tree",
            help="Instead, draw the tree in which the recursive encoder merges the words of each line (the first 64 "
            "words), with the error and the cumulative score of each merge.",
        ),
    ] = False,
    follow_references: FollowReferences = False,
    quiet: Quiet = False,
) -> None:
    """Explains links: the candidates of each mention, their features, and their place in the hierarchy."""
    from hyplink.cli.explanation import documents_of, explain_text
    from hyplink.linking.linker import Linker

    if merge_tree:
        from hyplink.cli.merge_trees import print_merge_trees
        from hyplink.encoders import load_encoder

        if mention is not None or as_json:
            raise InputError("--merge-tree draws whole lines and cannot be combined with --mention or --json")
        opened = Run.open(run, follow_references=follow_references)
        encoder = opened.snapshot(lambda: load_encoder(opened.path("encode"), follow_references=follow_references))
        print_merge_trees(encoder, documents_of(text, input_format), reporter_of(quiet))
        return
    linker = Linker.load(run, follow_references=follow_references)
    explain_text(linker, text, mention, input_format, top_k, as_json, reporter_of(quiet))
