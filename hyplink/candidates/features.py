"""Candidate concepts of mentions from the ontology's names and the regressor, and the features of every candidate.

Candidates are the concepts with an equal name, with a name of similar characters, with a name of similar word vectors,
and those nearest to the mention's point. `FEATURES` names the columns of their features; a larger value is always
stronger evidence for the candidate.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from hyplink.arrays import Indices, Scores, log_softmax, segment_starts
from hyplink.candidates.lexical import IN_ANY_ORDER, IN_NORMAL_FORM, ExactNames, Ranked
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.rejected import NOTHING_REJECTED, RejectedConcepts, without
from hyplink.candidates.surface_forms import Vectors
from hyplink.mentions.batch import MentionBatch
from hyplink.mentions.lexicon import SENSE_FEATURES
from hyplink.names.normal_forms import normal_text
from hyplink.names.phrases import head_of, phrase_parts
from hyplink.regressor import Regressor
from hyplink.run.mode import Mode
from hyplink.string_table import NumbersOfStrings

PER_SOURCE = 20
"""How many candidates each source proposes for a mention."""

MIN_LOG_PROBABILITY = -12.0
"""Log-probabilities of the hyperbolic score are cut off here: below it, less likely is no stronger evidence."""

FEW = 8
"""Up to so many concepts are compared with candidates one by one."""

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
    "label_tfidf",
    "part_tfidf",
    "first_part_tfidf",
    "head_word",
    "named_nearby",
    "document_links",
    "document_topic",
    *SENSE_FEATURES,
)
"""The columns of a candidate's features.

- `exact_name`, `normal_name`, `reordered_name`: a name of the concept equals the mention but for letter case, in normal
  form, in any order of words; `only_exact_name`: no other concept has an equal name; `own_name`: the equal name is a
  label or an exact synonym.
- `tfidf`, `cosine`: similarity of the concept's best name by character n-grams, and by word vectors; `…_lead`: of the
  first candidate, its lead over the second; `…_rank`: the reciprocal rank, which equal candidates share.
- `ball`: the log-probability of the candidate by its hyperbolic distance, among the mention's candidates.
- `concept_count`, `surface_form_count`: log(1 + n) of how often annotated text means the concept, and means it by this
  surface form.
- `words_left_over`, `words_left_out`: minus the weight of the words that only the mention, or only its most similar
  name, has; `words_most_similar`: 1 where no other candidate has a name that shares more.
- `label_tfidf`: similarity of the concept's label by character n-grams.
- `part_tfidf`, `first_part_tfidf`: of a mention that joins several parts by commas, slashes, brackets or conjunctions,
  the greatest similarity of a part, and that of the first part; of any other mention, the same as `tfidf`.
- `head_word`: a name of the concept has the same head as the mention.
- `named_nearby`: another surface form in the same document is a name of this concept alone.
- `document_links`: how far, on average, the paths from the origin of the ball to the candidate and to the confident
  links of other surface forms in the document run together; `document_topic`: cosine of the document and the
  definition. `hyplink.ranking.document_features` adds them; they are 0 until then, without a document, and for a
  mention with a single candidate.
- The features of word senses are described at `SENSE_FEATURES`.
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


