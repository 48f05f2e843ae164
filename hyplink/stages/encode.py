"""The stage `encode`: vectors of names and mentions, indices of surface forms, and a trained mention detector."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

import numpy as np
import torch

from hyplink.candidates.decisions import corrections_of
from hyplink.candidates.examples import (
    Example,
    encode_examples,
    encode_names,
    encode_passages,
    examples_of_document,
    examples_of_names,
    examples_of_unlabelled,
    passage_of_example,
    read_examples,
)
from hyplink.candidates.surface_forms import Vectors
from hyplink.config import Config, EncodeSettings
from hyplink.corpus import Document
from hyplink.encoders import Encoder, FastTextEncoder, Passage, RecursiveEncoder, load_encoder
from hyplink.encoders.encoder import CachingEncoder
from hyplink.encoders.recursive_training import sample_segments, train_composer
from hyplink.encoders.training import default_epochs, train_vectors
from hyplink.encoders.vector_files import open_vectors, tokenised
from hyplink.errors import InputError
from hyplink.gold import GoldResolver
from hyplink.linking.index_bundle import INDEX_FOLDER, MODE, SPAN_DETECTOR_FOLDER, IndexBundle
from hyplink.mentions.abbreviations import ABBREVIATIONS, KnownAbbreviations, save_abbreviations
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned import SpanDetector, save_span_detector
from hyplink.mentions.learned.training import FOLDS, train_span_detector
from hyplink.mentions.lexicon import Lexicon, gloss_of
from hyplink.names.name_variants import known_names
from hyplink.ontology import Ontology, load_ontology
from hyplink.run import Reporter, Run, counted, seconds_in_words, write_json_lines
from hyplink.run.array_files import read_array
from hyplink.run.mode import MIN_DOCUMENTS, MIN_MENTIONS
from hyplink.run.tables import write_tables
from hyplink.stages.texts import Texts, decided_mode, plain_lines, report_gold, report_unknown_corrections
from hyplink.tuning.model import resolved_device
from hyplink.tuning.model_folder import CROSS_FIT, ENCODER, STUDENT_SUFFIX

WORDS_A_SECOND = 60_000
"""Approximate training speed of fastText on one core, for the estimate of the duration."""


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the encoder, the vectors of names, glosses and mentions, their examples, indices, mode and span detector.

    Raises:
        InputError: a text or a file of word vectors cannot be read.
    """
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    texts, tuned = Texts.read(run.config.data, reporter), _is_tuned(run.config)
    encoder = _encoder(run, ontology, texts.train, folder, reporter)
    splits = _write(ontology, texts, encoder, run.config, folder, reporter)
    if tuned and run.has("tune-encoder", CROSS_FIT):
        cross_fit = _tuned_encoder(run, CROSS_FIT)
        (folder / CROSS_FIT).mkdir()
        learned = {name: splits[name] for name in ("names", "train")}
        vectors = _encoded(learned, _glosses(ontology), texts, cross_fit, reporter)
        for name in vectors:
            np.save(folder / CROSS_FIT / f"{name}.npy", vectors[name], allow_pickle=False)


def _is_tuned(config: Config) -> bool:
    """Whether the encoder was tuned on the ontology's names."""
    return config.tune.encoder != "none"


