"""What a run is, in a few facts, and the figures that it is known by."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple

from hyplink.candidates.examples import Example, read_examples
from hyplink.confidence.calibration import Calibration, Uncalibrated, load_calibration
from hyplink.config import Config
from hyplink.export.report.measured import Measured
from hyplink.export.report.measures import MODEL, baselines
from hyplink.ontology import Ontology
from hyplink.run import Run, counted, seconds_in_words

SPACES = {"poincare": "Poincaré ball", "euclidean": "Euclidean space", "flat": "flat softmax"}

TRAINING = ("train-ontology", "encode", "fit")


class Fact(NamedTuple):
    """Something to know of a run."""

    name: str
    value: str


class Headline(NamedTuple):
    """A figure that a run is known by; `figure` has `value` and, where there is an interval, `low` and `high`."""

    name: str
    figure: Mapping[str, float | None]
    note: str


def facts_of(run: Run, ontology: Ontology, measured: Measured) -> list[Fact]:
    """What was trained on what, with which settings, and when."""
    known = read_examples(run.path("encode", "mentions.jsonl"))
    config, manifest = run.config, run.manifest("fit")
    seconds = sum(run.manifest(stage).seconds for stage in TRAINING)
    return [
        Fact("Ontology", f"{PurePath(ontology.source).name}, release {ontology.release or 'not stated'}"),
        Fact("Concepts", _shape(ontology)),
        Fact("Learned from", _learned(known)),
        Fact("Measured on", _measured(measured)),
        Fact("Model", f"{config.encode.encoder} encoder, {SPACES[config.research.space]}, {_dimensions(config)}"),
        Fact("Confidence", _confidence(load_calibration(run.path("fit", "calibration.json")))),
        Fact("Seeds", ", ".join(f"{name} {seed}" for name, seed in _seeds(config))),
        Fact("Trained", f"{manifest.created:%Y-%m-%d %H:%M} UTC in {seconds_in_words(seconds)}"),
        Fact("With", f"hyplink {manifest.versions['hyplink']}, Python {manifest.versions['python']}"),
    ]


def _shape(ontology: Ontology) -> str:
    n_names = sum(1 for _ in ontology.names())
    depth = max(map(ontology.depth, ontology.concept_ids))
    return f"{len(ontology):,} with {counted(n_names, 'name')}, depth {depth}, {counted(len(ontology.roots), 'root')}"


def _learned(known: Mapping[str, list[Example]]) -> str:
    wordings, train = counted(len(known["names"]), "wording"), known["train"]
    if not train:
        return f"{wordings} of its names, and no annotated text"
    n_documents = len({example.doc for example in train})
    mentions = f"{counted(len(train), 'mention')} in {counted(n_documents, 'document')}"
    return f"{wordings} of its names, {mentions}"


def _measured(measured: Measured) -> str:
    n_mentions, branch = counted(measured.metrics["n_mentions"], "mention"), measured.metrics["branch"]
    below = f" of concepts below {branch}" if branch else ""
    return f"{n_mentions}{below} in {counted(len(measured.documents), 'document')} of {', '.join(measured.files)}"


def _dimensions(config: Config) -> str:
    tuned = "points tuned" if config.research.concepts == "tuned" else "points frozen"
    return f"{counted(config.train_ontology.dim, 'dimension')}, {tuned}"


def _confidence(calibration: Calibration | Uncalibrated) -> str:
    if isinstance(calibration, Uncalibrated):
        return f"none: {calibration.reason}"
    if calibration.basis == "names":
        return f"calibrated on {counted(calibration.n_mentions, 'held-out name')}"
    documents = counted(calibration.n_documents, "held-out document")
    return f"calibrated on {counted(calibration.n_mentions, 'mention')} in {documents}"


def _seeds(config: Config) -> Iterator[tuple[str, int]]:
    for name in ("train_ontology", "fit", "evaluate"):
        yield name, getattr(config, name).seed


def changed_settings(config: Config) -> list[Fact]:
    """The settings that are not at their default, files of the user left out."""
    chosen, default = config.model_dump(mode="json"), Config().model_dump(mode="json")
    return [
        Fact(f"{section}.{key}", str(value))
        for section, settings in chosen.items()
        if section != "data"
        for key, value in settings.items()
        if value != default[section][key]
    ]


def headlines(metrics: Mapping[str, Any]) -> Iterator[Headline]:
    """The figures that a run is known by: accuracy, distance, what is found in raw text, honesty of confidences."""
    model, raw, confidence = metrics["models"][MODEL], metrics["raw_text"], metrics["confidence"]
    figures, resolvable = model["every_mention"]["figures"], model["resolvable"]
    n_mentions = model["every_mention"]["n_mentions"]
    note = f"of {counted(n_mentions, 'given mention')}, the share that gets the right concept first"
    if resolvable["n_mentions"] != n_mentions and resolvable["figures"]["accuracy_at_1"]["value"] is not None:
        note += f"; {resolvable['figures']['accuracy_at_1']['value']:.3f} of those that can be right"
    yield Headline("accuracy@1", figures["accuracy_at_1"], note)
    yield Headline(
        "is-a steps off", figures["tree_distance"], "from the answer to the right concept, mean of resolvable mentions"
    )
    if raw is not None:
        rates = raw["mentions"]["every_mention"]["relaxed"]
        yield Headline("F1 in raw text", rates["f1"], "mentions found and linked without being told where they are")
    if confidence["basis"] is not None and confidence["calibration"] is not None:
        found = confidence["calibration"]
        error = {"value": found["expected_calibration_error"], "low": None, "high": None}
        yield Headline(
            "calibration error", error, f"mean gap of confidence and truth; {found['noise_floor']:.3f} by chance alone"
        )


def verdict(metrics: Mapping[str, Any]) -> str:
    """How the accuracy stands to that of the best baseline; empty where there is none."""
    others, own = baselines(metrics), metrics["models"][MODEL]["every_mention"]["figures"]["accuracy_at_1"]["value"]
    if not others or own is None:
        return ""
    best = max(others, key=others.__getitem__)
    points = 100 * (own - others[best])
    side = "above" if points >= 0 else "below"
    return f"Accuracy is {abs(points):.1f} points {side} that of the best baseline, {best} ({others[best]:.3f})."
