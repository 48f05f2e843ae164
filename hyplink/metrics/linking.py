"""How well mentions were linked: figures of ranked candidates against gold concepts.

Accuracy and recall take the candidates in the order in which the linker answers, so they say what its user gets. The
reciprocal rank takes ties at their realistic rank. Composite mentions are figured apart: one is right when each of
its n parts is among the first n candidates. A mention whose gold resolves to no concept is wrong in "every mention"
and has no tree distance.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from hyplink.gold import Gold
from hyplink.metrics.bootstrap import Figure, bootstrap_means
from hyplink.ontology import Ontology


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a linker said of one mention, and what is right.

    Attributes:
        doc_id: the mention's document.
        gold: the right concepts.
        candidates: concept ids, best first; the first is the answer. None at all is NIL.
        scores: the score of each candidate, higher is better, equal scores are ties.
        seen_concept: whether training showed a mention of a gold concept.
        exact_name: whether the mention's words are a name of a gold concept, case aside.
    """

    doc_id: str
    gold: Gold
    candidates: tuple[str, ...]
    scores: tuple[float, ...]
    seen_concept: bool = False
    exact_name: bool = False


@dataclass(frozen=True, slots=True)
class MentionFigures:
    """The figures of one mention that is not composite; the mean of each over mentions is a figure of the linker.

    Attributes:
        accuracy_at_1: 1 where the answer is a gold concept, else 0.
        recall_at_5: 1 where one of the first five candidates is a gold concept, else 0.
        recall_at_10: the same of the first ten.
        mean_reciprocal_rank: 1 / realistic rank of the best gold concept, 0 where none is a candidate.
        tree_distance: is-a steps from the answer to the nearest gold concept. NIL stands for the virtual root, one
            step above the roots. NaN where the gold resolves to no concept.
        wu_palmer: similarity of the answer to the most similar gold concept; 0 for NIL.
    """

    accuracy_at_1: float
    recall_at_5: float
    recall_at_10: float
    mean_reciprocal_rank: float
    tree_distance: float
    wu_palmer: float


FIGURES = tuple(MentionFigures.__slots__)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures of some of the mentions, by name, with their 95% intervals over documents."""

    n_mentions: int
    n_documents: int
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class LinkingFigures:
    """The figures of a linker, by group of mentions.

    The groups are `every_mention` and `resolvable`, then the resolvable ones split into `seen_concept` and
    `unseen_concept` and into `exact_name` and `other_name`; all of these without the composite mentions. Those are
    the groups `composite_every_mention` and `composite_resolvable`, with the figure `accuracy_at_n` alone.
    """

    groups: Mapping[str, Group]

    def as_dict(self) -> dict[str, Any]:
        """The groups as plain dictionaries for JSON; null where there is no figure."""
        return {name: asdict(group) for name, group in self.groups.items()}


def realistic_rank(gold: frozenset[str], candidates: Sequence[str], scores: Sequence[float]) -> float:
    """The rank of the best-scored gold concept, from 1; infinite where none is a candidate.

    The optimistic rank puts it before all candidates of its score, the pessimistic one behind all wrong ones of its
    score; the realistic rank is their mean (Berrendorf et al., "On the ambiguity of rank-based evaluation", 2020).
    """
    best = max(
        (score for concept_id, score in zip(candidates, scores, strict=True) if concept_id in gold), default=None
    )
    if best is None:
        return math.inf
    n_better = sum(score > best for score in scores)
    n_wrong_tied = sum(c not in gold and score == best for c, score in zip(candidates, scores, strict=True))
    return 1 + n_better + n_wrong_tied / 2


def mention_figures(prediction: Prediction, ontology: Ontology) -> MentionFigures:
    """The figures of one mention that is not composite."""
    gold, candidates = prediction.gold.concepts, prediction.candidates
    distance, similarity = _nearness(candidates[0] if candidates else None, gold, ontology)
    return MentionFigures(
        accuracy_at_1=float(not gold.isdisjoint(candidates[:1])),
        recall_at_5=float(not gold.isdisjoint(candidates[:5])),
        recall_at_10=float(not gold.isdisjoint(candidates[:10])),
        mean_reciprocal_rank=1 / realistic_rank(gold, candidates, prediction.scores),
        tree_distance=distance,
        wu_palmer=similarity,
    )


def composite_is_right(prediction: Prediction) -> bool:
    """Whether each of the n parts has a gold concept among the first n candidates; never where a part has none."""
    parts = prediction.gold.parts
    return all(not part.isdisjoint(prediction.candidates[: len(parts)]) for part in parts)


def linking_figures(predictions: Sequence[Prediction], ontology: Ontology, *, seed: int = 0) -> LinkingFigures:
    """The figures of a linker over the mentions of a corpus, with 95% bootstrap intervals over documents."""
    single = [prediction for prediction in predictions if not prediction.gold.composite]
    composite = [prediction for prediction in predictions if prediction.gold.composite]
    rows = np.array([_row(mention_figures(p, ontology)) for p in single], dtype=np.float64).reshape(-1, len(FIGURES))
    groups = {name: _group(single, rows, FIGURES, chosen, seed) for name, chosen in SINGLE_GROUPS.items()}
    right = np.array([composite_is_right(p) for p in composite], dtype=np.float64).reshape(-1, 1)
    for name, chosen in COMPOSITE_GROUPS.items():
        groups[name] = _group(composite, right, ("accuracy_at_n",), chosen, seed)
    return LinkingFigures(groups)


Choice = Callable[[Prediction], bool]

SINGLE_GROUPS: Mapping[str, Choice] = {
    "every_mention": lambda p: True,
    "resolvable": lambda p: p.gold.resolvable,
    "seen_concept": lambda p: p.gold.resolvable and p.seen_concept,
    "unseen_concept": lambda p: p.gold.resolvable and not p.seen_concept,
    "exact_name": lambda p: p.gold.resolvable and p.exact_name,
    "other_name": lambda p: p.gold.resolvable and not p.exact_name,
}
COMPOSITE_GROUPS: Mapping[str, Choice] = {
    "composite_every_mention": lambda p: True,
    "composite_resolvable": lambda p: p.gold.resolvable,
}


def _group(
    predictions: Sequence[Prediction],
    rows: np.ndarray[Any, np.dtype[np.float64]],
    names: Sequence[str],
    chosen: Choice,
    seed: int,
) -> Group:
    kept = np.array([chosen(prediction) for prediction in predictions], dtype=np.bool_)
    doc_ids = [prediction.doc_id for prediction in predictions if chosen(prediction)]
    number_of = {doc_id: number for number, doc_id in enumerate(dict.fromkeys(doc_ids))}
    documents = np.array([number_of[doc_id] for doc_id in doc_ids], dtype=np.int64)
    figures = bootstrap_means(rows[kept], documents, seed=seed)
    return Group(len(doc_ids), len(number_of), dict(zip(names, figures, strict=True)))


def _nearness(answer: str | None, gold: frozenset[str], ontology: Ontology) -> tuple[float, float]:
    """(tree distance, Wu-Palmer similarity) of an answer to the nearest, and to the most similar, gold concept."""
    if not gold:
        return math.nan, 0.0
    if answer is None:
        return float(min(map(ontology.depth, gold)) + 1), 0.0
    distance = min(ontology.tree_distance(answer, concept_id) for concept_id in gold)
    return float(distance), max(ontology.wu_palmer(answer, concept_id) for concept_id in gold)


def _row(figures: MentionFigures) -> list[float]:
    return [getattr(figures, name) for name in FIGURES]
