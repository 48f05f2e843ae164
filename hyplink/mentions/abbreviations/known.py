"""Abbreviations of names that other texts define, and documents use without a definition: `ADHD`, `COPD`.

A text that defines an abbreviation says what it means there (`definitions`). Most abbreviations mean the same thing in
most texts of a field, so one that the ontology's own names and definitions, or texts of the user, define as a name of a
concept, and seldom as anything else, stands for this name in a document that does not define it.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import Field

from hyplink.mentions.abbreviations.definitions import abbreviations_of
from hyplink.names.name_forms import COMMON_WORDS
from hyplink.names.normal_forms import normal_text
from hyplink.run import read_record, write_json

_LEAST_DEFINITIONS, _LEAST_SHARE = 2, 0.6
"""Definitions of an abbreviation as a name of the same concept, and their share in all of its definitions."""

_SHORT = re.compile(r"[^\W\d_][^\W_]{2,7}")
"""A single word, so that it is a token of its own; two letters mean too many things."""

_LongForms = dict[
    Annotated[str, Field(pattern=f"^{_SHORT.pattern}$")],
    Annotated[str, Field(pattern=r"[^\W_]")],
]

_WORD = re.compile(r"[^\W\d_]+")
_LONGEST_IN_LIST = 6
"""Letters of the abbreviations in a line that has nothing else."""

ABBREVIATIONS = "abbreviations.json"
"""The file of the stage `encode` that they are saved in."""

_IN_SMALL_LETTERS = re.compile(r"(?<=\()\s*[^\W\d_][^\W_]{2,7}\s*(?=\))")


@dataclass(frozen=True)
class KnownAbbreviations:
    """Abbreviations with the name that each stands for, in documents that do not define them.

    Attributes:
        long_of: the name by abbreviation.
    """

    long_of: Mapping[str, str]

    @classmethod
    def from_texts(
        cls, own: Iterable[str], texts: Iterable[str], names: Iterable[tuple[str, str]], decided: Container[str]
    ) -> "KnownAbbreviations":
        """The abbreviations that texts define as names, in alphabetical order.

        One that is itself a name, or a common word, is left out.

        Args:
            own: the names and definitions of the ontology. What they define counts twice.
            texts: other texts, or lines or paragraphs of them.
            names: (name, concept id) of the ontology.
            decided: surface forms whose meaning annotators decided, which are left out.
        """
        named: dict[str, tuple[str, str]] = {}
        for name, concept in names:
            named.setdefault(normal_text(name), (name, concept))
        n_definitions = Counter[str]()
        forms = defaultdict[str, defaultdict[str, Counter[str]]](lambda: defaultdict(Counter))  # names by concept
        for weight, lines in ((2, own), (1, texts)):
            for short, long in _definitions(lines):
                n_definitions[short] += weight
                if (found := named.get(normal_text(long))) is not None:
                    forms[short][found[1]][found[0]] += weight
        known = {}
        for short, by_concept in sorted(forms.items()):
            meant = max(by_concept.values(), key=Counter.total)
            is_taken = normal_text(short) in named or short.lower() in COMMON_WORDS or short in decided
            if not is_taken and meant.total() >= max(_LEAST_DEFINITIONS, _LEAST_SHARE * n_definitions[short]):
                known[short] = meant.most_common(1)[0][0]
        return cls(known)

    @cached_property
    def _words(self) -> frozenset[str]:
        """The abbreviations, and their plurals."""
        return frozenset(self.long_of) | {f"{short}s" for short in self.long_of}

    def used_in(self, text: str, words: Iterable[str]) -> dict[str, str]:
        """The abbreviations among the words of a text, each with its name.

        One that is part of a longer symbol somewhere in the text (`HIT-6`), or is only written in capitals because its
        whole line is, stands for nothing.
        """
        used = self._words.intersection(words)
        if not used:
            return {}
        found = {each if each in self.long_of else each[:-1] for each in used}
        return {short: self.long_of[short] for short in sorted(found) if _stands_alone(text, short)}


NO_ABBREVIATIONS = KnownAbbreviations({})


def save_abbreviations(known: KnownAbbreviations, path: Path) -> None:
    """Writes abbreviations as JSON."""
    write_json(path, known.long_of)


def load_abbreviations(path: Path) -> KnownAbbreviations:
    """The abbreviations that `save_abbreviations` wrote.

    Raises:
        RunError: the file is missing or damaged, or of another version.
    """
    return KnownAbbreviations(read_record(_LongForms, path))


def _definitions(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The abbreviations that texts define, in the singular, each with its long form.

    In a text without capitals, a word in a bracket may be an abbreviation.
    """
    for text in texts:
        if "(" not in text and "=" not in text:
            continue
        in_small_letters = text.islower()
        for found in abbreviations_of(_IN_SMALL_LETTERS.sub(_in_capitals, text) if in_small_letters else text):
            short, last = found.short_text, found.long_text.lower().split()[-1]
            is_plural = last[0] != "s" and last[-1] == "s" if in_small_letters else short[-1] == "s"
            if is_plural and short[-1] in "sS":
                short = short[:-1]
            if _SHORT.fullmatch(short):
                yield short, found.long_text


def _in_capitals(match: re.Match[str]) -> str:
    return match[0].upper()


def _stands_alone(text: str, short: str) -> bool:
    """Whether an abbreviation is a word by itself wherever it occurs, on some line that is not written in capitals."""
    if re.search(rf"[^\W_][-–]{short}\b|\b{short}[-–][A-Z0-9]|\b{short}/\d", text):
        return False
    return any(short in line and not _is_in_capitals(line) for line in text.splitlines())


def _is_in_capitals(line: str) -> bool:
    """Whether a line has words in capitals that are no abbreviations: `NO SIGN OF`, not `CKD, DVT`."""
    return line.isupper() and any(
        len(word) > _LONGEST_IN_LIST or word.lower() in COMMON_WORDS for word in _WORD.findall(line)
    )
