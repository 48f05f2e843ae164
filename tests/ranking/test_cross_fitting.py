from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from hyplink.candidates.encoded import Encoded
from hyplink.candidates.examples import Example
from hyplink.candidates.features import FEATURES, Candidates
from hyplink.candidates.topics import ConceptTopics
from hyplink.mentions.lexicon import SENSE_FEATURES, WordUse
from hyplink.ontology import Concept, Ontology, Synonym, read_ontology
from hyplink.ranking.cross_fitting import (
    MAX_NAMES,
    HeldOutSplit,
    OutOfFoldExamples,
    are_gold,
    concatenated,
    held_batch,
    held_out_splits,
    out_of_fold_examples,
    with_document_features,
)
from hyplink.regressor import Regressor
from hyplink.regressor.layers import LastLayer
from hyplink.regressor.network import Network
from hyplink.regressor.spaces import PoincareSpace
from hyplink.regressor.whitening import Whitening
from hyplink.run.mode import MIN_MENTIONS, Mode
from tests.batches import DOCUMENTS, NAMES

TINY_WORDNET = Path(__file__).parents[1] / "ontology" / "tiny_wordnet"
THING, WATERSIDE, MONEY, RHINE = (f"WN:00000{n}00-n" for n in (1, 2, 3, 4))
ORGANS = [f"{first}{last}" for first in ("ren", "hepat", "card", "gastr", "neur") for last in "aeio"]
BLOCKS = (len(ORGANS), 2, 2)
LEXICON = Mode("documents", is_lexicon=True)


def regressor_of(n_concepts, blocks):
    """A regressor that has learned nothing, but sends different vectors to different points."""
    torch.manual_seed(0)
    space = PoincareSpace(np.random.default_rng(0).normal(size=(n_concepts, 3)) / 5, "expmap0", tuned=False)
    network = Network(sum(blocks), 0, space.output_dim, LastLayer("linear", "cosine", 0.3))
    return Regressor(Whitening(blocks), network, space, uses_context=True)


def name(text, *concepts):
    return Example(text, text, (concepts,))


def mention(text, doc, *parts):
    return Example(text, text, parts, doc)


def encoded_of(ontology, examples, n_glosses=0):
    """Examples with vectors that tell their first concept, and for mentions a context that tells their row."""
    known = [[ontology.index_of[concept] for part in each.gold for concept in part[:1]][:1] for each in examples]
    own = np.array([np.eye(len(ontology))[concepts].sum(axis=0) for concepts in known])
    n_names = sum(not each.doc for each in examples)
    contexts = np.sin(np.arange(4 * len(examples)).reshape(-1, 4) + 1)
    dim = len(ontology) + 4
    glosses = np.cos(np.arange(n_glosses * dim)).reshape(n_glosses, dim)
    texts = np.vstack([np.hstack([own, contexts])[n_names:], glosses])
    return Encoded(examples, own[:n_names].astype(np.float32), texts.astype(np.float32), (len(ontology), 2, 2))


def organs(n_documents=10, mentions_each=2):
    """Twenty cysts of three names each, and documents that mention each of them in turn; each has a vector."""
    concepts = [
        Concept(f"X:{i}", f"{organ} cyst", (Synonym(f"cyst of {organ}"), Synonym(f"{organ} lump", "RELATED")))
        for i, organ in enumerate(ORGANS)
    ]
    names = [name(text, each.concept_id) for each in concepts for text in each.names()]
    numbers = [number % len(ORGANS) for number in range(n_documents * mentions_each)]
    mentions = [
        mention(f"{ORGANS[i]} cysts", f"doc {row // mentions_each}", (f"X:{i}",)) for row, i in enumerate(numbers)
    ]
    ontology = Ontology(concepts)
    return ontology, encoded_of(ontology, [*names, *mentions])


def documents_of(n_documents, mentions_each):
    """Mentions of one concept in documents of so many each."""
    return [mention("cyst", f"doc {row // mentions_each}", ("X:1",)) for row in range(n_documents * mentions_each)]


