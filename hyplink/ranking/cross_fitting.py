"""What the ranker and its calibration learn from: mentions or names that no source of evidence has seen.

A fifth of the annotated documents is held out. A regressor is trained without them, and what it, the other wordings and
nothing else say of them is how all sources speak of a new text: only so can their weights be told, and how far the
ranker is to be trusted. One fifth may be easier or harder than the next text, so it is done again with another.

Where there are too few documents, a fifth of the names is held out: of those that are no labels, for what has no other
name cannot be recognised without it, and that no other concept bears. But texts use known names too, more often than
others, so names that were kept are looked at as well.
"""

import math
from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.arrays import Indices
from hyplink.candidates.encoded import Encoded
from hyplink.candidates.examples import Example
from hyplink.candidates.features import Candidates
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import SurfaceForms
from hyplink.names.normal_forms import normal_name
from hyplink.ontology import Ontology
from hyplink.regressor import Regressor
from hyplink.senses.candidates import CandidateGenerator
from hyplink.senses.features import sense_features_from_examples

SHARE = 0.2
"""The share of the documents, or of the names, that is held out."""

N_SPLITS = 2
"""So many shares of the documents are held out, one after the other."""

SEEN_SHARE = 0.5
"""For each name that is held out, so many others are looked at that are known."""

MAX_NAMES = 2000
"""At most so many names are held out."""

MIN_MENTIONS = 100
"""Documents are held out where they hold at least so many mentions; else names are."""

Rows = NDArray[np.bool_]


class HeldOutSplit(NamedTuple):
    """Which examples are learned from and which are looked at, each bool (n_examples,).

    Composite mentions of documents that are held out are in neither, nor are other forms of such names. Names that are
    known when they are looked at are in both.
    """

    kept: Rows
    held: Rows


class OutOfFoldExamples(NamedTuple):
    """What was said of the examples that were looked at.

    Attributes:
        candidates: of them; a mention's row is its place in `documents`.
        is_gold: whether each candidate is right, bool (c,).
        is_target: which of the right ones a ranker learns from, bool (c,): those that have a name left.
        documents: the document of each example, empty for a name.
        n_held: how many of them were held out; the others are known names.
    """

    candidates: Candidates
    is_gold: NDArray[np.bool_]
    is_target: NDArray[np.bool_]
    documents: tuple[str, ...]
    n_held: int


def held_out_splits(ontology: Ontology, examples: Sequence[Example], seed: int) -> list[HeldOutSplit]:
    """Which examples to hold out, in turn; none where even the names are fewer than five."""
    generator = np.random.default_rng(seed)
    docs = sorted({example.doc for example in examples if example.doc})
    drawn, size = generator.permutation(len(docs)), math.ceil(SHARE * len(docs))
    shares = [{docs[i] for i in drawn[at * size : (at + 1) * size]} for at in range(N_SPLITS)]
    of_documents = [_without_documents(examples, share) for share in shares if share]
    if len(shares[0]) > 1 and of_documents[0].held.sum() >= MIN_MENTIONS:
        return of_documents
    names = _names_to_spare(ontology, examples)
    hidden = generator.permutation(names)[: min(MAX_NAMES, int(SHARE * len(names)))].tolist()
    return [_without_names(examples, hidden, generator)] if hidden else []


def _without_documents(examples: Sequence[Example], docs: Collection[str]) -> HeldOutSplit:
    hidden = np.array([example.doc in docs for example in examples])
    return HeldOutSplit(~hidden, hidden & [len(example.gold) == 1 for example in examples])


def _names_to_spare(ontology: Ontology, examples: Sequence[Example]) -> list[int]:
    """The names that no other concept bears and that are no labels; with the labels where there are few others."""
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
    seen = generator.permutation([row for row, each in enumerate(examples) if kept[row] and not each.doc])
    looked_at = [*hidden, *seen[: int(SEEN_SHARE * len(hidden))].tolist()]
    return HeldOutSplit(kept, np.isin(np.arange(len(examples)), looked_at))


def _key(name: Example) -> tuple[tuple[str, ...], object]:
    return normal_name(name.text), name.gold


def out_of_fold_examples(
    ontology: Ontology,
    encoded: Encoded,
    regressor: Regressor,
    split: HeldOutSplit,
) -> OutOfFoldExamples:
    """What the kept examples say of those that are looked at.

    Args:
        ontology: the concepts.
        encoded: names and mentions.
        regressor: trained on the kept examples.
        split: which are kept, and which are looked at.
    """
    examples, kept, rows = encoded.examples, np.flatnonzero(split.kept), np.flatnonzero(split.held)
    taught = np.array([row for row in kept.tolist() if examples[row].use], dtype=np.int64)
    known = [examples[row] for row in taught.tolist()]
    senses = sense_features_from_examples(ontology, encoded.glosses, known, encoded.vectors(taught), encoded.blocks)
    if senses:  # a mention that uses no word of the lexicon and means nothing in it is none of its mentions
        rows = rows[[senses.inventory.knows(examples[row].use) or any(examples[row].gold) for row in rows.tolist()]]
    held = [examples[row] for row in rows.tolist()]
    documents, uses = tuple(each.doc for each in held), [each.use for each in held]
    asks_names = senses is None or not all(map(senses.inventory.knows, uses))
    names, named = _name_evidence(ontology, encoded, kept, asks_names)
    candidates = CandidateGenerator(names, regressor, senses).candidates(
        [each.read_as for each in held], encoded.vectors(rows), documents, uses=uses
    )
    n_held = int((~split.kept[rows]).sum())
    is_gold = are_gold(candidates, held, ontology)
    # A concept that has lost its only name would teach that names say nothing.
    is_target = is_gold & np.isin(candidates.concepts, named)
    return OutOfFoldExamples(candidates, is_gold, is_target, documents, n_held)


def _name_evidence(
    ontology: Ontology, encoded: Encoded, kept: Indices, asks_names: bool
) -> tuple[NameSources, Indices]:
    """What the kept wordings say, and which concepts they mean.

    Where no name is asked about, as of words of a lexicon, the wordings say no more than what means the same.
    """
    surface_forms = SurfaceForms.from_examples(
        ontology, [encoded.examples[row] for row in kept.tolist()], encoded.words(kept)
    )
    return NameSources.from_surface_forms(
        surface_forms if asks_names else surface_forms.chosen(kept[:0])
    ), surface_forms.concepts


def concatenated(parts: Sequence[OutOfFoldExamples]) -> OutOfFoldExamples:
    """What was said in several rehearsals, as if it were one."""
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
    """Whether each candidate is what its example means, bool (c,); never where the example is a composite mention."""
    meant = [
        {ontology.index_of[concept] for concept in each.gold[0]} if len(each.gold) == 1 else set[int]()
        for each in examples
    ]
    pairs = zip(candidates.mentions.tolist(), candidates.concepts.tolist(), strict=True)
    return np.array([concept in meant[mention] for mention, concept in pairs], dtype=bool)
