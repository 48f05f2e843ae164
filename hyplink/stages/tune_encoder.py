"""The stage `tune-encoder`: trains a transformer on names and mentions, end to end with the points of the concepts."""

import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch

from hyplink.candidates.examples import (
    Example,
    examples_of_document,
    examples_of_names,
    mode_of_examples,
    passage_of_example,
    texts_of,
)
from hyplink.candidates.gold_groups import target_concepts
from hyplink.config import TuneSettings
from hyplink.corpus import CorpusReport, Document, read_documents
from hyplink.encoders import Passage
from hyplink.errors import InputError
from hyplink.gold import GoldResolver
from hyplink.mentions.lexicon import Lexicon, gloss_of
from hyplink.names.name_variants import known_names
from hyplink.ontology import Ontology, load_ontology
from hyplink.ontology.changes import previous_ids
from hyplink.poincare.points import read_points
from hyplink.ranking.cross_fitting import HeldOutSplit, held_out_splits, write_splits
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.spaces import PoincareSpace
from hyplink.run import Reporter, Run, counted, seconds_in_words, write_json_lines
from hyplink.tuning import TunedModel, TuneRecord, TuningExamples, tune_encoder
from hyplink.tuning.distillation import distil_model
from hyplink.tuning.examples import Labelled
from hyplink.tuning.model import resolved_device
from hyplink.tuning.model_folder import (
    CROSS_FIT,
    ENCODER,
    SPLITS,
    STUDENT_SUFFIX,
    write_model_folder,
)

CHECKPOINTS = "checkpoints"

UNITS = 10_000
"""The progress bar counts ten-thousandths, because the phases have steps of different numbers."""


