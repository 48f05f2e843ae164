"""Names and annotated mentions as examples for training and evaluation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from typing_extensions import TypedDict

from hyplink.corpus import Document
from hyplink.encoders import Encoder, Passage, passage_of
from hyplink.errors import RunError
from hyplink.gold import GoldResolver
from hyplink.mentions.abbreviations import NO_ABBREVIATIONS, Expansions, KnownAbbreviations
from hyplink.mentions.batch import MentionBatch
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.lexicon import Lexicon, WordUse, use_from_json, used_word
from hyplink.names.inflection import other_number
from hyplink.names.name_variants import known_names
from hyplink.ontology import Ontology
from hyplink.run import Progress, read_records
from hyplink.run.mode import Mode

BLOCK = 1024


@dataclass(frozen=True, slots=True)
class Example:
    """A name or an annotated mention, with its concepts.

    Attributes:
        text: its words as written.
        read_as: its words with the document's abbreviations expanded.
        gold: the right concepts, in parts. A part is a list of ids, any of which is right; a composite mention has
            several parts, all of which are needed. A part that resolves to no concept is empty; an unlabelled mention
            has no part.
        doc: id of the document; empty for a name.
        start: first character.
        end: character after the last.
        mention_id: the corpus's id of the mention; empty if it has none.
        use: the word of a lexicon that the mention uses; None for none.
        proposed: ids of the concepts that it was linked to before it was checked; None if that is unknown.
    """

    text: str
    read_as: str
    gold: tuple[tuple[str, ...], ...]
    doc: str = ""
    start: int = 0
    end: int = 0
    mention_id: str = ""
    use: WordUse | None = None
    proposed: tuple[str, ...] | None = None

    def as_json(self) -> dict[str, Any]:
        """The fields as JSON."""
        return asdict(self)

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> "Example":
        """The example that `as_json` gave."""
        gold = tuple(tuple(part) for part in fields["gold"])
        use = use_from_json(fields["use"]) if fields["use"] else None
        plain = {name: fields[name] for name in ("text", "read_as", "doc", "start", "end", "mention_id")}
        proposed = None if fields["proposed"] is None else tuple(fields["proposed"])
        return cls(**plain, gold=gold, use=use, proposed=proposed)


def read_examples(path: Path) -> dict[str, list[Example]]:
    """The examples of each split of a run's `mentions.jsonl`, in the order of their vectors.

    Raises:
        RunError: the file is missing or damaged.
    """
    splits: dict[str, list[Example]] = {"names": [], "train": [], "dev": [], "unlabelled": []}
    for row in read_records(_Row, path):
        splits[row["split"]].append(Example.from_json(row))
    return splits


def require_text(examples: Sequence[Example], path: Path) -> None:
    """Checks that mentions in documents have words, which exported models leave out.

    Raises:
        RunError: none has.
    """
    mentions = [each for each in examples if each.doc]
    if mentions and not any(each.text for each in mentions):
        raise RunError(f"{path}: the words of mentions were left out when the model was exported; use the original run")


class _Row(TypedDict):
    """A line of `mentions.jsonl`: the split, and the fields of an example."""

    split: Literal["names", "train", "dev", "unlabelled"]
    text: str
    read_as: str
    gold: tuple[tuple[str, ...], ...]
    doc: str
    start: int
    end: int
    mention_id: str
    use: WordUse | None
    proposed: tuple[str, ...] | None


def examples_of_names(ontology: Ontology) -> list[Example]:
    """Every name of every concept, and its form in the other grammatical number."""
    examples = {}
    for name, concept_id in known_names(ontology):
        for form in (name, other_number(name)):
            if form:
                examples[form, concept_id] = Example(form, form, ((concept_id,),))
    return list(examples.values())


def examples_of_document(
    document: Document,
    resolver: GoldResolver,
    lexicon: Lexicon | None = None,
    known: KnownAbbreviations = NO_ABBREVIATIONS,
) -> list[Example]:
    """The annotated mentions of a document, each with the concepts that its ids resolve to.

    Args:
        document: the document.
        resolver: resolves ids to concepts.
        lexicon: the words of the ontology; mentions of other parts of speech are left out.
        known: the abbreviations that the document may use without a definition.
    """
    expansions = Expansions.from_text(document.text, known)
    return [
        Example(
            mention.text,
            expansions.expanded(mention.text),
            tuple(tuple(sorted(part)) for part in resolver.resolve(mention).parts),
            document.doc_id,
            mention.start,
            mention.end,
            mention.mention_id,
            used_word(document, mention, lexicon) if lexicon else None,
            None if mention.proposed is None else tuple(sorted(resolver.concepts_in(mention.proposed))),
        )
        for mention in document.mentions or ()
        if not (lexicon and mention.part_of_speech) or mention.part_of_speech in lexicon.parts_of_speech
    ]


def examples_of_unlabelled(document: Document, detector: DictionaryDetector) -> list[Example]:
    """The mentions of a document without concepts: those of an annotated one, or the names found in plain text."""
    if document.mentions is not None:
        expansions = Expansions.from_text(document.text)
        return [
            Example(each.text, expansions.expanded(each.text), (), document.doc_id, each.start, each.end)
            for each in document.mentions
        ]
    return [
        Example(each.text, each.name_text, (), document.doc_id, each.start, each.end)
        for each in detector.detect(document.text)
    ]


def mode_of_examples(train: Sequence[Example], is_lexicon: bool) -> Mode:
    """The mode of a run, from its annotated mentions.

    Args:
        train: the training mentions.
        is_lexicon: whether the ontology is a lexicon.
    """
    documents = [each.doc for each in train if len(each.gold) == 1 and each.gold[0]]
    return Mode.decide(n_documents=len(set(documents)), n_mentions=len(documents), is_lexicon=is_lexicon)


def mention_batch(examples: Sequence[Example]) -> MentionBatch:
    """Examples whose vectors are known, ready for candidate generation."""
    return MentionBatch.from_given(
        [example.read_as for example in examples],
        [example.doc for example in examples],
        [example.use for example in examples],
    )


def encode_names(encoder: Encoder, names: Sequence[Example], progress: Progress) -> NDArray[np.float32]:
    """The vectors of names, float32 (n, blocks[0]): names have no context blocks.

    Args:
        encoder: the encoder.
        names: names alone.
        progress: advanced after each block.
    """
    return _encoded(encoder, (Passage(name.read_as) for name in names), (len(names), encoder.blocks[0]), progress)


def encode_examples(
    encoder: Encoder, examples: Sequence[Example], text_of: dict[str, str], progress: Progress
) -> NDArray[np.float32]:
    """The vectors (n, dim) of n examples.

    Args:
        encoder: the encoder.
        examples: names and mentions.
        text_of: the text of each document with an example, by id.
        progress: advanced after each block.
    """
    passages = (passage_of_example(each, text_of, encoder.window) for each in examples)
    return encode_passages(encoder, passages, len(examples), progress)


def encode_passages(
    encoder: Encoder, passages: Iterable[Passage], n_passages: int, progress: Progress
) -> NDArray[np.float32]:
    """The vectors (n, dim) of n passages, encoded a block at a time.

    Args:
        encoder: the encoder.
        passages: the passages to encode.
        n_passages: number of passages.
        progress: advanced after each block.
    """
    return _encoded(encoder, passages, (n_passages, encoder.dim), progress)


def _encoded(
    encoder: Encoder, passages: Iterable[Passage], shape: tuple[int, int], progress: Progress
) -> NDArray[np.float32]:
    vectors = np.zeros(shape, np.float32)
    remaining, done = iter(passages), 0
    while block := list(islice(remaining, BLOCK)):
        vectors[done : done + len(block)] = encoder.encode(block)[:, : shape[1]]
        done += len(block)
        progress.advance(len(block))
    return vectors


def passage_of_example(example: Example, text_of: dict[str, str], window: int) -> Passage:
    """The passage of an example: a name alone, or a mention with a window of words around it."""
    if not example.doc:
        return Passage(example.read_as)
    return passage_of(text_of[example.doc], example.start, example.end, example.read_as, window)


def texts_of(documents: Iterable[Document]) -> dict[str, str]:
    """The text of each document by its id."""
    return {document.doc_id: document.text for document in documents}
