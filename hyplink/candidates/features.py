"""What speaks for each concept that a mention may mean: the candidates of every source, and their features.

Candidates come from equal names, from names of like characters, from names of like word vectors and from the ball. What
each source says of a candidate is a number that is greater the more it speaks for it; `FEATURES` names them in order.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from hyplink.arrays import Indices, Scores, log_softmax, segment_starts
from hyplink.candidates.lexical import Ranked
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import Vectors
from hyplink.mentions.lexicon import SENSE_FEATURES
from hyplink.names.normal_forms import normal_text
from hyplink.regressor import Regressor

PER_SOURCE = 20
"""How many candidates each source proposes."""

LEAST_LOG_PROBABILITY = -12.0
"""What the ball says of a candidate is cut off here: beyond, less likely is no stronger evidence."""

FEATURES = (
    "exact_name",
    "normal_name",
    "reordered_name",
    "only_exact_name",
    "own_name",
    "tfidf",
    "tfidf_lead",
    "tfidf_rank",
    "cosine",
    "cosine_lead",
    "cosine_rank",
    "ball",
    "concept_count",
    "surface_form_count",
    "words_left_over",
    "words_left_out",
    "words_most_similar",
    "named_nearby",
    *SENSE_FEATURES,
)
"""The columns of a candidate's features.

