from dataclasses import replace

import numpy as np
import pytest

from hyplink.corpus import Document, Mention
from hyplink.gold import GoldResolver
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.detector import discontinuous_names
from hyplink.mentions.learned.mention_prior import NO_COUNTS, Counts, MentionPrior
from hyplink.mentions.learned.token_features import TokenFeatures
from hyplink.mentions.learned.tokenised_text import LONGEST, marked_spans, read
from hyplink.mentions.learned.training import (
    FOLDS,
    SEED,
    THRESHOLDS,
    _Annotated,
    _best_threshold,
    _discontinuous_probability,
    _f1,
    _out_of_fold,
    _OutOfFold,
    _texts,
    _unseen_name_probability,
    train_span_detector,
)
from hyplink.mentions.learned.word_classes import WordClasses
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from hyplink.ontology import Concept, Ontology
from hyplink.run.mode import MIN_MENTIONS
from tests.mentions.learned.conftest import LetterEncoder, taught


def test_too_few_documents_or_mentions_give_no_span_detector(documents, detector):
    assert taught([], detector) is None
    assert taught(documents[: MIN_MENTIONS - 1], detector) is None
    text = " and ".join(["rods"] * MIN_MENTIONS)
    mentions = tuple(Mention(9 * i, 9 * i + 4, "rods") for i in range(MIN_MENTIONS))
    assert taught([Document(f"{i}", text, mentions) for i in range(FOLDS - 1)], detector) is None


def test_documents_without_mentions_or_without_other_words_are_passed_over(documents, detector):
    bare = [replace(document, mentions=()) for document in documents]
    terms = [Document(f"t{i}", "rods", (Mention(0, 4, "rods"),)) for i in range(MIN_MENTIONS)]
    assert taught([*bare, *terms], detector) is None


def test_mentions_of_what_the_ontology_does_not_hold_are_none(documents, detector):
    unknown = [
        replace(document, mentions=tuple(replace(each, parts=(("Y:1",),)) for each in document.mentions))
        for document in documents
    ]
    assert taught(unknown, detector) is None


def test_mentions_that_split_words_are_not_trained_on(documents, detector):
    cut = [
        replace(document, mentions=tuple(replace(each, end=each.end - 1) for each in document.mentions))
        for document in documents
    ]
    assert taught(cut, detector) is None


def test_text_that_is_almost_all_mentions_can_be_trained_on(detector):
    text = "rods cones"
    marks = (Mention(0, 4, "rods"), Mention(5, 10, "cones"))
    documents = [Document(f"{i}", f"{text} and", marks) for i in range(MIN_MENTIONS)]
    assert [each.text for each in taught(documents, detector).mentions(text, detector)] == ["rods", "cones"]


def test_the_words_of_a_text_are_read_with_the_names_and_abbreviations_among_them(detector):
    tokenised = read("Inner hair cells (IHC): no cone. Cells", detector)
    assert list(tokenised.normal) == ["inner", "hair", "cell", "ihc", "no", "cone", "cell"]
    assert {span: name.text for span, name in tokenised.names.items()} == {
        (1, 3): "hair cells",
        (2, 3): "cells",
        (6, 7): "Cells",
    }
    assert tokenised.long_forms == {"IHC": (0, 3)}
    assert list(tokenised.span_ends(2)) == [3, 4]  # a colon ends a clause, a bracket does not
    assert list(read("word " * 20, detector).span_ends(0)) == list(range(1, LONGEST + 1))


def test_marked_words_are_whole_tokens_in_a_row(detector):
    text = "The cone cells saw."
    tokenised = read(text, detector)
    marks = [(4, 14, None), (4, 6, None), (0, 14, ((0, 3), (9, 14)))]
    document = Document("d", text, tuple(Mention(start, end, "", spans=spans) for start, end, spans in marks))
    assert marked_spans(document, tokenised) == {(1, 3)}


def test_the_mention_prior_counts_surface_forms_in_singular_and_plural(detector):
    first = read("Rods and a rod. A cell, cells.", detector)
    second = read("A rod, a bone.", detector)
    mention_prior = MentionPrior.from_texts([(first, frozenset({(0, 1)})), (second, frozenset())])
    assert mention_prior.times == {"cell": Counts(2, 0), "rod": Counts(3, 1)}
    assert mention_prior.counts_of(second, (3, 4)) == NO_COUNTS
    assert list(mention_prior.previously_marked(second)) == [(1, 2)]


