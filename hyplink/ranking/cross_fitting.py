"""Cross-fitting: examples whose candidates and features come from models that were not trained on them.

In-sample scores are over-confident, so the ranker and its calibration learn from out-of-fold examples. Where the run is
trained on annotated documents, a fifth of them is held out at a time: a regressor is trained without them, and it and
the remaining surface forms alone propose and score candidates for the held-out mentions, as they would for new text.

Where the run is trained on names, a fifth of the names is held out instead: names that are no label, because a concept
that loses its only name cannot be recognised, and that no other concept has. Texts use known names too, and more often
than unknown ones, so names that were kept are scored as well.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices
from hyplink.candidates.encoded import Encoded
from hyplink.candidates.examples import Example, mention_batch
from hyplink.candidates.features import Candidates
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import SurfaceForms
from hyplink.candidates.topics import ConceptTopics, TopicOf
from hyplink.mentions.batch import MentionBatch
from hyplink.names.normal_forms import normal_name
from hyplink.ontology import Ontology
from hyplink.ranking.document_features import DocumentFeatures
from hyplink.ranking.ranker import train_ranker
from hyplink.regressor import Regressor
from hyplink.run.mode import MIN_MENTIONS, Mode
from hyplink.senses.candidates import CandidateGenerator
from hyplink.senses.features import sense_features_from_examples

SHARE = 0.2
"""The share of the documents, or of the names, that is held out at a time."""

MIN_SPLITS = 2
"""Minimum number of shares of the documents that are held out in turn: a single one may be easier than new text."""

KNOWN_SHARE = 0.5
"""Number of known names that are scored for each held-out name."""

MAX_NAMES = 2000
"""Maximum number of held-out names."""

Rows = NDArray[np.bool_]


class HeldOutSplit(NamedTuple):
    """Which examples models are trained on and which they score, each bool (n_examples,).

    Composite mentions of held-out documents are in neither, nor are inflected forms of held-out names. Known names that
    are scored are in both.
    """

    kept: Rows
    held: Rows


class OutOfFoldExamples(NamedTuple):
    """The scored examples of a split.

    Attributes:
        candidates: of the examples; a mention's row is its index in `documents`.
        is_gold: whether each candidate is right, bool (c,).
        is_target: whether the ranker is trained on it as a right candidate, bool (c,): it is right, and its concept has
            a surface form that is not held out.
        documents: the document of each example, empty for a name.
        n_held: how many of them were held out; the others are known names.
    """

    candidates: Candidates
    is_gold: NDArray[np.bool_]
    is_target: NDArray[np.bool_]
    documents: tuple[str, ...]
    n_held: int


def held_out_splits(ontology: Ontology, examples: Sequence[Example], mode: Mode, seed: int) -> list[HeldOutSplit]:
    """The splits of examples, to be scored one after the other; none if fewer than five names can be held out.

    Args:
        ontology: the concepts.
        examples: names and annotated mentions.
        mode: says whether documents or names are held out.
        seed: of the draw.
    """
    generator = np.random.default_rng(seed)
    if not mode.names_only:
        return list(_document_splits(examples, generator))
    names = _names_to_hold_out(ontology, examples)
    hidden = generator.permutation(names)[: min(MAX_NAMES, int(SHARE * len(names)))].tolist()
    return [_without_names(examples, hidden, generator)] if hidden else []


def _document_splits(examples: Sequence[Example], generator: np.random.Generator) -> Iterator[HeldOutSplit]:
    """At least `MIN_SPLITS` splits, and more until `MIN_MENTIONS` mentions or all documents have been held out."""
    docs = sorted({example.doc for example in examples if example.doc})
    drawn, size = generator.permutation(len(docs)), math.ceil(SHARE * len(docs))
    n_held = 0
    for number, start in enumerate(range(0, len(docs), size)):
        if number >= MIN_SPLITS and n_held >= MIN_MENTIONS:
            return
        split = _without_documents(examples, {docs[i] for i in drawn[start : start + size]})
        n_held += int(split.held.sum())
        yield split


def _without_documents(examples: Sequence[Example], docs: Collection[str]) -> HeldOutSplit:
    hidden = np.array([example.doc in docs for example in examples])
    return HeldOutSplit(~hidden, hidden & [len(example.gold) == 1 for example in examples])


def _names_to_hold_out(ontology: Ontology, examples: Sequence[Example]) -> list[int]:
    """The rows of the names that only one concept has. Labels are included only if there are few other names."""
    keys = {row: _key(example) for row, example in enumerate(examples) if not example.doc}
    owners = defaultdict(set)
    for words, gold in keys.values():
        owners[words].add(gold)
    unshared = [row for row, (words, _) in keys.items() if len(owners[words]) == 1]
    labels = {(normal_name(concept.label), ((concept_id,),)) for concept_id, concept in ontology.concepts.items()}
    others = [row for row in unshared if keys[row] not in labels]
    return others if SHARE * len(others) >= MIN_MENTIONS else unshared


def _without_names(examples: Sequence[Example], hidden: Sequence[int], generator: np.random.Generator) -> HeldOutSplit:
    keys = {_key(examples[row]) for row in hidden}
    kept = np.array([bool(each.doc) or _key(each) not in keys for each in examples])
    known = generator.permutation([row for row, each in enumerate(examples) if kept[row] and not each.doc])
    scored = [*hidden, *known[: int(KNOWN_SHARE * len(hidden))].tolist()]
    return HeldOutSplit(kept, np.isin(np.arange(len(examples)), scored))


def _key(name: Example) -> tuple[tuple[str, ...], object]:
    return normal_name(name.text), name.gold


def out_of_fold_examples(
    ontology: Ontology, encoded: Encoded, regressor: Regressor, split: HeldOutSplit, mode: Mode
) -> OutOfFoldExamples:
    """The held-out examples of a split with their candidates, from models trained only on the kept examples.

    Args:
        ontology: the concepts.
        encoded: names and mentions with their vectors.
        regressor: trained on the kept examples.
        split: the kept examples and the held ones.
        mode: of the run.
    """
    examples, kept, rows = encoded.examples, np.flatnonzero(split.kept), np.flatnonzero(split.held)
    with_words = np.array([row for row in kept.tolist() if examples[row].use], dtype=np.int64)
    senses = sense_features_from_examples(
        ontology,
        encoded.glosses,
        [examples[row] for row in with_words.tolist()],
        encoded.vectors(with_words),
        encoded.blocks,
    )
    if senses:  # without a word and a gold concept of the lexicon, it is not a mention of the lexicon
        rows = rows[[senses.inventory.knows(examples[row].use) or any(examples[row].gold) for row in rows.tolist()]]
    held = [examples[row] for row in rows.tolist()]
    needs_names = senses is None or not all(senses.inventory.knows(each.use) for each in held)
    names, with_a_name = _name_sources(ontology, encoded, kept, needs_names)
    generator = CandidateGenerator(names, regressor, senses, mode)
    candidates = generator.candidates(mention_batch(held), encoded.vectors(rows))
    is_gold = are_gold(candidates, held, ontology)
    # A concept whose only name is held out has no name to match, which would bias the ranker against names.
    is_target = is_gold & np.isin(candidates.concepts, with_a_name)
    documents, n_held = tuple(each.doc for each in held), int((~split.kept[rows]).sum())
    return OutOfFoldExamples(candidates, is_gold, is_target, documents, n_held)


def _name_sources(
    ontology: Ontology, encoded: Encoded, kept: Indices, needs_names: bool
) -> tuple[NameSources, Indices]:
    """The indices of the kept surface forms, and the concepts that have one.

    If every mention uses a word of the lexicon, names propose no candidates, and the indices are left empty.
    """
    surface_forms = SurfaceForms.from_examples(
        ontology, [encoded.examples[row] for row in kept.tolist()], encoded.words(kept)
    )
    indexed = surface_forms if needs_names else surface_forms.chosen(kept[:0])
    return NameSources.from_surface_forms(indexed), surface_forms.concepts


def with_document_features(
    parts: Sequence[OutOfFoldExamples],
    batches: Sequence[MentionBatch],
    regressors: Sequence[Regressor],
    topics: ConceptTopics | None,
    topic_of: TopicOf,
) -> list[OutOfFoldExamples]:
    """The out-of-fold examples of splits with the features of their documents.

    The confident links of a held-out document are given by a ranker that is trained on the other splits, so no gold
    concept of a document contributes to its features.

    Args:
        parts: the examples of each split, without these features.
        batches: their mentions.
        regressors: those that each split's examples were held out from.
        topics: of the concepts; None for a lexicon.
        topic_of: gives the topic vectors of the documents.
    """
    added = []
    for number, (part, batch, regressor) in enumerate(zip(parts, batches, regressors, strict=True)):
        others = concatenated([*parts[:number], *parts[number + 1 :]])
        first_ranker = train_ranker(others.candidates, others.is_target, of_names=False)
        features = DocumentFeatures(first_ranker, regressor, topics)
        added.append(part._replace(candidates=features.added(part.candidates, batch, topic_of)))
    return added


def held_batch(encoded: Encoded, split: HeldOutSplit) -> MentionBatch:
    """The held-out examples of a split, in the order of `out_of_fold_examples`."""
    return mention_batch([encoded.examples[row] for row in np.flatnonzero(split.held).tolist()])


def concatenated(parts: Sequence[OutOfFoldExamples]) -> OutOfFoldExamples:
    """The out-of-fold examples of several splits, as if they were one."""
    prior = np.cumsum([0, *(len(part.documents) for part in parts[:-1])]).tolist()
    mentions = [part.candidates.mentions + n for part, n in zip(parts, prior, strict=True)]
    candidates = Candidates(
        np.concatenate(mentions),
        np.concatenate([part.candidates.concepts for part in parts]),
        np.concatenate([part.candidates.features for part in parts]),
        None,
        np.concatenate([part.candidates.gold_groups for part in parts]),
    )
    is_gold, is_target = (
        np.concatenate([getattr(part, field) for part in parts]) for field in ("is_gold", "is_target")
    )
    documents = tuple(document for part in parts for document in part.documents)
    return OutOfFoldExamples(candidates, is_gold, is_target, documents, sum(part.n_held for part in parts))


def are_gold(candidates: Candidates, examples: Sequence[Example], ontology: Ontology) -> NDArray[np.bool_]:
    """Whether each candidate is a gold concept of its example, bool (c,); False for composite mentions."""
    meant = [
        {ontology.index_of[concept] for concept in each.gold[0]} if len(each.gold) == 1 else set[int]()
        for each in examples
    ]
    pairs = zip(candidates.mentions.tolist(), candidates.concepts.tolist(), strict=True)
    return np.array([concept in meant[mention] for mention, concept in pairs], dtype=bool)
