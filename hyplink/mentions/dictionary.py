"""Dictionary lookup: finds the ontology's names in plain text, in the variants that texts use.

A window over the words of a sentence grows to the right, and its content words are looked up in any order
(`name_index`). Then coordinations are expanded (`coordination`), and the longest of overlapping mentions is kept.
"""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from hyplink.corpus.document import Span
from hyplink.mentions.abbreviations import abbreviations_of
from hyplink.mentions.coordination import shared_words
from hyplink.mentions.joined_abbreviations import joined_long_forms
from hyplink.mentions.literal_names import LiteralMatch, LiteralNames, is_distinctive, without_closing
from hyplink.mentions.match import Match
from hyplink.mentions.name_index import FUNCTION_CODE, NameIndex, Rows
from hyplink.mentions.tokens import Gap, Word, document_tokens, without_definitions, words_of
from hyplink.names.composed_names import composed_names
from hyplink.names.name_forms import COMMON_WORDS, name_forms
from hyplink.names.name_variants import known_names
from hyplink.names.normal_forms import PREPOSITIONS, is_number
from hyplink.names.vocabulary import Vocabulary
from hyplink.ontology import Ontology

_BLOCK = 64
"""Characters of a block, in which overlapping mentions are looked for."""

_NOT_OF_PIECES = (Match.DERIVED, Match.REORDERED)
"""Matches that are coincidences where the words of a mention are apart: `widened and deepened mandible`."""

_JOINTS = PREPOSITIONS | {"with"}
_OTHER_WORDS = re.compile(r"[^\W_]{2}|[,;/()]")


@dataclass(frozen=True, slots=True)
class DetectedMention:
    """A mention detected in a text, by a name or by the span detector.

    Attributes:
        start, end: its characters, from the first to the last.
        text: its words; the pieces of a discontinuous mention are joined by a space.
        candidates: ids of the concepts whose names match best: several for an ambiguous name, none for a mention
            without a name.
        match: how the words match those names.
        name_text: the words that were matched, abbreviations expanded.
        spans: the pieces of a discontinuous mention in text order, else None.
        mention_probability: the probability that it is a mention at all.
    """

    start: int
    end: int
    text: str
    candidates: tuple[str, ...]
    match: Match
    name_text: str
    spans: tuple[Span, ...] | None = None
    mention_probability: float = 1.0


