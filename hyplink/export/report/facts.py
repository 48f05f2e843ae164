"""The head of the report: training data, settings and versions of a run, and its main metrics."""

from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, NamedTuple

from hyplink.candidates.examples import Example, read_examples
from hyplink.confidence.calibration import Calibration, Uncalibrated, load_calibration
from hyplink.config import Config
from hyplink.export.report.descriptions import MODEL
from hyplink.export.report.evaluation_data import EvaluationData
from hyplink.export.report.panels import baselines
from hyplink.ontology import Ontology
from hyplink.run import Run, counted, seconds_in_words

SPACES = {"poincare": "Poincaré ball", "euclidean": "Euclidean space", "flat": "flat softmax"}

TRAINING_STAGES = ("train-ontology", "encode", "fit")


class Fact(NamedTuple):
    """A named property of a run."""

    name: str
    value: str


class Headline(NamedTuple):
    """A main metric; `estimate` has `value`, `low` and `high`, the latter two None if there is no interval."""

    name: str
    estimate: Mapping[str, float | None]
    note: str


def facts_of(run: Run, ontology: Ontology, data: EvaluationData) -> list[Fact]:
    """The data, model and versions of a run."""
    examples = read_examples(run.path("encode", "mentions.jsonl"))
    config, manifest = run.config, run.manifest("fit")
    seconds = sum(run.manifest(stage).seconds for stage in TRAINING_STAGES)
    return [
        Fact("Ontology", f"{PurePath(ontology.source).name}, release {ontology.release or 'not stated'}"),
        Fact("Concepts", _size_of(ontology)),
        Fact("Training data", _training_data(examples)),
        Fact("Evaluated on", _evaluated_on(data)),
        Fact("Model", f"{config.encode.encoder} encoder, {SPACES[config.research.space]}, {_dimensions(config)}"),
        Fact("Confidence", _confidence(load_calibration(run.path("fit", "calibration.json")))),
        Fact("Seeds", ", ".join(f"{name} {seed}" for name, seed in _seeds(config))),
        Fact("Trained", f"{manifest.created:%Y-%m-%d %H:%M} UTC in {seconds_in_words(seconds)}"),
        Fact("Versions", f"hyplink {manifest.versions['hyplink']}, Python {manifest.versions['python']}"),
    ]


def _size_of(ontology: Ontology) -> str:
    n_names = sum(1 for _ in ontology.names())
    depth = max(map(ontology.depth, ontology.concept_ids))
    roots = counted(len(ontology.roots), "root")
    return f"{len(ontology):,} with {counted(n_names, 'name')}, maximum depth {depth}, {roots}"


def _training_data(examples: Mapping[str, list[Example]]) -> str:
    names, train = counted(len(examples["names"]), "surface form"), examples["train"]
    if not train:
        return f"{names} of the names, no annotated text"
    n_documents = len({example.doc for example in train})
    mentions = f"{counted(len(train), 'annotated mention')} in {counted(n_documents, 'document')}"
    return f"{names} of the names, {mentions}"


def _evaluated_on(data: EvaluationData) -> str:
    n_mentions, branch = counted(data.metrics["n_mentions"], "mention"), data.metrics["branch"]
    below = f" of concepts below {branch}" if branch else ""
    return f"{n_mentions}{below} in {counted(len(data.documents), 'document')} of {', '.join(data.files)}"


def _dimensions(config: Config) -> str:
    points = "concept points fine-tuned" if config.research.concepts == "tuned" else "concept points frozen"
    return f"{counted(config.train_ontology.dim, 'dimension')}, {points}"


def _confidence(calibration: Calibration | Uncalibrated) -> str:
    if isinstance(calibration, Uncalibrated):
        return f"not calibrated: {calibration.reason}"
    if calibration.source == "names":
        return f"calibrated on {counted(calibration.n_mentions, 'held-out name')}"
    documents = counted(calibration.n_documents, "held-out document")
    return f"calibrated on {counted(calibration.n_mentions, 'mention')} in {documents}"


def _seeds(config: Config) -> Iterator[tuple[str, int]]:
    for name in ("train_ontology", "fit", "evaluate"):
        yield name, getattr(config, name).seed


def changed_settings(config: Config) -> list[Fact]:
    """The settings that differ from their defaults, except the data files."""
    chosen, default = config.model_dump(mode="json"), Config().model_dump(mode="json")
    return [
        Fact(f"{section}.{key}", str(value))
        for section, settings in chosen.items()
        if section != "data"
        for key, value in settings.items()
        if value != default[section][key]
    ]


def headlines(metrics: Mapping[str, Any]) -> Iterator[Headline]:
    """The main metrics: accuracy, tree distance, F1 on raw text, calibration error."""
    model, raw, confidence = metrics["models"][MODEL], metrics["raw_text"], metrics["confidence"]
    figures, resolvable = model["every_mention"]["figures"], model["resolvable"]
    n_mentions = model["every_mention"]["n_mentions"]
    note = f"share of {counted(n_mentions, 'mention')} with given spans whose first candidate is correct"
    accuracy_resolvable = resolvable["figures"]["accuracy_at_1"]["value"]
    if resolvable["n_mentions"] != n_mentions and accuracy_resolvable is not None:
        note += f"; {accuracy_resolvable:.3f} of those whose gold concept is in the ontology"
    yield Headline("accuracy@1", figures["accuracy_at_1"], note)
    note = "mean number of is-a steps from the answer to the gold concept, over resolvable mentions"
    yield Headline("tree distance", figures["tree_distance"], note)
    if raw is not None:
        rates, relaxed = (raw["mentions"]["every_mention"][way] for way in ("strict", "relaxed"))
        note = "mentions detected and linked end to end; the span must be exact and the concept must match"
        if relaxed["f1"]["value"] is not None:
            note += f"; {relaxed['f1']['value']:.3f} if an overlapping span is enough"
        yield Headline("F1 in raw text", rates["f1"], note)
    if confidence["basis"] is not None and confidence["calibration"] is not None:
        calibration = confidence["calibration"]
        error = {"value": calibration["expected_calibration_error"], "low": None, "high": None}
        note = f"mean gap between confidence and accuracy; {calibration['noise_floor']:.3f} expected from chance alone"
        yield Headline("calibration error", error, note)


def comparison(metrics: Mapping[str, Any]) -> str:
    """A sentence that compares the accuracy with that of the best baseline; empty if there is none."""
    accuracies, own = baselines(metrics), metrics["models"][MODEL]["every_mention"]["figures"]["accuracy_at_1"]["value"]
    if not accuracies or own is None:
        return ""
    best = max(accuracies, key=accuracies.__getitem__)
    points = 100 * (own - accuracies[best])
    side = "above" if points >= 0 else "below"
    sentence = (
        f"Accuracy is {abs(points):.1f} percentage points {side} the best baseline, {best} ({accuracies[best]:.3f})"
    )
    difference = metrics.get("differences", {}).get(best)
    if difference is None or difference["low"] is None:
        return f"{sentence}."
    low, high = 100 * difference["low"], 100 * difference["high"]
    unclear = "; the difference may be chance" if low <= 0 <= high else ""
    return f"{sentence}; 95% confidence interval of the difference {low:+.1f} to {high:+.1f}{unclear}."
