"""Abbreviations that a document defines, and the mentions that use them.

`definitions` finds `long form (SHORT)`, `joined` those that are defined together, `listed` those of legends and lists;
`spelling` decides whether letters abbreviate words, and `expansions` expands the abbreviations of a document.
"""

from hyplink.mentions.abbreviations.definitions import Abbreviation, abbreviations_of
from hyplink.mentions.abbreviations.expansions import Expansions
from hyplink.mentions.abbreviations.joined import joined_long_forms

__all__ = ["Abbreviation", "Expansions", "abbreviations_of", "joined_long_forms"]
