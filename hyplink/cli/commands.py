"""The commands: each parses, opens the run, calls one function and prints what it gives."""

import json
import os
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

import hyplink
from hyplink.config import (
    CorpusFormat,
    InputFormat,
    LinkFormat,
    OntologyFormat,
    WrittenOntologyFormat,
    commented_yaml,
    read_config,
)
from hyplink.errors import HyplinkError, InputError
from hyplink.run import Reporter, Run, SilentReporter

# torch, gensim and fastText take seconds to import: a command imports what it needs, so that --help answers at once.

app = typer.Typer(
    name="hyplink",
    help="Links mentions in text to the concepts of your own ontology, in hyperbolic space.",
    epilog="A first run: `hyplink init my.yaml`, name your files in it, `hyplink run runs/my --config my.yaml`, "
    "then `hyplink link runs/my FILE`.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["--help", "-h"], "max_content_width": 110},
)

RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The run directory: all that a model is.")]
ConfigFile = Annotated[
    Path | None, typer.Option("--config", "-c", metavar="FILE", help="A YAML configuration, as `hyplink init` writes.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", "-s", metavar="SECTION.KEY=VALUE", help="Change one setting; may be given several times."),
]
Force = Annotated[bool, typer.Option("--force", help="Do it again even if it is up to date.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but errors.")]
Format = Annotated[InputFormat, typer.Option("--input-format", help="How the text is annotated.")]


ReadFormat = Literal[InputFormat, OntologyFormat]
WrittenFormat = Literal[CorpusFormat, WrittenOntologyFormat]


def main() -> None:
    """Runs the command line. An error ends the process with one line and status 2 (the input) or 1 (all else)."""
    try:
        app()
    except HyplinkError as error:
        sys.stderr.write(f"hyplink: {error}\n")
        sys.exit(error.exit_status)
    except BrokenPipeError:  # `hyplink … | head`: the reader has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        sys.stderr.write(f"hyplink: {place}{error.strerror or error}\n")
        sys.exit(1)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"hyplink {hyplink.__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Links mentions in text to the concepts of your own ontology, in hyperbolic space."""


@app.command()
def init(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    overrides: Overrides = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
    quiet: Quiet = False,
) -> None:
    """Writes a configuration with every setting, its default and what it does."""
    if file.exists() and not force:
        raise InputError(f"{file}: exists already; give another name, or --force to replace it")
    config = read_config(None, overrides or ())
    try:
        file.write_text(commented_yaml(config), encoding="utf-8")
    except OSError as error:
        raise HyplinkError(f"{file}: cannot be written: {error.strerror}") from error
    _reporter(quiet).line(f"{file}: written; set data.ontology in it, then `hyplink run RUN --config {file}`")


@app.command("run")
def run_all(
    run: RunFolder, config: ConfigFile = None, overrides: Overrides = None, force: Force = False, quiet: Quiet = False
) -> None:
    """Does every stage, from the ontology to the evaluation. Stages that are up to date are skipped."""
    from hyplink.stages import STAGES, run_stage

    opened, reporter = _created(run, config, overrides), _reporter(quiet)
    with opened.locked():
        for stage in STAGES:
            if stage == "evaluate" and not opened.config.data.dev:
                reporter.line("evaluate: skipped, no data.dev is given")
            else:
                run_stage(stage, opened, reporter, force)
    reporter.line(f"done; link text with `hyplink link {run} FILE`")


@app.command("train-ontology")
def train_ontology(
    run: RunFolder, config: ConfigFile = None, overrides: Overrides = None, force: Force = False, quiet: Quiet = False
) -> None:
    """Reads the ontology and places its concepts in the Poincaré ball."""
    _stage("train-ontology", _created(run, config, overrides), force, quiet)


@app.command()
def encode(run: RunFolder, overrides: Overrides = None, force: Force = False, quiet: Quiet = False) -> None:
    """Turns names and annotated mentions into vectors; trains word vectors if none are given."""
    _stage("encode", _existing(run, overrides), force, quiet)


@app.command()
def fit(run: RunFolder, overrides: Overrides = None, force: Force = False, quiet: Quiet = False) -> None:
    """Fits the regressor, which sends the vector of a mention to a point of the ball."""
    _stage("fit", _existing(run, overrides), force, quiet)


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

    if branch is not None:
        overrides = [*(overrides or ()), f"evaluate.branch={json.dumps(branch)}"]
    opened, reporter = _existing(run, overrides), _reporter(quiet)
    metrics = _metrics_of_data(opened, data, input_format, reporter) if data else _metrics(opened, reporter, force)
    if json_path is not None:
        _write_json(json_path, metrics)
    print_evaluation(metrics, Console(highlight=False, soft_wrap=True))


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
    top_k: Annotated[
        int | None,
        typer.Option(
            min=1,
            show_default=False,
            help="Candidates shown for each mention, of the 20 to 80 weighed. Unless told: 5, but where a name of one "
            "concept was found that concept alone, and nothing else is weighed, which is many times quicker.",
        ),
    ] = None,
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

    demands = Demands(top_k, min_confidence, nested)
    link_files(Linker.load(run), paths, input_format, output, output_format, demands, _reporter(quiet))


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
    quiet: Quiet = False,
) -> None:
    """Shows why mentions are linked as they are: candidates, the evidence for each, their place in the hierarchy."""
    from hyplink.cli.explanation import explain_text
    from hyplink.linking.linker import Linker

    explain_text(Linker.load(run), text, mention, input_format, top_k, as_json, _reporter(quiet))


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
    _reporter(quiet).line(f"{folder}: written, with {folder}/README.md; use it with `hyplink link {folder} FILE`")


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
    _reporter(quiet).line(f"{output}: written")


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

    convert_file(source, target, from_format, to_format, _reporter(quiet))


def _reporter(quiet: bool) -> Reporter:
    if quiet:
        return SilentReporter()
    from hyplink.cli.console import ConsoleReporter

    return ConsoleReporter()


def _created(path: Path, config: Path | None, overrides: list[str] | None) -> Run:
    """The run, made if need be, with the settings of a file, or of the run itself, and those of the command line."""
    own = path / "config.yaml"
    if config is None and own.is_file():
        Run.open(path)
        config = own
    return Run.create(path, read_config(config, overrides or ()))


def _existing(path: Path, overrides: list[str] | None) -> Run:
    run = Run.open(path)
    return Run.create(path, read_config(path / "config.yaml", overrides)) if overrides else run


def _stage(name: str, run: Run, force: bool, quiet: bool) -> None:
    from hyplink.stages import run_stage

    run_stage(name, run, _reporter(quiet), force)


def _metrics(run: Run, reporter: Reporter, force: bool) -> Any:  # noqa: ANN401
    from hyplink.run import read_json
    from hyplink.stages import run_stage

    run_stage("evaluate", run, reporter, force)
    return read_json(run.path("evaluate", "metrics.json"))


def _metrics_of_data(run: Run, data: list[str], input_format: InputFormat, reporter: Reporter) -> dict[str, Any]:
    from hyplink.corpus import CorpusReport, read_documents
    from hyplink.stages.evaluate import evaluate_documents

    report = CorpusReport()
    documents = list(read_documents(data, input_format, report))
    reporter.line(f"data: {report.sentence}")
    return evaluate_documents(run, documents, reporter)


def _write_json(path: Path, value: object) -> None:
    from hyplink.run import write_json

    try:
        write_json(path, value)
    except OSError as error:
        raise HyplinkError(f"{path}: cannot be written: {error.strerror}") from error
