"""Where studies fit many regressors on the same data: encoded once, judged alike, each result kept in a file."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.candidates.examples import Example, read_examples
from hyplink.config import Config, TrainOntologySettings, read_config
from hyplink.gold import Gold
from hyplink.metrics.linking import Prediction, linking_metrics
from hyplink.ontology import Ontology, load_ontology
from hyplink.poincare.geometry import dist0
from hyplink.poincare.training import train_points
from hyplink.regressor import FitRecord, Regressor, TrainingExamples, train_regressor
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.spaces import PoincareSpace
from hyplink.regressor.start import initial_points, scale_radii
from hyplink.run import Run, SilentReporter, read_json_lines, write_json_lines
from hyplink.stages import run_stage
from hyplink.stages.fit import read_encoded, training_examples

FIGURES = ("accuracy_at_1", "recall_at_5", "tree_distance", "wu_palmer")
Points = NDArray[np.float64]


class Ledger:
    """Results in a JSON Lines file, a line each; a study that was cut short goes on behind the last.

    Args:
        path: the file, made when the first result is kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def rows(self) -> list[dict[str, Any]]:
        """The results so far."""
        return list(read_json_lines(self._path)) if self._path.exists() else []

    def result(self, key: dict[str, Any], work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """The kept result of a key, or else that of the work, which is then kept."""
        for row in self.rows():
            if row["key"] == json.loads(json.dumps(key)):
                return row
        # What is no number becomes null, as JSON has no other way to say it.
        row = json.loads(json.dumps({"key": key, **work()}), parse_constant=lambda _: None)
        self._path.parent.mkdir(parents=True, exist_ok=True)
        write_json_lines(self._path, [*self.rows(), row])
        return dict(row)


@dataclass
class Workbench:
    """The data of a configuration, placed and encoded once for all fits.

    Args:
        config: a hyplink configuration file with data.dev.
        overrides: settings on top of it, `section.key=value`.
        folder: for the run that holds ontology and vectors; a second call finds them there.
    """

    config: Path
    overrides: Sequence[str]
    folder: Path
    _embeddings: dict[str, Points] = field(default_factory=dict)

    @cached_property
    def run(self) -> Run:
        """The run that holds ontology and vectors."""
        run = Run.create(self.folder, self.settings())
        for stage in ("train-ontology", "encode"):
            run_stage(stage, run, SilentReporter())
        return run

    @cached_property
    def ontology(self) -> Ontology:
        """The ontology."""
        return load_ontology(self.run.path("train-ontology", "ontology"))

    @cached_property
    def near(self) -> HierarchyTargets:
        """Which concepts share a target."""
        return HierarchyTargets.from_ontology(self.ontology)

    @cached_property
    def examples(self) -> TrainingExamples:
        """What regressors learn from: names and annotated mentions."""
        return training_examples(read_encoded(self.run), self.ontology)

    @cached_property
    def dev(self) -> list[Example]:
        """The mentions that they are judged by."""
        return read_examples(self.run.path("encode", "mentions.jsonl"))["dev"]

    @cached_property
    def dev_vectors(self) -> NDArray[np.float32]:
        """The vectors of those mentions, float32 (n, dim)."""
        return self._vectors("dev")

    def _vectors(self, split: str) -> NDArray[np.float32]:
        vectors: NDArray[np.float32] = np.load(self.run.path("encode", f"{split}.npy"), allow_pickle=False)
        return vectors

    def settings(self, *overrides: str) -> Config:
        """The configuration with further settings on top."""
        return read_config(self.config, [*self.overrides, *overrides])

    def starts(self, config: Config) -> Points:
        """Where the concepts of a configuration start, float64 (N, d)."""
        embedding = self._embedding(config.train_ontology_settings)
        points = initial_points(config.research.start, embedding, self.ontology, config.fit.seed)
        return scale_radii(points, config.research.start_share) if config.research.concepts == "tuned" else points

    def _embedding(self, settings: TrainOntologySettings) -> Points:
        key = settings.model_dump_json()
        if key not in self._embeddings:
            *_, last = train_points(settings, self.ontology.closure(), len(self.ontology))
            self._embeddings[key] = last.points
        return self._embeddings[key]

    def fitted(self, config: Config, points: Points, *, checks_head_radius: bool = True) -> list[FitRecord]:
        """The records of a whole fit; the last one holds the regressor."""
        torch.set_num_threads(config.fit.threads)
        return list(
            train_regressor(
                config.fit_settings, self.examples, points, self.near, checks_head_radius=checks_head_radius
            )
        )

    def figures(self, regressor: Regressor) -> dict[str, float]:
        """How well a regressor alone links the dev mentions, over every one of them."""
        ranking = regressor.rank(self.dev_vectors, 10)
        predictions = [
            Prediction(
                example.doc,
                Gold(tuple(frozenset(part) for part in example.gold), len(example.gold) > 1),
                tuple(self.ontology.concept_ids[concept] for concept in concepts),
                tuple(scores),
            )
            for example, concepts, scores in zip(
                self.dev, ranking.concepts.tolist(), ranking.scores.tolist(), strict=True
            )
        ]
        figures = linking_metrics(predictions, self.ontology).groups["every_mention"].figures
        return {name: figures[name].value or 0.0 for name in FIGURES}

    def radii(self, regressor: Regressor) -> dict[str, float]:
        """Median hyperbolic radii of the points of dev mentions and of their concepts; none but on the ball."""
        if not isinstance(regressor.space, PoincareSpace):
            return {}
        gold = [self.ontology.index_of[part] for example in self.dev for ids in example.gold[:1] for part in ids[:1]]
        outputs, concepts = regressor.points(self.dev_vectors), regressor.space.concept_points()[gold]
        return {"output_radius": _median_radius(outputs), "target_radius": _median_radius(concepts)}


def n_parameters(regressor: Regressor) -> int:
    """How many numbers were learned."""
    learned = [*regressor.network.parameters(), *regressor.space.parameters()]
    return sum(parameter.numel() for parameter in learned if parameter.requires_grad)


def non_finite(records: Sequence[FitRecord], regressor: Regressor, vectors: NDArray[np.float32]) -> dict[str, int]:
    """How many losses, learned numbers and outputs of a fit are NaN or infinite."""
    learned = [*regressor.network.parameters(), *regressor.space.parameters()]
    return {
        "steps": sum(len(record.losses) for record in records),
        "bad_losses": sum(not np.isfinite(loss) for record in records for loss in record.losses),
        "bad_weights": sum(int((~each.isfinite()).sum()) for each in learned),
        "bad_outputs": int((~regressor.outputs(vectors).isfinite()).sum()),
    }


@contextmanager
def precision(dtype: str) -> Iterator[None]:
    """Lets networks and tuned points be made in float32 or float64."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(getattr(torch, dtype))
    try:
        yield
    finally:
        torch.set_default_dtype(before)


def _median_radius(points: Points) -> float:
    return float(dist0(torch.from_numpy(points)).median())
