"""What speaks for each concept that a mention may mean: the candidates of every source, and their features.

Candidates come from equal names, from names of like characters, from names of like word vectors and from the ball. What
each source says of a candidate is a number that is greater the more it speaks for it; `FEATURES` names them in order.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.encoders.encoder import read_settings
from hyplink.linking.examples import Example, read_examples
from hyplink.linking.lexical import CharTfidf, ExactNames, Indices, NearestNameVectors, Ranked, Scores
from hyplink.linking.logit import log_softmax
from hyplink.linking.normalise import normal_name
from hyplink.linking.overlap import WordOverlap
from hyplink.linking.senses import SENSE_FEATURES, SenseEvidence, Use, sense_evidence_of
from hyplink.ontology import Concept, Ontology
from hyplink.regressor import Regressor
from hyplink.run import Run

Vectors = NDArray[np.float32]

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
    "wording_count",
    "words_left_over",
    "words_left_out",
    "named_nearby",
    *SENSE_FEATURES,
)
"""The columns of a candidate's features.

A name is equal to the mention but for letter case, by normal form, in any word order; no other concept has an equal
name; the equal name is a label or an exact synonym. TF-IDF and cosine: the similarity of the best name, by how much the
first of them is ahead of the second, the reciprocal rank. The ball: the log-probability among the candidates. Counts:
the logarithm of 1 + how often annotated text means the concept, and means it by this very wording. Words left over and
left out: minus the weight of those that the mention, or its most similar wording, has alone. Named nearby: a mention of
other words in the same document bears a name of this concept alone. What speaks for the senses of words is told beside
`SENSE_FEATURES`.
"""

_COLUMN = {name: column for column, name in enumerate(FEATURES)}


@dataclass(frozen=True)
class Wordings:
    """Words that are known to mean a concept: the ontology's names, and mentions of annotated text.

    Attributes:
        texts: the words of each.
        concepts: the concept index of each, int64 (n,).
        vectors: the vector of each without its context, float32 (n, mention_dim).
        docs: the document of each; empty for a name.
        own: bool (n,), whether it is a label or an exact synonym.
    """

    texts: tuple[str, ...]
    concepts: Indices
    vectors: Vectors
    docs: tuple[str, ...]
    own: NDArray[np.bool_]

    def chosen(self, rows: Indices) -> "Wordings":
        """Some of them."""
        return Wordings(
            tuple(self.texts[row] for row in rows),
            self.concepts[rows],
            self.vectors[rows],
            tuple(self.docs[row] for row in rows),
            self.own[rows],
        )

    @classmethod
    def of(cls, ontology: Ontology, examples: Sequence[Example], vectors: Vectors) -> "Wordings":
        """The wordings of names and mentions; composite mentions and those without a concept are left out.

        Args:
            ontology: the concepts.
            examples: names and mentions.
            vectors: of the examples without their context, float32 (n_examples, mention_dim).
        """
        pairs = [
            (row, concept)
            for row, example in enumerate(examples)
            if len(example.gold) == 1
            for concept in example.gold[0]
        ]
        rows = [row for row, _ in pairs]
        own_names = {concept_id: _own_names(concept) for concept_id, concept in ontology.concepts.items()}
        return cls(
            tuple(examples[row].read_as for row in rows),
            np.array([ontology.index_of[concept] for _, concept in pairs], dtype=np.int64),
            vectors[rows],
            tuple(examples[row].doc for row in rows),
            np.array([examples[row].text in own_names[concept] for row, concept in pairs], dtype=bool),
        )


def _own_names(concept: Concept) -> set[str]:
    return {concept.label, *(synonym.text for synonym in concept.synonyms if synonym.scope == "EXACT")}


class Candidates(NamedTuple):
    """The candidates of a batch of mentions, those of one mention in a row.

    Attributes:
        mentions: the mention's row of each candidate, int64 (c,), ascending.
        concepts: concept indices, int64 (c,).
        features: float64 (c, len(FEATURES)).
        distances: from the mention's point, float64 (c,); None where the regressor has no points.
    """

    mentions: Indices
    concepts: Indices
    features: Scores
    distances: Scores | None


class Evidence:
    """All that known wordings and the regressor say of mentions. Built anew from them; nothing of it is stored."""

    def __init__(self, wordings: Wordings, regressor: Regressor, senses: SenseEvidence | None = None) -> None:
        names = list(zip(wordings.texts, wordings.concepts.tolist(), strict=True))
        self.exact = ExactNames(names)
        self.tfidf = CharTfidf(names)
        self.nearest = NearestNameVectors(wordings.vectors, wordings.concepts)
        self.senses = senses
        self._regressor = regressor
        self.mention_dim = wordings.vectors.shape[1]
        self._overlap = WordOverlap(wordings.texts, wordings.concepts)
        self._own = {(normal_name(text), each) for (text, each), own in zip(names, wordings.own, strict=True) if own}
        annotated = [name for name, doc in zip(names, wordings.docs, strict=True) if doc]
        self._times = Counter(concept for _, concept in annotated)
        self._wording_times = Counter((normal_name(text), concept) for text, concept in annotated)

    def candidates(
        self,
        texts: Sequence[str],
        vectors: Vectors,
        documents: Sequence[str],
        also: Sequence[tuple[int, int]] = (),
        uses: Sequence[Use | None] = (),
    ) -> Candidates:
        """The candidates of mentions, by mention and then by concept.

        Args:
            texts: the words of each mention, abbreviations written out.
            vectors: of the mentions in context, float32 (n, dim).
            documents: what tells the mentions of one document from those of others; empty for a mention without one.
            also: further candidates: the mention's row and the concept's index.
            uses: of each mention whose word is known; the candidates of a word of the lexicon are its senses alone.
        """
        of_words = self._rows_of_words(uses)
        others = np.setdiff1d(np.arange(len(texts)), of_words)
        place = {row: i for i, row in enumerate(others.tolist())}
        by_name = self._by_name(
            [texts[row] for row in others.tolist()],
            vectors[others],
            [documents[row] for row in others.tolist()],
            [(place[row], concept) for row, concept in also if row in place],
        )
        if self.senses is None or not len(of_words):
            return by_name
        words = [use for use in (uses[row] for row in of_words.tolist()) if use]
        by_sense = self._by_sense(self.senses, words, vectors[of_words], of_words)
        return _merged(by_name._replace(mentions=others[by_name.mentions]), by_sense)

    def _rows_of_words(self, uses: Sequence[Use | None]) -> Indices:
        if self.senses is None:
            return np.zeros(0, np.int64)
        known = self.senses.inventory.senses
        return np.array([row for row, use in enumerate(uses) if use and known(use.word)], dtype=np.int64)

    def _by_sense(self, senses: SenseEvidence, uses: Sequence[Use], vectors: Vectors, rows: Indices) -> Candidates:
        """The senses of the words that mentions at these rows use."""
        mentions, concepts = senses.candidates(uses)
        fit = self._regressor.compare(vectors, mentions, concepts)
        features = np.zeros((len(mentions), len(FEATURES)))
        features[:, _COLUMN["ball"]] = _ball(fit.scores, mentions)
        features[:, _COLUMN[SENSE_FEATURES[0]] :] = senses.features(uses, vectors, mentions, concepts)
        return Candidates(rows[mentions], concepts, features, fit.distances)

    def _by_name(
        self, texts: Sequence[str], vectors: Vectors, documents: Sequence[str], also: Sequence[tuple[int, int]]
    ) -> Candidates:
        """The candidates of mentions by their names and by the ball; the arguments are those of `candidates`."""
        exact = self.exact.rank(texts, PER_SOURCE)
        tfidf = self.tfidf.rank(texts, PER_SOURCE)
        nearest = self.nearest.rank(vectors[:, : self.mention_dim], PER_SOURCE)
        ball = self._regressor.rank(vectors, PER_SOURCE)
        sources = (exact.concepts, tfidf.concepts, nearest.concepts, ball.concepts)
        mentions, concepts = _united(sources, also)
        fit = self._regressor.compare(vectors, mentions, concepts)
        features = np.zeros((len(mentions), len(FEATURES)))
        _add_exact(features, exact, mentions, concepts)
        _add_similarity(features, "tfidf", tfidf, mentions, concepts)
        _add_similarity(features, "cosine", nearest, mentions, concepts)
        features[:, _COLUMN["ball"]] = _ball(fit.scores, mentions)
        self._add_known(features, texts, mentions, concepts)
        overlap = self._overlap.compare(texts, mentions, concepts)
        features[:, _COLUMN["words_left_over"]] = overlap.left_over
        features[:, _COLUMN["words_left_out"]] = overlap.left_out
        _add_named_nearby(features, texts, documents, mentions, concepts)
        return Candidates(mentions, concepts, features, fit.distances)

    def _add_known(self, features: Scores, texts: Sequence[str], mentions: Indices, concepts: Indices) -> None:
        words = [normal_name(text) for text in texts]
        keys = [(words[row], concept) for row, concept in zip(mentions.tolist(), concepts.tolist(), strict=True)]
        features[:, _COLUMN["own_name"]] = [key in self._own for key in keys]
        features[:, _COLUMN["concept_count"]] = np.log1p([self._times[concept] for _, concept in keys])
        features[:, _COLUMN["wording_count"]] = np.log1p([self._wording_times[key] for key in keys])


def load_evidence(run: Run, ontology: Ontology, regressor: Regressor) -> Evidence:
    """The evidence of a run: its names, its training mentions and its regressor."""
    known = read_examples(run.path("encode", "mentions.jsonl"))
    blocks = read_settings(run.path("encode", "encoder.json"))["blocks"]
    names, train, glosses = (
        np.load(run.path("encode", f"{split}.npy"), mmap_mode="r", allow_pickle=False)
        for split in ("names", "train", "glosses")
    )
    vectors = np.concatenate([each[:, : blocks[0]] for each in (names, train)])
    wordings = Wordings.of(ontology, [*known["names"], *known["train"]], vectors)
    uses = [example.use for example in known["train"]]
    golds = [example.gold for example in known["train"]]
    return Evidence(wordings, regressor, sense_evidence_of(ontology, glosses, uses, golds, train, blocks))


def _ball(scores: Scores, mentions: Indices) -> Scores:
    return np.maximum(log_softmax(scores, mentions), LEAST_LOG_PROBABILITY)


def _merged(first: Candidates, second: Candidates) -> Candidates:
    """The candidates of different mentions of a batch, by mention and then by concept."""
    joined = [np.concatenate(pair) for pair in zip(first[:3], second[:3], strict=True)]
    order = np.lexsort((joined[1], joined[0]))
    distances = None
    if first.distances is not None and second.distances is not None:
        distances = np.concatenate([first.distances, second.distances])[order]
    return Candidates(joined[0][order], joined[1][order], joined[2][order], distances)


def _united(sources: Sequence[Indices], also: Sequence[tuple[int, int]]) -> tuple[Indices, Indices]:
    """Mention and concept of every pair that any source proposes, sorted, each once."""
    pairs = [np.array(also, dtype=np.int64).reshape(-1, 2)]
    for concepts in sources:
        rows, columns = np.nonzero(concepts >= 0)
        pairs.append(np.stack([rows, concepts[rows, columns]], axis=1))
    mentions, concepts = np.unique(np.concatenate(pairs), axis=0).T
    return mentions, concepts


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


def _add_named_nearby(
    features: Scores, texts: Sequence[str], documents: Sequence[str], mentions: Indices, concepts: Indices
) -> None:
    words = [normal_name(text) for text in texts]
    rows = list(zip(mentions.tolist(), concepts.tolist(), strict=True))
    named = features[:, _COLUMN["normal_name"]] * features[:, _COLUMN["only_exact_name"]] > 0
    wordings: dict[tuple[str, int], set[tuple[str, ...]]] = {}
    for i in np.flatnonzero(named).tolist():
        mention, concept = rows[i]
        if documents[mention]:
            wordings.setdefault((documents[mention], concept), set()).add(words[mention])
    features[:, _COLUMN["named_nearby"]] = [
        bool(wordings.get((documents[mention], concept), set()) - {words[mention]}) for mention, concept in rows
    ]
