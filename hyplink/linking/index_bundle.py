"""What a linker knows of words: worked out when they are encoded, in seconds, and read from then on.

It depends on the ontology, the texts and the encoder alone; the regressor and the ranker join it when a run is opened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hyplink.candidates.examples import Example
from hyplink.candidates.name_sources import NameEvidence
from hyplink.candidates.surface_forms import Vectors, Wordings
from hyplink.mentions.name_index import NameIndex
from hyplink.ontology import Ontology
from hyplink.senses.features import SenseEvidence, sense_evidence_of

PREPARED = "prepared"
"""Its folder among what the stage `encode` writes."""


@dataclass(frozen=True)
class Prepared:
    """What a linker knows of words.

    Attributes:
        index: finds the ontology's names in text.
        names: what names and annotated mentions say of a mention.
        senses: what is known of the senses of words; None where the ontology is no lexicon.
    """

    index: NameIndex
    names: NameEvidence
    senses: SenseEvidence | None

    @classmethod
    def of(
        cls,
        ontology: Ontology,
        index: NameIndex,
        examples: Mapping[str, Sequence[Example]],
        vectors: Mapping[str, Vectors],
        blocks: Sequence[int],
    ) -> "Prepared":
        """What is known from the examples of the splits `names` and `train`.

        Args:
            ontology: the concepts.
            index: of its names.
            examples: of each split.
            vectors: of the mentions, (n, dim), of the names, (n, blocks[0]), and of the concepts' `glosses`.
            blocks: the lengths of a vector's parts: the mention's own, then those of its context.
        """
        own = np.concatenate([vectors["names"], vectors["train"][:, : blocks[0]]])
        wordings = Wordings.of(ontology, [*examples["names"], *examples["train"]], own)
        senses = sense_evidence_of(ontology, vectors["glosses"], examples["train"], vectors["train"], blocks)
        return cls(index, NameEvidence.of(wordings), senses)