class NameCandidates:
    """Generates the candidates of mentions from names and the regressor.

    Args:
        names: indices of the surface forms of concepts.
        regressor: trained on the same surface forms.
        mode: of the run.
        rejected: concepts that are no candidates of some surface forms.
    """

    def __init__(
        self, names: NameSources, regressor: Regressor, mode: Mode, rejected: RejectedConcepts = NOTHING_REJECTED
    ) -> None:
        self._rejected = rejected
        self.names = names
        self.regressor = regressor
        self._mode = mode

    def candidates(self, batch: MentionBatch, vectors: Vectors) -> Candidates:
        """The candidates of mentions with their features, by mention and then by concept index.

        Args:
            batch: the mentions.
            vectors: of the mentions in context, float32 (n, dim).
        """
        candidates = self.candidates_alone(batch, vectors)
        add_named_nearby(candidates, batch)
        return candidates

    def candidates_alone(self, batch: MentionBatch, vectors: Vectors) -> Candidates:
        """As `candidates`, without what other mentions of the same document say: `named_nearby` is 0."""
        texts = batch.texts
        rejected = self._rejected.pairs(texts, min(PER_SOURCE, len(self.names.gold_groups)))
        exact = without(self.names.exact.rank(texts, PER_SOURCE), rejected)
        unsearched = _unsearched(batch, self.names.exact)
        searched = np.flatnonzero(~unsearched)
        outputs = self.regressor.outputs(vectors)  # the network's forward pass, shared by ranking and comparison
        found = self._searched(texts, vectors, outputs, searched)
        tfidf, nearest, ball = (without(each, rejected) for each in found)
        proposed = _expanded(exact.take(searched), searched, len(batch))
        sources = (proposed.concepts, tfidf.concepts, nearest.concepts, ball.concepts)
        mentions, concepts = _union(sources, sorted(batch.named_pairs))
        hyperbolic = self.regressor.compare_outputs(outputs, mentions, concepts)
        features = np.zeros((len(mentions), len(FEATURES)))
        _add_exact(features, exact, mentions, concepts)
        _add_similarity(features, "tfidf", tfidf, mentions, concepts)
        _add_similarity(features, "cosine", nearest, mentions, concepts)
        self._add_unsearched(features, texts, vectors, mentions, concepts, unsearched)
        features[:, _COLUMN["ball"]] = self._log_probabilities(
            hyperbolic.scores, features[:, _COLUMN["tfidf"]], mentions
        )
        normal = [normal_text(text) for text in texts]
        self._add_counts(features, normal, mentions, concepts)
        overlap = self.names.overlap.compare(texts, mentions, concepts)
        features[:, _COLUMN["words_left_over"]] = overlap.left_over
        features[:, _COLUMN["words_left_out"]] = overlap.left_out
        features[:, _COLUMN["words_most_similar"]] = overlap.most_similar
        self._add_phrases(features, texts, mentions, concepts)
        return Candidates(mentions, concepts, features, hyperbolic.distances, self.names.gold_groups[concepts])

    def _searched(
        self, texts: Sequence[str], vectors: Vectors, outputs: Tensor, rows: Indices
    ) -> tuple[Ranked, Ranked, Ranked]:
        """The candidates of some rows by TF-IDF, cosine and hyperbolic distance; the other rows have none.

        Each distinct text is looked up once: its names and its own vector are the same wherever it occurs.
        """
        found = [Ranked.empty(0, PER_SOURCE)] * 3
        if len(rows):
            distinct = list(dict.fromkeys(texts[row] for row in rows))
            first_row = {text: row for row, text in reversed(list(enumerate(texts)))}
            own = vectors[[first_row[text] for text in distinct], : self.names.mention_dim]
            number = {text: i for i, text in enumerate(distinct)}
            lookup = np.array([number[texts[row]] for row in rows])
            ball = self.regressor.rank_outputs(outputs[rows], PER_SOURCE)
            found = [
                self.names.tfidf.rank(distinct, PER_SOURCE).take(lookup),
                self.names.nearest.rank(own, PER_SOURCE).take(lookup),
                Ranked(ball.concepts, ball.scores),
            ]
        tfidf, nearest, by_ball = (_expanded(each, rows, len(texts)) for each in found)
        return tfidf, nearest, by_ball

    def _log_probabilities(self, scores: Scores, tfidf: Scores, mentions: Indices) -> Scores:
        """The log-probability of each candidate by its hyperbolic score (c,), cut off at `MIN_LOG_PROBABILITY`."""
        log_probabilities = np.maximum(log_softmax(scores, mentions), MIN_LOG_PROBABILITY)
        return _mixed_with_uniform(log_probabilities, tfidf, mentions) if self._mode.names_only else log_probabilities

    def _add_unsearched(
        self,
        features: Scores,
        texts: Sequence[str],
        vectors: Vectors,
        mentions: Indices,
        concepts: Indices,
        unsearched: NDArray[np.bool_],
    ) -> None:
        """The similarities of the candidates of the mentions without a search, as it would have found them."""
        rows = np.flatnonzero(unsearched[mentions])
        others = rows[features[rows, _COLUMN["normal_name"]] == 0]
        features[rows, _COLUMN["tfidf"]] = 1.0
        features[others, _COLUMN["tfidf"]] = self.names.tfidf.compare(texts, mentions[others], concepts[others])
        own = vectors[:, : self.names.mention_dim]
        features[rows, _COLUMN["cosine"]] = self.names.nearest.compare(own, mentions[rows], concepts[rows])
        for name in ("tfidf", "cosine"):
            order = rows[np.lexsort((concepts[rows], -features[rows, _COLUMN[name]], mentions[rows]))]
            starts = segment_starts(mentions[order])
            sizes = np.diff(starts, append=len(order))
            scores = features[order, _COLUMN[name]]
            follows = np.diff(scores, prepend=np.inf) < 0  # on a better one
            follows[starts] = True
            first_equal = np.maximum.accumulate(np.where(follows, np.arange(len(order)), 0))
            features[order, _COLUMN[f"{name}_rank"]] = 1 / (first_equal - np.repeat(starts, sizes) + 1)
            several = starts[sizes > 1]
            lead = scores[several] - scores[several + 1]
            features[order[several], _COLUMN[f"{name}_lead"]] = lead

    def _add_phrases(self, features: Scores, texts: Sequence[str], mentions: Indices, concepts: Indices) -> None:
        """The features of labels, and of the parts and the head of each mention."""
        features[:, _COLUMN["label_tfidf"]] = self.names.labels.compare(texts, mentions, concepts)
        heads = [head_of(text) for text in texts]
        features[:, _COLUMN["head_word"]] = _are_concepts_of(self.names.heads, heads, mentions, concepts)
        whole = features[:, _COLUMN["tfidf"]]
        features[:, _COLUMN["part_tfidf"]] = features[:, _COLUMN["first_part_tfidf"]] = whole
        parts = [phrase_parts(text) for text in texts]
        for number in range(max(map(len, parts), default=0)):
            rows = np.flatnonzero(np.array([len(each) > number for each in parts])[mentions])
            of_mention = [each[number] if len(each) > number else "" for each in parts]
            similarity = self.names.tfidf.compare(of_mention, mentions[rows], concepts[rows])
            if number == 0:
                features[rows, _COLUMN["first_part_tfidf"]] = similarity
            features[rows, _COLUMN["part_tfidf"]] = np.maximum(features[rows, _COLUMN["part_tfidf"]], similarity)

    def _add_counts(self, features: Scores, normal: Sequence[str], mentions: Indices, concepts: Indices) -> None:
        features[:, _COLUMN["own_name"]] = _are_concepts_of(self.names.own, normal, mentions, concepts)
        features[:, _COLUMN["concept_count"]] = np.log1p(self.names.times[concepts])
        counts = self.names.surface_form_counts
        known = np.flatnonzero(np.array([text in counts for text in normal], dtype=bool)[mentions])
        pairs = zip(mentions[known].tolist(), concepts[known].tolist(), strict=True)
        n = [counts[normal[mention]][concept] for mention, concept in pairs]
        features[known, _COLUMN["surface_form_count"]] = np.log1p(np.array(n, dtype=np.float64))


