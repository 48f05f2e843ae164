"""The model card of an exported model: data, metrics, intended use, files with hashes."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from hyplink.candidates.examples import read_examples
from hyplink.export.report.facts import headlines
from hyplink.export.text_removal import Vocabulary
from hyplink.linking.metrics_file import read_metrics
from hyplink.ontology import Ontology, load_ontology
from hyplink.run import Run, counted

METRICS = {
    "accuracy_at_1": "accuracy@1",
    "recall_at_5": "recall@5",
    "tree_distance": "tree distance",
}


def model_card(
    run: Run, name: str, licence: str | None, vocabulary: Vocabulary | None, *, with_text: bool = False
) -> str:
    """The model card of a finished run, in Markdown.

    Args:
        run: the run.
        name: name of the model, which is that of its folder.
        licence: licence of the model; None if unknown.
        vocabulary: the size of the vocabulary of its word vectors; None if the encoder has none.
        with_text: whether its lists of mentions, predictions and links quote the texts.

    Raises:
        RunError: the run is unfinished or damaged.
    """
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    parts = [
        f"# {name}",
        f"A hyplink model that links mentions in text to the {counted(len(ontology), 'concept')} of "
        f"{PurePath(ontology.source).name}.",
        _usage(name),
        _data(run, ontology, licence),
        _contained_text(run, vocabulary, with_text=with_text),
        _metrics(run),
        _intended_use(ontology),
        _files(run),
    ]
    return "\n\n".join(parts) + "\n"


def _usage(name: str) -> str:
    return f"""\
## WordUse

```sh
hyplink link {name} notes.txt
```

```python
from hyplink import Linker

linker = Linker.load("{name}")
print(linker.link("…"))
```

The model needs neither a network nor a GPU. Every file is checked against the hashes below when the model is loaded."""


def _data(run: Run, ontology: Ontology, licence: str | None) -> str:
    splits = {"names": 0, "train": 0, "dev": 0}
    documents: dict[str, set[str]] = {split: set() for split in splits}
    for split, examples in read_examples(run.path("encode", "mentions.jsonl")).items():
        if split in splits:
            splits[split] = len(examples)
            documents[split] = {example.doc for example in examples}
    lines = [
        "## Data",
        "",
        f"- Ontology: {PurePath(ontology.source).name}, release {ontology.release or 'not stated'}; "
        f"trained on {splits['names']:,} surface forms of its names.",
    ]
    for split, purpose in (("train", "for training"), ("dev", "for evaluation")):
        if splits[split]:
            counts = f"{counted(splits[split], 'mention')} in {counted(len(documents[split]), 'document')}"
            lines.append(f"- Annotated text {purpose}: {counts}.")
    terms = licence or "not stated; the licences of the ontology and the texts also apply to the model"
    lines.append(f"- Licence: {terms}.")
    return "\n".join(lines)


def _contained_text(run: Run, vocabulary: Vocabulary | None, *, with_text: bool) -> str:
    """What of the texts that the model was trained and evaluated on can be read in its files."""
    lines = [
        "## Text in the model",
        "",
        "- The ontology with all names and definitions (`train-ontology/`).",
        "- The surface forms of annotated training mentions, and how often training text has and marks them "
        "(`encode/index/`, `encode/span-detector/`).",
        "- The ids of documents, and the places and concepts of mentions in them.",
    ]
    if with_text:
        lines.append("- The words of training and evaluation mentions, and of links found in the evaluated text.")
    if vocabulary and run.config.encode.vectors is not None:
        source = PurePath(run.config.encode.vectors).name
        lines.append(f"- The {vocabulary.n_words:,} words of the given word vectors, {source}.")
    elif vocabulary:
        lines.append(
            f"- {vocabulary.n_kept:,} of the {vocabulary.n_words:,} words that the word vectors were trained on: those "
            "of the ontology's names and definitions, and frequent ones if asked for. The vectors of subwords were "
            "trained on all text, but list no words."
        )
    lines.append("- Vectors of mentions in context, from which words might be guessed (`encode/*.npy`).")
    return "\n".join(lines)


def _metrics(run: Run) -> str:
    if not run.has("evaluate", "metrics.json"):
        return "## Metrics\n\nThe model was not evaluated."
    metrics = read_metrics(run.path("evaluate", "metrics.json"))
    models: dict[str, Any] = metrics["models"]
    rows = [
        "## Metrics",
        "",
        "On the dev data, with 95% bootstrap confidence intervals over documents:",
        "",
        *(f"- {each.name} {_cell(each.estimate)}: {each.note}" for each in headlines(metrics)),
        "",
        "Compared with baselines, on every mention with its span given:",
        "",
        f"| | {' | '.join(METRICS.values())} |",
        f"|---{'|---' * len(METRICS)}|",
    ]
    for model, groups in models.items():
        cells = [_cell(groups["every_mention"]["figures"][key]) for key in METRICS]
        rows.append(f"| {model} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _cell(estimate: Mapping[str, float | None]) -> str:
    value, low, high = estimate["value"], estimate["low"], estimate["high"]
    if value is None:
        return "–"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} ({low:.3f}–{high:.3f})"


def _intended_use(ontology: Ontology) -> str:
    return f"""\
## Intended use

Linking mentions to {PurePath(ontology.source).name} in text similar to the data above. Concepts missing from this
release cannot be predicted, and the model was not evaluated on other kinds of text or other languages. Links are
predictions with a confidence: if an incorrect link could cause harm, have a person review it."""


def _files(run: Run) -> str:
    rows = ["## Files", "", "| file | bytes | SHA-256 |", "|---|---|---|"]
    for stage in ("train-ontology", "encode", "fit"):
        manifest = run.manifest(stage)
        rows += [f"| {stage}/{key} | {each.size:,} | `{each.sha256}` |" for key, each in manifest.outputs.items()]
    versions = ", ".join(f"{name} {version}" for name, version in run.manifest("fit").versions.items())
    return "\n".join([*rows, "", f"Trained with {versions}."])