@pytest.mark.parametrize(("span", "kept"), [((0, 2), 1), ((0, 4), 0)])
def test_a_discontinuous_name_is_dropped_if_one_mention_contains_all_of_it(detector, span, kept):
    text = "rod and cone cells"
    discontinuous = DetectedMention(0, 18, "rod cells", ("X:1",), Match.NORMALISED, "rod cells", ((0, 3), (13, 18)))
    tokenised = replace(read(text, detector), discontinuous=[discontinuous])
    assert len(discontinuous_names(tokenised, [span])) == kept


def test_a_span_detector_is_trained_from_five_documents_and_a_hundred_mentions_on(detector):
    assert (FOLDS, MIN_MENTIONS) == (5, 100)
    text = "the " + " and ".join(["rods"] * 20)
    mentions = tuple(Mention(4 + 9 * i, 8 + 9 * i, "rods", (("X:1",),)) for i in range(20))
    documents = [Document(f"{i}", text, mentions) for i in range(5)]
    assert taught(documents, detector) is not None
    assert taught([*documents[:4], replace(documents[4], mentions=mentions[:19])], detector) is None
    assert taught([*documents[:3], replace(documents[4], text=text + text[3:], mentions=mentions)], detector) is None


RESOLVER = GoldResolver(Ontology([Concept("X:1", "rod cell")]))


def document_of(doc_id, *marked, parts=(("X:1",),)):
    """`a rod, a cone or a cell` with some of its words marked."""
    text = "a rod, a cone or a cell"
    mentions = [Mention(text.index(word), text.index(word) + len(word), word, parts) for word in marked]
    return Document(doc_id, text, tuple(mentions))


def test_texts_with_marks_come_first_in_random_order(detector):
    documents = [
        document_of(f"{i}", "cone") if i % 2 else document_of(f"{i}", "cone", parts=(("Y:1",),)) for i in range(9)
    ]
    texts = _texts(documents, RESOLVER, detector)
    order = np.random.default_rng(0).permutation(9).tolist()
    expected = [*[i for i in order if i % 2], *[i for i in order if i % 2 == 0]]
    assert [each.document.doc_id for each in texts] == [str(i) for i in expected]
    assert [each.marked for each in texts] == [{(3, 4)}] * 4 + [frozenset()] * 5
    assert [len(each.document.mentions) for each in texts] == [1] * 4 + [0] * 5
    assert all(each.tokenised.text == each.document.text for each in texts)


@pytest.mark.parametrize(("words", "n_texts"), [(14, 2), (15, 3), (7, 1), (8, 2), (1000, 6)])
def test_texts_are_read_until_they_hold_enough_words(detector, monkeypatch, words, n_texts):
    monkeypatch.setattr("hyplink.mentions.learned.training.WORDS", words)
    documents = [document_of(f"{i}", "cone") for i in range(6)]
    assert len(_texts(documents, RESOLVER, detector)) == n_texts


def test_texts_without_mentions_or_without_other_words_are_passed_over(detector):
    whole = Document("whole", "a rod", (Mention(0, 5, "a rod", (("X:1",),)),))
    others = [document_of("none"), replace(document_of("plain"), mentions=None), whole]
    documents = [document_of(f"{i}", "rod") if i % 4 == 0 else others[i % 4 - 1] for i in range(12)]
    assert sorted(each.document.doc_id for each in _texts(documents, RESOLVER, detector)) == ["0", "4", "8"]
    assert _texts(others, RESOLVER, detector) == []


def test_mentions_without_ids_and_with_one_known_id_count(detector):
    documents = [
        document_of("none", "rod", parts=()),
        document_of("known", "cone", parts=(("Y:1", "X:1"),)),
        document_of("composite", "cell", parts=(("Y:1",), ("X:1",))),
        document_of("unknown", "cone", parts=(("Y:1",), ("Y:2",))),
    ]
    marked = {each.document.doc_id: each.marked for each in _texts(documents, RESOLVER, detector)}
    assert marked == {"none": {(1, 2)}, "known": {(3, 4)}, "composite": {(6, 7)}, "unknown": frozenset()}


