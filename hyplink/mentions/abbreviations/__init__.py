"""Abbreviations that a document defines, and the mentions that use them.

`definitions` finds `long form (SHORT)`, `joined` those that are defined together, `listed` those of legends and lists;
`spelling` decides whether letters abbreviate words, `known` learns those that other texts define, and `expansions`
expands the abbreviations of a document.
"""

from hyplink.mentions.abbreviations.definitions import Abbreviation, abbreviations_of
from hyplink.mentions.abbreviations.expansions import Expansions
from hyplink.mentions.abbreviations.joined import joined_long_forms
from hyplink.mentions.abbreviations.known import (
    ABBREVIATIONS,
    NO_ABBREVIATIONS,
    KnownAbbreviations,
    load_abbreviations,
    save_abbreviations,
)

__all__ = [
    "ABBREVIATIONS",
    "NO_ABBREVIATIONS",
    "Abbreviation",
    "Expansions",
    "KnownAbbreviations",
    "abbreviations_of",
    "joined_long_forms",
    "load_abbreviations",
    "save_abbreviations",
]
