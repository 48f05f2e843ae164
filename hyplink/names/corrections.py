"""What annotators decided that surface forms mean: further names of concepts, and concepts that they do not mean.

A decision holds for its surface form in normal form, hence for its plural and its spelling variants too. A short word
in capitals is an acronym, whose letter case counts: `ALL` and `all` are different surface forms.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from hyplink.names.normal_forms import normal_text

LONGEST_ACRONYM = 6
"""Letters of a word in capitals that is an acronym, and not just written in capitals."""


class Decision(NamedTuple):
    """What one annotated mention means.

    Attributes:
        text: its surface form, abbreviations expanded.
        concepts: ids of the concepts that are right; none if it means no concept.
        rejected: ids of the concepts that it was linked to and does not mean.
        adds_name: whether its surface form becomes a name of the right concepts.
    """

    text: str
    concepts: tuple[str, ...]
    rejected: tuple[str, ...]
    adds_name: bool


@dataclass(frozen=True)
class Corrections:
    """The decisions of annotators about surface forms.

    Attributes:
        names: the (surface form, concept id) pairs that are further names.
        meanings: ids of the right concepts by key of a surface form.
        rejected: ids of the concepts that a surface form does not mean, by key.
        without_concept: keys of the surface forms that mean no concept of the ontology.
    """

    names: Sequence[tuple[str, str]]
    meanings: Mapping[str, Sequence[str]]
    rejected: Mapping[str, Sequence[str]]
    without_concept: frozenset[str]

    @classmethod
    def from_decisions(cls, decisions: Iterable[Decision], names: Iterable[tuple[str, str]] = ()) -> "Corrections":
        """The corrections that decisions amount to. Where they contradict each other, the right concepts count.

        Args:
            decisions: those of all annotated mentions.
            names: (name, concept id) of the ontology: a surface form that becomes a name of other concepts is no longer
                a name of these.
        """
        meanings, rejected = defaultdict[str, dict[str, None]](dict), defaultdict[str, dict[str, None]](dict)
        added: dict[tuple[str, str], None] = {}
        denied = set()
        for each in decisions:
            key = key_of(each.text)
            meanings[key] |= dict.fromkeys(each.concepts)
            rejected[key] |= dict.fromkeys(each.rejected)
            added |= dict.fromkeys((each.text, concept) for concept in each.concepts if each.adds_name)
            if each.rejected and not each.concepts:
                denied.add(key)
        renamed = {key_of(text) for text, _ in added}
        for name, concept in names:
            if (key := key_of(name)) in renamed:
                rejected[key][concept] = None
        left = {key: [each for each in found if each not in meanings[key]] for key, found in rejected.items()}
        return cls(
            list(added),
            {key: list(found) for key, found in meanings.items() if found and left.get(key)},
            {key: found for key, found in left.items() if found},
            frozenset(key for key in denied if not meanings[key]),
        )

    def corrected(self, text: str, concepts: Sequence[str]) -> Sequence[str]:
        """The concepts without those that a surface form does not mean; if none is left, those that it means."""
        if not self.rejected:
            return concepts
        key = key_of(text)
        rejected: Container[str] = self.rejected.get(key, ())
        return [each for each in concepts if each not in rejected] or self.meanings.get(key, ())

    def is_name(self, name: str, concept_id: str) -> bool:
        """Whether a name of a concept may stay one."""
        return not self.rejected or concept_id not in self.rejected.get(key_of(name), ())

    def mean_nothing(self, text: str) -> bool:
        """Whether a surface form means no concept of the ontology."""
        return bool(self.without_concept) and key_of(text) in self.without_concept


NO_CORRECTIONS = Corrections([], {}, {}, frozenset())


def key_of(text: str) -> str:
    """The key of a surface form: its normal form, with the letter case of an acronym."""
    word = text.strip().removesuffix("s")
    if word.isupper() and word.isalnum() and len(word) <= LONGEST_ACRONYM:
        return word
    return normal_text(text) or text
