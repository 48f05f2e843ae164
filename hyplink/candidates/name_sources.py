"""What the words that are known to mean a concept say of any other words."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hyplink.arrays import Indices
from hyplink.candidates.char_tfidf import CharTfidf
from hyplink.candidates.lexical import ConceptsOfKeys, ExactNames, NearestNameVectors
from hyplink.candidates.surface_forms import SurfaceForms
from hyplink.candidates.word_overlap import WordOverlap
from hyplink.names.normal_forms import normal_text


@dataclass(frozen=True)
class NameSources:
    """What known wordings say of mentions. To work it out takes seconds, so that it is stored.

    Attributes:
        exact, tfidf, nearest: propose concepts by names that are equal, of like characters, of like word vectors.
        overlap: compares the words of mentions and names.
        own: the indices of the concepts whose label or exact synonym has a normal form.
        annotated: the normal forms of what stands in annotated text.
        meant: the concept index of each, int64 (n,).
        gold_groups: the meaning of each concept, int64 (n_concepts,).
    """

    exact: ExactNames
    tfidf: CharTfidf
    nearest: NearestNameVectors
    overlap: WordOverlap
    own: ConceptsOfKeys
    annotated: Sequence[str]
    meant: Indices
    gold_groups: Indices

    @classmethod
    def from_surface_forms(cls, surface_forms: SurfaceForms) -> "NameSources":
        """The evidence of some wordings."""
        names = list(zip(surface_forms.texts, surface_forms.concepts.tolist(), strict=True))
        in_text = np.array([bool(doc) for doc in surface_forms.docs], dtype=bool)
        own = (names[row] for row in np.flatnonzero(surface_forms.own).tolist())
        return cls(
            ExactNames.from_names(names),
            CharTfidf.from_names(names),
            NearestNameVectors.from_vectors(surface_forms.vectors, surface_forms.concepts),
            WordOverlap.from_surface_forms(surface_forms.texts, surface_forms.concepts, in_text.tolist()),
            ConceptsOfKeys.from_pairs((normal_text(text), concept) for text, concept in own),
            [normal_text(surface_forms.texts[row]) for row in np.flatnonzero(in_text).tolist()],
            surface_forms.concepts[in_text],
            surface_forms.gold_groups,
        )

    @property
    def mention_dim(self) -> int:
        """The length of a name's vector."""
        dim: int = self.nearest.vectors.shape[1]
        return dim

    @cached_property
    def times(self) -> Counter[int]:
        """How often annotated text means each concept."""
        return Counter(self.meant.tolist())

    @cached_property
    def surface_form_counts(self) -> Counter[tuple[str, int]]:
        """How often it means each concept by each normal form."""
        return Counter(zip(self.annotated, self.meant.tolist(), strict=True))
