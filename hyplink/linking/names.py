"""The index of names that detection looks words up in.

A name is filed under the sum of its content words' hashes, whatever their order, so a window of text that grows by
one word costs one addition and one look-up. Two sums are kept: over the families of words (`derivation`), and over
those with words that the ontology uses for one another made one (`wording`).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from hyplink.linking.derivation import Families
from hyplink.linking.match import Match, Name, Phrase, Words, match_of
from hyplink.linking.name_forms import NameForm, name_forms
from hyplink.linking.normalise import FUNCTION_WORDS, PREPOSITIONS, normal_word, stem
from hyplink.linking.wording import equal_words, interchangeable_words, needless_words

_CODES_KEPT = 1 << 18
_ADJECTIVE_ENDINGS = ("ic", "al", "ar", "ary", "ory", "ous", "ive", "oid")


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


class NameIndex:
    """Names by their words.

    Attributes:
        vocabulary: the normal forms of all content words, those that a hyphen parts apart.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        """Index (name, concept id) pairs; names that cannot be told from common words are left out."""
        forms = _without_copied_acronyms([name_forms(name, concept_id) for name, concept_id in names])
        plain = [(each[0].stems, each[0].concept_id) for each in forms if each]
        self._families = Families.of(plain)
        wordings = [(self._roots(stems), concept_id) for stems, concept_id in plain]
        expected = [self._roots(map(stem, words)) for words in equal_words()]
        self._equal_to = {word: words[0] for words in expected for word in words}
        self._head_of = interchangeable_words(wordings, expected) | dict.fromkeys(needless_words(wordings), "")
        self.vocabulary = frozenset(word for each in forms if each for word in each[0].normal)
        self._by_root: dict[int, list[Name]] = {}
        self._by_meaning: dict[int, list[Name]] = {}
        self._longest: dict[str, int] = {}
        self._leads: Counter[str] = Counter()
        for each in forms:
            for form in each:
                self._file(form)
        self._codes: dict[str, WordCode | None] = {}

    def _file(self, form: NameForm) -> None:
        if not form.turned:
            self._leads.update(form.stems[:-1])
            self._leads.subtract(form.stems[-1:])
        roots = self._roots(form.stems)
        name = Name(form, roots, self._heads(roots))
        self._by_root.setdefault(sum(map(_hash, roots)), []).append(name)
        if len(name.heads) > 1:
            self._by_meaning.setdefault(sum(map(_hash, name.heads)), []).append(name)
        for word in {self._head_of.get(root) or root for root in roots}:
            self._longest[word] = max(self._longest.get(word, 0), len(roots))

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
        if normal_word(word) in FUNCTION_WORDS:
            return FUNCTION_CODE
        root = self._families.root(stem(word))
        head = self._head_of.get(root, root)
        longest = self._longest.get(head or root)
        return None if longest is None else WordCode(_hash(root), _hash(head) if head else 0, longest)

    def _roots(self, stems: Iterable[str]) -> Words:
        return tuple(map(self._families.root, stems))

    def _heads(self, roots: Words) -> Words:
        """The words that stand for others, needless ones left out."""
        heads = (self._head_of.get(word, word) for word in roots)
        return tuple(head for head in heads if head)

    def is_modifier(self, word: str) -> bool:
        """Whether names have the word before another one more often than at their end; no plural is one.

        A word that no name has is one if it ends as adjectives do.
        """
        plural = word.endswith("s") and not normal_word(word).endswith("s")
        leads = self._leads.get(stem(word))
        return not plural and (word.lower().endswith(_ADJECTIVE_ENDINGS) if leads is None else leads > 0)

    def find(self, by_root: int, by_meaning: int) -> list[Name] | None:
        """The names whose content words have these sums, by root if there are any."""
        return self._by_root.get(by_root) or self._by_meaning.get(by_meaning)

    def best_matches(
        self, words: Sequence[str], names: Iterable[Name], *, parted: bool, in_order: bool
    ) -> tuple[Match, tuple[str, ...]] | None:
        """How well words match names that have the same content, and the concepts whose names they match so well.

        Of names with other words in their place, those with the fewest are the best; one has to be left of a name.

        Args:
            words: the words as they stand in the text.
            names: what `find` gave for them.
            parted: a comma, a bracket or a slash stands among the words.
            in_order: the words have to stand in the name's order, unless it is one that may be turned about.
        """
        phrase = self._phrase(words)
        graded: dict[tuple[Match, int], dict[str, None]] = {}
        for name in names:
            match = match_of(name, phrase, self._heads) if name.form.parted or not parted else None
            if match is None or (parted and match > Match.DERIVED):
                continue
            if not in_order or name.form.turned or name.heads == self._heads(phrase.roots):
                others = self._others(name, phrase) if match is Match.REWORDED else 0
                if others < len(name.roots):
                    graded.setdefault((match, others), {})[name.form.concept_id] = None
        if not graded:
            return None
        best = min(graded)
        return best[0], tuple(graded[best])

    def _others(self, name: Name, phrase: Phrase) -> int:
        """How many words of a name stand in a phrase neither themselves nor as a word that means the same anyway."""
        meant, found = (Counter(self._equal_to.get(root, root) for root in each.roots) for each in (name, phrase))
        return (meant - found).total()

    def _phrase(self, words: Sequence[str]) -> Phrase:
        content = [word for word in words if normal_word(word) not in FUNCTION_WORDS]
        stems = tuple(map(stem, content))
        turned = any(word.lower() in PREPOSITIONS for word in words)
        return Phrase(" ".join(words), tuple(map(normal_word, content)), stems, self._roots(stems), turned)


def _without_copied_acronyms(forms: Sequence[list[NameForm]]) -> list[list[NameForm]]:
    """The forms without acronyms written small: beside `COLD`, a name `cold` of the same concept is another word."""
    acronyms = {(form.concept_id, form.lowered) for each in forms for form in each if form.cased}
    return [[form for form in each if form.cased or (form.concept_id, form.lowered) not in acronyms] for each in forms]


@lru_cache(maxsize=1 << 18)
def _hash(word: str) -> int:
    """A number of 56 bits for a word; the sum of a name's stays within 60 and differs from every other name's."""
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=7).digest())
