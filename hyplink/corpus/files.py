"""Finds the input files that the user's paths name, and detects their formats."""

import glob
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hyplink.config import InputFormat
from hyplink.corpus.formats import archives
from hyplink.corpus.formats.brat import annotations_path, is_brat_pair
from hyplink.corpus.formats.mentions import delimiter_of, is_table_of_mentions
from hyplink.corpus.formats.pubmed import ROOT as PUBMED_ROOT
from hyplink.corpus.formats.pubtator import TEXT_LINE
from hyplink.corpus.formats.wsd import DATA_SUFFIXES, GOLD_SUFFIXES, data_path, stem_of
from hyplink.corpus.lines import Line, read_lines
from hyplink.corpus.remote import PATTERN, addresses_of, is_address, size_of
from hyplink.errors import InputError
from hyplink.reading import compressed
from hyplink.reading.compressed import uncompressed_name
from hyplink.reading.sheets import SHEETS, sheet_rows
from hyplink.reading.surrogates import readable_name

STDIN = Path("-")

SUFFIXES: dict[str, frozenset[str]] = {
    "pubtator": frozenset({".pubtator", ".txt"}),
    "brat": frozenset({".ann", ".txt"}),
    "bioc": frozenset({".xml", ".json"}),
    "jsonl": frozenset({".jsonl", ".ndjson"}),
    "docbin": frozenset({".spacy"}),
    "mentions": frozenset({".tsv", ".csv", *SHEETS}),
    "wsd": frozenset(DATA_SUFFIXES + GOLD_SUFFIXES),
    "pubmed": frozenset({".xml"}),
    "text": frozenset({".txt", ".text"}),
}

_IN_FOLDERS = frozenset().union(*SUFFIXES.values()) - SUFFIXES["mentions"]  # a table in a folder is rarely a corpus

_COMPRESSED_TEXT = frozenset({"pubtator", "bioc", "jsonl", "pubmed", "text"})
"""Formats whose files may be compressed or in an archive."""

_PUBMED = re.compile(rf"\s*<(!DOCTYPE {PUBMED_ROOT}|{PUBMED_ROOT})\b")
_XML_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*\?>\s*")
_BIOC_XML = re.compile(r"\s*<(\?xml|!DOCTYPE collection|collection)\b")
_BIOC_KEYS = "bioctype|source|date|key|version|infons|documents|passages|_?id|PubTator3"
_BIOC_JSON = re.compile(rf'\s*+(\[\s*+)?(\{{\s*+("({_BIOC_KEYS})"\s*+:.*)?)?', re.DOTALL)


@dataclass(frozen=True, slots=True)
class InputFile:
    """An input: a file, the `.txt` file of a BRAT pair, or standard input (path `-`).

    Attributes:
        path: the path of the file.
        doc_id: the document's id in formats without ids of their own (BRAT and plain text).
        in_folder: whether it was found in a folder, and not named by the user.
        address: where it is if it is not a file of this machine, such as `s3://bucket/texts.jsonl`.
    """

    path: Path
    doc_id: str
    in_folder: bool = False
    address: str | None = None

    @property
    def name(self) -> str:
        """The address or the path."""
        return self.address or str(self.path)

    def size(self) -> int:
        """The number of bytes; -1 for standard input, what is no file, and where a server does not tell.

        Raises:
            InputError: the file of an address cannot be read.
        """
        if self.address:
            return size_of(self.address)
        return self.path.stat().st_size if self.path.is_file() else -1

    def files(self) -> list[Path]:
        """The files that may be read for this input: its own, and the annotations or gold keys beside it."""
        stem = stem_of(self.path)
        gold = [] if stem is None else [self.path.with_name(f"{stem}{suffix}") for suffix in GOLD_SUFFIXES]
        return [self.path, *([] if self.path == STDIN else [annotations_path(self.path)]), *gold]


def input_files(paths: Sequence[Path | str], input_format: InputFormat = "auto") -> list[InputFile]:
    """The input files that paths name, in order. Folders are searched recursively, by suffix. No file is opened.

    A `.ann` and a `.txt` file of one BRAT pair are one input, and so are a `.data.xml` file and its `.gold.key.txt`.
    The id of a file is its stem or, in a folder, its path below the folder. Files whose ids would be equal have their
    whole paths as ids. A path that does not exist is kept, and reading it raises an error.

    An address with a protocol, such as `s3://bucket/texts/`, is a file, a folder, or a pattern with `*`; so is a path.

    Raises:
        InputError: a folder contains no file of the format, or an address cannot be read.
    """
    given_paths = dict.fromkeys(each if is_address(each) else Path(each) for each in paths)
    named: dict[Path, tuple[str, str | None]] = {}
    for given in given_paths:
        if isinstance(given, str):
            named |= {
                Path(each): (uncompressed_name(Path(each)).stem, each) for each in _addresses(given, input_format)
            }
        else:
            named |= {path: (readable_name(name), None) for path, name in _named_files(given, input_format)}
    n_with_name = Counter(name for name, _ in named.values())
    return [
        InputFile(
            path,
            name if n_with_name[name] == 1 else readable_name(address or path.as_posix()),
            in_folder=(address or path) not in given_paths,
            address=address,
        )
        for path, (name, address) in named.items()
    ]


