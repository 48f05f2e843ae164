"""The WSD Evaluation Framework: `x.data.xml` with the words, and beside it `x.gold.key.txt` with their sense keys.

The format is that of Raganato et al. 2017, "Word Sense Disambiguation: A Unified Evaluation Framework". Both files may
be gzip-compressed. The gold keys may be missing: then the words are there to be answered.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

from hyplink.config import PartOfSpeech
from hyplink.corpus.document import Document, Mention
from hyplink.corpus.lines import decoded
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError

DATA_SUFFIXES = (".data.xml", ".data.xml.gz")
GOLD_SUFFIXES = (".gold.key.txt", ".gold.key.txt.gz")

PARTS_OF_SPEECH: Mapping[str, PartOfSpeech] = {"NOUN": "n", "VERB": "v", "ADJ": "a", "ADV": "r"}

MARKER_OF_HEAD = re.compile(r"\((?:a|p|ip)\)(?=:\d\d$)")
"""Where the head of a satellite adjective may stand (`some(a)`): some builds of WordNet have it in their sense keys."""

QUOTES = {"``": '"', "''": '"', "`": "'"}
JOINED_TO_THE_LEFT = re.compile(r"[,.;:?!)\]%]|''|'|'[a-z]{1,2}|n't", re.IGNORECASE)
JOINED_TO_THE_RIGHT = re.compile(r"[(\[$]|``|`")

Gold = dict[str, tuple[str, ...]]
"""The sense keys by the id of the instance."""


def stem_of(path: Path) -> str | None:
    """What stands before `.data.xml` or `.gold.key.txt` in a file's name; None for other files."""
    return next((path.name.removesuffix(s) for s in DATA_SUFFIXES + GOLD_SUFFIXES if path.name.endswith(s)), None)


def data_path(path: Path) -> Path:
    """The data file that a file of gold keys lies beside; any other path as it is."""
    return (_beside(path, DATA_SUFFIXES) or path) if path.name.endswith(GOLD_SUFFIXES) else path


def is_wsd(path: Path) -> bool:
    """Whether the name is that of the framework's data files."""
    return path.name.endswith(DATA_SUFFIXES)


def documents_of_wsd(path: Path, report: CorpusReport) -> Iterator[Document]:
    """The texts of a data file, one at a time, each named by the file and its own id (`semcor/br-a01`).

    The words are put together as prose, a line for each sentence; every instance is a mention with its id, lemma and
    part of speech. Keys of one instance are alternatives.

    Raises:
        InputError: a file is missing, damaged or malformed.
    """
    gold_path = _beside(path, GOLD_SUFFIXES)
    gold = _read_gold(gold_path) if gold_path else {}
    n_texts = 0
    try:
        with _opened(path) as stream:
            for _, element in iterparse(stream):
                if element.tag == "text":
                    n_texts += 1
                    yield _document(element, stem_of(path) or path.stem, gold)
                    element.clear()
    except ParseError as error:
        raise InputError.at(path, error.position[0], f"malformed XML ({error}); get the file again") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError.at(path, None, f"damaged gzip ({error}); get the file again") from None
    except OSError as error:
        raise InputError.at(path, None, f"cannot be read: {error.strerror or error}") from None
    if not n_texts:
        raise InputError.at(path, None, "no <text> in it; the framework's <corpus><text><sentence>… was expected")
    if gold:
        report.noticed["sense keys of instances that the data file does not hold, passed over"] += len(gold)


def write_answers(path: Path, answers: Iterable[tuple[str, str]]) -> None:
    """Writes (instance id, sense key) pairs as the framework's Scorer reads them."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for instance_id, key in answers:
            stream.write(f"{instance_id} {key}\n")


def _beside(path: Path, suffixes: Iterable[str]) -> Path | None:
    candidates = (path.with_name(f"{stem_of(path)}{suffix}") for suffix in suffixes)
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _read_gold(path: Path) -> Gold:
    gold: Gold = {}
    with _opened(path) as stream:
        for line in decoded(stream, str(path)):
            match line.content().split():
                case [instance_id, *keys] if keys:
                    gold[instance_id] = tuple(MARKER_OF_HEAD.sub("", key) for key in keys)
                case [] if not line.content():
                    continue
                case _:
                    raise line.error(f"expected an instance id and its sense keys, found {line.content()[:60]!r}")
    return gold


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _document(text: Element, stem: str, gold: Gold) -> Document:
    """The document of a text; the gold keys that it uses are taken out of `gold`."""
    pieces: list[str] = []
    mentions: list[Mention] = []
    at = 0
    for sentence in text.iter("sentence"):
        for space, word, element in _spaced(sentence):
            start, at = at + len(space), at + len(space) + len(word)
            pieces += [space, word]
            if element.tag == "instance":
                mentions.append(_mention(element, word, start, gold))
        pieces.append("\n")
        at += 1
    return Document(f"{stem}/{text.get('id', '')}", "".join(pieces), tuple(mentions))


def _spaced(sentence: Element) -> Iterator[tuple[str, str, Element]]:
    """The space before each word, the word as prose writes it, and its element."""
    joins = True
    for element in sentence:
        token = (element.text or "").strip()
        if token:
            yield "" if joins or JOINED_TO_THE_LEFT.fullmatch(token) else " ", QUOTES.get(token, token), element
            joins = JOINED_TO_THE_RIGHT.fullmatch(token) is not None


def _mention(instance: Element, word: str, start: int, gold: Gold) -> Mention:
    instance_id = instance.get("id", "")
    keys = gold.pop(instance_id, ())
    return Mention(
        start,
        start + len(word),
        word,
        (keys,) if keys else (),
        mention_id=instance_id,
        lemma=instance.get("lemma", "").replace("_", " ") or None,
        part_of_speech=PARTS_OF_SPEECH.get(instance.get("pos", "")),
    )
