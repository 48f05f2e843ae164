"""Whether the parts of a run belong together: a run may have been assembled or damaged by hand."""

from collections.abc import Iterator, Sized
from itertools import chain

import numpy as np

from hyplink.arrays import Indices
from hyplink.candidates.topics import ConceptTopics
from hyplink.encoders import Encoder
from hyplink.errors import RunError
from hyplink.linking.index_bundle import IndexBundle
from hyplink.ontology import Ontology
from hyplink.regressor import Regressor
from hyplink.run import Run
from hyplink.senses.features import SenseFeatures


def check_regressor(regressor: Regressor, ontology: Ontology, run: Run) -> None:
    """Checks that a regressor ranks the concepts of an ontology.

    Raises:
        RunError: it does not.
    """
    points = regressor.space.concept_points()
    n_concepts = regressor.space.output_dim if points is None else len(points)
    if n_concepts != len(ontology):
        raise RunError(
            f"{run.folder / 'fit'}: damaged: the regressor ranks {n_concepts:,} concepts, but the ontology has "
            f"{len(ontology):,}; re-run `hyplink fit {run.folder} --force`"
        )


def check_parts(ontology: Ontology, encoder: Encoder, indices: IndexBundle, regressor: Regressor, run: Run) -> None:
    """Checks that ontology, encoder, indices and regressor are of the same concepts and dimensions.

    Raises:
        RunError: they are not.
    """
    check_regressor(regressor, ontology, run)
    if regressor.whitening.blocks != encoder.blocks:
        raise RunError(
            f"{run.folder / 'fit'}: damaged: the regressor takes blocks of {regressor.whitening.blocks} numbers, but "
            f"the encoder's are {encoder.blocks}; re-run `hyplink fit {run.folder} --force`"
        )
    for problem in _problems(indices, ontology, encoder):
        raise RunError(
            f"{run.folder / 'encode'}: damaged: the index {problem}; re-run `hyplink encode {run.folder} --force`"
        )


def _problems(indices: IndexBundle, ontology: Ontology, encoder: Encoder) -> Iterator[str]:
    """What does not fit together in the indices of a run."""
    index, names, n_concepts = indices.index, indices.names, len(ontology)
    forms = index.forms
    columns: list[Sized] = [
        forms.owners,
        forms.lowered,
        forms.normal,
        forms.stems,
        forms.cased,
        forms.turned,
        forms.parted,
        forms.composed,
    ]
    if len({*(len(each) for each in columns), len(index.by_root), len(index.by_meaning)}) > 1:
        yield "has columns of names of different lengths"
    if not _are_concepts(forms.owners, len(forms.concept_ids)):
        yield "holds names without concepts"
    literal, corrections = indices.literal, indices.corrections
    rows, seconds = literal.beginnings.numbers, literal.following.numbers
    if not _are_concepts(rows[rows >= 0], len(literal.names)) or not _are_concepts(seconds, len(literal.seconds)):
        yield "holds names that are looked up letter by letter without their words"
    if len(literal.concept_ids) != len(literal.names) or literal.words.shape != (len(literal.names), 2):
        yield "holds names that are looked up letter by letter without their concepts"
    corrected = chain.from_iterable((*corrections.meanings.values(), *corrections.rejected.values()))
    if not ontology.index_of.keys() >= {*forms.concept_ids, *literal.concept_ids, *corrected}:
        yield "holds names of concepts that are not in the ontology"
    for concepts in (names.tfidf.concepts, names.labels.concepts, names.nearest.concepts, names.overlap.concepts):
        if not _are_concepts(concepts, n_concepts) or not (np.diff(concepts) >= 0).all():
            yield "holds names whose concepts are not in order, or not in the ontology"
    for lists in (names.exact.spelled, names.exact.normal, names.exact.reordered, names.own, names.heads):
        if not _are_concepts(lists.numbers, n_concepts):
            yield "holds names of concepts that are not in the ontology"
    if not _are_concepts(names.meant, n_concepts) or len(names.meant) != len(names.annotated):
        yield "holds mentions of concepts that are not in the ontology"
    if not _are_concepts(names.bm25.concepts, n_concepts):
        yield "holds names of concepts that are not in the ontology"
    n_ngrams, n_words = len(names.tfidf.ngrams), len(names.overlap.known)
    pairs = [
        (names.tfidf.weights.shape, (len(names.tfidf.concepts), n_ngrams)),
        (names.tfidf.postings.shape, (n_ngrams, len(names.tfidf.concepts))),
        (names.tfidf.rarity.shape, (n_ngrams,)),
        (names.labels.weights.shape, (len(names.labels.concepts), len(names.labels.ngrams))),
        (names.labels.rarity.shape, (len(names.labels.ngrams),)),
        (names.nearest.vectors.shape, (len(names.nearest.concepts), encoder.blocks[0])),
        (names.bm25.weights.shape, (len(names.bm25.words), len(names.bm25.concepts))),
        (names.bm25.rarity.shape, (len(names.bm25.words),)),
        (names.overlap.words.shape, (len(names.overlap.concepts), n_words)),
        (names.overlap.in_mention.shape, (n_words,)),
        (names.overlap.in_name.shape, (n_words,)),
        (names.gold_groups.shape, (n_concepts,)),
    ]
    yield from (f"has an array of shape {found}; expected {expected}" for found, expected in pairs if found != expected)
    if indices.topics:
        yield from _problems_of_topics(indices.topics, n_concepts, encoder)
    if indices.senses:
        yield from _problems_of_senses(indices.senses, n_concepts, encoder)


def _problems_of_topics(topics: ConceptTopics, n_concepts: int, encoder: Encoder) -> Iterator[str]:
    """What does not fit together in the topics of concepts."""
    dim = encoder.topics([]).shape[1]
    pairs = [(topics.vectors.shape, (n_concepts, dim)), (topics.centre.shape, (dim,))]
    yield from (f"has topics of shape {found}; expected {expected}" for found, expected in pairs if found != expected)


def _problems_of_senses(senses: SenseFeatures, n_concepts: int, encoder: Encoder) -> Iterator[str]:
    """What does not fit together in the evidence for senses."""
    lists = (each for words in senses.inventory.concepts.values() for each in words.values())
    known = np.array([concept for each in lists for concept in each], np.int64)
    if not _are_concepts(known, n_concepts) or not _are_concepts(senses.concepts_of_uses, n_concepts):
        yield "holds words of concepts that are not in the ontology"
    if {len(senses.words), len(senses.clues)} != {len(senses.concepts_of_uses)} or {*map(len, senses.clues)} - {4}:
        yield "has uses of words without a concept or without neighbours"
    dim = encoder.blocks[1]
    pairs = [(senses.space.centre.shape, (dim,)), (senses.space.matrix.shape, (dim, dim))]
    arrays = (senses.glosses, senses.contexts, senses.below, senses.documents)
    pairs += [(each.shape, (n_concepts, dim)) for each in arrays]
    if tuple(senses.space.blocks) != encoder.blocks:
        yield f"is of vectors of {senses.space.blocks} numbers; expected {encoder.blocks}"
    if classes := senses.hypernym_classes:
        n_classes = len(classes.leanings)
        pairs += [(classes.leanings.shape, (n_classes, 2 * dim)), (classes.shares.shape, (n_concepts, n_classes))]
    yield from (f"has an array of shape {found}; expected {expected}" for found, expected in pairs if found != expected)


def _are_concepts(concepts: Indices, n_concepts: int) -> bool:
    return concepts.ndim == 1 and bool(((concepts >= 0) & (concepts < n_concepts)).all())
