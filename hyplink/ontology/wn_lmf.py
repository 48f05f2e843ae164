"""Reads WN-LMF, the format of the Global WordNet Association, used by Open English WordNet and many others."""

import shutil
import tempfile
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from hyplink.config import PartOfSpeech
from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Sense, Synonym
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.wordnet import FILES
from hyplink.reading.compressed import opened
from hyplink.reading.xml_entities import refuse_entities

PARTS_OF_SPEECH: Mapping[str, PartOfSpeech] = {"n": "n", "v": "v", "a": "a", "s": "a", "r": "r"}
HYPERNYMS = frozenset({"hypernym", "instance_hypernym"})
SENSE_KEYS_IN_IDS = "oewn"
"""The lexicon whose sense ids are sense keys, with escapes for characters that XML does not allow in ids."""

Senses = dict[str, list[tuple[str, Sense]]]
"""(word as written, sense) pairs by synset id."""


def is_wn_lmf(text: str) -> bool:
    """Whether a file is WN-LMF, by its first lines."""
    return "<LexicalResource" in text or "WN-LMF" in text


def read_wn_lmf(path: Path, parts_of_speech: Iterable[PartOfSpeech] = tuple(FILES)) -> Ontology:
    """The ontology of a WN-LMF file, with a concept for each synset of its lexicons.

    The names of a concept are its words, and the sense keys or sense ids of its senses are alternative ids. The parents
    are hypernyms and instance hypernyms.

    Args:
        path: the file, plain or gzip-compressed.
        parts_of_speech: n for nouns, v for verbs, a for adjectives, r for adverbs; other synsets are ignored.

    Raises:
        InputError: wn is not installed, or the file cannot be read or is not WN-LMF.
    """
    requested = frozenset(parts_of_speech)
    lexicons = _lexicons(path)
    try:
        concepts = [
            concept
            for lexicon in lexicons
            for concept in _concepts(lexicon, _senses(lexicon))
            if concept.part_of_speech in requested
        ]
        release = " and ".join(f"{lexicon['id']} {lexicon['version']}" for lexicon in lexicons)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _malformed(path, error) from None
    return Ontology(concepts, source=path.name, release=release)


def _lexicons(path: Path) -> list[dict[str, Any]]:
    try:
        import wn.lmf
    except ImportError:
        raise InputError.at(path, None, "WN-LMF is read with wn, which is missing: pip install wn") from None
    try:
        with opened(path) as stream:
            refuse_entities(path, stream)
        with tempfile.TemporaryDirectory() as folder:
            plain = path
            if path.suffix == ".gz":
                plain = Path(folder) / path.stem
                with opened(path) as packed, plain.open("wb") as file:
                    shutil.copyfileobj(packed, file)
            resource = wn.lmf.load(plain, progress_handler=None)
    except (OSError, EOFError, zlib.error) as error:
        raise InputError.at(path, None, f"cannot be read: {getattr(error, 'strerror', None) or error}") from None
    except (wn.lmf.LMFError, AssertionError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise _malformed(path, error) from None
    return cast(list[dict[str, Any]], resource["lexicons"])


def _malformed(path: Path, error: Exception) -> InputError:
    missing = f"no {error}" if isinstance(error, KeyError) else str(error) or type(error).__name__
    return InputError.at(path, None, f"not WN-LMF ({missing}); get the file again")


def _senses(lexicon: Mapping[str, Any]) -> Senses:
    senses: Senses = {}
    for entry in lexicon.get("entries", ()):
        word = entry["lemma"]["writtenForm"]
        for order, sense in enumerate(entry.get("senses", ()), start=1):
            count = sum(count["value"] for count in sense.get("counts", ()))
            found = Sense(_key(sense, lexicon["id"]), word.lower(), sense.get("n") or order, count)
            senses.setdefault(sense["synset"], []).append((word, found))
    return senses


def _key(sense: Mapping[str, Any], lexicon_id: str) -> str:
    """The sense key if there is one, otherwise the sense id."""
    if identifier := (sense.get("meta") or {}).get("identifier"):
        return str(identifier)
    if lexicon_id != SENSE_KEYS_IN_IDS:
        return str(sense["id"])
    from wn.compat.sensekey import unescape

    return unescape(sense["id"].removeprefix(f"{SENSE_KEYS_IN_IDS}-"))


def _concepts(lexicon: Mapping[str, Any], senses: Senses) -> Iterable[Concept]:
    for synset in lexicon.get("synsets", ()):
        its_senses = senses.get(synset["id"], [])
        names = list(dict.fromkeys(word for word, _ in its_senses)) or [synset["id"]]
        definitions = [each["text"] for each in synset.get("definitions", ()) if each["text"]]
        relations = synset.get("relations", ())
        yield Concept(
            synset["id"],
            label=names[0],
            synonyms=tuple(map(Synonym, names[1:])),
            definition="; ".join(definitions) or None,
            examples=tuple(each["text"] for each in synset.get("examples", ())),
            parents=tuple(each["target"] for each in relations if each["relType"] in HYPERNYMS),
            alternative_ids=tuple(sense.key for _, sense in its_senses),
            senses=tuple(sense for _, sense in its_senses),
            part_of_speech=PARTS_OF_SPEECH.get(synset.get("partOfSpeech", "")),
        )
