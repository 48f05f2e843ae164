"""The commands that create, build, evaluate and update a run."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from hyplink.cli.app import app, examples
from hyplink.cli.options import (
    ConfigFile,
    FollowReferences,
    Force,
    Format,
    Overrides,
    Quiet,
    RunFolder,
    Sheet,
    existing_run,
    reporter_of,
)
from hyplink.cli.outputs import check_output, write_errors_explained
from hyplink.config import InputFormat, full_template, read_config, short_template
from hyplink.errors import InputError
from hyplink.run import Reporter, Run, configured_run
from hyplink.run.files import json_text
from hyplink.run.outputs import output_file


@app.command(epilog=examples("hyplink init my.yaml", "hyplink init my.yaml --all --set data.ontology=my.obo"))
def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    every_setting: Annotated[bool, typer.Option("--all", help="Write every setting, research settings last.")] = False,
    overrides: Overrides = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    quiet: Quiet = False,
) -> None:
    """Writes a configuration file with the common settings, their defaults and comments."""
    if file.exists() and not force:
        raise InputError(f"{file}: the file exists; choose another name, or replace it with --force")
    config = read_config(None, overrides or ())
    check_output(file, [config.data.ontology] if config.data.ontology else ())
    with write_errors_explained(file), output_file(file) as path:
        path.write_text((full_template if every_setting else short_template)(config), encoding="utf-8")
    first = "" if config.data.ontology else "set data.ontology in it; then "
    reporter_of(quiet).line(f"{file}: written; {first}`hyplink run RUN --config {file}` trains")


@app.command(
    "run",
    epilog=examples("hyplink run runs/my --config my.yaml", "hyplink run runs/my --set data.ontology=my.obo"),
)
def run_all(
    run: RunFolder, config: ConfigFile = None, overrides: Overrides = None, force: Force = False, quiet: Quiet = False
) -> None:
    """Runs all stages, from the ontology to the evaluation, except those that are up to date."""
    from hyplink.pipeline import run_all

    opened, reporter = configured_run(run, config, overrides or ()), reporter_of(quiet)
    run_all(opened, reporter, force)
    reporter.line(f"done; link text with `hyplink link {run} FILE`")


@app.command(
    "train-ontology",
    epilog=examples(
        "hyplink train-ontology runs/my --config my.yaml",
        "hyplink train-ontology runs/my --set train_ontology.dim=10",
    ),
)
def train_ontology(
    run: RunFolder, config: ConfigFile = None, overrides: Overrides = None, force: Force = False, quiet: Quiet = False
) -> None:
    """Reads the ontology and embeds its concepts in the Poincaré ball."""
    _stage("train-ontology", configured_run(run, config, overrides or ()), force, quiet)


@app.command(
    "tune-encoder",
    epilog=examples("hyplink tune-encoder runs/my", "hyplink tune-encoder runs/my --set tune.epochs=8"),
)
def tune_encoder(run: RunFolder, overrides: Overrides = None, force: Force = False, quiet: Quiet = False) -> None:
    """Trains a transformer on names and annotated mentions, end to end with the points of the concepts."""
    _stage("tune-encoder", existing_run(run, overrides), force, quiet)


@app.command(
    epilog=examples("hyplink encode runs/my", "hyplink encode runs/my --set encode.vectors=cc.en.300.bin --force")
)
def encode(run: RunFolder, overrides: Overrides = None, force: Force = False, quiet: Quiet = False) -> None:
    """Encodes names and annotated mentions as vectors; trains word vectors unless they are given."""
    _stage("encode", existing_run(run, overrides), force, quiet)


@app.command(epilog=examples("hyplink fit runs/my", "hyplink fit runs/my --set fit.epochs=10"))
def fit(run: RunFolder, overrides: Overrides = None, force: Force = False, quiet: Quiet = False) -> None:
    """Trains the regressor, which maps mention vectors to points of the ball, and the ranker."""
    _stage("fit", existing_run(run, overrides, follow_references=True), force, quiet)


@app.command(
    epilog=examples("hyplink evaluate runs/my", "hyplink evaluate runs/my --data test.pubtator --report test.html")
)
def evaluate(
    run: RunFolder,
    data: Annotated[
        list[str] | None,
        typer.Option("--data", metavar="PATH", help="Annotated text to use instead of data.dev; may be repeated."),
    ] = None,
    input_format: Format = "auto",
    sheet: Sheet = None,
    json_path: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Also write the metrics to a JSON file.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="OUT", help="Write a report on --data to an HTML file.")
    ] = None,
    branch: Annotated[
        str | None,
        typer.Option("--branch", metavar="ID", help="Evaluate only descendants of this concept; sets evaluate.branch."),
    ] = None,
    overrides: Overrides = None,
    follow_references: FollowReferences = False,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Prints link metrics on annotated text, with the given mentions and with detected mentions."""
    from rich.console import Console

    from hyplink.cli.evaluation import print_evaluation
    from hyplink.corpus import input_files

    if sheet is not None and not data:
        raise InputError("--sheet requires --data; the sheet of data.dev is data.dev_sheet")
    if report is not None and not data:
        raise InputError(f"--report requires --data; the report on data.dev is {run}/evaluate/report.html")
    if branch is not None:
        overrides = [*(overrides or ()), f"evaluate.branch={json.dumps(branch)}"]
    opened, reporter = existing_run(run, overrides, follow_references=follow_references), reporter_of(quiet)
    inputs = [path for each in input_files(data or (), input_format) for path in each.files()]
    for output in (json_path, report):
        check_output(output, inputs, opened)
    if data:
        metrics = _metrics_of_data(opened, data, input_format, sheet, report, reporter)
    else:
        metrics = _metrics(opened, reporter, force)
    if json_path is not None:
        _write_json(json_path, metrics)
    print_evaluation(metrics, Console(highlight=False, soft_wrap=True))