def update(run: Run, former: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the same with the encoder of the former run, whose vectors are reused.

    Raises:
        InputError: a text cannot be read.
    """
    texts = Texts.read(run.config.data, reporter)
    encoder = CachingEncoder(load_encoder(former.path("encode"), follow_references=former.follow_references))
    before = read_examples(former.path("encode", "mentions.jsonl"))
    for split, examples in before.items():
        dim = encoder.blocks[0] if split == "names" else encoder.dim
        vectors = read_array(former.path("encode", f"{split}.npy"), np.float32, (len(examples), dim))
        passages = [passage_of_example(each, texts.text_of(split), encoder.window) for each in examples]
        encoder.add(passages, vectors)
    old = load_ontology(former.path("train-ontology", "ontology"))
    glosses = _glosses(old)
    path = former.path("encode", "glosses.npy")
    encoder.add(glosses, read_array(path, np.float32, (len(glosses), encoder.dim)))
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    _write(ontology, texts, encoder, run.config, folder, reporter)


def _write(
    ontology: Ontology, texts: Texts, encoder: Encoder, config: Config, folder: Path, reporter: Reporter
) -> dict[str, list[Example]]:
    """Writes what `build` does, and returns the examples of each split."""
    resolver, lexicon = GoldResolver(ontology), Lexicon.from_ontology(ontology)
    train = [each for document in texts.decided for each in examples_of_document(document, resolver, lexicon)]
    known = _abbreviations(ontology, train, texts, config, reporter)
    save_abbreviations(known, folder / ABBREVIATIONS)
    detector = DictionaryDetector.from_ontology(ontology, abbreviations=known)
    splits = {
        "names": examples_of_names(ontology),
        "train": train,
        "dev": [each for document in texts.dev for each in examples_of_document(document, resolver, lexicon, known)],
        "unlabelled": _unlabelled_examples(texts.unlabelled, detector, reporter),
    }
    for split in ("train", "dev"):
        report_gold(split, splits[split], reporter)
    report_unknown_corrections(texts.train, resolver, reporter)
    encoder.save(folder)
    mode = replace(decided_mode(splits["train"], bool(lexicon), reporter), tuned_encoder=_is_tuned(config))
    mode.write(folder / MODE)
    corrections = corrections_of(ontology, splits["train"], mode)
    # Every word of a lexicon is a mention: there is nothing to learn.
    documents = [] if mode.names_only or mode.is_lexicon else texts.reviewed
    span_detector = _span_detector(documents, resolver, detector, encoder, reporter)
    save_span_detector(span_detector, folder / SPAN_DETECTOR_FOLDER)
    vectors = _encoded(splits, _glosses(ontology), texts, encoder, reporter)
    vectors = {name: _saved(each, folder / f"{name}.npy") for name, each in vectors.items()}
    np.save(folder / "topics.npy", _topics(splits["train"], texts, encoder), allow_pickle=False)
    rows = ({"split": split, **example.as_json()} for split, examples in splits.items() for example in examples)
    write_json_lines(folder / "mentions.jsonl", rows)
    names = DictionaryDetector.from_ontology(ontology, corrections, known) if corrections.names else detector
    indices = IndexBundle.from_examples(ontology, names, splits, vectors, encoder, corrections)
    write_tables(indices, folder / INDEX_FOLDER)
    return splits


def _abbreviations(
    ontology: Ontology, train: Sequence[Example], texts: Texts, config: Config, reporter: Reporter
) -> KnownAbbreviations:
    """The abbreviations of names that the texts define, without those whose meaning annotators decided."""
    own = (text for concept in ontology.concepts.values() for text in (*concept.names(), concept.definition or ""))
    documents = (document.text for document in (*texts.train, *texts.unlabelled))
    lines = chain(documents, plain_lines(config.data))
    known = KnownAbbreviations.from_texts(own, lines, known_names(ontology), {each.text for each in train})
    if known.long_of:
        reporter.line(
            f"encode: the ontology and the texts define {counted(len(known.long_of), 'abbreviation')} of names"
        )
    return known


def _encoded(
    splits: Mapping[str, Sequence[Example]],
    glosses: Sequence[Passage],
    texts: Texts,
    encoder: Encoder,
    reporter: Reporter,
) -> dict[str, Vectors]:
    """The vectors of each split, and of the glosses."""
    with reporter.progress("encoding", len(glosses) + sum(map(len, splits.values()))) as progress:
        names = encode_names(encoder, splits["names"], progress)
        mentions = {
            split: encode_examples(encoder, examples, texts.text_of(split), progress)
            for split, examples in splits.items()
            if split != "names"
        }
        return {"names": names, **mentions, "glosses": encode_passages(encoder, glosses, len(glosses), progress)}


def _saved(vectors: Vectors, path: Path) -> Vectors:
    """The vectors, which may take gigabytes, mapped to the file that they are saved to."""
    np.save(path, vectors, allow_pickle=False)
    mapped: Vectors = np.load(path, mmap_mode="r", allow_pickle=False)
    return mapped


def _topics(train: Sequence[Example], texts: Texts, encoder: Encoder) -> Vectors:
    """The topic vectors (n_documents, t) of the training documents, in the order of their first mentions."""
    text_of = texts.text_of("train")
    return encoder.topics([text_of[document] for document in dict.fromkeys(each.doc for each in train)])


def _glosses(ontology: Ontology) -> list[Passage]:
    """The gloss of each concept of a lexicon; none for other ontologies."""
    return [gloss_of(concept) for concept in ontology.concepts.values()] if Lexicon.from_ontology(ontology) else []


def _unlabelled_examples(
    documents: Sequence[Document], detector: DictionaryDetector, reporter: Reporter
) -> list[Example]:
    """The mentions of text without concept ids.

    Raises:
        InputError: there is text, but no mention in it.
    """
    if not documents:
        return []
    examples = [example for document in documents for example in examples_of_unlabelled(document, detector)]
    if not examples:
        raise InputError(
            f"data.unlabelled: none of the ontology's names occurs in its {counted(len(documents), 'document')}; "
            "give text that mentions concepts of the ontology, or leave it out"
        )
    reporter.line(f"unlabelled: {counted(len(examples), 'mention')} to learn from")
    return examples


def _span_detector(
    train: Sequence[Document],
    resolver: GoldResolver,
    detector: DictionaryDetector,
    encoder: Encoder,
    reporter: Reporter,
) -> SpanDetector | None:
    """The span detector trained on annotated documents; None without any, or if their texts are the mentions alone."""
    if not train:
        return None
    with reporter.progress("training mention detection", FOLDS + 1) as progress:
        span_detector = train_span_detector(train, resolver, detector, encoder, progress)
    if span_detector is None:
        reporter.line(
            "encode: mentions in plain text are detected by their names alone; to train detection takes "
            f"{MIN_DOCUMENTS} annotated running texts with {MIN_MENTIONS} mentions"
        )
    return span_detector


def _encoder(run: Run, ontology: Ontology, train: Sequence[Document], folder: Path, reporter: Reporter) -> Encoder:
    config = run.config
    if _is_tuned(run.config):
        return _tuned_encoder(run, ENCODER)
    if config.encode.encoder == "transformer":
        return _transformer(config.encode)
    words = _word_encoder(config, ontology, train, folder, reporter)
    settings = config.encode
    if settings.encoder == "fasttext":
        return words
    torch.set_num_threads(settings.threads)
    segments = sample_segments(words, _lines(config, ontology, train))
    with reporter.progress("training the recursive encoder", len(segments)) as progress:
        research = config.research
        composer = train_composer(words, segments, research.merge, progress, research.merge_error)
    return RecursiveEncoder(words, composer, config.research.merge)


def _word_encoder(
    config: Config, ontology: Ontology, train: Sequence[Document], folder: Path, reporter: Reporter
) -> FastTextEncoder:
    settings = config.encode
    if settings.vectors is not None:
        reference = settings.vectors if settings.by_reference else None
        return FastTextEncoder(open_vectors(settings.vectors), settings.window, reference)
    corpus = folder / "corpus.txt"
    n_words = _write_corpus(_lines(config, ontology, train), corpus)
    epochs = settings.epochs or default_epochs(n_words)
    seconds = n_words * epochs / WORDS_A_SECOND / settings.threads
    reporter.line(
        f"encode: training fastText vectors on {counted(n_words, 'word')}, {counted(epochs, 'epoch')}, "
        f"about {seconds_in_words(seconds)}"
    )
    model = folder / "fasttext.bin"
    vectors = train_vectors(corpus, model, settings.dim, epochs, settings.threads)
    corpus.unlink()
    model.unlink()  # its rows stay mapped
    return FastTextEncoder(vectors, settings.window)


def _tuned_encoder(run: Run, name: str) -> Encoder:
    """The transformer in a folder of the stage tune-encoder, or its static student."""
    settings = run.config.encode
    if settings.encoder == "static":
        from hyplink.encoders.static import StaticEncoder

        return StaticEncoder(run.path("tune-encoder", f"{name}{STUDENT_SUFFIX}"), settings.window)
    from hyplink.encoders.transformer import TransformerEncoder

    folder, device = run.path("tune-encoder", name), resolved_device(settings.device)
    return TransformerEncoder(folder, settings.window, by_reference=False, device=device)


def _transformer(settings: EncodeSettings) -> Encoder:
    if (settings.model is None) == (settings.hub_model is None):
        raise InputError(
            "encode.encoder transformer needs one model; set encode.model to the folder of one, or encode.hub_model to "
            "the id of one on Hugging Face's hub"
        )
    from hyplink.encoders.transformer import TransformerEncoder, folder_of_hub_model

    folder = settings.model or folder_of_hub_model(settings.hub_model or "", settings.allow_download)
    return TransformerEncoder(folder, settings.window, settings.by_reference, resolved_device(settings.device))


def _lines(config: Config, ontology: Ontology, train: Iterable[Document]) -> Iterator[str]:
    """The training text of word vectors: names and definitions, training documents, the user's plain texts."""
    for concept in ontology.concepts.values():
        yield from concept.names()
        yield concept.definition or ""
    for document in train:
        yield from document.text.splitlines()
    yield from plain_lines(config.data)


def _write_corpus(lines: Iterable[str], path: Path) -> int:
    """Writes tokenised lines and returns the number of words."""
    n_words = 0
    with path.open("w", encoding="utf-8") as file:
        for line in lines:
            if words := tokenised(line):
                n_words += words.count(" ") + 1
                file.write(words + "\n")
    return n_words
