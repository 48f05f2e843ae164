"""Features of a candidate that depend on its document: how near it is to the other links there, and to its topic.

Linking ranks candidates twice. A first ranker, which does not know these features, gives the confident links of each
document. Then the candidates of every mention that has several are compared with them and with the topic of the text,
and are ranked again. Linking by the coherence of a document's concepts goes back to Cucerzan, "Large-scale named entity
disambiguation based on Wikipedia data", EMNLP 2007.

Two concepts are compared by their Gromov product, the length of the paths from the origin to both that runs together:
the depth of their lowest common ancestor, as far as the ball reproduces the hierarchy. Distances would favour general
concepts, which are near everything.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices, Scores, log_softmax, segment_starts
from hyplink.candidates.features import FEATURES, Candidates
from hyplink.candidates.topics import ConceptTopics, TopicOf
from hyplink.mentions.batch import MentionBatch
from hyplink.names.normal_forms import normal_text
from hyplink.ranking.ranker import Ranker
from hyplink.regressor import Regressor

CONFIDENT = 0.7
"""The probability in the first ranking from which a link counts as confident."""

MAX_LINKS = 50
"""Maximum number of a document's links that candidates are compared with, so that the time is linear in its length."""

CANDIDATES_AT_A_TIME = 4096
"""Candidates compared at a time, to bound memory."""

_LINKS, _TOPIC = FEATURES.index("document_links"), FEATURES.index("document_topic")


class _Answer(NamedTuple):
    """The concept that a mention is linked to, and its probability."""

    concept: int
    probability: float


_NO_ANSWER = _Answer(-1, 0.0)


class _Links(NamedTuple):
    """The confident links of a document, each pair of surface form and concept once.

    Attributes:
        forms: the number of the surface form, int64 (n,).
        concepts: int64 (n,).
        weights: float64 (n,).
    """

    forms: Indices
    concepts: Indices
    weights: Scores


class DocumentFeatures:
    """Adds the features of documents to candidates.

    Args:
        first_ranker: gives the confident links.
        regressor: has the concept points.
        topics: of the concepts; None where the ontology is a lexicon, whose senses have other features of documents.
    """

    def __init__(self, first_ranker: Ranker, regressor: Regressor, topics: ConceptTopics | None) -> None:
        self.first_ranker = first_ranker
        self._regressor = regressor
        self._topics = topics

    def added(
        self,
        candidates: Candidates,
        batch: MentionBatch,
        topic_of: TopicOf,
        named: NDArray[np.bool_] | None = None,
    ) -> Candidates:
        """The candidates with the features of their documents; those of a mention without a rival stay 0.

        Args:
            candidates: of the batch.
            batch: the mentions.
            topic_of: gives the topic vectors of the batch's documents.
            named: which candidates rank before all others, bool (c,).
        """
        sizes = np.bincount(candidates.mentions, minlength=len(batch))
        if self._topics is None or sizes.max(initial=0) < 2:
            return candidates
        features = candidates.features.copy()
        answers = self._first_answers(candidates, named)
        starts = np.cumsum(sizes) - sizes
        for document, rows in _rows_of_documents(batch.documents).items():
            several = [i for i, row in enumerate(rows) if sizes[row] > 1]
            if not several:
                continue
            forms = _numbers(_form_of(batch.passages[row].mention) for row in rows)
            links = _confident_links(forms, [answers.get(row, _NO_ANSWER) for row in rows])
            places = np.concatenate([starts[rows[i]] + np.arange(sizes[rows[i]]) for i in several])
            own = np.repeat(forms[several], [sizes[rows[i]] for i in several])
            concepts = candidates.concepts[places]
            features[places, _TOPIC] = self._topics.cosine(topic_of(document), concepts)
            features[places, _LINKS] = self._nearness(concepts, own, links)
        return candidates._replace(features=features)

    def _first_answers(self, candidates: Candidates, named: NDArray[np.bool_] | None) -> dict[int, _Answer]:
        """The answer of the first ranker to each mention that has candidates."""
        scores = self.first_ranker.scores(candidates)
        if named is not None and named.any():
            with_named = np.isin(candidates.mentions, candidates.mentions[named])
            scores = log_softmax(np.where(with_named & ~named, -np.inf, scores), candidates.mentions)
        order = np.lexsort((-scores, candidates.mentions))
        best = order[segment_starts(candidates.mentions[order])]
        answers = map(_Answer, candidates.concepts[best].tolist(), np.exp(scores[best]).tolist())
        return dict(zip(candidates.mentions[best].tolist(), answers, strict=True))

    def _nearness(self, concepts: Indices, own: Indices, links: _Links) -> Scores:
        """The weighted mean of the Gromov products of each candidate and the links of other surface forms, (c,).

        Args:
            concepts: of the candidates, int64 (c,).
            own: the number of the surface form of each candidate's mention, int64 (c,).
            links: of the document.
        """
        nearness = np.zeros(len(concepts))
        distinct, rows = np.unique(concepts, return_inverse=True)
        products = self._regressor.gromov_products(distinct, links.concepts)
        if products is None:
            return nearness
        for start in range(0, len(concepts), CANDIDATES_AT_A_TIME):
            part = slice(start, start + CANDIDATES_AT_A_TIME)
            weights = (own[part, None] != links.forms) * links.weights  # (p, n_links)
            sums, totals = (products[rows[part]] * weights).sum(1), weights.sum(1)
            np.divide(sums, totals, out=nearness[part], where=totals > 0)
        return nearness


def _rows_of_documents(documents: Sequence[str]) -> dict[str, list[int]]:
    """The rows of the mentions of each document; mentions without one are left out."""
    rows: dict[str, list[int]] = {}
    for row, document in enumerate(documents):
        if document:
            rows.setdefault(document, []).append(row)
    return rows


def _form_of(mention: str) -> str:
    """What the mentions of one surface form have in common: `PC` and `PCs` are one, which normal forms keep apart."""
    return normal_text(mention).removesuffix("s")


def _numbers(keys: Iterable[str]) -> Indices:
    known: dict[str, int] = {}
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)


def _confident_links(forms: Indices, answers: Sequence[_Answer]) -> _Links:
    """The most frequent confident links, at most `MAX_LINKS`; the highest probability of each is its weight."""
    weights: dict[tuple[int, int], float] = {}
    counts: Counter[tuple[int, int]] = Counter()
    for form, answer in zip(forms.tolist(), answers, strict=True):
        if answer.probability >= CONFIDENT:
            link = (form, answer.concept)
            weights[link] = max(answer.probability, weights.get(link, 0.0))
            counts[link] += 1
    kept = [link for link, _ in counts.most_common(MAX_LINKS)]
    pairs = np.array(kept, dtype=np.int64).reshape(-1, 2)
    return _Links(pairs[:, 0], pairs[:, 1], np.array([weights[link] for link in kept], dtype=np.float64))
