"""The commands that make a run and measure it: each opens the run, calls its stage and prints what that gives."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from hyplink.cli.app import app
from hyplink.cli.options import (
    ConfigFile,
    Force,
    Format,
    Overrides,
    Quiet,
    RunFolder,
    created_run,
    existing_run,
    reporter_of,
)
from hyplink.config import InputFormat, full_template, read_config, short_template
from hyplink.errors import HyplinkError, InputError
from hyplink.run import Reporter, Run


@app.command()
def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    every_setting: Annotated[
        bool, typer.Option("--all", help="Write every setting; those for research come last.")
    ] = False,
    overrides: Overrides = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    quiet: Quiet = False,
) -> None:
    """Writes a configuration file with the common settings, their defaults and comments."""
    if file.exists() and not force:
        raise InputError(f"{file}: exists already; give another name, or --force to replace it")
    config = read_config(None, overrides or ())
    try:
        file.write_text((full_template if every_setting else short_template)(config), encoding="utf-8")
    except OSError as error:
        raise HyplinkError(f"{file}: cannot be written: {error.strerror}") from error
    first = "" if config.data.ontology else "set data.ontology in it, then "
    reporter_of(quiet).line(f"{file}: written; {first}`hyplink run RUN --config {file}` trains")


@app.command("run")
def run_all(
    run: RunFolder, config: ConfigFile = None, overrides: Overrides = None, force: Force = False, quiet: Quiet = False
) -> None:
    """Does every stage, from the ontology to the evaluation. Stages that are up to date are skipped."""
    from hyplink.stages import STAGES, run_stage

    opened, reporter = created_run(run, config, overrides), reporter_of(quiet)
    with opened.locked():
        for stage in STAGES:
            if stage == "evaluate" and not opened.config.data.dev:
                reporter.line("evaluate: skipped, no data.dev is given")
            else:
                run_stage(stage, opened, reporter, force)
        if opened.config.data.dev:
            _write_report(opened, reporter)
    reporter.line(f"done; link text with `hyplink link {run} FILE`")


@app.command("train-ontology")
def train_ontology(
    run: RunFolder, config: ConfigFile = None, overrides: Overrides = None, force: Force = False, quiet: Quiet = False
) -> None:
    """Reads the ontology and places its concepts in the Poincaré ball."""
    _stage("train-ontology", created_run(run, config, overrides), force, quiet)


@app.command()
def encode(run: RunFolder, overrides: Overrides = None, force: Force = False, quiet: Quiet = False) -> None:
    """Turns names and annotated mentions into vectors; trains word vectors if none are given."""
    _stage("encode", existing_run(run, overrides), force, quiet)


@app.command()
def fit(run: RunFolder, overrides: Overrides = None, force: Force = False, quiet: Quiet = False) -> None:
    """Fits the regressor, which sends the vector of a mention to a point of the ball."""
    _stage("fit", existing_run(run, overrides), force, quiet)


@app.command()
def evaluate(
    run: RunFolder,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", metavar="PATH", help="Other annotated text than data.dev; may be given several times."),
    ] = None,
    input_format: Format = "auto",
    json_path: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the figures to a JSON file too.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="OUT", help="Write the report of --data to an HTML file.")
    ] = None,
    branch: Annotated[
        str | None,
        typer.Option("--branch", metavar="ID", help="Judge only concepts below this one; sets evaluate.branch."),
    ] = None,
    overrides: Overrides = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Prints how well annotated text is linked: its mentions as they are given, and those found in its raw text."""
    from rich.console import Console

    from hyplink.cli.evaluation import print_evaluation

    if report is not None and not data:
        raise InputError(f"--report goes with --data; the report of data.dev is {run}/evaluate/report.html")
    if branch is not None:
        overrides = [*(overrides or ()), f"evaluate.branch={json.dumps(branch)}"]
    opened, reporter = existing_run(run, overrides), reporter_of(quiet)
    if data:
        metrics = _metrics_of_data(opened, data, input_format, report, reporter)
    else:
        metrics = _metrics(opened, reporter, force)
    if json_path is not None:
        _write_json(json_path, metrics)
    print_evaluation(metrics, Console(highlight=False, soft_wrap=True))


@app.command()
def update(
    run: RunFolder,
    ontology: Annotated[
        Path, typer.Option("--ontology", metavar="FILE", help="The new release of the run's ontology.")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what changed, and change nothing.")] = False,
    quiet: Quiet = False,
) -> None:
    """Moves a run to a new release of its ontology: keeps what stayed, and learns what it must."""
    from hyplink.stages.update import changes_of, update_run

    opened, reporter = Run.open(run), reporter_of(quiet)
    changes = changes_of(opened, ontology)
    if dry_run or not quiet:
        typer.echo("\n".join(changes.lines()))
    if not dry_run:
        update_run(opened, ontology, changes, reporter)
        if opened.config.data.dev:
            _write_report(opened, reporter)
        reporter.line(f"done; link text with `hyplink link {run} FILE`")


def _stage(name: str, run: Run, force: bool, quiet: bool) -> None:
    from hyplink.stages import run_stage

    run_stage(name, run, reporter_of(quiet), force)


def _metrics(run: Run, reporter: Reporter, force: bool) -> Any:  # noqa: ANN401
    from hyplink.run import read_json
    from hyplink.stages import run_stage

    run_stage("evaluate", run, reporter, force)
    _write_report(run, reporter)
    return read_json(run.path("evaluate", "metrics.json"))


def _write_report(run: Run, reporter: Reporter) -> None:
    """Writes the report of a fresh evaluation, unless it is there."""
    from hyplink.export.report import report_path, write_report

    path = report_path(run)
    if not path.is_file():
        from hyplink.export.report.measured import Measured  # slow to import

        with run.locked():
            write_report(run, Measured.of(run), path)
    reporter.line(f"evaluate: all of it, with examples, in {path}")


def _metrics_of_data(
    run: Run, data: list[str], input_format: InputFormat, report: Path | None, reporter: Reporter
) -> Any:  # noqa: ANN401
    from hyplink.corpus import CorpusReport, read_documents
    from hyplink.export.report import write_report
    from hyplink.export.report.measured import Measured
    from hyplink.stages.evaluate import evaluate_documents

    corpus_report = CorpusReport()
    documents = list(read_documents(data, input_format, corpus_report))
    reporter.line(f"data: {corpus_report.sentence}")
    evaluation = evaluate_documents(run, documents, reporter)
    if report is not None:
        names = tuple(Path(each).name for each in data)
        with _telling(report):
            write_report(run, Measured(names, documents, evaluation.metrics, list(evaluation.mistakes)), report)
        reporter.line(f"{report}: written")
    return evaluation.metrics


def _write_json(path: Path, value: object) -> None:
    from hyplink.run import write_json

    with _telling(path):
        write_json(path, value)


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    """Turns what the system says of a file that cannot be written into one line."""
    try:
        yield
    except OSError as error:
        raise HyplinkError(f"{path}: cannot be written: {error.strerror}") from error