def held_documents(split, examples):
    return {each.doc for each, stays in zip(examples, split.kept, strict=True) if not stays}


def texts_of(rows, examples):
    return [each.text for each, chosen in zip(examples, rows, strict=True) if chosen]


def one_lump(*names):
    """An ontology of one concept of these names, and their examples."""
    label, *others = names
    return Ontology([Concept("X:1", label, tuple(map(Synonym, others)))]), [name(each, "X:1") for each in names]


# Which examples are held out


def test_two_fifths_of_the_documents_are_held_out_whole_one_fifth_after_the_other():
    gold, both = (("X:1",),), (("X:1",), ("X:2",))
    mentions = [Example("cyst", "cyst", gold if i % 7 else both, f"doc {i % 10}") for i in range(6 * MIN_MENTIONS)]
    held_docs = []
    for kept, held in held_out_splits(Ontology([]), [name("cyst", "X:1"), *mentions], DOCUMENTS, seed=0):
        docs = {each.doc for each, out in zip(mentions, held[1:], strict=True) if out}
        assert kept[0]
        assert not held[0]
        for each, stays, out in zip(mentions, kept[1:], held[1:], strict=True):
            assert stays == (each.doc not in docs)
            assert out == (each.doc in docs and each.gold == gold)
        held_docs.append(docs)
    assert [len(docs) for docs in held_docs] == [2, 2]
    assert held_docs[0].isdisjoint(held_docs[1])


@pytest.mark.parametrize(("n_documents", "n_held"), [(5, 1), (6, 2), (10, 2), (11, 3), (15, 3), (16, 4)])
def test_a_fifth_of_the_documents_is_rounded_up(n_documents, n_held):
    examples = documents_of(n_documents, MIN_MENTIONS)
    assert [
        len(held_documents(each, examples)) for each in held_out_splits(Ontology([]), examples, DOCUMENTS, seed=0)
    ] == [
        n_held,
        n_held,
    ]