A name is equal to the mention but for letter case, by normal form, in any word order; no other concept has an equal
name; the equal name is a label or an exact synonym. TF-IDF and cosine: the similarity of the best name, by how much the
first of them is ahead of the second, the reciprocal rank. The ball: the log-probability among the candidates; without
annotated text, as far as the mention is like a name. Counts: the logarithm of 1 + how often annotated text means the
concept, and means it by this very wording. Words left over and left out: minus the weight of those that the mention, or
its most similar wording, has alone; likest: no other candidate has a wording that shares more. Named nearby: a mention
of other words in the same document bears a name of this concept alone. What speaks for the senses of words is told
beside `SENSE_FEATURES`.
"""

_COLUMN = {name: column for column, name in enumerate(FEATURES)}


class Candidates(NamedTuple):
    """The candidates of a batch of mentions, those of one mention in a row.

    Attributes:
        mentions: the mention's row of each candidate, int64 (c,), ascending.
        concepts: concept indices, int64 (c,).
        features: float64 (c, len(FEATURES)).
        distances: from the mention's point, float64 (c,); None where the regressor has no points.
        gold_groups: the gold-equivalence group of each concept, int64 (c,): if one of a group is right, all are.
    """

    mentions: Indices
    concepts: Indices
    features: Scores
    distances: Scores | None
    gold_groups: Indices


class Evidence:
    """All that known wordings and the regressor say of mentions.

    Args:
        names: what the wordings say.
        regressor: trained on them.
    """

    def __init__(self, names: NameSources, regressor: Regressor) -> None:
        self.names = names
        self.regressor = regressor

    def candidates(
        self,
        texts: Sequence[str],
        vectors: Vectors,
        documents: Sequence[str],
        also: Sequence[tuple[int, int]] = (),
        unambiguous: Sequence[int] = (),
    ) -> Candidates:
        """The candidates of mentions, by mention and then by concept.

        Args:
            texts: the words of each mention, abbreviations written out.
            vectors: of the mentions in context, float32 (n, dim).
            documents: what tells the mentions of one document from those of others; empty for a mention without one.
            also: further candidates: the mention's row and the concept's index.
            unambiguous: rows of mentions that have no candidates but those: nothing else is looked for.
        """
        open_rows = np.setdiff1d(np.arange(len(texts)), unambiguous)
        exact = self.names.exact.rank(texts, PER_SOURCE)
        outputs = self.regressor.outputs(vectors)  # the network's forward pass, shared by ranking and comparison
        tfidf, nearest, ball = self._searched(texts, vectors, outputs, open_rows)
        proposed = _spread(exact.take(open_rows), open_rows, len(texts))
        sources = (proposed.concepts, tfidf.concepts, nearest.concepts, ball.concepts)
        mentions, concepts = _united(sources, also)
        fit = self.regressor.compare_outputs(outputs, mentions, concepts)
        features = np.zeros((len(mentions), len(FEATURES)))
        _add_exact(features, exact, mentions, concepts)
        _add_similarity(features, "tfidf", tfidf, mentions, concepts)
        _add_similarity(features, "cosine", nearest, mentions, concepts)
        self._add_unambiguous(features, texts, vectors, mentions, concepts, np.isin(mentions, unambiguous))
        features[:, _COLUMN["ball"]] = self._ball(fit.scores, features[:, _COLUMN["tfidf"]], mentions)
        words = [normal_text(text) for text in texts]
        self._add_known(features, words, mentions, concepts)
        overlap = self.names.overlap.compare(texts, mentions, concepts)
        features[:, _COLUMN["words_left_over"]] = overlap.left_over
        features[:, _COLUMN["words_left_out"]] = overlap.left_out
        features[:, _COLUMN["words_most_similar"]] = overlap.most_similar
        _add_named_nearby(features, words, documents, mentions, concepts)
        return Candidates(mentions, concepts, features, fit.distances, self.names.gold_groups[concepts])

    def _searched(
        self, texts: Sequence[str], vectors: Vectors, outputs: Tensor, rows: Indices
    ) -> tuple[Ranked, Ranked, Ranked]:
        """The candidates of some rows by TF-IDF, cosine and the ball, as candidates of all rows."""
        found = [Ranked.empty(0, PER_SOURCE)] * 3
        if len(rows):
            surface_forms = list(dict.fromkeys(texts[row] for row in rows))
            first = {text: row for row, text in reversed(list(enumerate(texts)))}
            distinct = vectors[[first[text] for text in surface_forms], : self.names.mention_dim]
            place = {text: i for i, text in enumerate(surface_forms)}
            same = np.array([place[texts[row]] for row in rows])
            ball = self.regressor.rank_outputs(outputs[rows], PER_SOURCE)
            found = [
                self.names.tfidf.rank(surface_forms, PER_SOURCE).take(same),
                self.names.nearest.rank(distinct, PER_SOURCE).take(same),
                Ranked(ball.concepts, ball.scores),
            ]
        tfidf, nearest, by_ball = (_spread(each, rows, len(texts)) for each in found)
        return tfidf, nearest, by_ball

    def _ball(self, scores: Scores, tfidf: Scores, mentions: Indices) -> Scores:
        """What the ball says of each candidate (c,), from the regressor's scores and the candidates' TF-IDF."""
        said = np.maximum(log_softmax(scores, mentions), LEAST_LOG_PROBABILITY)
        return said if len(self.names.annotated) else _as_far_as_alike(said, tfidf, mentions)

    def _add_unambiguous(
        self,
        features: Scores,
        texts: Sequence[str],
        vectors: Vectors,
        mentions: Indices,
        concepts: Indices,
        unambiguous: NDArray[np.bool_],
    ) -> None:
        """The likeness of settled candidates, which no search has given; nothing is near them."""
        rows = np.flatnonzero(unambiguous)
        similarity = self.names.nearest.compare(vectors[:, : self.names.mention_dim], mentions[rows], concepts[rows])
        features[rows, _COLUMN["cosine"]] = similarity
        features[rows, _COLUMN["tfidf"]] = 1.0
        others = rows[features[rows, _COLUMN["normal_name"]] == 0]
        features[others, _COLUMN["tfidf"]] = self.names.tfidf.compare(texts, mentions[others], concepts[others])
        for name in ("tfidf_rank", "cosine_rank"):
            features[rows, _COLUMN[name]] = 1.0

    def _add_known(self, features: Scores, words: Sequence[str], mentions: Indices, concepts: Indices) -> None:
        keys = [(words[row], concept) for row, concept in zip(mentions.tolist(), concepts.tolist(), strict=True)]
        own, times, surface_form_counts = self.names.own, self.names.times, self.names.surface_form_counts
        features[:, _COLUMN["own_name"]] = [concept in own.get(text) for text, concept in keys]
        features[:, _COLUMN["concept_count"]] = np.log1p([times[concept] for _, concept in keys])
        features[:, _COLUMN["surface_form_count"]] = np.log1p([surface_form_counts[key] for key in keys])


def _united(sources: Sequence[Indices], also: Sequence[tuple[int, int]]) -> tuple[Indices, Indices]:
    """Mention and concept of every pair that any source proposes, sorted, each once."""
    pairs = [np.array(also, dtype=np.int64).reshape(-1, 2)]
    for concepts in sources:
        rows, columns = np.nonzero(concepts >= 0)
        pairs.append(np.stack([rows, concepts[rows, columns]], axis=1))
    mentions, concepts = np.unique(np.concatenate(pairs), axis=0).T
    return mentions, concepts


def _spread(ranked: Ranked, rows: Indices, n_mentions: int) -> Ranked:
    """Candidates of some rows of n mentions as candidates of all of them; the others have none."""
    spread = Ranked.empty(n_mentions, ranked.concepts.shape[1])
    spread.concepts[rows] = ranked.concepts
    spread.scores[rows] = ranked.scores
    return spread


def _places(ranked: Indices, mentions: Indices, concepts: Indices) -> Indices:
    """The place (0 is the first) of each candidate in a ranking (n, k), -1 where it is not in it."""
    found = ranked[mentions] == concepts[:, None]  # (c, k)
    return np.where(found.any(1), found.argmax(1), -1)


def _reciprocal_ranks(places: Indices) -> Scores:
    return np.where(places >= 0, 1 / np.maximum(places + 1.0, 1.0), 0.0)


def _add_exact(features: Scores, ranked: Ranked, mentions: Indices, concepts: Indices) -> None:
    places = _places(ranked.concepts, mentions, concepts)
    scores = np.where(places >= 0, ranked.scores[mentions, places], 0.0)
    for name, least in (("exact_name", 1.0), ("normal_name", 0.9), ("reordered_name", 0.8)):
        features[:, _COLUMN[name]] = scores >= least
    alone = (ranked.concepts >= 0).sum(1) == 1
    features[:, _COLUMN["only_exact_name"]] = alone[mentions] & (places >= 0)


def _add_similarity(features: Scores, name: str, ranked: Ranked, mentions: Indices, concepts: Indices) -> None:
    """A candidate that the source does not propose is as like as the last that it does."""
    scores = np.where(ranked.concepts >= 0, ranked.scores, 0.0)
    places = _places(ranked.concepts, mentions, concepts)
    lead = scores[:, 0] - scores[:, 1]
    features[:, _COLUMN[name]] = scores[mentions, places]  # place -1 is the last
    features[:, _COLUMN[f"{name}_lead"]] = np.where(places == 0, lead[mentions], 0.0)
    features[:, _COLUMN[f"{name}_rank"]] = _reciprocal_ranks(places)


def _as_far_as_alike(log_probabilities: Scores, tfidf: Scores, mentions: Indices) -> Scores:
    """What a ball that has learned names alone says (c,), as far as it can know it.

    Of words unlike all names it is as sure as of others, and wrong. So it is believed for the part of a mention that
    the most similar name explains, which is the square of their cosine; for the rest any candidate is as likely as
    another.

    Args:
        log_probabilities: of the candidates (c,).
        tfidf: the cosine of each candidate's best name (c,).
        mentions: the mention's row of each candidate, ascending.
    """
    if not len(mentions):
        return log_probabilities
    first = segment_starts(mentions)
    sizes = np.diff(first, append=len(mentions))
    similarity = np.repeat(np.maximum.reduceat(tfidf, first) ** 2, sizes)
    believed: Scores = np.log(similarity * np.exp(log_probabilities) + (1 - similarity) / np.repeat(sizes, sizes))
    return believed


def _add_named_nearby(
    features: Scores, words: Sequence[str], documents: Sequence[str], mentions: Indices, concepts: Indices
) -> None:
    rows = list(zip(mentions.tolist(), concepts.tolist(), strict=True))
    named = features[:, _COLUMN["normal_name"]] * features[:, _COLUMN["only_exact_name"]] > 0
    surface_forms: dict[tuple[str, int], set[str]] = {}
    for i in np.flatnonzero(named).tolist():
        mention, concept = rows[i]
        if documents[mention]:
            surface_forms.setdefault((documents[mention], concept), set()).add(words[mention])
    features[:, _COLUMN["named_nearby"]] = [
        bool(surface_forms.get((documents[mention], concept), set()) - {words[mention]}) for mention, concept in rows
    ]
