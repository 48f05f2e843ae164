"""Words and their senses: what a lexicon says of them, and what a text shows of a word at its place.

Where a text gives a word's lemma and part of speech and the ontology is a lexicon, the candidates are the word's senses
and its name says nothing. What tells them apart is numbers that are greater the more they speak for a sense;
`SENSE_FEATURES` names them in order.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from hyplink.config import PartOfSpeech
from hyplink.corpus import Document, Mention
from hyplink.encoders import Passage
from hyplink.mentions.dictionary import DetectedMention
from hyplink.names.inflection import other_number
from hyplink.ontology import Concept, Ontology

_PARTS: tuple[PartOfSpeech, ...] = tuple(sorted(get_args(PartOfSpeech)))

Word = tuple[str, PartOfSpeech]
"""A lemma in lower case and its part of speech."""

SENSE_FEATURES = (
    "sense_prior",
    "sense_unseen",
    "context",
    "contexts_below",
    "document",
    "gloss",
    "gloss_document",
    "kinds",
    "form",
    "word_before",
    "two_before",
    "word_after",
)
"""The columns of a sense's features.

The logarithm of its share among the word's senses in annotated text, and whether it never stood there, so that its
gloss alone can speak for it. Cosines of the mention's context with those of the sense in annotated text, and with those
of all that lies below the sense; of the whole document with the documents of the sense; of context and document with
the glosses of the sense and of all that lies below it. How far both lean to the kinds of things that the sense is one
of. How much likelier than for the word's other senses are the form of the word, and the words beside it.
"""

CLUES_WITHIN = 60
"""Characters on each side of a mention in which the words beside it are looked for."""

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")


class Use(NamedTuple):
    """A word at its place in a text.

    Attributes:
        word: what it is a form of.
        doc: the document, empty for none.
        clues: its form, the word before it, the two before it and the word after it.
    """

    word: Word
    doc: str
    clues: tuple[str, str, str, str]


@dataclass(frozen=True)
class Lexicon:
    """The senses of each word of a lexicon.

    Attributes:
        concepts: by part of speech and lemma the concept index of each sense, the lexicon's first sense first.
        times: by part of speech and lemma how often the lexicon has met the word.
    """

    concepts: Mapping[str, Mapping[str, Sequence[int]]]
    times: Mapping[str, Mapping[str, int]]

    @classmethod
    def from_ontology(cls, ontology: Ontology) -> "Lexicon":
        """The words of a lexicon; another ontology has none."""
        senses: dict[str, dict[str, list[tuple[int, int]]]] = {}
        times: dict[str, Counter[str]] = {}
        for index, concept in enumerate(ontology.concepts.values()):
            for sense in concept.senses:
                if part := concept.part_of_speech:
                    senses.setdefault(part, {}).setdefault(sense.lemma, []).append((sense.order, index))
                    times.setdefault(part, Counter())[sense.lemma] += sense.count
        concepts = {
            part: {lemma: [index for _, index in sorted(each)] for lemma, each in of_part.items()}
            for part, of_part in senses.items()
        }
        return cls(concepts, times)

    @property
    def parts_of_speech(self) -> frozenset[str]:
        """Those of its words."""
        return frozenset(self.concepts)

    def __bool__(self) -> bool:
        return bool(self.concepts)

    def word_of(self, text: str) -> Word | None:
        """The word that a text is the lemma of, or its plural or singular; of several the one that is met most."""
        if not self:
            return None
        lemmas = [lemma for lemma in (text.lower(), other_number(text.lower())) if lemma]
        words = ((lemma, part) for lemma in lemmas for part in _PARTS if lemma in self.times.get(part, ()))
        return max(words, key=lambda word: self.times[word[1]][word[0]], default=None)

    def senses(self, word: Word) -> Sequence[int]:
        """The concept index of each sense of a word, in the lexicon's order; none of an unknown word."""
        lemma, part = word
        return self.concepts.get(part, {}).get(lemma, ())

    def knows(self, use: Use | None) -> bool:
        """Whether a mention uses one of its words."""
        return use is not None and bool(self.senses(use.word))


def used_word(document: Document, mention: Mention | DetectedMention, lexicon: Lexicon) -> Use | None:
    """The use of a word by a mention: of the one that the text gives, else of the one that it is a form of."""
    word = lexicon.word_of(mention.text)
    if isinstance(mention, Mention) and mention.lemma and mention.part_of_speech:
        word = (mention.lemma.lower(), mention.part_of_speech)
    return use_of(document, mention.start, mention.end, word) if word else None


def use_of(document: Document, start: int, end: int, word: Word) -> Use:
    """The use of a word at characters [start, end) of a document."""
    line = document.text[max(0, start - CLUES_WITHIN) : start].rpartition("\n")[2]
    before = _TOKEN.findall(line.lower())[-2:]
    after = _TOKEN.findall(document.text[end : end + CLUES_WITHIN].partition("\n")[0].lower())[:1]
    form = document.text[start:end]
    capital = "^" if form[:1].isupper() else ""
    clues = (form.lower() + capital, "".join(before[-1:]), " ".join(before), "".join(after))
    return Use(word, document.doc_id, clues)


def sense_key(concept: Concept, word: Word) -> str | None:
    """The lexicon's key of a word in the sense of a concept; None where it is no sense of that word."""
    return next((sense.key for sense in concept.senses if sense.lemma == word[0]), None)


def use_of_json(fields: Sequence[Any]) -> Use:
    """The use whose fields JSON gave back as lists."""
    (lemma, part_of_speech), doc, clues = fields
    return Use((lemma, part_of_speech), doc, tuple(clues))


def gloss_of(concept: Concept) -> Passage:
    """A concept's label before its other names, definition and examples, as if they were the context of a mention."""
    names = ", ".join(concept.names()[1:])
    return Passage(concept.label, right=f", {names}: {'; '.join([concept.definition or '', *concept.examples])}")
