"""The indices in which linking looks up surface forms: built once by the stage `encode`, and read from the run.

They depend on the ontology, the texts and the encoder alone; opening a run adds the regressor and the ranker.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hyplink.candidates.examples import Example
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import SurfaceForms, Vectors
from hyplink.candidates.topics import ConceptTopics
from hyplink.encoders import Encoder
from hyplink.mentions.abbreviations import KnownAbbreviations
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.literal_names import LiteralNames
from hyplink.mentions.name_index import NameIndex
from hyplink.names.corrections import NO_CORRECTIONS, Corrections
from hyplink.ontology import Ontology
from hyplink.senses.features import SenseFeatures, sense_features_from_examples

INDEX_FOLDER, SPAN_DETECTOR_FOLDER, MODE = "index", "span-detector", "mode.json"
"""Where the stage `encode` writes the indices, the span detector and the run's mode."""


@dataclass(frozen=True)
class IndexBundle:
    """The indices of a linker.

    Attributes:
        index, literal: of the ontology's names, to find them in text.
        names: of the surface forms of concepts, to propose candidates.
        senses: of the senses of words; None where the ontology is no lexicon.
        corrections: what annotators decided that surface forms mean.
        topics: of concepts; None where it is one.
    """

    index: NameIndex
    literal: LiteralNames
    names: NameSources
    senses: SenseFeatures | None
    corrections: Corrections
    topics: ConceptTopics | None

    @classmethod
    def from_examples(
        cls,
        ontology: Ontology,
        detector: DictionaryDetector,
        examples: Mapping[str, Sequence[Example]],
        vectors: Mapping[str, Vectors],
        encoder: Encoder,
        corrections: Corrections = NO_CORRECTIONS,
    ) -> "IndexBundle":
        """The indices of the examples in the splits `names` and `train`.

        Args:
            ontology: the concepts.
            detector: finds its names in text.
            examples: of each split.
            vectors: of the mentions, (n, dim), of the names, (n, blocks[0]), and of the concepts' `glosses`.
            encoder: of the vectors.
            corrections: what annotators decided that surface forms mean.
        """
        blocks = encoder.blocks
        own = vectors["names"]
        if len(vectors["train"]):
            own = np.concatenate([own, vectors["train"][:, : blocks[0]]])
        surface_forms = SurfaceForms.from_examples(ontology, [*examples["names"], *examples["train"]], own)
        senses = sense_features_from_examples(ontology, vectors["glosses"], examples["train"], vectors["train"], blocks)
        topics = None if senses else ConceptTopics.from_ontology(ontology, encoder)
        sources = NameSources.from_surface_forms(surface_forms)
        return cls(detector.index, detector.literal, sources, senses, corrections, topics)

    def detector(self, abbreviations: KnownAbbreviations) -> DictionaryDetector:
        """The detector of the ontology's names and of their abbreviations."""
        return DictionaryDetector(self.index, self.literal, abbreviations)