def _addresses(given: str, input_format: InputFormat) -> list[str]:
    return addresses_of(given, endings_of(input_format))


def _named_files(given: Path, input_format: InputFormat) -> Iterable[tuple[Path, str]]:
    if given == STDIN:
        return [(given, "stdin")]
    if not given.is_dir():
        paths = (_main_file(path, input_format) for path in _matching(given))
        return [(path, uncompressed_name(path).stem) for path in paths]
    endings = endings_of(input_format)
    named = (path for path in given.rglob("*") if path.name.lower().endswith(endings))
    found = sorted(path for path in named if not _is_hidden(path.relative_to(given)) and path.is_file())
    if not found:
        expected = ", ".join(sorted(_IN_FOLDERS if input_format == "auto" else SUFFIXES[input_format]))
        if endings_of(input_format, in_archive=True):
            expected += f", compressed ({', '.join(sorted(compressed.SUFFIXES))}) or not, or is a tar archive"
        raise InputError.at(given, None, f"no file in this folder ends in {expected}; name the files themselves")
    main_files = dict.fromkeys(_main_file(path, input_format) for path in found)
    return [(path, uncompressed_name(path.relative_to(given)).with_suffix("").as_posix()) for path in main_files]


def _matching(given: Path) -> list[Path]:
    """The files that match a pattern (`*`, `**`, `?`, `[…]`); a path that exists or matches nothing, itself."""
    if given.exists() or not PATTERN & set(str(given)):
        return [given]
    found = glob.glob(str(given), recursive=True)  # noqa: PTH207 - that of Path does not pass over hidden files
    return sorted(path for path in map(Path, found) if path.is_file()) or [given]


def endings_of(input_format: InputFormat, *, in_archive: bool = False) -> tuple[str, ...]:
    """What the names of a format's files in a folder or an archive end with, in lower case."""
    plain = _IN_FOLDERS if input_format == "auto" else SUFFIXES[input_format]
    formats = _COMPRESSED_TEXT if input_format == "auto" else _COMPRESSED_TEXT & {input_format}
    text = frozenset[str]().union(*(SUFFIXES[each] for each in formats))
    packed = {f"{suffix}{packing}" for suffix in text for packing in compressed.SUFFIXES}
    if in_archive:
        return tuple(sorted(text | packed))
    return tuple(sorted(plain | packed | (set(archives.SUFFIXES) if text else set())))


def _is_hidden(path: Path) -> bool:
    """Whether a path below a folder is hidden, or metadata that macOS writes to archives."""
    return any(part.startswith(".") or part == "__MACOSX" for part in path.parts)


def _main_file(path: Path, input_format: InputFormat) -> Path:
    """The `.txt` file of a BRAT pair for its `.ann`, the `.data.xml` for its gold keys; any other path unchanged."""
    if path.suffix.lower() == ".ann" and input_format in ("auto", "brat"):
        return path.with_suffix(".TXT" if path.suffix.isupper() else ".txt")
    return data_path(path) if input_format in ("auto", "wsd") else path


def is_corpus(path: Path, sheet: str | None = None) -> bool:
    """Whether a file is annotated text by its name, a BRAT file beside it, or the header of its table.

    Args:
        path: the file.
        sheet: the name of the sheet of a workbook; None for the first one.

    Raises:
        InputError: its table cannot be read.
    """
    suffix = uncompressed_name(path).suffix.lower()
    if suffix in SHEETS:
        return is_table_of_mentions(next(sheet_rows(path, sheet), (0, ()))[1])
    if suffix in SUFFIXES["mentions"]:
        first = next(read_lines(path), None)
        return first is not None and delimiter_of(first.content()) is not None
    return suffix in {".pubtator", ".ann"} | SUFFIXES["jsonl"] | SUFFIXES["docbin"] or is_brat_pair(path)


def format_of(path: Path, first: Line, second: Line | None = None) -> InputFormat:
    """The format of a text file that is not part of a BRAT pair, by its name and its first lines that are not blank.

    Raises:
        InputError: their format cannot be detected.
    """
    content, suffix = first.content(), uncompressed_name(path).suffix.lower()
    element = _XML_DECLARATION.sub("", content) or (second.content() if second else "")
    if _PUBMED.match(element):
        return "pubmed"
    if _BIOC_XML.match(content) or (suffix not in SUFFIXES["jsonl"] and _BIOC_JSON.fullmatch(content)):
        return "bioc"
    if suffix in SUFFIXES["jsonl"] or re.match(r'\s*\{\s*"', content):
        return "jsonl"
    if suffix == ".pubtator" or TEXT_LINE.fullmatch(content):
        return "pubtator"
    if suffix in SUFFIXES["mentions"] and delimiter_of(content):
        return "mentions"
    if path == STDIN or suffix in SUFFIXES["text"] | {"", ".md"}:
        return "text"
    known = ", ".join(SUFFIXES)
    raise first.error(
        f"cannot tell the format of a {suffix} file that begins {content[:40]!r}; give one with "
        f"--input-format, or data.input_format to train: {known} (a table needs a column 'mention', "
        "or --text-column, the heading of its texts)",
    )