@app.command(epilog=examples("hyplink compare runs/old runs/new", "hyplink compare runs/old runs/new --json diff.json"))
def compare(
    runs: Annotated[list[Path], typer.Argument(metavar="RUN RUN…", help="The runs; the first is compared with.")],
    json_path: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Also write the differences to a JSON file.")
    ] = None,
) -> None:
    """Compares evaluated runs on the same dev data: differences with paired bootstrap intervals over documents."""
    from rich.console import Console

    from hyplink.cli.comparison import comparisons_as_json, print_comparison
    from hyplink.stages.comparison import compare_runs

    if len(runs) < 2:
        raise InputError("compare needs two runs or more")
    opened = [Run.open(run) for run in runs]
    for run in opened:
        check_output(json_path, (), run)
    compared = dict(zip(map(str, runs[1:]), compare_runs(opened), strict=True))
    if json_path is not None:
        _write_json(json_path, comparisons_as_json(str(runs[0]), compared))
    console = Console(highlight=False, soft_wrap=True)
    for name, comparison in compared.items():
        print_comparison(str(runs[0]), name, comparison, console)


@app.command(
    epilog=examples(
        "hyplink update runs/my --ontology new.obo --dry-run",
        "hyplink update runs/my --ontology new.obo",
    )
)
def update(
    run: RunFolder,
    ontology: Annotated[
        Path, typer.Option("--ontology", metavar="FILE", help="The new release of the run's ontology.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show the changes of the ontology, and leave the run unchanged.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Updates a run to a new release of its ontology; trains only what the changes require."""
    from hyplink.pipeline import write_missing_report
    from hyplink.stages.update import changes_of, update_run

    opened, reporter = Run.open(run, follow_references=True), reporter_of(quiet)
    changes = changes_of(opened, ontology)
    if dry_run or not quiet:
        typer.echo("\n".join(changes.lines()))
    if not dry_run:
        update_run(opened, ontology, changes, reporter)
        if opened.config.data.dev:
            write_missing_report(opened, reporter)
        reporter.line(f"done; link text with `hyplink link {run} FILE`")


def _stage(name: str, run: Run, force: bool, quiet: bool) -> None:
    from hyplink.stages import run_stage

    run_stage(name, run, reporter_of(quiet), force)


def _metrics(run: Run, reporter: Reporter, force: bool) -> Any:  # noqa: ANN401
    from hyplink.linking.metrics_file import read_metrics
    from hyplink.pipeline import write_missing_report
    from hyplink.stages import run_stage

    run_stage("evaluate", run, reporter, force)
    write_missing_report(run, reporter)
    return read_metrics(run.path("evaluate", "metrics.json"))


def _metrics_of_data(
    run: Run, data: list[str], input_format: InputFormat, sheet: str | None, report: Path | None, reporter: Reporter
) -> Any:  # noqa: ANN401
    from hyplink.corpus import CorpusReport, read_documents
    from hyplink.export.report import write_report
    from hyplink.export.report.evaluation_data import EvaluationData
    from hyplink.stages.evaluate import evaluate_documents

    corpus_report = CorpusReport()
    documents = list(read_documents(data, input_format, corpus_report, sheet=sheet))
    reporter.line(f"data: {corpus_report.sentence}")
    evaluation = run.snapshot(lambda: evaluate_documents(run, documents, reporter))
    if report is not None:
        names = tuple(Path(each).name for each in data)
        page = EvaluationData(names, documents, evaluation.metrics, list(evaluation.mistakes))
        with write_errors_explained(report), output_file(report) as path:
            write_report(run, page, path)
        reporter.line(f"{report}: written")
    return evaluation.metrics


def _write_json(path: Path, value: object) -> None:
    with write_errors_explained(path), output_file(path) as temporary:
        temporary.write_text(json_text(value), encoding="utf-8", newline="")
