"""The words of a lexicon with their senses, and uses of words in texts.

If the ontology is a lexicon and a mention uses one of its words, the candidates are the senses of the word, which share
its name. `SENSE_FEATURES` names the features that distinguish them; a larger value is evidence for a sense.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, get_args

from hyplink.config import PartOfSpeech
from hyplink.corpus import Document, Mention
from hyplink.encoders import Passage
from hyplink.mentions.name_matches import DetectedMention
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

- `sense_prior`: the log-share of the sense among the word's senses in annotated text; `sense_unseen`: whether it has no
  annotated use, so that only its gloss can be compared.
- `context`, `contexts_below`: cosine of the mention's context with the annotated contexts of the sense, and of its
  descendants; `document`: of the whole document with the documents of the sense.
- `gloss`, `gloss_document`: cosine of the context, and of the document, with the glosses of the sense and its
  descendants.
- `kinds`: the score of the sense's hypernyms predicted from context and document.
- `form`, `word_before`, `two_before`, `word_after`: log-ratio of the probability of the word form, and of neighbouring
  words, given the sense to that given the word.
"""

CLUES_WITHIN = 60
"""Characters on each side of a mention in which neighbouring words are looked for."""

_TOKEN = re.compile(r"[^\W_]+|[^\w\s]")


class WordUse(NamedTuple):
    """The use of a word in a text.

    Attributes:
        word: the lemma and part of speech.
        doc: the document, empty for none.
        clues: the word form, the word before it, the two words before it, and the word after it.
    """

    word: Word
    doc: str
    clues: tuple[str, str, str, str]


@dataclass(frozen=True)
class Lexicon:
    """The senses of each word of a lexicon.

    Attributes:
        concepts: by part of speech and lemma, the concept index of each sense, in the lexicon's order.
        times: by part of speech and lemma, the lexicon's count of the word.
    """

    concepts: Mapping[str, Mapping[str, Sequence[int]]]
    times: Mapping[str, Mapping[str, int]]

    @classmethod
    def from_ontology(cls, ontology: Ontology) -> "Lexicon":
        """The words of a lexicon; none for any other ontology."""
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
        """The parts of speech of its words."""
        return frozenset(self.concepts)

    def __bool__(self) -> bool:
        return bool(self.concepts)

    def word_of(self, text: str) -> Word | None:
        """The word of which a text is the lemma, plural or singular; the most frequent, if there are several."""
        if not self:
            return None
        lemmas = [lemma for lemma in (text.lower(), other_number(text.lower())) if lemma]
        words = ((lemma, part) for lemma in lemmas for part in _PARTS if lemma in self.times.get(part, ()))
        return max(words, key=lambda word: self.times[word[1]][word[0]], default=None)

    def senses(self, word: Word) -> Sequence[int]:
        """The concept index of each sense of a word, in the lexicon's order; none for an unknown word."""
        lemma, part = word
        return self.concepts.get(part, {}).get(lemma, ())

    def knows(self, use: WordUse | None) -> bool:
        """Whether a mention uses one of its words."""
        return use is not None and bool(self.senses(use.word))


def used_word(document: Document, mention: Mention | DetectedMention, lexicon: Lexicon) -> WordUse | None:
    """The word use of a mention: of the lemma that the corpus gives, or else of the word that it is a form of."""
    word = lexicon.word_of(mention.text)
    if isinstance(mention, Mention) and mention.lemma and mention.part_of_speech:
        word = (mention.lemma.lower(), mention.part_of_speech)
    return use_of(document, mention.start, mention.end, word) if word else None


def use_of(document: Document, start: int, end: int, word: Word) -> WordUse:
    """The use of a word at characters [start, end) of a document."""
    line = document.text[max(0, start - CLUES_WITHIN) : start].rpartition("\n")[2]
    before = _TOKEN.findall(line.lower())[-2:]
    after = _TOKEN.findall(document.text[end : end + CLUES_WITHIN].partition("\n")[0].lower())[:1]
    form = document.text[start:end]
    capital = "^" if form[:1].isupper() else ""
    clues = (form.lower() + capital, "".join(before[-1:]), " ".join(before), "".join(after))
    return WordUse(word, document.doc_id, clues)


def sense_key(concept: Concept, word: Word) -> str | None:
    """The lexicon's key of a word in the sense of a concept; None if it is no sense of the word."""
    return next((sense.key for sense in concept.senses if sense.lemma == word[0]), None)


def use_from_json(fields: Sequence[Any]) -> WordUse:
    """The use whose fields were read from JSON."""
    (lemma, part_of_speech), doc, clues = fields
    return WordUse((lemma, part_of_speech), doc, tuple(clues))


def gloss_of(concept: Concept) -> Passage:
    """A gloss as a passage: the label is the mention, and other names, definition and examples are its context."""
    names = ", ".join(concept.names()[1:])
    return Passage(concept.label, right=f", {names}: {'; '.join([concept.definition or '', *concept.examples])}")
