"""Linking metrics for mentions with given spans: ranked candidates against gold concepts.

Accuracy and recall use the order in which the linker returns the candidates. The reciprocal rank uses the realistic
rank of tied candidates. Composite mentions are reported separately: one is correct if each of its n parts has a gold
concept among the first n candidates. A mention whose gold resolves to no concept counts as incorrect in `every_mention`
and has no tree distance.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hyplink.gold import Gold
from hyplink.metrics.bootstrap import Estimate, MeanEstimate, bootstrap_means, paired_difference
from hyplink.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Prediction:
    """The ranked candidates of a linker for one mention, with its gold concepts.

    Attributes:
        doc_id: id of the mention's document.
        gold: the gold concepts.
        candidates: concept ids, best first; the first is the answer, an empty tuple is NIL.
        scores: score of each candidate; higher is better, equal scores are ties.
        seen_concept: whether the training documents contain a mention of a gold concept.
        exact_name: whether the mention's text is a name of a gold concept, ignoring case.
    """

    doc_id: str
    gold: Gold
    candidates: tuple[str, ...]
    scores: tuple[float, ...]
    seen_concept: bool = False
    exact_name: bool = False


@dataclass(frozen=True, slots=True)
class MentionMetrics:
    """The metrics of one non-composite mention; their means over mentions are the metrics of the linker.

    Attributes:
        accuracy_at_1: 1 if the answer is a gold concept, else 0.
        recall_at_5: 1 if one of the first five candidates is a gold concept, else 0.
        recall_at_10: the same for the first ten.
        mean_reciprocal_rank: 1 / realistic rank of the best-ranked gold concept; 0 if none is a candidate.
        tree_distance: is-a steps from the answer to the nearest gold concept; NIL counts as the virtual root, one step
            above the roots. NaN if the gold resolves to no concept.
        wu_palmer: Wu-Palmer similarity of the answer to the most similar gold concept; 0 for NIL.
    """

    accuracy_at_1: float
    recall_at_5: float
    recall_at_10: float
    mean_reciprocal_rank: float
    tree_distance: float
    wu_palmer: float


METRICS = tuple(MentionMetrics.__slots__)


@dataclass(frozen=True, slots=True)
class Group:
    """The metrics of a group of mentions, by name, with their 95% confidence intervals."""

    n_mentions: int
    n_documents: int
    figures: Mapping[str, MeanEstimate]


@dataclass(frozen=True, slots=True)
class LinkingMetrics:
    """The metrics of a linker, by group of mentions.

    Non-composite mentions form the groups `every_mention` and `resolvable`; the resolvable ones are also split into
    `seen_concept` and `unseen_concept`, and into `exact_name` and `other_name`. Composite mentions form the groups
    `composite_every_mention` and `composite_resolvable`, which have the single metric `accuracy_at_n`.
    """

    groups: Mapping[str, Group]

    def as_dict(self) -> dict[str, Any]:
        """The groups as plain dictionaries for JSON; an undefined metric is null."""
        return {name: asdict(group) for name, group in self.groups.items()}


def realistic_rank(gold: frozenset[str], candidates: Sequence[str], scores: Sequence[float]) -> float:
    """The realistic rank of the best-scored gold concept, starting at 1; infinite if none is a candidate.

    The optimistic rank puts it before all candidates with the same score, the pessimistic rank after all incorrect ones
    with the same score; the realistic rank is their mean (Berrendorf et al., "On the ambiguity of rank-based
    evaluation", 2020).
    """
    best = max(
        (score for concept_id, score in zip(candidates, scores, strict=True) if concept_id in gold), default=None
    )
    if best is None:
        return math.inf
    n_better = sum(score > best for score in scores)
    n_incorrect_tied = sum(c not in gold and score == best for c, score in zip(candidates, scores, strict=True))
    return 1 + n_better + n_incorrect_tied / 2


def mention_metrics(prediction: Prediction, ontology: Ontology) -> MentionMetrics:
    """The metrics of one non-composite mention."""
    gold, candidates = prediction.gold.concepts, prediction.candidates
    distance, similarity = _distance_and_similarity(candidates[0] if candidates else None, gold, ontology)
    return MentionMetrics(
        accuracy_at_1=float(not gold.isdisjoint(candidates[:1])),
        recall_at_5=float(not gold.isdisjoint(candidates[:5])),
        recall_at_10=float(not gold.isdisjoint(candidates[:10])),
        mean_reciprocal_rank=1 / realistic_rank(gold, candidates, prediction.scores),
        tree_distance=distance,
        wu_palmer=similarity,
    )


def composite_is_correct(prediction: Prediction) -> bool:
    """Whether each of the n parts has a gold concept among the first n candidates; False if a part has none."""
    parts = prediction.gold.parts
    return all(not part.isdisjoint(prediction.candidates[: len(parts)]) for part in parts)


def linking_metrics(predictions: Sequence[Prediction], ontology: Ontology, *, seed: int = 0) -> LinkingMetrics:
    """The metrics of a linker over the mentions of a corpus, with 95% confidence intervals over documents."""
    single = [prediction for prediction in predictions if not prediction.gold.composite]
    composite = [prediction for prediction in predictions if prediction.gold.composite]
    rows = np.array([_values(mention_metrics(p, ontology)) for p in single], dtype=np.float64).reshape(-1, len(METRICS))
    groups = {name: _group(single, rows, METRICS, chosen, seed) for name, chosen in SINGLE_GROUPS.items()}
    correct = np.array([composite_is_correct(p) for p in composite], dtype=np.float64).reshape(-1, 1)
    for name, chosen in COMPOSITE_GROUPS.items():
        groups[name] = _group(composite, correct, ("accuracy_at_n",), chosen, seed)
    return LinkingMetrics(groups)


def accuracy_difference(own: Sequence[Prediction], others: Sequence[Prediction], *, seed: int = 0) -> Estimate:
    """The accuracy of a linker minus that of another one on the same mentions, composite ones left out."""
    pairs = [(one, other) for one, other in zip(own, others, strict=True) if not one.gold.composite]
    right = [[not each.gold.concepts.isdisjoint(each.candidates[:1]) for each in pair] for pair in pairs]
    number_of = {doc_id: number for number, doc_id in enumerate(dict.fromkeys(one.doc_id for one, _ in pairs))}
    documents = np.array([number_of[one.doc_id] for one, _ in pairs], dtype=np.int64)
    columns = np.array(right, dtype=np.float64).reshape(-1, 2)
    return paired_difference(columns[:, 0], columns[:, 1], documents, seed=seed)


Predicate = Callable[[Prediction], bool]

SINGLE_GROUPS: Mapping[str, Predicate] = {
    "every_mention": lambda p: True,
    "resolvable": lambda p: p.gold.resolvable,
    "seen_concept": lambda p: p.gold.resolvable and p.seen_concept,
    "unseen_concept": lambda p: p.gold.resolvable and not p.seen_concept,
    "exact_name": lambda p: p.gold.resolvable and p.exact_name,
    "other_name": lambda p: p.gold.resolvable and not p.exact_name,
}
COMPOSITE_GROUPS: Mapping[str, Predicate] = {
    "composite_every_mention": lambda p: True,
    "composite_resolvable": lambda p: p.gold.resolvable,
}


def _group(
    predictions: Sequence[Prediction],
    values: np.ndarray[Any, np.dtype[np.float64]],
    names: Sequence[str],
    chosen: Predicate,
    seed: int,
) -> Group:
    kept = np.array([chosen(prediction) for prediction in predictions], dtype=np.bool_)
    doc_ids = [prediction.doc_id for prediction in predictions if chosen(prediction)]
    number_of = {doc_id: number for number, doc_id in enumerate(dict.fromkeys(doc_ids))}
    documents = np.array([number_of[doc_id] for doc_id in doc_ids], dtype=np.int64)
    shares = [name != "tree_distance" for name in names]
    figures = bootstrap_means(values[kept], documents, shares=shares, seed=seed)
    return Group(len(doc_ids), len(number_of), dict(zip(names, figures, strict=True)))


def _distance_and_similarity(answer: str | None, gold: frozenset[str], ontology: Ontology) -> tuple[float, float]:
    """Tree distance to the nearest gold concept and Wu-Palmer similarity to the most similar one."""
    if not gold:
        return math.nan, 0.0
    if answer is None:
        return float(min(map(ontology.depth, gold)) + 1), 0.0
    distance = min(ontology.tree_distance(answer, concept_id) for concept_id in gold)
    return float(distance), max(ontology.wu_palmer(answer, concept_id) for concept_id in gold)


def _values(metrics: MentionMetrics) -> list[float]:
    return [getattr(metrics, name) for name in METRICS]
