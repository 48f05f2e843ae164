"""Evidence for any mention: of names, and of senses where the text says which word of a lexicon a mention uses."""

from collections.abc import Sequence

import numpy as np

from hyplink.arrays import Indices, log_softmax
from hyplink.candidates.features import FEATURES, LEAST_LOG_PROBABILITY, Candidates, Evidence
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import Vectors
from hyplink.mentions.lexicon import SENSE_FEATURES, Use
from hyplink.regressor import Regressor
from hyplink.senses.features import SenseFeatures

_BALL = FEATURES.index("ball")
_SENSES = [FEATURES.index(name) for name in SENSE_FEATURES]


class CandidateGenerator(Evidence):
    """The evidence of names; the candidates of a word of the lexicon are its senses alone.

    Args:
        names: what the names and mentions that are known say.
        regressor: trained on them.
        senses: what is known of the lexicon's senses; None where the ontology is none.
    """

    def __init__(self, names: NameSources, regressor: Regressor, senses: SenseFeatures | None) -> None:
        super().__init__(names, regressor)
        self.senses = senses

    def candidates(
        self,
        texts: Sequence[str],
        vectors: Vectors,
        documents: Sequence[str],
        also: Sequence[tuple[int, int]] = (),
        settled: Sequence[int] = (),
        uses: Sequence[Use | None] = (),
    ) -> Candidates:
        """The candidates of mentions, by mention and then by concept.

        Args:
            texts: the words of each mention, abbreviations written out.
            vectors: of the mentions in context, float32 (n, dim).
            documents: what tells the mentions of one document from those of others; empty for a mention without one.
            also: further candidates: the mention's row and the concept's index.
            settled: rows of mentions that have no candidates but those: nothing else is looked for.
            uses: the word that each mention uses, where the text says it.
        """
        words = {row: use for row, use in enumerate(uses) if use and self.senses and self.senses.inventory.knows(use)}
        if self.senses is None or not words:
            return super().candidates(texts, vectors, documents, also, settled)
        rows = np.array(list(words), dtype=np.int64)
        by_sense = self._by_sense(self.senses, list(words.values()), vectors[rows], rows)
        if len(words) == len(texts):
            return by_sense
        others = np.setdiff1d(np.arange(len(texts)), rows)
        place = {row: i for i, row in enumerate(others.tolist())}
        by_name = super().candidates(
            [texts[row] for row in place],
            vectors[others],
            [documents[row] for row in place],
            [(place[row], concept) for row, concept in also if row in place],
            [place[row] for row in settled if row in place],
        )
        return _merged(by_name._replace(mentions=others[by_name.mentions]), by_sense)

    def _by_sense(self, senses: SenseFeatures, uses: Sequence[Use], vectors: Vectors, rows: Indices) -> Candidates:
        """The senses of the words that the mentions at these rows use."""
        mentions, concepts = senses.candidates(uses)
        fit = self.regressor.compare(vectors, mentions, concepts)
        features = np.zeros((len(mentions), len(FEATURES)))
        features[:, _BALL] = np.maximum(log_softmax(fit.scores, mentions), LEAST_LOG_PROBABILITY)
        features[:, _SENSES] = senses.features(uses, vectors, mentions, concepts)
        return Candidates(rows[mentions], concepts, features, fit.distances, self.names.gold_groups[concepts])


def _merged(first: Candidates, second: Candidates) -> Candidates:
    """The candidates of different mentions of a batch, by mention and then by concept."""
    mentions, concepts, features, gold_groups = (
        np.concatenate([getattr(each, field) for each in (first, second)])
        for field in ("mentions", "concepts", "features", "gold_groups")
    )
    order = np.lexsort((concepts, mentions))
    distances = None
    if first.distances is not None and second.distances is not None:
        distances = np.concatenate([first.distances, second.distances])[order]
    return Candidates(mentions[order], concepts[order], features[order], distances, gold_groups[order])