def test_a_name_marked_with_an_unknown_id_is_a_mention(detector):
    (text,) = _texts([document_of("0", "cell", parts=(("Y:1",),))], RESOLVER, detector)
    assert text.marked == {(6, 7)}
    assert (6, 7) in text.tokenised.names


def test_a_name_inside_a_mention_with_an_unknown_id_is_no_unmarked_name(detector):
    (text,) = _texts([document_of("0", "a cell", parts=(("Y:1",),))], RESOLVER, detector)
    assert text.marked == frozenset()
    assert text.document.mentions == ()
    assert text.tokenised.names == {}
    assert list(_texts([document_of("0", "a cell")], RESOLVER, detector)[0].tokenised.names) == [(6, 7)]


def annotated_of(detector, *marked):
    """Texts with what is seen at their tokens, one for each tuple of marked words."""
    texts = [(document_of(f"{i}", *each), read(document_of("", *each).text, detector)) for i, each in enumerate(marked)]
    words = [token.text.lower() for _, tokenised in texts for token in tokenised.tokens]
    features = TokenFeatures(WordClasses.from_words(words, LetterEncoder(), 0))
    return [_Annotated(*each, marked_spans(*each), features.of(each[1])) for each in texts]


class Steps:
    """Counts the steps of a piece of work."""

    n = 0

    def advance(self, n=1, note=""):
        self.n += n


def test_no_document_is_scored_by_a_model_trained_on_it(detector):
    marks = [("rod",), ("cone",), ("rod", "cell"), ("cone", "cell"), ("rod",), ("rod",), ("cell",)]
    folds = np.array([0, 1, 2, 3, 4, 0, 1])
    steps = Steps()
    scored = _out_of_fold(annotated_of(detector, *marks), folds, steps)
    assert steps.n == 5
    assert [each.n_marked for each in scored] == [1, 1, 2, 2, 1, 1, 1]
    for each, words in zip(scored, marks, strict=True):
        tokens = {"rod": (1, 2), "cone": (3, 4), "cell": (6, 7)}
        assert {span for span, true in zip(each.spans, each.is_mention, strict=True) if true} == {
            tokens[w] for w in words
        }
    changed = _out_of_fold(annotated_of(detector, *marks[:2], ("cone", "rod"), *marks[3:]), folds, Steps())
    same = [
        one.spans == other.spans and np.array_equal(one.features, other.features)
        for one, other in zip(scored, changed, strict=True)
    ]
    assert same == [False, False, True, False, False, False, False]
    assert changed[2].is_mention.tolist() != scored[2].is_mention.tolist()


def test_a_name_is_new_where_no_document_of_another_fold_has_it(detector):
    annotated = annotated_of(detector, *[("rod",)] * 5)
    assert [each.unseen_names for each in _out_of_fold(annotated, np.arange(5), Steps())] == [[]] * 5
    bare = [each._replace(tokenised=replace(each.tokenised, names={}), marked=frozenset()) for each in annotated]
    bare[3] = annotated[3]._replace(marked=frozenset())
    scored = _out_of_fold([each._replace(marked=frozenset({(3, 4)})) for each in bare], np.arange(5), Steps())
    assert [each.unseen_names for each in scored] == [[], [], [], [(6, 7)], []]


def judged_of(probability, marked, *, row):
    """A document with one span, whose features are a number of its own and its probability."""
    return _OutOfFold([(0, 1)], np.array([[row, probability]]), np.array([marked]), int(marked), [])


class ScorerByColumn:
    """Takes the second feature for the probability, and scores nothing that it was trained on."""

    def __init__(self, trained_on):
        self.trained_on = trained_on

    def probabilities(self, features):
        assert not set(features[:, 0].tolist()) & set(self.trained_on)
        return features[:, 1]


