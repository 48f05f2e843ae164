"""The WSD Evaluation Framework: `x.data.xml` with the text, and beside it `x.gold.key.txt` with the gold sense keys.

The format is that of Raganato et al. 2017, "Word Sense Disambiguation: A Unified Evaluation Framework". Both files may
be gzip-compressed. Without gold keys, the mentions have no concepts.
"""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

from hyplink.config import PartOfSpeech
from hyplink.corpus.document import Document, Mention
from hyplink.corpus.lines import decode_lines
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError
from hyplink.reading.compressed import opened
from hyplink.reading.xml_entities import refuse_entities

DATA_SUFFIXES = (".data.xml", ".data.xml.gz")
GOLD_SUFFIXES = (".gold.key.txt", ".gold.key.txt.gz")

PARTS_OF_SPEECH: Mapping[str, PartOfSpeech] = {"NOUN": "n", "VERB": "v", "ADJ": "a", "ADV": "r"}

ADJECTIVE_MARKER = re.compile(r"\((?:a|p|ip)\)(?=:\d\d$)")
"""The syntactic marker of an adjective, as in `some(a)`, which some builds of WordNet include in their sense keys."""

QUOTES = {"``": '"', "''": '"', "`": "'"}
NO_SPACE_BEFORE = re.compile(r"[,.;:?!)\]%]|''|'|'[a-z]{1,2}|n't", re.IGNORECASE)
NO_SPACE_AFTER = re.compile(r"[(\[$]|``|`")

Gold = dict[str, tuple[str, ...]]
"""Sense keys by instance id."""


def stem_of(path: Path) -> str | None:
    """The file name without `.data.xml` or `.gold.key.txt`; None for other files."""
    return next((path.name.removesuffix(s) for s in DATA_SUFFIXES + GOLD_SUFFIXES if path.name.endswith(s)), None)


def data_path(path: Path) -> Path:
    """The data file beside a file of gold keys; any other path unchanged."""
    return (_companion(path, DATA_SUFFIXES) or path) if path.name.endswith(GOLD_SUFFIXES) else path


def is_wsd(path: Path) -> bool:
    """Whether a file is a data file of the framework, by its name."""
    return path.name.endswith(DATA_SUFFIXES)


def documents_of_wsd(path: Path, report: CorpusReport) -> Iterator[Document]:
    """The texts of a data file, one at a time, with ids made of the file name and their own id (`semcor/br-a01`).

    The tokens are joined to prose, one line for each sentence. Every instance is a mention with its id, lemma and part
    of speech. Several keys of one instance are alternatives.

    Raises:
        InputError: a file is missing, damaged or malformed.
    """
    gold_path = _companion(path, GOLD_SUFFIXES)
    gold: Gold = {}
    if gold_path:
        with _errors_explained(gold_path):
            gold = _read_gold(gold_path)
    n_texts = 0
    with _errors_explained(path):
        with opened(path) as stream:
            refuse_entities(path, stream)
        with opened(path) as stream:
            for _, element in iterparse(stream):
                if element.tag == "text":
                    n_texts += 1
                    yield _document(element, stem_of(path) or path.stem, gold)
                    element.clear()
    if not n_texts:
        raise InputError.at(path, None, "contains no <text>; expected <corpus><text><sentence>…")
    if gold:
        report.notices["sense keys of instances that are not in the data file, ignored"] += len(gold)


@contextmanager
def _errors_explained(path: Path) -> Iterator[None]:
    """Turns errors of reading a file into an `InputError` that names it."""
    try:
        yield
    except ParseError as error:
        raise InputError.at(path, error.position[0], f"malformed XML ({error}); get the file again") from None
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError.at(path, None, f"damaged gzip ({error}); get the file again") from None
    except OSError as error:
        raise InputError.at(path, None, f"cannot be read: {error.strerror or error}") from None
    except (LookupError, ValueError) as error:  # an encoding that is unknown, or has several bytes a character
        raise InputError.at(path, None, f"cannot be read: {error}; save the file in UTF-8") from None


def write_answers(path: Path, answers: Iterable[tuple[str, str]]) -> None:
    """Writes (instance id, sense key) pairs in the format of the framework's scorer."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for instance_id, key in answers:
            stream.write(f"{instance_id} {key}\n")


def _companion(path: Path, suffixes: Iterable[str]) -> Path | None:
    """The file with the same stem and one of the suffixes, if it exists."""
    candidates = (path.with_name(f"{stem_of(path)}{suffix}") for suffix in suffixes)
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _read_gold(path: Path) -> Gold:
    gold: Gold = {}
    with opened(path) as stream:
        for line in decode_lines(stream, str(path)):
            match line.content().split():
                case [instance_id, *keys] if keys:
                    gold[instance_id] = tuple(ADJECTIVE_MARKER.sub("", key) for key in keys)
                case [] if not line.content():
                    continue
                case _:
                    raise line.error(f"expected an instance id and its sense keys, found {line.content()[:60]!r}")
    return gold


def _document(text: Element, stem: str, gold: Gold) -> Document:
    """The document of a text; its gold keys are removed from `gold`."""
    strings: list[str] = []
    mentions: list[Mention] = []
    offset = 0
    for sentence in text.iter("sentence"):
        for space, word, element in _spaced(sentence):
            start = offset + len(space)
            offset = start + len(word)
            strings += [space, word]
            if element.tag == "instance":
                mentions.append(_mention(element, word, start, gold))
        strings.append("\n")
        offset += 1
    return Document(f"{stem}/{text.get('id', '')}", "".join(strings), tuple(mentions))


def _spaced(sentence: Element) -> Iterator[tuple[str, str, Element]]:
    """(space before the word, the word as in prose, its element) for each token of a sentence."""
    no_space = True
    for element in sentence:
        token = (element.text or "").strip()
        if token:
            yield "" if no_space or NO_SPACE_BEFORE.fullmatch(token) else " ", QUOTES.get(token, token), element
            no_space = NO_SPACE_AFTER.fullmatch(token) is not None


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