def build(run: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the tuned transformer, its points, the history of tuning and what the ranker is trained with.

    Raises:
        InputError: a text or the model cannot be read, or a lexicon's model is to be distilled.
    """
    settings = run.config.tune_settings
    torch.set_num_threads(settings.threads)
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    lexicon = Lexicon.from_ontology(ontology)
    if settings.distil and lexicon:
        raise InputError(
            "tune.distil: a static model does not read the context, which tells the senses of a word apart; set it to "
            "false for a lexicon"
        )
    documents = _documents(run, reporter)
    examples, splits = _examples_and_splits(run, ontology, lexicon, documents)
    tuned = _tuning_examples(ontology, lexicon, examples, splits, documents, settings.window)
    model = TunedModel(_model_of(settings), settings.window, resolved_device(settings.device))
    n_held = int(tuned.held_out.sum())
    n_mentions = counted(len(tuned) - tuned.n_names, "mention")
    what = "definition" if lexicon else "distinct name"
    reporter.line(
        f"tune-encoder: {counted(tuned.n_names, what)} and {n_mentions} in context, "
        f"{n_held:,} of them held out at first to train the ranker on, {counted(settings.epochs, 'epoch')} on "
        f"{model.device}"
    )
    write_splits(splits, folder / SPLITS)
    targets, dim = HierarchyTargets.from_ontology(ontology), run.config.train_ontology.dim
    records = tune_encoder(settings, model, tuned, targets, dim, folder / CHECKPOINTS)
    for record in _reported(records, reporter):
        if record.ends_phase and record.phase == 0 and n_held:
            _write_model(model, tuned, settings.distil, folder / CROSS_FIT)
    _write_model(model, tuned, settings.distil, folder / ENCODER)
    write_json_lines(folder / "history.jsonl", [each._asdict() for each in record.history])
    if isinstance(model.space, PoincareSpace):
        np.save(folder / "points.npy", model.space.concept_points(), allow_pickle=False)
    shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)  # a short tuning has written none


def update(run: Run, former: Run, folder: Path, reporter: Reporter) -> None:
    """Writes the transformer of the former run, which encodes the new names as well, and its points.

    New concepts are at the centre of the ball: `fit` places them by their names.
    """
    for name in (ENCODER, f"{ENCODER}{STUDENT_SUFFIX}"):
        if former.has("tune-encoder", name):
            shutil.copytree(former.path("tune-encoder", name), folder / name)
    shutil.copyfile(former.path("tune-encoder", "history.jsonl"), folder / "history.jsonl")
    if former.has("tune-encoder", "points.npy"):
        old = load_ontology(former.path("train-ontology", "ontology"))
        new = load_ontology(run.path("train-ontology", "ontology"))
        before = read_points(former, old, "tune-encoder")
        points = np.zeros((len(new), before.shape[1]))
        for concept_id, was in previous_ids(old, new).items():
            points[new.index_of[concept_id]] = before[old.index_of[was]]
        np.save(folder / "points.npy", points, allow_pickle=False)


def _model_of(settings: TuneSettings) -> Path:
    """The folder of the model to start from.

    Raises:
        InputError: no model is to be tuned.
    """
    if settings.encoder == "none" or settings.model is None:
        raise InputError(
            "tune.encoder is none; to tune a transformer, set tune.encoder to all, tune.model to the folder of the "
            "transformer, and encode.encoder to transformer"
        )
    return settings.model


def _reported(records: Iterable[TuneRecord], reporter: Reporter) -> Iterator[TuneRecord]:
    """The records, with a progress bar and the time left."""
    with reporter.progress("tuning the encoder", UNITS) as progress:
        shown, first = 0, None
        for record in records:
            first = first or record
            done = UNITS * record.n_done // record.n_steps
            pace = record.seconds / (record.n_done - first.n_done + 1)
            n_left = record.n_steps - record.n_done
            left = f", about {seconds_in_words(n_left * pace)} left" if n_left else ""
            progress.advance(done - shown, note=f"loss {record.loss:.3f}{left}")
            shown = done
            yield record


def _write_model(model: TunedModel, examples: TuningExamples, distil: bool, folder: Path) -> None:
    """Writes the transformer and, if asked for, its static student, which is fitted to what the transformer knows."""
    write_model_folder(model, folder)
    if distil:
        rows = [(each, each.mentions[0][0]) for each in examples.sequences(model.tokenizer)]
        known = [
            each
            for each, row in rows
            if row < examples.n_names and (folder.name == ENCODER or not examples.held_out[row])
        ]
        distil_model(model, known, folder.with_name(f"{folder.name}{STUDENT_SUFFIX}"))


def _documents(run: Run, reporter: Reporter) -> list[Document]:
    data = run.config.data
    if not data.train:
        return []
    report = CorpusReport()
    documents = list(read_documents(data.train, data.input_format, report, sheet=data.train_sheet))
    reporter.line(f"train: {report.sentence}")
    return [document.with_decided_mentions() for document in documents]


def _examples_and_splits(
    run: Run, ontology: Ontology, lexicon: Lexicon, documents: Sequence[Document]
) -> tuple[list[Example], list[HeldOutSplit]]:
    """The names and training mentions, in the order in which `encode` writes them, and those to hold out."""
    resolver = GoldResolver(ontology)
    train = [each for document in documents for each in examples_of_document(document, resolver, lexicon)]
    examples = [*examples_of_names(ontology), *train]
    mode = mode_of_examples(train, bool(lexicon))
    return examples, held_out_splits(ontology, examples, mode, run.config.tune.seed)


def _tuning_examples(
    ontology: Ontology,
    lexicon: Lexicon,
    examples: Sequence[Example],
    splits: Sequence[HeldOutSplit],
    documents: Sequence[Document],
    window: int,
) -> TuningExamples:
    """The examples of tuning.

    These are the names as the ontology writes them and the words of the mentions, or for a lexicon the glosses; and the
    mentions in context.
    """
    kept = np.logical_and.reduce([split.kept for split in splits]) if splits else np.ones(len(examples), bool)
    texts = texts_of(documents)
    labelled = [(each, target_concepts(each, ontology), not kept[row]) for row, each in enumerate(examples)]
    in_context = [
        (passage, concepts, held_out)
        for example, concepts, held_out in labelled
        if example.doc and window
        for passage in [passage_of_example(example, texts, window)]
        if passage.left or passage.right
    ]
    if lexicon:
        return TuningExamples.from_labelled(_glosses(ontology, lexicon, examples), in_context)
    names = set(known_names(ontology))  # not those in the other grammatical number
    alone = [
        (Passage(example.read_as), concepts, held_out)
        for example, concepts, held_out in labelled
        if example.doc or (example.text, example.gold[0][0]) in names
    ]
    return TuningExamples.from_labelled(alone, in_context)


def _glosses(ontology: Ontology, lexicon: Lexicon, examples: Sequence[Example]) -> list[Labelled]:
    """The glosses of all senses of the words that annotated text uses; of all concepts, if it uses none."""
    words = {each.use.word for each in examples if each.use}
    senses = {sense for word in words for sense in lexicon.senses(word)} or range(len(ontology))
    concepts = list(ontology.concepts.values())
    return [(gloss_of(concepts[sense]), [sense], False) for sense in sorted(senses)]
