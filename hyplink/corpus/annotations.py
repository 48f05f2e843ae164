"""What the annotated formats share: how ids are written, and the check of spans against the text."""

import re
from collections.abc import Iterable, Mapping, Sequence
from math import prod
from operator import attrgetter

from hyplink.corpus.document import Mention, Parts, Span
from hyplink.corpus.normalised_text import same_words
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError

NO_ID = frozenset({"", "-", "-1", "NIL"})

_LINE_ENDS_AND_TABS = re.compile(r"[\r\n\t]+")


def parts_from_items(items: Sequence[str]) -> Parts:
    """The parts of a mention annotated with alternative items.

    An item is one id, or the ids of a composite mention: `A|B` or `A+B`, both of which need all their parts. The
    empty string, `-`, `-1` and `NIL` in any case mean that there is no id. Line ends and tabs in an id, which formats
    of lines cannot hold, become spaces.

    Raises:
        ValueError: composite items are mixed with single ids, or do not combine the alternatives of each part.
    """
    single_lines = (_LINE_ENDS_AND_TABS.sub(" ", item) for item in items)
    rows = list(dict.fromkeys(tuple(map(str.strip, item.replace("+", "|").split("|"))) for item in single_lines))
    rows = [row for row in rows if not all(map(_is_no_id, row))]
    if not rows:
        return ()
    if len(set(map(len, rows))) > 1:
        raise ValueError(f"{list(items)} mixes single and composite ids; give alternatives of one kind")
    columns = tuple(tuple(dict.fromkeys(column)) for column in zip(*rows, strict=True))
    if prod(map(len, columns)) != len(rows):
        raise ValueError(f"{list(items)} lacks combinations of the alternatives of each part; give every combination")
    return tuple(tuple(concept_id for concept_id in column if not _is_no_id(concept_id)) for column in columns)


def _is_no_id(item: str) -> bool:
    return item.upper() in NO_ID


def items_of(parts: Parts) -> list[str]:
    """The inverse of `parts_from_items`: every combination of alternatives, with `|` between the parts."""
    items: list[str] = []
    for number, part in enumerate(parts):
        alternatives = part or ("",)
        items = [f"{head}|{tail}" for head in items for tail in alternatives] if number else list(alternatives)
    return items


def parts_from_text(text: str) -> Parts:
    """The parts of a mention whose ids are written in one field, with `;` between alternatives.

    Raises:
        ValueError: as for `parts_from_items`.
    """
    return parts_from_items(text.split(";"))


def text_of_parts(parts: Parts) -> str:
    """The inverse of `parts_from_text`.

    Raises:
        InputError: an id contains the `;` that would part it.
    """
    for concept_id in (each for part in parts for each in part if ";" in each):
        raise InputError(f"concept id {concept_id!r} cannot be written in this format, in which ; separates ids")
    return ";".join(items_of(parts))


def label_of(mention: Mention, labels: Mapping[str, str]) -> str:
    """The label of the first id of a mention, or an empty string if it is not known."""
    return labels.get(mention.parts[0][0], "") if mention.parts and mention.parts[0] else ""


def mention_at(text: str, spans: Sequence[Span], parts: Parts) -> Mention:
    """The mention that covers `spans` of `text`.

    Raises:
        ValueError: there is no span, or one is empty, reversed, outside the text or begins before the one before it
            ends.
    """
    if not spans:
        raise ValueError("a mention without spans; expected at least one")
    previous = 0
    for start, end in spans:
        if not previous <= start < end <= len(text):
            raise ValueError(
                f"offsets {start}–{end} do not fit the text of {len(text):,} characters; expected start < end within "
                "it, several spans in text order, counted in characters from 0"
            )
        previous = end
    mention_text = " ".join(text[start:end] for start, end in spans)
    return Mention(spans[0][0], spans[-1][1], mention_text, parts, tuple(spans) if len(spans) > 1 else None)


def annotated_mention(
    text: str, spans: Iterable[Span], parts: Parts, report: CorpusReport, given: str | None = None
) -> Mention | None:
    """The mention of an annotation; None, which is counted, if the annotation covers no characters.

    Args:
        text: the text of the document.
        spans: the spans of the annotation, in any order.
        parts: its ids.
        report: counts what is passed over or tolerated.
        given: the text that the annotation gives for the mention, if it does; it must have the same words.

    Raises:
        ValueError: as for `mention_at` and `check_mention_text`.
    """
    covered = sorted((start, end) for start, end in spans if start != end)
    if not covered:
        report.notices["annotations without characters, passed over"] += 1
        return None
    mention = mention_at(text, covered, parts)
    if given:
        check_mention_text(mention, given, report)
    return mention


def check_mention_text(mention: Mention, given: str, report: CorpusReport) -> None:
    """Compares the text of a mention with the one that its annotation gives.

    Differences in whitespace, and those of normalisation (see `normalised_text`), are counted.

    Raises:
        ValueError: the texts have different words.
    """
    if mention.text == given:
        return
    if mention.text.split() == given.split():
        report.notices["mention texts that differ from the document in whitespace, accepted"] += 1
    elif same_words(mention.text, given):
        report.notices["mention texts that were normalised, offsets accepted"] += 1
    else:
        raise ValueError(
            f"the annotation gives {given!r}, but offsets {mention.start}–{mention.end} mark {mention.text!r}; "
            "offsets count characters of the text exactly as it is in the file"
        )


def in_text_order(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The mentions ordered by (start, end); mentions with equal offsets keep their order."""
    return tuple(sorted(mentions, key=attrgetter("start", "end")))
