"""The card that goes with a model: what it is, what it was made from, how good it is, what it is for."""

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

from hyplink.export.report.facts import headlines
from hyplink.ontology import Ontology, load_ontology
from hyplink.run import Run, counted, read_json, read_json_lines

FIGURES = {
    "accuracy_at_1": "accuracy@1",
    "recall_at_5": "recall@5",
    "tree_distance": "is-a steps off",
}


def model_card(run: Run, name: str, licence: str | None) -> str:
    """The card of a finished run, in Markdown.

    Args:
        run: the run.
        name: of the model: its folder.
        licence: what its user may do with it; None where nobody said.

    Raises:
        RunError: an unfinished or a damaged run.
    """
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    parts = [
        f"# {name}",
        f"A hyplink model. It links mentions in text to the {counted(len(ontology), 'concept')} of "
        f"{PurePath(ontology.source).name}.",
        _use(name),
        _data(run, ontology, licence),
        _figures(run),
        _limits(ontology),
        _files(run),
    ]
    return "\n\n".join(parts) + "\n"


def _use(name: str) -> str:
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

It needs no network and no GPU. Every file is checked against the hashes below when it is opened."""


def _data(run: Run, ontology: Ontology, licence: str | None) -> str:
    splits = {"names": 0, "train": 0, "dev": 0}
    documents: dict[str, set[str]] = {split: set() for split in splits}
    for row in read_json_lines(run.path("encode", "mentions.jsonl")):
        if row["split"] in splits:
            splits[row["split"]] += 1
            documents[row["split"]].add(row["doc"])
    lines = [
        "## Data",
        "",
        f"- Ontology: {PurePath(ontology.source).name}, release {ontology.release or 'not stated'}; "
        f"{splits['names']:,} wordings of its names were learned from.",
    ]
    for split, use in (("train", "learned from"), ("dev", "measured on")):
        if splits[split]:
            counts = f"{counted(splits[split], 'mention')} in {counted(len(documents[split]), 'document')}"
            lines.append(f"- Annotated text: {counts} {use}.")
    lines.append("- The model holds the wordings of the names and mentions, and the ids of their documents.")
    lines.append(f"- Licence: {licence or 'not stated; that of the ontology and the texts binds the model too'}.")
    return "\n".join(lines)


def _figures(run: Run) -> str:
    if not run.has("evaluate", "metrics.json"):
        return "## Figures\n\nNothing was measured: no dev data was given."
    metrics = read_json(run.path("evaluate", "metrics.json"))
    models: dict[str, Any] = metrics["models"]
    rows = [
        "## Figures",
        "",
        "On the dev data, with 95% intervals over documents:",
        "",
        *(f"- {each.name} {_cell(each.figure)}: {each.note}" for each in headlines(metrics)),
        "",
        "Beside baselines, on every given mention:",
        "",
        f"| | {' | '.join(FIGURES.values())} |",
        f"|---{'|---' * len(FIGURES)}|",
    ]
    for model, figures in models.items():
        cells = [_cell(figures["every_mention"]["figures"][key]) for key in FIGURES]
        rows.append(f"| {model} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _cell(figure: Mapping[str, float | None]) -> str:
    value, low, high = figure["value"], figure["low"], figure["high"]
    if value is None:
        return "–"
    return f"{value:.3f}" if low is None or high is None else f"{value:.3f} ({low:.3f}–{high:.3f})"


def _limits(ontology: Ontology) -> str:
    return f"""\
## Meant for

Linking mentions in text like that of the data above to {PurePath(ontology.source).name}. Concepts that this release
does not hold cannot be found; text of another kind or language was not measured. A link is a suggestion with a
confidence, not a finding: where a wrong one would do harm, let a person decide."""


def _files(run: Run) -> str:
    rows = ["## Files", "", "| file | bytes | SHA-256 |", "|---|---|---|"]
    for stage in ("train-ontology", "encode", "fit"):
        manifest = run.manifest(stage)
        rows += [f"| {stage}/{key} | {each.size:,} | `{each.sha256}` |" for key, each in manifest.outputs.items()]
    versions = ", ".join(f"{name} {version}" for name, version in run.manifest("fit").versions.items())
    return "\n".join([*rows, "", f"Made with {versions}."])
