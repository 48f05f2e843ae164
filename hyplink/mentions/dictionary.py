"""Dictionary lookup: finds the ontology's names in plain text, in the variants that texts use.

A window over the words of a sentence grows to the right, and its content words are looked up in any order
(`name_index`). Then coordinations are expanded (`coordination`), and the longest of overlapping mentions is kept.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise

from hyplink.memo import Memo
from hyplink.mentions.abbreviations import (
    NO_ABBREVIATIONS,
    KnownAbbreviations,
    abbreviations_of,
    joined_long_forms,
)
from hyplink.mentions.coordination import WordTests, shared_words
from hyplink.mentions.literal_names import LiteralNames, is_distinctive, without_closing
from hyplink.mentions.match import Match, Words
from hyplink.mentions.name_index import NameIndex
from hyplink.mentions.name_matches import (
    DetectedMention,
    NameMatch,
    WordsMatch,
    match_of_letters,
    match_of_pieces,
    match_of_words,
    mention_of,
)
from hyplink.mentions.overlaps import kept_places, without_added_words
from hyplink.mentions.scan.windows import Window, WindowScan
from hyplink.mentions.tokens import Gap, WordColumns, document_columns, without_definitions, words_of
from hyplink.names.composed_names import composed_names
from hyplink.names.corrections import NO_CORRECTIONS, Corrections
from hyplink.names.name_forms import COMMON_WORDS, name_forms
from hyplink.names.name_variants import known_names
from hyplink.names.normal_forms import PREPOSITIONS, is_number
from hyplink.names.vocabulary import Vocabulary
from hyplink.ontology import Ontology

_NOT_OF_PIECES = (Match.DERIVED, Match.REORDERED)
"""Matches that are coincidences where the words of a mention are apart: `widened and deepened mandible`."""

_JOINTS = PREPOSITIONS | {"with"}

_SPECIES = re.compile(
    r"[A-Z][a-z]*(?:coccus|bacterium|bacter|bacillus|monas|ella|philus|plasma|seria|ichia) [a-z]+ae"
    r"|Mycobacterium tuberculosis|Bordetella pertussis"
)
"""Microbes whose second name is that of a disease in Latin; `Klebsiella pneumonia` is the disease."""

_MATCHES_KEPT, _WORDS_KEPT = 1 << 16, 1 << 18

_NAMES_AT_A_TIME = 1 << 12
"""Names that are looked for together in their own texts."""


class DictionaryDetector:
    """Finds names in text; it has no state that depends on the texts.

    Args:
        index: the names, by their words.
        literal: the names that are looked up letter by letter.
        abbreviations: of names, that texts may use without a definition.
    """

    def __init__(
        self, index: NameIndex, literal: LiteralNames, abbreviations: KnownAbbreviations = NO_ABBREVIATIONS
    ) -> None:
        self.index = self._index = index
        self.literal = literal
        self.abbreviations = abbreviations
        self._vocabulary = Vocabulary(index.vocabulary, index.plurals)
        self._scan = WindowScan(index)
        self._tests = _tests_of(index)
        self._matches = Memo(self._match_of_content, _MATCHES_KEPT)
        self._coordinations = Memo(self._match_in_order, _MATCHES_KEPT)

    @classmethod
    def from_ontology(
        cls,
        ontology: Ontology,
        corrections: Corrections = NO_CORRECTIONS,
        abbreviations: KnownAbbreviations = NO_ABBREVIATIONS,
    ) -> "DictionaryDetector":
        """The detector of the names of an ontology, of those that they imply, and of those that corrections add."""
        names = (pair for pair in known_names(ontology) if corrections.is_name(*pair))
        return cls.from_names([*names, *corrections.names], composed_names(ontology), abbreviations)

    @classmethod
    def from_names(
        cls,
        names: Iterable[tuple[str, str]],
        composed: Iterable[tuple[str, str]] = (),
        abbreviations: KnownAbbreviations = NO_ABBREVIATIONS,
    ) -> "DictionaryDetector":
        """The detector of (name, concept id) pairs.

        Names that are not found in their own text, or with concepts that do not have them, are looked up literally.

        Args:
            names: those of the ontology.
            composed: those that it implies (`names.composed_names`).
            abbreviations: of names, that texts may use without a definition.
        """
        names = list(names)
        by_words = cls(NameIndex.from_names(names, composed), LiteralNames.from_names([]))
        return cls(by_words.index, LiteralNames.from_names(by_words._not_found(names)), abbreviations)

    def _not_found(self, names: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """The names whose own text is not a mention of all and only the concepts that have the name."""
        owners: dict[str, set[str]] = defaultdict(set)
        for name, concept_id in names:
            owners[name].add(concept_id)
        spellings = Counter(name.casefold() for name in owners)
        own_spellings = Counter((name.casefold(), concept_id) for name, concept_id in set(names))
        doubtful = list[tuple[str, str, str]]()
        for name, concept_id in names:
            text, folded = without_closing(name), name.casefold()
            # Letter case tells `Turkey` from `turkey`, unless one concept is written in both ways.
            is_twin = spellings[folded] > own_spellings[folded, concept_id] == 1 and name_forms(name, concept_id)
            if is_twin or is_distinctive(text):
                doubtful.append((name, concept_id, text))
        for start in range(0, len(doubtful), _NAMES_AT_A_TIME):
            several = doubtful[start : start + _NAMES_AT_A_TIME]
            mentions_of = self.detect_many([text for _, _, text in several])
            for (name, concept_id, text), mentions in zip(several, mentions_of, strict=True):
                if not _is_found(mentions, text, owners[name]):
                    yield name, concept_id

    def detect(self, text: str, *, nested: bool = False) -> list[DetectedMention]:
        """The mentions of a text, ordered by (start, end).

        Args:
            text: the text.
            nested: give mentions inside other mentions too, instead of the longest alone.
        """
        return self.detect_many([text], nested=nested)[0]

    def detect_many(self, texts: Sequence[str], *, nested: bool = False) -> list[list[DetectedMention]]:
        """The mentions of each text, as `detect` gives them; several times faster than one text at a time."""
        mentions = []
        for text, matches in zip(texts, self._matches_of(texts), strict=True):
            found = without_added_words(matches)
            mentions.append(
                [mention_of(text, found[i]) for i in kept_places([each[:4] for each in found], nested=nested)]
            )
        return mentions

    def matches(self, text: str) -> list[DetectedMention]:
        """All matches of names in a text, overlapping ones too; some occur more than once."""
        return [mention_of(text, found) for found in self._matches_of([text])[0]]

    def _matches_of(self, texts: Sequence[str]) -> list[list[NameMatch]]:
        """All matches of names in each text."""
        found, streams, owners = list[list[NameMatch]](), list[WordColumns](), list[int]()
        words_of_text = list[WordColumns]()
        for number, text in enumerate(texts):
            found.append(
                [match_of_letters(text, each) for each in self.literal.find(text, document_columns(text).columns)]
            )
            own, *around = self._streams(text)
            words_of_text.append(own)
            streams += own, *around
            owners += [number] * (1 + len(around))
        for window in self._scan.windows(streams):
            number, words = owners[window[0]], streams[window[0]]
            match = self._match_of_window(texts[number], words, window)
            if match is not None:
                found[number].append(match)
        for text, stream, of_text in zip(texts, words_of_text, found, strict=True):
            of_text.extend(self._coordinated(text, stream))
        return found

    def _streams(self, text: str) -> Iterator[WordColumns]:
        """The words of a text, and those around each definition of an abbreviation."""
        abbreviations = abbreviations_of(text)
        by_themselves = {
            found.short_text: found.long_text for found in reversed(abbreviations)
        }  # the first definition counts
        known = self.abbreviations.used_in(text, document_columns(text).texts)
        words = words_of(text, known | by_themselves | joined_long_forms(text), self._vocabulary)
        yield words
        yield from without_definitions(text, words, abbreviations)

    def _match_of_window(self, text: str, words: WordColumns, window: Window) -> NameMatch | None:
        """The name that a window of words is; None if it is none after all."""
        _, i, j, is_parted = window
        needs_parted = is_parted and not _is_comma_before_type(words, i, j)
        matched = self._matches[tuple(words.texts[i : j + 1]), needs_parted]
        if matched is None or not _is_plausible(text, words, i, j):
            return None
        if (is_parted or matched.match > Match.NORMALISED) and self._cuts_phrase(text, words, window, matched.match):
            return None
        return match_of_words(words, i, j, matched)

    def _cuts_phrase(self, text: str, words: WordColumns, window: Window, match: Match) -> bool:
        """Whether the words of a window are not a phrase, so that an inexact match is probably a coincidence.

        After a comma, and if reordered, a phrase does not end inside another phrase: `hearing loss, progressive` before
        `gait instability`, `hyperplasia of the mandibular` before `coronoid process`, `cerebellum with absence` before
        `of the velum`. Nor does it at an ampersand without spaces: `cells by H` before `&E`. An inexact one neither
        begins nor ends with a common word, and a reworded one neither begins nor ends inside a hyphenated word.
        """
        _, i, j, is_parted = window
        texts, follower = words.texts, ""
        if j + 1 < len(texts) and words.gaps[j + 1] is Gap.OPEN:
            follower = texts[j + 1].lower()
        continued = bool(follower) and follower not in COMMON_WORDS and self._index.is_modifier(texts[j])
        if continued and (is_parted or match > Match.DERIVED):
            return True
        beside = text[max(0, words.starts[i] - 1) : words.starts[i]] + text[words.ends[j] : words.ends[j] + 1]
        if "&" in beside:
            return True
        if match <= Match.NORMALISED:
            return False
        is_type = is_number(texts[i + 1]) if i < j else False
        if (texts[i].lower() in COMMON_WORDS and not is_type) or texts[j].lower() in COMMON_WORDS:
            return True
        joints = _JOINTS.intersection(map(str.lower, texts[i:j]))
        if match > Match.DERIVED and follower == "of" and joints and "of" not in joints:
            return True
        return match is Match.REWORDED and "-" in beside

    def _coordinated(self, text: str, words: WordColumns) -> Iterator[NameMatch]:
        """The names that coordinated words match when completed by the words that they share."""
        texts = words.texts
        for places in shared_words(text, words, self._tests):
            phrase = _phrase_of(texts, places)
            matched = self._coordinations[phrase]
            if matched is None:
                continue
            is_turned = matched.match is Match.REORDERED and _may_be_turned(phrase) and _ends_phrase(words, places[-1])
            if matched.match not in _NOT_OF_PIECES or is_turned:
                yield match_of_pieces(text, words, places, matched)

    def _match_of_content(self, words: tuple[Words, bool]) -> WordsMatch | None:
        """The names that words match in any order, given whether there is a comma, bracket or slash between them."""
        return self._match_of(words[0], parted=words[1], in_order=False)

    def _match_in_order(self, words: Words) -> WordsMatch | None:
        """The names that words match in their order, or in another with a preposition or type: `cancer of lung`."""
        return self._match_of(words, parted=False, in_order=not _may_be_turned(words))

    def _match_of(self, words: Words, *, parted: bool, in_order: bool) -> WordsMatch | None:
        rows = self._index.rows_of(words)
        best = rows and self._index.best_matches(words, rows, parted=parted, in_order=in_order)
        return WordsMatch(*best, " ".join(words)) if best else None


def _tests_of(index: NameIndex) -> WordTests:
    """What names tell of words that may be coordinated."""
    is_known = Memo[str, bool](lambda word: index.code(word) is not None, _WORDS_KEPT)
    is_modifier = Memo[str, bool](lambda word: is_known[word] and index.is_modifier(word), _WORDS_KEPT)
    is_name = Memo[Words, bool](lambda words: index.rows_of(words) is not None, _MATCHES_KEPT)
    return WordTests(is_known.__getitem__, is_modifier.__getitem__, is_name.__getitem__)


def _phrase_of(texts: Sequence[str], places: Sequence[int]) -> Words:
    """The words at some places, and the preposition that connects those of them that are apart."""
    phrase = [texts[places[0]]]
    for before, place in pairwise(places):
        if place > before + 1 and texts[before + 1].lower() in PREPOSITIONS:
            phrase.append(texts[before + 1])
        phrase.append(texts[place])
    return tuple(phrase)


def _may_be_turned(words: Words) -> bool:
    """Whether words with a preposition or a number at the end may be a name in another order: `cancer of lung`."""
    return is_number(words[-1]) or not PREPOSITIONS.isdisjoint(map(str.lower, words))


def _ends_phrase(words: WordColumns, j: int) -> bool:
    """Whether a phrase ends with word j: not `sensory` in `neurons in the retina or sensory ganglia`."""
    if j + 1 == len(words.texts) or words.gaps[j + 1] is not Gap.OPEN:
        return True
    follower = words.texts[j + 1].lower()
    return follower in COMMON_WORDS and follower != "of"


def _is_found(mentions: Sequence[DetectedMention], text: str, owners: Collection[str]) -> bool:
    """Whether the only mention of a text is the whole of it, as it is, with concepts among `owners`."""
    if len(mentions) != 1:
        return False
    found = mentions[0]
    is_whole = (found.start, found.end) == (0, len(text)) and found.match <= Match.NORMALISED
    return is_whole and all(each in owners for each in found.candidates)


def _is_comma_before_type(words: WordColumns, i: int, j: int) -> bool:
    """Whether all that divides the words i to j is a comma before a type: `diabetes mellitus, type II`.

    The type is not that of another phrase, as in `myopathy, type 2 diabetes`.
    """
    texts, gaps = words.texts, words.gaps
    if j + 1 < len(texts) and gaps[j + 1] is Gap.OPEN and texts[j + 1].lower() not in COMMON_WORDS:
        return False
    if not (j - i > 1 and gaps[j - 1] is Gap.COMMA and is_number(texts[j]) and texts[j - 1].isalpha()):
        return False
    return gaps[j] is Gap.OPEN and all(gap is Gap.OPEN for gap in gaps[i + 1 : j - 1])


def _is_plausible(text: str, words: WordColumns, i: int, j: int) -> bool:
    """Whether the words i to j may be a mention.

    Its brackets are balanced; it is neither a common word in upper-case text nor the second word of a species' name, as
    in `Streptococcus pneumoniae`.
    """
    covered = text[words.starts[i] : words.ends[j]]
    if i < j and (covered.count("(") != covered.count(")") or covered.count("[") != covered.count("]")):
        return False
    if i == j > 0 and _SPECIES.fullmatch(text, words.starts[i - 1], words.ends[j]):
        return False
    if not covered.isupper() or covered.lower() not in COMMON_WORDS:
        return True
    around = [*words.texts[max(0, i - 2) : i], *words.texts[j + 1 : j + 3]]
    return len(around) < 2 or not all(map(str.isupper, around))
