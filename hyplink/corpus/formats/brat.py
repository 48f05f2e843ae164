"""BRAT standoff: a text `x.txt` and beside it `x.ann` with `T` lines (mentions) and `N` lines (their concepts).

A document with a `.ann` file is annotated, even if that file is empty; a `.txt` file alone is plain text.
Several `N` lines for one mention are alternatives. bioc parses the `T` lines. Its reader of whole files is not used,
because it drops the `N` lines and does not check offsets against the text.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bioc import brat

from hyplink.corpus.annotations import (
    annotated_mention,
    in_text_order,
    items_of,
    label_of,
    parts_from_items,
)
from hyplink.corpus.document import Document, Mention
from hyplink.corpus.lines import Line, read_lines
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError
from hyplink.run.outputs import output_folder

IGNORED_LINES = frozenset("ERAM*#")

MAX_PARTS = 100
"""The most parts between slashes of a document id that becomes a path: folders are made and deleted recursively."""

LONGEST_NAME, LONGEST_PATH = 255, 2048
"""Bytes of the name of a file or folder, and of a path in the output folder, that file systems allow at least."""


@dataclass(slots=True)
class _Annotations:
    """The lines of one `.ann` file that hyplink uses, by mention id (`T1`)."""

    mentions: dict[str, tuple[Line, brat.BratEntity]] = field(default_factory=dict)
    concept_ids: defaultdict[str, list[tuple[Line, str]]] = field(default_factory=lambda: defaultdict(list))


def annotations_path(text_path: Path) -> Path:
    """The `.ann` file that belongs to a `.txt` file; `.ANN` if that exists instead."""
    upper = text_path.with_suffix(".ANN")
    return upper if text_path.suffix.isupper() and upper.exists() else text_path.with_suffix(".ann")


def is_brat_pair(path: Path) -> bool:
    """Whether a path is a `.txt` file with a `.ann` file beside it."""
    return path.suffix.lower() == ".txt" and annotations_path(path).exists()


def read_brat(text_path: Path, doc_id: str, report: CorpusReport) -> Document:
    """The document of a `.txt` file with the mentions of the `.ann` file beside it.

    Raises:
        InputError: one of the two is missing, a line is malformed, or an offset or the text of a mention does not fit
            the document.
    """
    for path, other in ((text_path, annotations_path(text_path)), (annotations_path(text_path), text_path)):
        if not path.exists():
            raise InputError.at(other, None, f"{path.name} is missing; BRAT needs a .txt and a .ann file side by side")
    text = "".join(line.text for line in read_lines(text_path))
    if not text.strip():
        raise InputError.at(text_path, None, "the file is empty; expected a text")
    found = _annotations(read_lines(annotations_path(text_path)), report)
    given = (_mention(text, line, entity, found.concept_ids, report) for line, entity in found.mentions.values())
    return Document(doc_id, text, in_text_order([mention for mention in given if mention]))


def _annotations(lines: Iterable[Line], report: CorpusReport) -> _Annotations:
    found = _Annotations()
    for line in lines:
        content = line.content()
        if content.startswith("T"):
            entity = _entity(line)
            if entity.id in found.mentions:
                raise line.error(f"a second {entity.id}; expected each id once")
            found.mentions[entity.id] = (line, entity)
        elif content.startswith("N"):
            target, concept_id = _reference(line)
            if concept_id:
                found.concept_ids[target].append((line, concept_id))
            else:
                report.notices["references without a concept id, ignored"] += 1
        elif content[:1] in IGNORED_LINES:
            report.notices["events, relations, attributes and notes, ignored"] += 1
        elif content.strip():
            raise line.error(
                f"{content[:60]!r} is not a BRAT line; expected one that begins with T, N, E, R, A, M, * or #"
            )
    _check_targets(found, report)
    return found


def _check_targets(found: _Annotations, report: CorpusReport) -> None:
    for target in found.concept_ids.keys() - found.mentions.keys():
        line, concept_id = found.concept_ids[target][0]
        if target.startswith("T"):
            raise line.error(f"{concept_id} refers to {target}, which is not in the file; expected the id of a T line")
        report.notices["concepts of events and relations, ignored"] += 1


def _entity(line: Line) -> brat.BratEntity:
    try:
        return brat.decoder.loads_brat_entity(line.content())
    except (AssertionError, IndexError, ValueError):
        raise line.error(
            f"{line.content()[:60]!r} is not a mention; expected T1<TAB>TYPE START END[;START END…]<TAB>TEXT"
        ) from None


def _reference(line: Line) -> tuple[str, str]:
    """The mention and the concept id of a reference; the id is empty where the annotator has not chosen one."""
    fields = line.content().split("\t")
    reference = fields[1].split(maxsplit=2) if len(fields) > 1 else []  # an id may contain spaces
    if len(reference) == 2:
        return reference[1], ""
    if len(reference) != 3:
        raise line.error(
            f"{line.content()[:60]!r} is not a reference; expected N1<TAB>Reference T1 CONCEPT-ID<TAB>NAME"
        )
    return reference[1], reference[2].strip()


def _mention(
    text: str,
    line: Line,
    entity: brat.BratEntity,
    concept_ids: Mapping[str, list[tuple[Line, str]]],
    report: CorpusReport,
) -> Mention | None:
    spans = [(interval.begin, interval.end) for interval in entity.locations]
    references = concept_ids.get(entity.id, [])
    try:
        parts = parts_from_items([concept_id for _, concept_id in references])
        return annotated_mention(text, spans, parts, report, entity.text)
    except ValueError as error:
        raise line.error(str(error)) from None


def write_brat(folder: Path, documents: Iterable[Document], labels: Mapping[str, str], report: CorpusReport) -> None:
    """Writes a `.txt` file for each document, and a `.ann` file beside it if the document is annotated.

    Nothing is written to the folder before all documents are complete. A `.ann` file that lies beside the text of a
    plain document is deleted.

    Args:
        folder: the output folder, created if it is missing. A document id with slashes creates subfolders.
        documents: the documents to write.
        labels: label by concept id, as far as known.
        report: may pass over documents that cannot be written.

    Raises:
        InputError: a document id cannot be a file name, or two ids are names of the same file, and `report` does not
            pass the document over.
        OSError: a file cannot be written.
    """
    plain: list[Path] = []
    with output_folder(folder) as new:
        for document in documents:
            try:
                name = _written(new, document, labels)
            except InputError as error:
                report.pass_over(document, error)
            else:
                plain += [name] if document.mentions is None else []
    for name in plain:
        annotations_path(folder / name).unlink(missing_ok=True)


def _written(folder: Path, document: Document, labels: Mapping[str, str]) -> Path:
    """Writes the files of a document; the name of the text."""
    name = _text_name(document.doc_id)
    try:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        _write_new(folder / name, document.text)
        if document.mentions is not None:
            _write_new(annotations_path(folder / name), "".join(_ann_lines(document.mentions, labels)))
    except (FileExistsError, NotADirectoryError):
        raise InputError(
            f"document id {document.doc_id!r} stands for a file that another document is written to; BRAT "
            "needs one for each"
        ) from None
    return name


def _text_name(doc_id: str) -> Path:
    """The name of the `.txt` file of a document, relative to the output folder."""
    name = Path(f"{doc_id}.txt")
    in_folder = not name.is_absolute() and ".." not in name.parts and name.name != ".txt"
    is_encodable = "\0" not in doc_id and not any("\ud800" <= character <= "\udfff" for character in doc_id)
    if not in_folder or not is_encodable or _is_long(name):
        raise InputError(f"document id {doc_id!r} cannot be the name of a file, which BRAT needs; change it")
    return name


def _is_long(name: Path) -> bool:
    """Whether a path has more or longer parts than file systems allow."""
    sizes = [len(part.encode()) for part in name.parts]
    return len(sizes) > MAX_PARTS or max(sizes) > LONGEST_NAME or sum(sizes) > LONGEST_PATH


def _write_new(path: Path, text: str) -> None:
    """Writes a file that must not exist: file systems differ in which names they take for equal."""
    with path.open("x", encoding="utf-8", newline="") as file:
        file.write(text)


def _ann_lines(mentions: Iterable[Mention], labels: Mapping[str, str]) -> Iterator[str]:
    n_references = 0
    for number, mention in enumerate(mentions, start=1):
        spans = ";".join(f"{start} {end}" for start, end in mention.spans or [(mention.start, mention.end)])
        text = re.sub(r"[\r\n\t]", " ", mention.text)
        yield f"T{number}\tConcept {spans}\t{text}\n"
        name = " ".join((label_of(mention, labels) or text).split())
        for item in items_of(mention.parts):
            n_references += 1
            yield f"N{n_references}\tReference T{number} {item}\t{name}\n"