def test_the_seed_decides_which_documents_are_held_out():
    examples = documents_of(40, MIN_MENTIONS // 5)
    drawn = [
        [frozenset(held_documents(each, examples)) for each in held_out_splits(Ontology([]), examples, DOCUMENTS, seed)]
        for seed in (0, 0, 1)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0] != [{f"doc {i}" for i in range(8)}, {f"doc {i}" for i in range(8, 16)}]


def test_documents_are_drawn_in_the_same_way_whatever_the_order_of_their_mentions():
    examples = documents_of(20, MIN_MENTIONS // 4)
    forth, back = (held_out_splits(Ontology([]), each, DOCUMENTS, seed=3) for each in (examples, examples[::-1]))
    assert [each.kept.tolist() for each in forth] == [each.kept[::-1].tolist() for each in back]


@pytest.mark.parametrize(("mentions_each", "n_splits"), [(25, 2), (24, 3), (13, 4), (12, 5), (10, 5), (9, 5)])
def test_as_many_fifths_of_the_documents_are_held_out_as_hold_a_hundred_mentions(mentions_each, n_splits):
    examples = documents_of(10, mentions_each)
    held = [held_documents(each, examples) for each in held_out_splits(Ontology([]), examples, DOCUMENTS, seed=0)]
    assert [len(docs) for docs in held] == [2] * n_splits
    assert len(set().union(*held)) == 2 * n_splits  # no document twice


@pytest.mark.parametrize(("are_in_the_first", "n_splits"), [(True, 2), (False, 3)])
def test_the_hundred_mentions_are_those_of_the_documents_that_are_held_out(are_in_the_first, n_splits):
    many = documents_of(10, MIN_MENTIONS)
    drawn = set[str]().union(
        *(held_documents(each, many) for each in held_out_splits(Ontology([]), many, DOCUMENTS, seed=0))
    )
    assert len(drawn) == 4
    mentions = [
        each for row, each in enumerate(many) if (each.doc in drawn) == are_in_the_first or not row % MIN_MENTIONS
    ]
    assert len(held_out_splits(Ontology([]), mentions, DOCUMENTS, seed=0)) == n_splits


def test_composite_mentions_do_not_count_towards_the_hundred():
    composite = mention("cyst", "doc 0", ("X:1",), ("X:1",))
    examples = [*documents_of(10, 24), *[replace(composite, doc=f"doc {row % 10}") for row in range(50)]]
    assert len(held_out_splits(Ontology([]), examples, DOCUMENTS, seed=0)) == 3


def test_names_are_held_out_in_a_run_trained_on_names_however_many_documents_there_are():
    ontology, names = one_lump("lump", "bump", "swelling", "cyst", "knot")
    examples = [*names, *documents_of(10, MIN_MENTIONS)]
    [split] = held_out_splits(ontology, examples, NAMES, seed=0)
    assert held_documents(split, examples) == {""}
    assert not any(each.doc for each, out in zip(examples, split.held, strict=True) if out)


@pytest.mark.parametrize(("n_names", "n_hidden"), [(4, 0), (5, 1), (9, 1), (10, 2)])
def test_of_a_few_names_a_fifth_is_held_out_rounded_down_labels_among_them(n_names, n_hidden):
    ontology, examples = one_lump(*[f"lump{i}x" for i in range(n_names)])
    found = held_out_splits(ontology, examples, NAMES, seed=0)
    assert len(found) == (1 if n_hidden else 0)
    for kept, held in found:
        assert (~kept).sum() == (held & ~kept).sum() == n_hidden
        assert (held & kept).sum() == n_hidden // 2


def test_few_documents_are_not_held_out_but_a_fifth_of_the_names_with_all_their_forms():
    ontology, encoded = organs()
    forms = [replace(each, text=each.text.upper(), read_as=each.text.upper()) for each in encoded.examples[:60]]
    examples = [*encoded.examples, *forms]
    [(kept, held)] = held_out_splits(ontology, examples, NAMES, seed=0)
    keys = [(each.text.lower(), each.gold) for each in examples]
    hidden = {key for key, out in zip(keys, held & ~kept, strict=True) if out}
    for each, key, stays in zip(examples, keys, kept, strict=True):
        assert stays == (bool(each.doc) or key not in hidden)
    assert (held & ~kept).sum() == 120 // 5
    assert not any(each.doc for each, out in zip(examples, held, strict=True) if out)


def test_inflected_forms_of_held_out_names_are_neither_trained_on_nor_scored():
    ontology, examples = one_lump(*[f"{first}{last}x lump" for first in "abcdefghij" for last in "aeiou"])
    forms = [name(each.text.upper(), "X:1") for each in examples]
    owners = Counter()
    for seed in range(5):
        [(kept, held)] = held_out_splits(ontology, [*examples, *forms], NAMES, seed)
        for one, other in zip(range(50), range(50, 100), strict=True):
            assert kept[one] == kept[other]
            owners[bool(kept[one]), bool(held[one]), bool(held[other])] += 1
    assert owners[False, False, True] > 0  # held out in one form: the other is nowhere
    assert owners[False, False, False] == 0


def test_for_two_names_that_are_held_out_a_known_one_is_looked_at():
    ontology, encoded = organs()
    [(kept, held)] = held_out_splits(ontology, encoded.examples, NAMES, seed=0)
    assert ((held & ~kept).sum(), (held & kept).sum()) == (12, 6)
    [(_, other)] = held_out_splits(ontology, encoded.examples, NAMES, seed=1)
    assert (held & kept).tolist() != (other & kept).tolist()
    first_kept = np.flatnonzero(kept)[:6].tolist()
    assert np.flatnonzero(held & kept).tolist() != first_kept  # drawn at random


def lumps(n_concepts):
    """Concepts of a label, a name of its own, the label in other case, and a name that two of them share."""
    return [
        Concept(f"X:{i}", f"lump {i}", (Synonym(f"bump {i}"), Synonym(f"Lump {i}"), Synonym(f"swelling {i // 2}")))
        for i in range(2, n_concepts + 2)
    ]


@pytest.mark.parametrize(("n_concepts", "are_spared"), [(600, True), (500, True), (498, False)])
def test_labels_are_kept_where_there_are_five_hundred_other_names_and_shared_names_always(n_concepts, are_spared):
    concepts = lumps(n_concepts)
    examples = [name(text, each.concept_id) for each in concepts for text in each.names()]
    [(kept, held)] = held_out_splits(Ontology(concepts), examples, NAMES, seed=0)
    unseen = texts_of(held & ~kept, examples)
    assert not any(text.startswith("swelling") for text in unseen)
    assert all(text.startswith("bump") for text in unseen) == are_spared
    assert len(unseen) == (n_concepts // 5 if are_spared else int(n_concepts * 3 * 0.2))


def test_at_most_two_thousand_names_are_held_out():
    names = [name(f"lump {i}", "X:1") for i in range(5 * MAX_NAMES + 5)]
    [(kept, held)] = held_out_splits(Ontology([Concept("X:1", "knot")]), names, NAMES, seed=0)
    assert ((~kept).sum(), (held & kept).sum()) == (MAX_NAMES, MAX_NAMES // 2) == (2000, 1000)


# What is said of them


def by_mention(told):
    return [np.flatnonzero(told.candidates.mentions == row).tolist() for row in range(len(told.documents))]


def feature(told, name):
    return told.candidates.features[:, FEATURES.index(name)]


def held_out_of(encoded, *docs):
    hidden = np.array([each.doc in docs for each in encoded.examples])
    return HeldOutSplit(~hidden, hidden)


@pytest.fixture(scope="module")
def regressor():
    return regressor_of(len(ORGANS), BLOCKS)


def test_each_example_has_its_own_words_vector_and_context(regressor):
    ontology, encoded = organs()
    [split] = held_out_splits(ontology, encoded.examples, NAMES, seed=0)
    of_documents = held_out_of(encoded, "doc 3", "doc 7")
    for (kept, held), mode in ((split, NAMES), (of_documents, DOCUMENTS)):
        told = out_of_fold_examples(ontology, encoded, regressor, HeldOutSplit(kept, held), mode)
        candidates, rows = told.candidates, np.flatnonzero(held)
        assert told.documents == tuple(encoded.examples[row].doc for row in rows)
        compared = regressor.compare(encoded.vectors(rows), candidates.mentions, candidates.concepts)
        np.testing.assert_allclose(candidates.distances, compared.distances)
        for row, of_row in zip(rows, by_mention(told), strict=True):
            (gold,) = encoded.examples[row].gold[0]
            are_right = candidates.concepts[of_row] == ontology.index_of[gold]
            assert told.is_gold[of_row].tolist() == are_right.tolist()
            # The vectors of names tell concepts apart without fail, and each has a name left.
            np.testing.assert_allclose(feature(told, "cosine")[of_row], are_right, atol=1e-6)
            assert feature(told, "tfidf_rank")[of_row][are_right] == 1


def test_mentions_are_read_with_their_abbreviations_written_out(regressor):
    ontology, encoded = organs()
    examples = list(encoded.examples)
    examples[60] = replace(examples[60], text="RC", read_as="neura cyst")
    told = out_of_fold_examples(
        ontology, replace(encoded, examples=examples), regressor, held_out_of(encoded, "doc 0"), DOCUMENTS
    )
    exact = feature(told, "exact_name") > 0
    assert told.candidates.mentions[exact].tolist() == [0]
    assert told.candidates.concepts[exact].tolist() == [ORGANS.index("neura")]


def test_the_other_mentions_of_a_document_are_seen(regressor):
    ontology, encoded = organs()
    examples = list(encoded.examples)
    examples[60] = replace(examples[60], text="rena cyst", read_as="rena cyst", doc="doc 5")
    examples[61] = replace(examples[61], text="cystic rena", read_as="cystic rena", doc="doc 5", gold=examples[60].gold)
    changed = replace(encoded, examples=examples)
    told = out_of_fold_examples(ontology, changed, regressor, held_out_of(changed, "doc 5"), DOCUMENTS)
    assert told.documents == ("doc 5",) * 4
    assert feature(told, "named_nearby")[told.is_gold].tolist() == [0, 1, 0, 0]


def test_what_is_held_out_is_no_evidence_for_itself(regressor):
    ontology, encoded = organs()
    [split] = held_out_splits(ontology, encoded.examples, NAMES, seed=0)
    told = out_of_fold_examples(ontology, encoded, regressor, split, NAMES)
    assert len(told.documents) == split.held.sum()
    assert told.n_held == (split.held & ~split.kept).sum()
    known = split.kept[split.held][told.candidates.mentions]
    is_exact = feature(told, "exact_name") > 0
    assert (told.is_gold & ~known).any()
    assert not is_exact[told.is_gold & ~known].any()
    assert is_exact[told.is_gold & known].all()


def test_kept_documents_are_evidence_and_held_ones_are_not(regressor):
    ontology, encoded = organs(n_documents=20, mentions_each=2)  # each cyst stands in two documents
    told = out_of_fold_examples(ontology, encoded, regressor, held_out_of(encoded, "doc 0"), DOCUMENTS)
    assert np.exp(feature(told, "concept_count")[told.is_gold]).tolist() == [2, 2]  # 1 + once
    assert np.exp(feature(told, "surface_form_count")[told.is_gold]).tolist() == [2, 2]
    told = out_of_fold_examples(ontology, encoded, regressor, held_out_of(encoded, "doc 0", "doc 10"), DOCUMENTS)
    assert feature(told, "concept_count").max() > 0
    assert feature(told, "concept_count")[told.is_gold].tolist() == [0] * 4


def test_changing_a_held_out_document_changes_nothing_that_is_said_of_another(regressor):
    ontology, encoded = organs()
    split = held_out_of(encoded, "doc 3", "doc 7")
    before = out_of_fold_examples(ontology, encoded, regressor, split, DOCUMENTS)
    examples, texts = list(encoded.examples), encoded.texts.copy()
    for row in (60 + 6, 60 + 7):  # both mentions of `doc 3`: other words, other gold, other vectors
        examples[row] = replace(examples[row], text="card lump", read_as="carda lump", gold=(("X:1", "X:9"),))
        texts[row - 60] = 1
    after = out_of_fold_examples(
        ontology, replace(encoded, examples=examples, texts=texts), regressor, split, DOCUMENTS
    )
    rows = [told.candidates.mentions >= 2 for told in (before, after)]
    for field in ("mentions", "concepts", "features", "distances", "gold_groups"):
        one, other = (getattr(each.candidates, field)[of] for each, of in zip((before, after), rows, strict=True))
        np.testing.assert_array_equal(one, other, err_msg=field)
    for field in ("is_gold", "is_target"):
        one, other = (getattr(each, field)[of] for each, of in zip((before, after), rows, strict=True))
        assert one.tolist() == other.tolist()
    assert (
        after.candidates.features.shape != before.candidates.features.shape
        or (after.candidates.features != before.candidates.features).any()
    )


def test_the_gold_of_a_held_out_document_is_no_evidence_for_the_document_itself(regressor):
    ontology, encoded = organs()
    split = held_out_of(encoded, "doc 3", "doc 7")
    before = out_of_fold_examples(ontology, encoded, regressor, split, DOCUMENTS)
    examples = [
        replace(each, gold=(("X:11", "X:12"),)) if each.doc in ("doc 3", "doc 7") else each for each in encoded.examples
    ]
    after = out_of_fold_examples(ontology, replace(encoded, examples=examples), regressor, split, DOCUMENTS)
    for one, other in zip(before.candidates, after.candidates, strict=True):
        np.testing.assert_array_equal(one, other)
    assert before.is_gold.sum() == 4
    assert after.is_gold.sum() > 4
    concepts = after.candidates.concepts[after.is_gold]
    assert set(concepts.tolist()) == {ontology.index_of["X:11"], ontology.index_of["X:12"]}


def test_changing_a_kept_document_changes_what_is_said():
    ontology, encoded = organs()
    regressor, split = regressor_of(len(ORGANS), BLOCKS), held_out_of(encoded, "doc 3")
    before = out_of_fold_examples(ontology, encoded, regressor, split, DOCUMENTS)
    examples = [replace(each, gold=(("X:6", "X:7"),)) if each.doc == "doc 0" else each for each in encoded.examples]
    after = out_of_fold_examples(ontology, replace(encoded, examples=examples), regressor, split, DOCUMENTS)
    assert (before.candidates.features != after.candidates.features).any()
    assert (
        before.candidates.gold_groups[before.is_gold].tolist() != after.candidates.gold_groups[after.is_gold].tolist()
    )


def test_a_concept_whose_only_name_is_held_out_is_gold_but_no_training_target():
    ontology = Ontology([Concept(f"X:{i}", f"lump {i}") for i in range(30)])
    examples = [name(each.label, each.concept_id) for each in ontology.concepts.values()]
    vectors = np.zeros((30, 4), np.float32)
    [split] = held_out_splits(ontology, examples, NAMES, seed=0)
    encoded = Encoded(examples, vectors, np.zeros((0, 8), np.float32), (4, 2, 2))
    told = out_of_fold_examples(ontology, encoded, regressor_of(30, (4, 2, 2)), split, NAMES)
    known = split.kept[split.held]
    assert set(told.candidates.mentions[told.is_target].tolist()) == set(np.flatnonzero(known).tolist())
    assert (told.is_gold & ~told.is_target).any()
    assert (told.is_gold >= told.is_target).all()
    assert told.n_held == (~known).sum()


# A lexicon: the candidates of a word are its senses


def use(lemma, doc, before=""):
    return WordUse((lemma, "n"), doc, (lemma, before, before, ""))


def words(*uses_and_gold):
    """Mentions of words: lemma, document, the word before it, and what it means."""
    return [
        replace(mention(lemma, doc, gold), use=use(lemma, doc, before) if lemma == "bank" else None)
        for lemma, doc, before, gold in uses_and_gold
    ]


KEPT_WORDS = [("bank", "k", "river", (WATERSIDE,))] * 3 + [("bank", "k2", "money", (MONEY,))] * 2


def told_of_lexicon(*held):
    """What is said of held words, after two senses of a bank were kept three times and twice."""
    ontology = read_ontology(TINY_WORDNET)
    names = [name(text, each) for each, concept in ontology.concepts.items() for text in concept.names()]
    examples = [*names, *words(*KEPT_WORDS, *held)]
    encoded = encoded_of(ontology, examples, n_glosses=len(ontology))
    hidden = np.arange(len(examples)) >= len(examples) - len(held)
    regressor = regressor_of(len(ontology), encoded.blocks)
    return ontology, out_of_fold_examples(ontology, encoded, regressor, HeldOutSplit(~hidden, hidden), LEXICON)


def test_sense_features_come_from_the_kept_uses_only():
    ontology, told = told_of_lexicon(("bank", "h", "river", (WATERSIDE,)), ("bank", "h2", "money", (MONEY,)))
    waterside, money = (ontology.index_of[each] for each in (WATERSIDE, MONEY))
    assert told.candidates.mentions.tolist() == [0, 0, 1, 1]
    assert told.candidates.concepts.tolist() == [waterside, money] * 2
    assert told.is_gold.tolist() == told.is_target.tolist() == [True, False, False, True]
    # Shown three times and twice; that the waterside is the first of them counts as eight times, two to one.
    priors = np.log([(3 + 16 / 3) / 13, (2 + 8 / 3) / 13])
    np.testing.assert_allclose(feature(told, "sense_prior"), [*priors, *priors])
    before = feature(told, "word_before")
    assert before[0] > before[1]
    assert before[3] > before[2]
    assert not feature(told, "exact_name").any()  # names say nothing of words


def test_a_held_out_use_is_no_evidence_for_its_sense():
    sense_columns = [FEATURES.index(each) for each in SENSE_FEATURES]
    one, other = (
        told_of_lexicon(("bank", "h", "river", (gold,)))[1].candidates.features[:, sense_columns]
        for gold in (WATERSIDE, MONEY)
    )
    np.testing.assert_array_equal(one, other)
    assert one[:, SENSE_FEATURES.index("context")].any()
    assert one[:, SENSE_FEATURES.index("gloss")].any()


def test_beside_words_of_the_lexicon_names_are_asked_about_other_mentions():
    ontology, told = told_of_lexicon(("bank", "h", "river", (WATERSIDE,)), ("waterside", "h", "", (WATERSIDE,)))
    exact = feature(told, "exact_name") > 0
    assert told.candidates.mentions[exact].tolist() == [1]
    assert told.candidates.concepts[exact].tolist() == [ontology.index_of[WATERSIDE]]


def test_a_mention_without_a_word_or_a_concept_of_the_lexicon_is_left_out():
    held = [("thing", "h", "", ()), ("bank", "h2", "river", (WATERSIDE,)), ("Rhine", "h3", "", (RHINE,))]
    _, told = told_of_lexicon(*held)
    assert told.documents == ("h2", "h3")
    assert told.n_held == 2
    assert set(told.candidates.mentions[told.is_gold].tolist()) == {0, 1}


def test_a_composite_mention_with_an_unresolvable_part_is_kept_in_a_lexicon():
    ontology = read_ontology(TINY_WORDNET)
    names = [name(text, each) for each, concept in ontology.concepts.items() for text in concept.names()]
    examples = [*names, *words(*KEPT_WORDS), mention("thing or Rhine", "h", (), (RHINE,))]
    encoded = encoded_of(ontology, examples, n_glosses=len(ontology))
    told = out_of_fold_examples(
        ontology, encoded, regressor_of(len(ontology), encoded.blocks), held_out_of(encoded, "h"), LEXICON
    )
    assert told.documents == ("h",)
    assert not told.is_gold.any()


def test_without_a_lexicon_unresolvable_mentions_are_kept(regressor):
    ontology, encoded = organs()
    examples = [replace(each, gold=((),)) if each.doc == "doc 3" else each for each in encoded.examples]
    told = out_of_fold_examples(
        ontology, replace(encoded, examples=examples), regressor, held_out_of(encoded, "doc 3"), DOCUMENTS
    )
    assert told.documents == ("doc 3", "doc 3")
    assert not told.is_gold.any()


# Several splits as one


def part(mentions, concepts, documents, n_held, gold):
    n = len(mentions)
    features = np.full((n, len(FEATURES)), float(concepts[0]))
    is_gold = np.array([place in gold for place in range(n)])
    candidates = Candidates(np.array(mentions), np.array(concepts), features, np.ones(n), np.array(concepts) + 100)
    return OutOfFoldExamples(candidates, is_gold, is_gold & (np.arange(n) > 0), documents, n_held)


def test_joined_mentions_follow_those_of_the_parts_before_also_of_mentions_without_candidates():
    first = part([0, 0, 2], [5, 6, 7], ("a", "b", "c", "d"), 3, {0, 2})  # the last mention has no candidate
    second = part([1, 1], [8, 9], ("e", "f"), 2, {1})
    third = part([0], [3], ("g",), 1, set())
    whole = concatenated([first, second, third])
    assert whole.candidates.mentions.tolist() == [0, 0, 2, 5, 5, 6]
    assert whole.candidates.concepts.tolist() == [5, 6, 7, 8, 9, 3]
    assert whole.candidates.gold_groups.tolist() == [105, 106, 107, 108, 109, 103]
    assert whole.candidates.features[:, 0].tolist() == [5, 5, 5, 8, 8, 3]
    assert whole.candidates.distances is None
    assert whole.is_gold.tolist() == [True, False, True, False, True, False]
    assert whole.is_target.tolist() == [False, False, True, False, True, False]
    assert whole.documents == tuple("abcdefg")
    assert whole.n_held == 6


def test_one_part_joined_is_itself():
    first = part([0, 0, 2], [5, 6, 7], ("a", "b", "c"), 3, {0, 2})
    whole = concatenated([first])
    assert whole.candidates.mentions.tolist() == [0, 0, 2]
    assert whole._replace(candidates=None, is_gold=None, is_target=None) == (None, None, None, ("a", "b", "c"), 3)


def test_gold_is_any_concept_of_the_one_part_and_nothing_of_a_composite_mention():
    ontology = Ontology([Concept(f"X:{i}", f"lump {i}") for i in range(4)])
    examples = [
        name("lump", "X:2", "X:0"),
        mention("lump and lump", "d", ("X:1",), ("X:2",)),
        mention("lump", "d", ()),
        mention("lump", "d"),
        name("lump", "X:3"),
    ]
    mentions = np.repeat(np.arange(5), 4)
    candidates = Candidates(mentions, np.tile(np.arange(4), 5), np.zeros((20, len(FEATURES))), None, mentions)
    found = are_gold(candidates, examples, ontology)
    assert found.dtype == bool
    assert np.flatnonzero(found).tolist() == [0, 2, 19]


# Features of documents


class Splits:
    """Three splits of the organs' documents, each with a regressor of its own, and topics that tell documents apart."""

    def __init__(self):
        self.ontology, self.encoded = organs()
        regressors = [regressor_of(len(ORGANS), BLOCKS) for _ in range(3)]
        for number, each in enumerate(regressors):
            each.space.points.data.mul_(1 - number / 4)
        self.splits = [held_out_of(self.encoded, f"doc {i}", f"doc {i + 3}") for i in range(3)]
        self.regressors = regressors
        self.parts = [
            out_of_fold_examples(self.ontology, self.encoded, regressor, split, DOCUMENTS)
            for regressor, split in zip(regressors, self.splits, strict=True)
        ]
        vectors = np.random.default_rng(1).normal(size=(len(ORGANS), 2)).astype(np.float32)
        self.topics = ConceptTopics(vectors, np.zeros(2, np.float32))

    def added(self, parts, regressors=None, topic_of=None):
        batches = [held_batch(self.encoded, split) for split in self.splits]
        return with_document_features(
            parts, batches, regressors or self.regressors, self.topics, topic_of or self.topic_of
        )

    @staticmethod
    def topic_of(document):
        angle = float(document.removeprefix("doc "))
        return np.array([np.cos(angle), np.sin(angle)], np.float32)


def features_of(parts, *names):
    columns = [FEATURES.index(each) for each in names or ("document_links", "document_topic")]
    return [part.candidates.features[:, columns] for part in parts]


def test_a_split_is_held_in_the_order_of_its_examples():
    splits = Splits()
    for split, told in zip(splits.splits, splits.parts, strict=True):
        batch = held_batch(splits.encoded, split)
        assert batch.documents == list(told.documents)
        assert batch.texts == [
            each.text for each, held in zip(splits.encoded.examples, split.held, strict=True) if held
        ]


def test_the_links_of_a_split_come_from_a_ranker_of_the_other_splits():
    splits = Splits()
    before = features_of(splits.added(splits.parts))
    changed = [part._replace(is_target=~part.is_target) if i == 1 else part for i, part in enumerate(splits.parts)]
    after = features_of(splits.added(changed))
    assert (before[1] == after[1]).all()
    assert all((before[i][:, 0] != after[i][:, 0]).any() for i in (0, 2))


def test_each_split_has_the_points_of_its_own_regressor():
    splits = Splits()
    before = features_of(splits.added(splits.parts), "document_links")
    moved = [*splits.regressors[:2], splits.regressors[0]]
    after = features_of(splits.added(splits.parts, moved), "document_links")
    assert [(first == second).all() for first, second in zip(before, after, strict=True)] == [True, True, False]


def test_the_topic_of_each_example_is_that_of_its_document():
    splits = Splits()
    for told, found in zip(splits.parts, features_of(splits.added(splits.parts), "document_topic"), strict=True):
        topics = np.array([splits.topic_of(document) for document in told.documents])[told.candidates.mentions]
        vectors = splits.topics.vectors[told.candidates.concepts]
        expected = (topics * vectors / np.linalg.norm(topics, axis=1, keepdims=True)).sum(1)
        np.testing.assert_allclose(found[:, 0], expected, rtol=1e-5, atol=1e-6)
