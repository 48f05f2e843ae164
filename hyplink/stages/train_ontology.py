"""The stage `train-ontology`: reads the ontology and places its concepts in the Poincaré ball."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hyplink.config import Config
from hyplink.errors import InputError
from hyplink.ontology import Ontology, read_ontology, write_ontology
from hyplink.poincare.keyed_vectors import write_keyed_vectors
from hyplink.poincare.training import train_points
from hyplink.run import Reporter, Run

PAIRS_A_SECOND = 10_000
"""About what gensim trains on one core, for the estimate that the user is given."""


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the ontology, its concepts' points and gensim's keyed vectors to `folder`.

    Raises:
        InputError: no ontology is configured, or it cannot be read.
    """
    ontology = read_configured_ontology(run.config, reporter)
    relations = ontology.closure()
    settings = run.config.train_ontology
    n_pairs = len(relations) * (settings.epochs + settings.burn_in_epochs)
    reporter.line(
        f"train-ontology: {len(ontology):,} concepts, {len(relations):,} (child, ancestor) pairs; "
        f"{n_pairs:,} steps, about {seconds_in_words(n_pairs / PAIRS_A_SECOND)}"
    )
    points = np.empty((0, settings.dim))
    with reporter.progress("training the ontology", settings.epochs + settings.burn_in_epochs) as progress:
        for record in train_points(settings, relations, len(ontology)):
            points = record.points
            progress.advance(note=f"loss {record.loss:.3f}")
    write_ontology(ontology, folder / "ontology.json.gz")
    (folder / "concepts.txt").write_text("\n".join(ontology.concept_ids) + "\n", encoding="utf-8")
    np.save(folder / "points.npy", points, allow_pickle=False)
    write_keyed_vectors(folder / "poincare.kv", list(ontology.concept_ids), points, _counts(relations, len(ontology)))


def read_configured_ontology(config: Config, reporter: Reporter) -> Ontology:
    """The ontology that a configuration names, its problems told to the reporter.

    Raises:
        InputError: none is named, or it cannot be read.
    """
    data = config.data
    if data.ontology is None:
        raise InputError(
            "no ontology is given; set data.ontology in the configuration or with --set data.ontology=FILE"
        )
    ontology = read_ontology(
        data.ontology, names=data.names, synonyms=data.synonyms, roots=data.roots, exclude=data.exclude
    )
    for problem in ontology.problems:
        reporter.line(f"ontology: {problem.sentence}")
    return ontology


def seconds_in_words(seconds: float) -> str:
    """A rough length of time for people: `20 seconds`, `3 minutes`."""
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    return f"{round(seconds / 60)} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def _counts(relations: NDArray[np.int32], n_concepts: int) -> NDArray[np.int64]:
    return np.bincount(relations.ravel(), minlength=n_concepts).astype(np.int64)
