"""The stages of a run: each reads artifacts, calls the library below it and writes artifacts."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import cast

from hyplink.config import Config
from hyplink.run import Reporter, Run, Stage

Build = Callable[[Run, Path, Reporter], None]
Update = Callable[[Run, Run, Path, Reporter], None]

STAGES = {
    stage.name: stage
    for stage in (
        Stage(
            "train-ontology",
            section="train_ontology",
            data=(
                *("ontology", "columns", "ontology_sheet", "language", "names", "synonyms"),
                *("roots", "exclude", "parts_of_speech"),
            ),
            writes=("ontology", "concepts.txt", "points.npy", "poincare.kv", "history.jsonl"),
            resumes=True,
        ),
        Stage(
            "tune-encoder",
            section="tune",
            reads=("train-ontology/ontology",),
            data=("train", "train_sheet", "input_format"),
            writes=("encoder", "history.jsonl"),
            resumes=True,
        ),
        Stage(
            "encode",
            section="encode",
            reads=("train-ontology/ontology",),
            reads_if_tuned=("tune-encoder",),
            data=(
                *("train", "train_sheet", "dev", "dev_sheet", "input_format"),
                *("unlabelled", "texts", "text_column", "id_column", "text_sheet"),
            ),
            writes=(
                "encoder.json",
                "mode.json",
                "abbreviations.json",
                "span-detector",
                "mentions.jsonl",
                "names.npy",
                "glosses.npy",
                "train.npy",
                "dev.npy",
                "unlabelled.npy",
                "topics.npy",
                "index",
            ),
        ),
        Stage(
            "fit",
            section="fit",
            reads=(
                "train-ontology/ontology",
                "train-ontology/points.npy",
                "encode/mentions.jsonl",
                "encode/encoder.json",
                "encode/mode.json",
                "encode/names.npy",
                "encode/glosses.npy",
                "encode/train.npy",
                "encode/dev.npy",
                "encode/unlabelled.npy",
                "encode/topics.npy",
                "encode/index",
            ),
            reads_if_tuned=("tune-encoder",),
            writes=(
                "regressor.json",
                "regressor.safetensors",
                "ranker",
                "calibration.json",
                "placement",
                "history.jsonl",
            ),
        ),
        Stage(
            "evaluate",
            section="evaluate",
            reads=("train-ontology/ontology", "encode", "fit"),
            data=("dev", "dev_sheet", "input_format"),
            writes=("metrics.json", "predictions.jsonl", "found.jsonl", "mistakes.jsonl"),
        ),
    )
}
"""What each stage reads and writes, in the order in which they run.

- `train-ontology`: reads the ontology and places its concepts in the Poincaré ball.
- `tune-encoder`: trains a transformer on names and annotated mentions; only where `tune.encoder` asks for it.
- `encode`: encodes names, annotated mentions and glosses; trains mention detection on annotated documents, and builds
  the indices that linking looks names up in; decides the run's mode.
- `fit`: trains the regressor, the ranker, the calibration, and the placement of concepts that the ontology lacks.
- `evaluate`: measures the run on the dev data.
"""


def asked_stages(config: Config) -> list[str]:
    """The stages that a run with this configuration has, in order, whether or not it has dev data."""
    return [name for name in STAGES if name != "tune-encoder" or config.tune.encoder != "none"]


def update_stage(name: str, run: Run, former: Run, reporter: Reporter) -> None:
    """Runs a stage of a run that replaces a former one, keeping what it can of the former run's artifacts.

    Args:
        name: a key of `STAGES`; `evaluate` runs as in any run.
        run: the new run, whose configuration names the new release of the ontology.
        former: the finished run that it replaces.
        reporter: receives progress messages.

    Raises:
        HyplinkError: an input is bad, or the disk fails.
    """
    if name == "evaluate":
        run_stage(name, run, reporter)
        return
    reporter.line(f"{name}: moving to the new release")
    update = cast(Update, _module_of(name).update)
    with run.building(STAGES[name], former.manifest(name).updates + 1) as folder:
        update(run, former, folder, reporter)


def run_stage(name: str, run: Run, reporter: Reporter, force: bool = False) -> None:
    """Runs a stage of a run, unless it is up to date.

    Args:
        name: a key of `STAGES`.
        run: the run, with its configuration.
        reporter: receives progress messages.
        force: run it even if it is up to date.

    Raises:
        HyplinkError: an earlier stage is missing, an input is bad, or the disk fails; the finished stage stays.
    """
    stage = STAGES[name]
    freshness = run.is_fresh(stage)
    if freshness and not force:
        reporter.line(f"{name}: up to date, skipped")
        return
    reporter.line(f"{name}: {'done again, as asked' if freshness else freshness.reason}")
    build = cast(Build, _module_of(name).build)
    with run.building(stage) as folder:
        build(run, folder, reporter)


def _module_of(name: str) -> ModuleType:
    return import_module(f"hyplink.stages.{name.replace('-', '_')}")
