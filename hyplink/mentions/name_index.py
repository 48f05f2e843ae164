"""The index of names that detection looks words up in.

A name is filed under the sum of its content words' hashes, whatever their order, so a window of text that grows by
one word costs one addition and one look-up. Two sums are kept: over the families of words (`derivation`), and over
those with words that the ontology uses for one another made one (`wording`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.mentions.match import Match, Name, Phrase, Words, match_of
from hyplink.names.derivation import Families
from hyplink.names.name_forms import NameForm, NameForms, name_forms
from hyplink.names.normal_forms import PREPOSITIONS, has_content, normal_word, stem
from hyplink.names.synonyms import equal_words, interchangeable_words, needless_words

_CODES_KEPT = 1 << 18
_ADJECTIVE_ENDINGS = ("ic", "al", "ar", "ary", "ory", "ous", "ive", "oid")


Rows = tuple[int, ...]


class WordCode(NamedTuple):
    """What the index knows of a word.

    Attributes:
        by_root: the hash of its family; 0 for a function word.
        by_meaning: the hash of the word that stands for it; 0 for a function word.
        longest: how many content words the longest name with it has; 0 for a function word.
    """

    by_root: int
    by_meaning: int
    longest: int


FUNCTION_CODE = WordCode(0, 0, 0)


@dataclass
class NameIndex:
    """Names by their words.

    Attributes:
        forms: of the names.
        by_root, by_meaning: the sum that each is filed under, int64 (names,); 0 for one that is not.
        families: of the words of all names.
        equal_to: for each root that has equals in English at large, the one that stands for them.
        head_of: the same of those that the ontology shows; empty for one that may be left out.
        vocabulary: the normal forms of all content words, those that a hyphen parts apart.
        longest: how many content words the longest name with a head has.
        leads: how much more often a stem stands before another one than at the end of a name.
    """

    forms: NameForms
    by_root: NDArray[np.int64]
    by_meaning: NDArray[np.int64]
    families: Families
    equal_to: Mapping[str, str]
    head_of: Mapping[str, str]
    vocabulary: frozenset[str]
    longest: Mapping[str, int]
    leads: Mapping[str, int]
    _rows_by_root: dict[int, Rows] = field(init=False, repr=False)
    _rows_by_meaning: dict[int, Rows] = field(init=False, repr=False)
    _names: dict[int, Name] = field(init=False, repr=False, default_factory=dict)
    _codes: dict[str, WordCode | None] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._rows_by_root, self._rows_by_meaning = _rows_of(self.by_root), _rows_of(self.by_meaning)

    @classmethod
    def from_names(cls, names: Iterable[tuple[str, str]]) -> "NameIndex":
        """The index of (name, concept id) pairs; names that cannot be told from common words are left out."""
        ways = _without_copied_acronyms([name_forms(name, concept_id) for name, concept_id in names])
        plain = [(each[0].stems, each[0].concept_id) for each in ways if each]
        families = Families.from_names(plain)
        wordings = [(families.roots(stems), concept_id) for stems, concept_id in plain]
        expected = [families.roots(map(stem, words)) for words in equal_words()]
        needless = dict.fromkeys(sorted(needless_words(wordings)), "")
        head_of = interchangeable_words(wordings, expected) | needless
        forms = [form for each in ways for form in each]
        roots = [families.roots(form.stems) for form in forms]
        return cls(
            NameForms.from_forms(forms),
            np.array([sum(map(_hash, each)) for each in roots], dtype=np.int64),
            np.array([_meaning(_heads(each, head_of)) for each in roots], dtype=np.int64),
            families,
            {word: words[0] for words in expected for word in words},
            head_of,
            frozenset(word for each in ways if each for word in each[0].normal),
            _longest(roots, head_of),
            _leads(forms),
        )

    def code(self, word: str) -> WordCode | None:
        """What is known of a word; None for a word that no name has."""
        try:
            return self._codes[word]
        except KeyError:
            if len(self._codes) >= _CODES_KEPT:
                self._codes.clear()
            code = self._codes[word] = self._code(word)
            return code

    def _code(self, word: str) -> WordCode | None:
        if not has_content(word):
            return FUNCTION_CODE
        root = self.families.root(stem(word))
        head = self.head_of.get(root, root)
        longest = self.longest.get(head or root)
        return None if longest is None else WordCode(_hash(root), _hash(head) if head else 0, longest)

    def is_modifier(self, word: str) -> bool:
        """Whether names have the word before another one more often than at their end; no plural is one.

        A word that no name has is one if it ends as adjectives do.
        """
        plural = word.endswith("s") and not normal_word(word).endswith("s")
        leads = self.leads.get(stem(word))
        return not plural and (word.lower().endswith(_ADJECTIVE_ENDINGS) if leads is None else leads > 0)

    def find(self, by_root: int, by_meaning: int) -> Rows | None:
        """The rows of the names whose content words have these sums, by root if there are any."""
        return self._rows_by_root.get(by_root) or self._rows_by_meaning.get(by_meaning)

    def best_matches(
        self, words: Sequence[str], rows: Iterable[int], *, parted: bool, in_order: bool
    ) -> tuple[Match, tuple[str, ...]] | None:
        """How well words match names that have the same content, and the concepts whose names they match so well.

        Of names with other words in their place, those with the fewest are the best; one has to be left of a name.

        Args:
            words: the words as they stand in the text.
            rows: what `find` gave for them.
            parted: a comma, a bracket or a slash stands among the words.
            in_order: the words have to stand in the name's order, unless it is one that may be turned about.
        """
        phrase, heads_of = self._phrase(words), partial(_heads, head_of=self.head_of)
        graded: dict[tuple[Match, int], dict[str, None]] = {}
        for name in map(self._name, rows):
            match = match_of(name, phrase, heads_of) if name.form.parted or not parted else None
            if match is None or (parted and match > Match.DERIVED):
                continue
            if not in_order or name.form.turned or name.heads == heads_of(phrase.roots):
                others = self._others(name, phrase) if match is Match.REWORDED else 0
                if others < len(name.roots):
                    graded.setdefault((match, others), {})[name.form.concept_id] = None
        if not graded:
            return None
        best = min(graded)
        return best[0], tuple(graded[best])

    def _others(self, name: Name, phrase: Phrase) -> int:
        """How many words of a name stand in a phrase neither themselves nor as a word that means the same anyway."""
        meant, found = (Counter(self.equal_to.get(root, root) for root in each.roots) for each in (name, phrase))
        return (meant - found).total()

    def _phrase(self, words: Sequence[str]) -> Phrase:
        content = [word for word in words if has_content(word)]
        stems = tuple(map(stem, content))
        turned = any(word.lower() in PREPOSITIONS for word in words)
        return Phrase(" ".join(words), tuple(map(normal_word, content)), stems, self.families.roots(stems), turned)

    def _name(self, row: int) -> Name:
        """A name, put together when it is first found: most never are."""
        name = self._names.get(row)
        if name is None:
            form = self.forms.at(row)
            roots = self.families.roots(form.stems)
            name = self._names[row] = Name(form, roots, _heads(roots, self.head_of))
        return name


def _rows_of(sums: NDArray[np.int64]) -> dict[int, Rows]:
    """The rows of each sum but 0."""
    rows: dict[int, Rows] = {}
    for row, each in enumerate(sums.tolist()):
        if each:
            rows[each] = (*rows.get(each, ()), row)
    return rows


def _heads(roots: Words, head_of: Mapping[str, str]) -> Words:
    """The words that stand for others, needless ones left out."""
    heads = (head_of.get(word, word) for word in roots)
    return tuple(head for head in heads if head)


def _meaning(heads: Words) -> int:
    """The sum that a name is filed under by its meaning; 0 for a single word."""
    return sum(map(_hash, heads)) if len(heads) > 1 else 0


def _longest(names: Iterable[Words], head_of: Mapping[str, str]) -> dict[str, int]:
    longest: dict[str, int] = {}
    for roots in names:
        for word in (head_of.get(root) or root for root in roots):
            longest[word] = max(longest.get(word, 0), len(roots))
    return longest


def _leads(forms: Iterable[NameForm]) -> dict[str, int]:
    leads: Counter[str] = Counter()
    for form in forms:
        if not form.turned:
            leads.update(form.stems[:-1])
            leads.subtract(form.stems[-1:])
    return dict(leads)


def _without_copied_acronyms(forms: Sequence[list[NameForm]]) -> list[list[NameForm]]:
    """The forms without acronyms written small: beside `COLD`, a name `cold` of the same concept is another word."""
    acronyms = {(form.concept_id, form.lowered) for each in forms for form in each if form.cased}
    return [[form for form in each if form.cased or (form.concept_id, form.lowered) not in acronyms] for each in forms]


@lru_cache(maxsize=1 << 18)
def _hash(word: str) -> int:
    """A number of 56 bits for a word; the sum of a name's stays within 60 and differs from every other name's."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=7).digest())