class DictionaryDetector:
    """Finds names in text; it has no state that depends on the texts.

    Args:
        index: the names, by their words.
        literal: the names that are looked up letter by letter.
    """

    def __init__(self, index: NameIndex, literal: LiteralNames) -> None:
        self.index = self._index = index
        self.literal = literal
        self._vocabulary = Vocabulary(index.vocabulary, index.forms.lowered)

    @classmethod
    def from_ontology(cls, ontology: Ontology) -> "DictionaryDetector":
        """The detector of the names of an ontology, and of those that they imply."""
        return cls.from_names(known_names(ontology), composed_names(ontology))

    @classmethod
    def from_names(
        cls, names: Iterable[tuple[str, str]], composed: Iterable[tuple[str, str]] = ()
    ) -> "DictionaryDetector":
        """The detector of (name, concept id) pairs.

        Names that are not found in their own text, or with concepts that do not have them, are looked up literally.

        Args:
            names: those of the ontology.
            composed: those that it implies (`names.composed_names`).
        """
        names = list(names)
        by_words = cls(NameIndex.from_names(names, composed), LiteralNames([], []))
        return cls(by_words.index, LiteralNames.from_names(by_words._not_found(names)))

    def _not_found(self, names: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        """The names whose own text is not a mention of all and only the concepts that have the name."""
        owners: dict[str, set[str]] = defaultdict(set)
        for name, concept_id in names:
            owners[name].add(concept_id)
        spellings = Counter(name.casefold() for name in owners)
        own_spellings = Counter((name.casefold(), concept_id) for name, concept_id in set(names))
        for name, concept_id in names:
            text, folded = without_closing(name), name.casefold()
            # Letter case tells `Turkey` from `turkey`, unless one concept is written in both ways.
            is_twin = spellings[folded] > own_spellings[folded, concept_id] == 1 and name_forms(name, concept_id)
            if (is_twin or is_distinctive(text)) and not _is_found(self.detect(text), text, owners[name]):
                yield name, concept_id

    def detect(self, text: str, *, nested: bool = False) -> list[DetectedMention]:
        """The mentions of a text, ordered by (start, end).

        Args:
            text: the text.
            nested: give mentions inside other mentions too, instead of the longest alone.
        """
        abbreviations = abbreviations_of(text)
        by_themselves = {
            found.short_text: found.long_text for found in reversed(abbreviations)
        }  # the first definition counts
        long_forms = by_themselves | joined_long_forms(text)
        words = words_of(text, long_forms, self._vocabulary)
        found = [_literal_mention(text, each) for each in self.literal.find(text, document_tokens(text))]
        found.extend(self._windows(text, words))
        for around in without_definitions(text, words, abbreviations):
            found.extend(self._windows(text, around))
        found.extend(self._coordinated(text, words))
        return kept(found, nested=nested)

    def _windows(self, text: str, words: Sequence[Word]) -> Iterator[DetectedMention]:
        """The names that contiguous words match."""
        index, find = self._index, self._index.find
        codes = [index.code(word.text) for word in words]
        n_words = len(words)
        for i in range(n_words):
            first = codes[i]
            if first is None or first is FUNCTION_CODE or not words[i].opens or _follows_non(words, i):
                continue
            by_root = by_meaning = length = 0
            limit, crossed = first.longest, False
            for j in range(i, n_words):
                code, word = codes[j], words[j]
                if code is None or (j > i and word.gap is Gap.HARD):
                    break
                crossed = crossed or (j > i and word.gap >= Gap.SLASH)
                if code is FUNCTION_CODE:
                    continue
                length += 1
                if code.longest < limit:
                    limit = code.longest
                if length > limit:
                    break
                by_root += code.by_root
                by_meaning += code.by_meaning
                names = find(by_root, by_meaning) if word.closes else None
                if names is not None:
                    matched = index.best_matches(
                        [w.text for w in words[i : j + 1]], names, parted=crossed, in_order=False
                    )
                    if (
                        matched is not None
                        and _is_plausible(text, words, i, j)
                        and not self._cuts_phrase(text, words, i, j, matched[0], parted=crossed)
                    ):
                        yield _mention(text, words[i : j + 1], matched)

    def _cuts_phrase(self, text: str, words: Sequence[Word], i: int, j: int, match: Match, *, parted: bool) -> bool:
        """Whether the words i to j are not a phrase, so that the match is probably a coincidence.

        After a comma, and if reordered, a phrase does not end inside another phrase: `hearing loss, progressive` before
        `gait instability`, `hyperplasia of the mandibular` before `coronoid process`, `cerebellum with absence` before
        `of the velum`. An inexact one neither begins nor ends with a common word, and a reworded one neither begins nor
        ends inside a hyphenated word.
        """
        following = words[j + 1] if j + 1 < len(words) and words[j + 1].gap is Gap.OPEN else None
        follower = following.text.lower() if following else ""
        continued = bool(follower) and follower not in COMMON_WORDS and self._index.is_modifier(words[j].text)
        if continued and (parted or match > Match.DERIVED):
            return True
        if match <= Match.NORMALISED:
            return False
        is_type = is_number(words[i + 1].text) if i < j else False
        if (words[i].text.lower() in COMMON_WORDS and not is_type) or words[j].text.lower() in COMMON_WORDS:
            return True
        joints = _JOINTS.intersection(word.text.lower() for word in words[i:j])
        if match > Match.DERIVED and follower == "of" and joints and "of" not in joints:
            return True
        hyphens = text[max(0, words[i].start - 1) : words[i].start] + text[words[j].end : words[j].end + 1]
        return match is Match.REWORDED and "-" in hyphens

    def _coordinated(self, text: str, words: Sequence[Word]) -> Iterator[DetectedMention]:
        """The names that coordinated words match when completed by the words that they share."""
        for pieces in shared_words(words, self._index.is_modifier, lambda part: self._rows(part) is not None):
            names = self._rows(pieces)
            if names is not None:
                matched = self._index.best_matches([word.text for word in pieces], names, parted=False, in_order=True)
                if matched is not None and matched[0] not in _NOT_OF_PIECES:
                    yield _mention_of_pieces(text, pieces, matched)

    def _rows(self, words: Sequence[Word]) -> Rows | None:
        """The names that have the content of words; None if there are none."""
        codes = [self._index.code(word.text) for word in words]
        known = [code for code in codes if code is not None]
        if len(known) < len(codes):
            return None
        return self._index.find(sum(code.by_root for code in known), sum(code.by_meaning for code in known))


def _is_found(mentions: Sequence[DetectedMention], text: str, owners: Collection[str]) -> bool:
    """Whether the only mention of a text is the whole of it, with concepts among `owners`."""
    spans = [(mention.start, mention.end) for mention in mentions]
    return spans == [(0, len(text))] and all(each in owners for each in mentions[0].candidates)


def kept(mentions: Iterable[DetectedMention], *, nested: bool) -> list[DetectedMention]:
    """The mentions left after overlaps are resolved, ordered by (start, end).

    Of mentions of the same characters the one with the better match is kept; of overlapping contiguous mentions the
    longer one, then the better match, then the first. A discontinuous mention always shares words with the mention it
    is coordinated with, so it is dropped only if one mention contains all of it.
    """
    ordered = sorted(_without_added_words(mentions), key=lambda m: (-_size(m), m.match, m.start, m.spans or ()))
    chosen: list[DetectedMention] = []
    nearby: defaultdict[int, list[tuple[Span, ...]]] = defaultdict(list)  # by block, so that time is linear in length
    for mention in ordered:
        spans = _spans(mention)
        others = (others for block in _blocks(spans[0]) for others in nearby[block])
        if any(_is_dropped(spans, each, nested=nested) for each in others):
            continue
        chosen.append(mention)
        for block in {block for span in spans for block in _blocks(span)}:
            nearby[block].append(spans)
    return sorted(chosen, key=lambda m: (m.start, m.end, m.spans or ()))


def _without_added_words(mentions: Iterable[DetectedMention]) -> list[DetectedMention]:
    """The mentions without inexact ones that add words to a plain name of the same concepts: `signs of asthma`."""
    mentions = list(mentions)
    plain: defaultdict[tuple[str, ...], list[Span]] = defaultdict(list)
    for mention in mentions:
        if mention.match <= Match.NORMALISED and mention.spans is None:
            plain[mention.candidates].append((mention.start, mention.end))
    for spans in plain.values():
        spans.sort()
    return [
        each
        for each in mentions
        if each.match <= Match.NORMALISED or not _contains_any(each, plain.get(each.candidates, ()))
    ]


def _contains_any(mention: DetectedMention, spans: Sequence[Span]) -> bool:
    """Whether the characters of a mention contain one of the spans, which are in order."""
    i = bisect_left(spans, (mention.start, mention.start))
    return i < len(spans) and spans[i][1] <= mention.end


def _blocks(span: Span) -> range:
    """The numbers of the blocks of the text that a span shares characters with."""
    return range(span[0] // _BLOCK, (span[1] - 1) // _BLOCK + 1)


def _is_dropped(spans: Sequence[Span], others: Sequence[Span], *, nested: bool) -> bool:
    """Whether a mention is dropped because of another, longer one."""
    if nested:
        return spans == others
    if len(spans) == len(others) == 1:
        return spans[0][0] < others[0][1] and others[0][0] < spans[0][1]
    return all(any(o[0] <= s[0] and s[1] <= o[1] for o in others) for s in spans)


def _follows_non(words: Sequence[Word], i: int) -> bool:
    """Whether `non-` precedes a word, so that no name begins at it."""
    return i > 0 and words[i].gap is Gap.OPEN and words[i - 1].text.lower() == "non"


def _is_plausible(text: str, words: Sequence[Word], i: int, j: int) -> bool:
    """Whether the words i to j may be a mention: brackets are balanced; not a common word in upper-case text."""
    covered = text[words[i].start : words[j].end]
    if covered.count("(") != covered.count(")") or covered.count("[") != covered.count("]"):
        return False
    around = [*words[max(0, i - 2) : i], *words[j + 1 : j + 3]]
    return not (
        covered.isupper()
        and covered.lower() in COMMON_WORDS
        and len(around) > 1
        and all(word.text.isupper() for word in around)
    )


def _spans(mention: DetectedMention) -> tuple[Span, ...]:
    return mention.spans or ((mention.start, mention.end),)


def _size(mention: DetectedMention) -> int:
    return sum(end - start for start, end in _spans(mention))


def _mention(text: str, words: Sequence[Word], matched: tuple[Match, tuple[str, ...]]) -> DetectedMention:
    """The mention of contiguous words."""
    match, candidates = matched
    start, end = words[0].start, words[-1].end
    if match is Match.EXACT and any(word.respelled for word in words):
        match = Match.NORMALISED
    return DetectedMention(start, end, text[start:end], candidates, match, _joined(words))


def _literal_mention(text: str, found: LiteralMatch) -> DetectedMention:
    """The mention of a name that was found letter by letter."""
    words = text[found.start : found.end]
    match = Match.EXACT if found.is_exact else Match.NORMALISED
    return DetectedMention(found.start, found.end, words, found.concept_ids, match, words)


def _mention_of_pieces(text: str, words: Sequence[Word], matched: tuple[Match, tuple[str, ...]]) -> DetectedMention:
    """The mention of words that need not be contiguous."""
    match, candidates = matched
    spans: list[Span] = []
    for word in words:
        if spans and not _OTHER_WORDS.search(text, spans[-1][1], word.start):
            spans[-1] = (spans[-1][0], max(word.end, spans[-1][1]))
        else:
            spans.append((word.start, word.end))
    pieces = " ".join(text[start:end] for start, end in spans)
    whole = len(spans) == 1
    return DetectedMention(
        spans[0][0], spans[-1][1], pieces, candidates, match, _joined(words), None if whole else tuple(spans)
    )


def _joined(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)
