"""The candidates of any mention: the senses of its word if the lexicon has it, else concepts proposed by name."""

from collections.abc import Callable, Sequence

import numpy as np

from hyplink.arrays import Indices, log_softmax
from hyplink.candidates.features import FEATURES, MIN_LOG_PROBABILITY, Candidates, NameCandidates, add_named_nearby
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.rejected import NOTHING_REJECTED, RejectedConcepts
from hyplink.candidates.remembered import RememberedCandidates
from hyplink.candidates.surface_forms import Vectors
from hyplink.mentions.batch import MentionBatch
from hyplink.mentions.lexicon import SENSE_FEATURES, WordUse
from hyplink.regressor import Regressor
from hyplink.run.mode import Mode
from hyplink.senses.features import SenseFeatures

_BALL = FEATURES.index("ball")
_SENSES = [FEATURES.index(name) for name in SENSE_FEATURES]


class CandidateGenerator:
    """Generates the candidates of mentions, those of a lexicon's words by sense and all others by name.

    Args:
        names: indices of the surface forms of concepts.
        regressor: trained on the same surface forms.
        senses: features of the senses of words; None where the ontology is no lexicon.
        mode: of the run.
        rejected: as for `NameCandidates`.
    """

    def __init__(
        self,
        names: NameSources,
        regressor: Regressor,
        senses: SenseFeatures | None,
        mode: Mode,
        rejected: RejectedConcepts = NOTHING_REJECTED,
    ) -> None:
        self.names = names
        self.regressor = regressor
        self.senses = senses
        self._by_name = NameCandidates(names, regressor, mode, rejected)
        self._remembered: RememberedCandidates | None = None

    @property
    def reads_context(self) -> bool:
        """Whether candidates or their features depend on the context blocks of the vectors."""
        return self.senses is not None or self.regressor.uses_context

    def candidates(self, batch: MentionBatch, vectors: Vectors) -> Candidates:
        """The candidates of mentions with their features, by mention and then by concept index.

        Args:
            batch: the mentions.
            vectors: of the mentions in context, float32 (n, dim).
        """
        uses = {
            row: use
            for row, use in enumerate(batch.uses)
            if use and self.senses is not None and self.senses.inventory.knows(use)
        }
        if self.senses is None or not uses:
            return self._by_name.candidates(batch, vectors)
        rows = np.array(list(uses), dtype=np.int64)
        by_sense = self._by_sense(self.senses, list(uses.values()), vectors[rows], rows)
        if len(uses) == len(batch):
            return by_sense
        others = np.setdiff1d(np.arange(len(batch)), rows)
        by_name = self._by_name.candidates(batch.take(others.tolist()), vectors[others])
        return _merged(by_name._replace(mentions=others[by_name.mentions]), by_sense)

    def candidates_of_words(self, batch: MentionBatch, vectors_of: Callable[[Sequence[str]], Vectors]) -> Candidates:
        """As `candidates`, where `reads_context` is false: the candidates of the same words are found once.

        Args:
            batch: the mentions.
            vectors_of: gives the vectors of words without their context, float32 (n, dim).
        """
        if self._remembered is None:
            self._remembered = RememberedCandidates(
                lambda new: self._by_name.candidates_alone(new, vectors_of(new.texts))
            )
        candidates = self._remembered.candidates(batch)
        add_named_nearby(candidates, batch)
        return candidates

    def _by_sense(self, senses: SenseFeatures, uses: Sequence[WordUse], vectors: Vectors, rows: Indices) -> Candidates:
        """The senses of the words that the mentions at these rows use."""
        mentions, concepts = senses.candidates(uses)
        hyperbolic = self.regressor.compare(vectors, mentions, concepts)
        features = np.zeros((len(mentions), len(FEATURES)))
        features[:, _BALL] = np.maximum(log_softmax(hyperbolic.scores, mentions), MIN_LOG_PROBABILITY)
        features[:, _SENSES] = senses.features(uses, vectors, mentions, concepts)
        return Candidates(rows[mentions], concepts, features, hyperbolic.distances, self.names.gold_groups[concepts])


def _merged(first: Candidates, second: Candidates) -> Candidates:
    """The candidates of different mentions of a batch, by mention and then by concept index."""
    mentions, concepts, features, gold_groups = (
        np.concatenate([getattr(each, field) for each in (first, second)])
        for field in ("mentions", "concepts", "features", "gold_groups")
    )
    order = np.lexsort((concepts, mentions))
    distances = None
    if first.distances is not None and second.distances is not None:
        distances = np.concatenate([first.distances, second.distances])[order]
    return Candidates(mentions[order], concepts[order], features[order], distances, gold_groups[order])