def test_the_threshold_is_the_middle_of_the_best_and_no_scorer_has_seen_what_it_scores(monkeypatch):
    assert THRESHOLDS.tolist() == pytest.approx([0.1 + 0.025 * i for i in range(21)])
    seen_rows = []

    def train(features, is_mention, seed):
        seen_rows.append(features[:, 0].tolist())
        assert is_mention.tolist() == [row % 2 == 0 for row in features[:, 0]]
        assert seed == SEED == 0
        return ScorerByColumn(seen_rows[-1])

    monkeypatch.setattr("hyplink.mentions.learned.training.train_span_scorer", train)
    scored = [judged_of(0.21 if i % 2 else 0.42, i % 2 == 0, row=i) for i in range(10)]
    folds = np.array([0, 0, 1, 1, 2, 2, 3, 3, 4, 4])
    # Eight thresholds, 0.225 to 0.4, select exactly the marked spans; the middle one is the fifth.
    assert _best_threshold(scored, folds) == pytest.approx(0.325)
    assert seen_rows == [[i for i in range(10) if i // 2 != fold] for fold in range(5)]


def test_f1_counts_the_chosen_spans_of_all_documents_against_their_marks():
    first = _OutOfFold([(0, 1), (0, 2), (3, 4)], np.zeros((3, 1)), np.array([False, True, False]), 2, [])
    second = _OutOfFold([(1, 2)], np.zeros((1, 1)), np.array([True]), 1, [])
    # Chosen are (0, 2) and (3, 4) of the first, and (1, 2) of the second: two of three are right, of three marked.
    probabilities = {0: np.array([0.3, 0.9, 0.6]), 1: np.array([0.8])}
    assert _f1([first, second], probabilities, 0.5) == pytest.approx(2 * 2 / (3 + 3))
    assert _f1([first, second], probabilities, 0.7) == pytest.approx(2 * 2 / (2 + 3))
    assert _f1([first, second], probabilities, 0.85) == pytest.approx(2 * 1 / (1 + 3))


def test_the_probability_of_discontinuous_names_is_their_share_with_an_even_start():
    text = "breast or lung cancer; skin or lung cancer"
    detector = DictionaryDetector.from_names([(f"{organ} cancer", organ) for organ in ("breast", "lung", "skin")])
    tokenised = read(text, detector)
    assert [each.text for each in tokenised.discontinuous] == ["breast cancer", "skin cancer"]
    breast = Mention(0, 21, "breast cancer", spans=((0, 6), (15, 21)))
    around = Mention(0, 21, "breast or lung cancer")
    seen = np.zeros((8, 1), np.int64)

    def probability(*mentions):
        document = Document("d", text, mentions)
        return _discontinuous_probability([_Annotated(document, tokenised, marked_spans(document, tokenised), seen)])

    assert probability() == pytest.approx(1 / 4)
    assert probability(breast) == pytest.approx(2 / 4)
    assert probability(around) == pytest.approx(1 / 3)  # a name within a mention does not count
    assert _discontinuous_probability([]) == 0.5


def test_the_probability_of_new_names_is_the_share_of_mentions_among_them_with_an_even_start():
    one = _OutOfFold([(0, 1), (1, 2), (2, 3)], np.zeros((3, 1)), np.array([True, False, True]), 2, [(0, 1), (1, 2)])
    other = _OutOfFold([(0, 1)], np.zeros((1, 1)), np.array([True]), 1, [(0, 1)])
    assert _unseen_name_probability([one, other]) == pytest.approx((1 + 2) / (2 + 3))
    assert _unseen_name_probability([]) == 0.5


def test_a_trained_detector_has_what_all_documents_show(detector):
    detector = DictionaryDetector.from_names([("breast cancer", "X:1"), ("lung cancer", "X:1"), ("big toe", "X:1")])
    text = "a case of breast or lung cancer"
    documents = [Document(f"{i}", text, (Mention(20, 31, "lung cancer", (("X:1",),)),)) for i in range(99)]
    documents.append(Document("toe", "a case of big toe", (Mention(10, 17, "big toe", (("X:1",),)),)))
    steps = Steps()
    found = train_span_detector(documents, RESOLVER, detector, LetterEncoder(), steps)
    assert steps.n == FOLDS + 1
    assert found.discontinuous == pytest.approx(1 / 101)  # `breast … cancer` stands in 99 documents and is no mention
    assert found.new == pytest.approx(2 / 3)  # `big toe` is in no other document
    assert found.mention_prior.times == {"big toe": Counts(1, 1), "lung cancer": Counts(99, 99)}
    assert found.threshold in THRESHOLDS
    (mention,) = found.mentions("a case of big toe", detector)
    assert mention.text == "big toe"