def _unsearched(batch: MentionBatch, names: ExactNames) -> NDArray[np.bool_]:
    """Whether the concepts by whose names a mention was found are its only candidates, bool (n,)."""
    columns = zip(batch.texts, batch.named, batch.named_only, strict=True)
    return np.array(
        [only and (len(named) == 1 or names.is_name_of(text, named)) for text, named, only in columns], dtype=bool
    )


def _are_concepts_of(
    table: NumbersOfStrings, strings: Sequence[str], mentions: Indices, concepts: Indices
) -> NDArray[np.bool_]:
    """Whether each candidate (c,) is among the concepts that a table has for the string of its mention.

    Args:
        table: the concepts of strings.
        strings: one of each mention.
        mentions: the mention's row of each candidate, ascending.
        concepts: of the candidates.
    """
    found = np.zeros(len(concepts), dtype=bool)
    starts = np.searchsorted(mentions, np.arange(len(strings) + 1)).tolist()
    numbers_of = {string: table.array(string) for string in dict.fromkeys(strings)}
    for string, start, end in zip(strings, starts, starts[1:], strict=False):
        numbers = numbers_of[string]
        if len(numbers) <= FEW:
            found[start:end] = (concepts[start:end, None] == numbers).any(1)
        else:  # thousands of concepts share a head, and sorting them would take longest
            found[start:end] = np.isin(concepts[start:end], numbers, kind="table")
    return found


def _union(sources: Sequence[Indices], named: Sequence[tuple[int, int]]) -> tuple[Indices, Indices]:
    """The distinct (mention, concept) pairs that any source proposes, sorted, as two arrays."""
    pairs = [np.array(named, dtype=np.int64).reshape(-1, 2)]
    for concepts in sources:
        rows, columns = np.nonzero(concepts >= 0)
        pairs.append(np.stack([rows, concepts[rows, columns]], axis=1))
    mentions, concepts = np.unique(np.concatenate(pairs), axis=0).T
    return mentions, concepts


