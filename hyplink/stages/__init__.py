"""The stages of a run: each reads artifacts, calls the library below it and writes artifacts."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import cast

from hyplink.run import Reporter, Run, Stage

Build = Callable[[Run, Path, Reporter], None]

STAGES = {
    stage.name: stage
    for stage in (
        Stage(
            "train-ontology",
            section="train_ontology",
            data=("ontology", "columns", "language", "names", "synonyms", "roots", "exclude", "parts_of_speech"),
            writes=("ontology.json.gz", "concepts.txt", "points.npy", "poincare.kv", "history.jsonl"),
            resumes=True,
        ),
        Stage(
            "encode",
            section="encode",
            reads=("train-ontology/ontology.json.gz",),
            data=("train", "dev", "input_format", "unlabelled", "texts"),
            writes=(
                "encoder.json",
                "habits.json",
                "mentions.jsonl",
                "names.npy",
                "glosses.npy",
                "train.npy",
                "dev.npy",
                "unlabelled.npy",
            ),
        ),
        Stage(
            "fit",
            section="fit",
            reads=(
                "train-ontology/ontology.json.gz",
                "train-ontology/points.npy",
                "encode/mentions.jsonl",
                "encode/encoder.json",
                "encode/names.npy",
                "encode/glosses.npy",
                "encode/train.npy",
                "encode/unlabelled.npy",
            ),
            writes=("regressor.json", "regressor.safetensors", "ranker", "calibration.json", "history.jsonl"),
        ),
        Stage(
            "evaluate",
            section="evaluate",
            reads=("train-ontology/ontology.json.gz", "encode", "fit"),
            data=("dev", "input_format"),
            writes=("metrics.json", "predictions.jsonl", "found.jsonl", "mistakes.jsonl"),
        ),
    )
}
"""What each stage reads and writes, in the order in which they run."""


def run_stage(name: str, run: Run, reporter: Reporter, force: bool = False) -> None:
    """Does one stage of a run, unless it is fresh.

    Args:
        name: a key of `STAGES`.
        run: the run, whose configuration says how.
        reporter: hears what is being done.
        force: do it again even if it is fresh.

    Raises:
        HyplinkError: an earlier stage is missing, an input is bad, or the disk fails; the finished stage stays.
    """
    stage = STAGES[name]
    freshness = run.is_fresh(stage)
    if freshness and not force:
        reporter.line(f"{name}: up to date, skipped")
        return
    reporter.line(f"{name}: {'done again, as asked' if freshness else freshness.reason}")
    build = cast(Build, import_module(f"hyplink.stages.{name.replace('-', '_')}").build)
    with run.building(stage) as folder:
        build(run, folder, reporter)
