"""The files that the user's paths stand for, each with a name and a format."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hyplink.config import InputFormat
from hyplink.corpus.brat import is_brat_pair
from hyplink.corpus.lines import Line, lines_of
from hyplink.corpus.mentions import delimiter_of
from hyplink.corpus.pubtator import TEXT_LINE
from hyplink.corpus.wsd import DATA_SUFFIXES, GOLD_SUFFIXES, data_path
from hyplink.errors import InputError

STDIN = Path("-")

SUFFIXES: dict[str, frozenset[str]] = {
    "pubtator": frozenset({".pubtator", ".txt"}),
    "brat": frozenset({".ann", ".txt"}),
    "bioc": frozenset({".xml", ".json"}),
    "jsonl": frozenset({".jsonl", ".ndjson"}),
    "docbin": frozenset({".spacy"}),
    "mentions": frozenset({".tsv", ".csv"}),
    "wsd": frozenset(DATA_SUFFIXES + GOLD_SUFFIXES),
    "text": frozenset({".txt", ".text"}),
}

_IN_FOLDERS = frozenset().union(*SUFFIXES.values()) - SUFFIXES["mentions"]  # a table beside texts is rarely one of them

_BIOC_XML = re.compile(r"\s*<(\?xml|!DOCTYPE collection|collection)\b")
_BIOC_JSON = re.compile(r'\s*\{\s*("(bioctype|source|date|key|version|infons|documents|passages|id)"\s*:.*)?\s*')


@dataclass(frozen=True, slots=True)
class InputFile:
    """One thing to read: a file, the `.txt` of a BRAT pair, or standard input (path `-`).

    Attributes:
        path: where it lies.
        doc_id: the document's name where the format has none of its own (BRAT and plain text).
    """

    path: Path
    doc_id: str


def input_files(paths: Sequence[Path | str], input_format: InputFormat = "auto") -> list[InputFile]:
    """The files of `paths` in order: files as named, folders searched through by name. Nothing is opened.

    A `.ann` and a `.txt` of one BRAT pair are one file; so are a `.data.xml` and its `.gold.key.txt`. A file is named
    by its stem; in a folder, by the path below that folder. Where two would share a name, each is named by its whole
    path instead. A path that does not exist is kept: reading it says so.

    Raises:
        InputError: a folder holds no file of the format.
    """
    named = {path: name for given in map(Path, paths) for path, name in _named_files(given, input_format)}
    sharing = Counter(named.values())
    return [InputFile(path, name if sharing[name] == 1 else path.as_posix()) for path, name in named.items()]


def _named_files(given: Path, input_format: InputFormat) -> Iterable[tuple[Path, str]]:
    if given == STDIN:
        return [(given, "stdin")]
    if not given.is_dir():
        path = _first_of_pair(given, input_format)
        return [(path, path.stem)]
    wanted = _IN_FOLDERS if input_format == "auto" else SUFFIXES[input_format]
    endings = tuple(wanted)
    found = sorted(path for path in given.rglob("*") if path.name.lower().endswith(endings) and path.is_file())
    if not found:
        raise InputError.at(given, None, f"no file here ends in {', '.join(sorted(wanted))}; name the files themselves")
    pairs = dict.fromkeys(_first_of_pair(path, input_format) for path in found)
    return [(path, path.relative_to(given).with_suffix("").as_posix()) for path in pairs]


def _first_of_pair(path: Path, input_format: InputFormat) -> Path:
    """The `.txt` of a BRAT pair for its `.ann`, the `.data.xml` for its gold keys; any other path as it is."""
    if path.suffix == ".ann" and input_format in ("auto", "brat"):
        return path.with_suffix(".txt")
    return data_path(path) if input_format in ("auto", "wsd") else path


def is_corpus(path: Path) -> bool:
    """Whether the name of a file, what lies beside it, or the heading of its table says that it holds mentions."""
    suffix = path.suffix.lower()
    if suffix in SUFFIXES["mentions"]:
        first = next(lines_of(path), None)
        return first is not None and delimiter_of(first.content()) is not None
    return suffix in {".pubtator", ".ann"} | SUFFIXES["jsonl"] | SUFFIXES["docbin"] or is_brat_pair(path)


def format_of(path: Path, first: Line) -> InputFormat:
    """The format that a text file, none of a BRAT pair, has by its name and its first line that is not blank.

    Raises:
        InputError: neither the name nor the line tells.
    """
    content = first.content()
    if _BIOC_XML.match(content) or (path.suffix not in SUFFIXES["jsonl"] and _BIOC_JSON.fullmatch(content)):
        return "bioc"
    if path.suffix in SUFFIXES["jsonl"] or re.match(r'\s*\{\s*"', content):
        return "jsonl"
    if path.suffix == ".pubtator" or TEXT_LINE.fullmatch(content):
        return "pubtator"
    if path.suffix in SUFFIXES["mentions"] and delimiter_of(content):
        return "mentions"
    if path == STDIN or path.suffix in SUFFIXES["text"] | {"", ".md"}:
        return "text"
    known = ", ".join(SUFFIXES)
    raise first.error(
        f"cannot tell the format of a {path.suffix} file that begins {content[:40]!r}; give --input-format "
        f"{known} (a table needs a column headed 'mention')",
    )
