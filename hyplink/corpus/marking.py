"""What the annotated formats share: ids as they are written, and spans checked against the text."""

from collections.abc import Mapping, Sequence
from math import prod
from operator import attrgetter

from hyplink.corpus.document import Mention, Span
from hyplink.corpus.report import CorpusReport

NO_ID = frozenset({"", "-", "-1"})

Parts = tuple[tuple[str, ...], ...]


def parts_of(items: Sequence[str]) -> Parts:
    """The parts of a mention whose annotation gives `items`, any of which is right.

    An item is one id, or the ids of a composite mention: `A|B` or `A+B`, both of which need all their parts. The
    empty text, `-` and `-1` stand for no id.

    Raises:
        ValueError: several items of which some are composite do not come out as alternatives of each part.
    """
    rows = list(dict.fromkeys(tuple(map(str.strip, item.replace("+", "|").split("|"))) for item in items))
    rows = [row for row in rows if not NO_ID.issuperset(row)]
    if not rows:
        return ()
    if len(set(map(len, rows))) > 1:
        raise ValueError(f"{list(items)} mixes single and composite ids; give alternatives of one kind")
    columns = tuple(tuple(dict.fromkeys(column)) for column in zip(*rows, strict=True))
    if prod(map(len, columns)) != len(rows):
        raise ValueError(f"{list(items)} are no combination of alternatives of each part; give every combination")
    return tuple(tuple(concept_id for concept_id in column if concept_id not in NO_ID) for column in columns)


def items_of(parts: Parts) -> list[str]:
    """The opposite of `parts_of`: every combination of alternatives, the parts joined by `|`."""
    items: list[str] = []
    for number, part in enumerate(parts):
        alternatives = part or ("",)
        items = [f"{head}|{tail}" for head in items for tail in alternatives] if number else list(alternatives)
    return items


def items_in(text: str) -> list[str]:
    """The items of formats that have one field for all ids of a mention: alternatives stand between semicolons."""
    return text.split(";")


def text_of_parts(parts: Parts) -> str:
    """The opposite of `parts_of(items_in(text))`."""
    return ";".join(items_of(parts))


def label_of(mention: Mention, labels: Mapping[str, str]) -> str:
    """The label of the first id of a mention; '' where it is not known."""
    return labels.get(mention.parts[0][0], "") if mention.parts and mention.parts[0] else ""


def mention_of(text: str, spans: Sequence[Span], parts: Parts) -> Mention:
    """The mention of `spans` in `text`.

    Raises:
        ValueError: a span is empty, reversed, outside the text or begins before the one before it ends.
    """
    previous = 0
    for start, end in spans:
        if not previous <= start < end <= len(text):
            raise ValueError(
                f"offsets {start}–{end} do not fit the text of {len(text):,} characters; wanted start < end within it, "
                "several spans in text order, counted in characters from 0"
            )
        previous = end
    words = " ".join(text[start:end] for start, end in spans)
    return Mention(spans[0][0], spans[-1][1], words, parts, tuple(spans) if len(spans) > 1 else None)


def check_words(mention: Mention, given: str, report: CorpusReport) -> None:
    """Compares the words that an annotation gives with those that it marks; spacing may differ and is counted.

    Raises:
        ValueError: the words differ.
    """
    if mention.text == given:
        return
    if mention.text.split() != given.split():
        raise ValueError(
            f"the annotation gives {given!r}, but offsets {mention.start}–{mention.end} mark {mention.text!r}; "
            "offsets count characters of the text exactly as it stands in the file"
        )
    report.noticed["annotated words that differ from the text in spacing, borne with"] += 1


def in_text_order(mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """The mentions by (start, end), those of one place as given."""
    return tuple(sorted(mentions, key=attrgetter("start", "end")))