def _expanded(ranked: Ranked, rows: Indices, n_mentions: int) -> Ranked:
    """The candidates of all n mentions, given those of some rows; the other mentions have none."""
    spread = Ranked.empty(n_mentions, ranked.concepts.shape[1])
    spread.concepts[rows] = ranked.concepts
    spread.scores[rows] = ranked.scores
    return spread


def _positions(ranked: Indices, mentions: Indices, concepts: Indices) -> Indices:
    """The position (from 0) of each candidate in the ranking (n, k) of its mention, or -1 if it is not ranked."""
    found = ranked[mentions] == concepts[:, None]  # (c, k)
    return np.where(found.any(1), found.argmax(1), -1)


def _ranks(scores: Scores) -> Indices:
    """The rank of each score (n, k), from 1; scores descend, and equal ones share the first rank."""
    follows = np.ones(scores.shape, dtype=bool)  # on a better one
    follows[:, 1:] = scores[:, 1:] < scores[:, :-1]
    ranks: Indices = np.maximum.accumulate(np.where(follows, np.arange(1, scores.shape[1] + 1), 0), axis=1)
    return ranks


def _add_exact(features: Scores, ranked: Ranked, mentions: Indices, concepts: Indices) -> None:
    positions = _positions(ranked.concepts, mentions, concepts)
    scores = np.where(positions >= 0, ranked.scores[mentions, positions], 0.0)
    for name, least in (("exact_name", 1.0), ("normal_name", IN_NORMAL_FORM), ("reordered_name", IN_ANY_ORDER)):
        features[:, _COLUMN[name]] = scores >= least
    alone = (ranked.concepts >= 0).sum(1) == 1
    features[:, _COLUMN["only_exact_name"]] = alone[mentions] & (positions >= 0)


def _add_similarity(features: Scores, name: str, ranked: Ranked, mentions: Indices, concepts: Indices) -> None:
    """Fills the similarity features of a source; a candidate that it does not propose gets its lowest similarity."""
    scores = np.where(ranked.concepts >= 0, ranked.scores, 0.0)
    positions = _positions(ranked.concepts, mentions, concepts)
    lead = scores[:, 0] - scores[:, 1]
    features[:, _COLUMN[name]] = scores[mentions, positions]  # position -1 is the last
    features[:, _COLUMN[f"{name}_lead"]] = np.where(positions == 0, lead[mentions], 0.0)
    features[:, _COLUMN[f"{name}_rank"]] = np.where(positions >= 0, 1 / _ranks(scores)[mentions, positions], 0.0)


def _mixed_with_uniform(log_probabilities: Scores, tfidf: Scores, mentions: Indices) -> Scores:
    """The log-probabilities (c,) of a regressor trained on names alone, mixed with the uniform distribution.

    Such a regressor is over-confident on mentions that are not similar to any name. Its weight in the mixture is the
    squared TF-IDF cosine of the mention and its most similar name; the uniform distribution has the rest.

    Args:
        log_probabilities: of the candidates (c,).
        tfidf: the cosine of each candidate's most similar name (c,).
        mentions: the mention's row of each candidate, ascending.
    """
    if not len(mentions):
        return log_probabilities
    starts = segment_starts(mentions)
    sizes = np.diff(starts, append=len(mentions))
    trust = np.repeat(np.maximum.reduceat(tfidf, starts) ** 2, sizes)
    mixed: Scores = np.log(trust * np.exp(log_probabilities) + (1 - trust) / np.repeat(sizes, sizes))
    return mixed


def add_named_nearby(candidates: Candidates, batch: MentionBatch) -> None:
    """Fills the feature `named_nearby` of the candidates of a batch of mentions."""
    features, documents, words = candidates.features, batch.documents, [normal_text(text) for text in batch.texts]
    rows = list(zip(candidates.mentions.tolist(), candidates.concepts.tolist(), strict=True))
    named = features[:, _COLUMN["normal_name"]] * features[:, _COLUMN["only_exact_name"]] > 0
    surface_forms: dict[tuple[str, int], set[str]] = {}
    for i in np.flatnonzero(named).tolist():
        mention, concept = rows[i]
        if documents[mention]:
            surface_forms.setdefault((documents[mention], concept), set()).add(words[mention])
    nearby = [surface_forms.get((documents[mention], concept)) for mention, concept in rows]
    features[:, _COLUMN["named_nearby"]] = [
        forms is not None and (len(forms) > 1 or words[mention] not in forms)
        for forms, (mention, _) in zip(nearby, rows, strict=True)
    ]
