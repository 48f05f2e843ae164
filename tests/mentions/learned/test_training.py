from dataclasses import replace

import pytest

from hyplink.corpus import Document, Mention
from hyplink.mentions.dictionary import DetectedMention
from hyplink.mentions.learned.detector import discontinuous_names
from hyplink.mentions.learned.mention_prior import NO_COUNTS, Counts, MentionPrior
from hyplink.mentions.learned.tokenised_text import LONGEST, marked_runs, read
from hyplink.mentions.learned.training import FOLDS, MENTIONS
from hyplink.mentions.match import Match
from tests.mentions.learned.conftest import taught


def test_too_few_documents_or_mentions_teach_nothing(documents, detector):
    assert taught([], detector) is None
    assert taught(documents[: MENTIONS - 1], detector) is None
    text = " and ".join(["rods"] * MENTIONS)
    mentions = tuple(Mention(9 * i, 9 * i + 4, "rods") for i in range(MENTIONS))
    assert taught([Document(f"{i}", text, mentions) for i in range(FOLDS - 1)], detector) is None


def test_documents_without_mentions_or_without_other_words_are_passed_over(documents, detector):
    bare = [replace(document, mentions=()) for document in documents]
    terms = [Document(f"t{i}", "rods", (Mention(0, 4, "rods"),)) for i in range(MENTIONS)]
    assert taught([*bare, *terms], detector) is None


def test_mentions_of_what_the_ontology_does_not_hold_are_none(documents, detector):
    unknown = [
        replace(document, mentions=tuple(replace(each, parts=(("Y:1",),)) for each in document.mentions))
        for document in documents
    ]
    assert taught(unknown, detector) is None


def test_mentions_that_cut_words_teach_nothing(documents, detector):
    cut = [
        replace(document, mentions=tuple(replace(each, end=each.end - 1) for each in document.mentions))
        for document in documents
    ]
    assert taught(cut, detector) is None


def test_text_that_is_marked_almost_throughout_can_be_learned_from(detector):
    text = "rods cones"
    marks = (Mention(0, 4, "rods"), Mention(5, 10, "cones"))
    documents = [Document(f"{i}", f"{text} and", marks) for i in range(MENTIONS)]
    assert [each.text for each in taught(documents, detector).mentions(text, detector)] == ["rods", "cones"]


def test_the_words_of_a_text_are_read_with_the_names_and_abbreviations_among_them(detector):
    tokenised = read("Inner hair cells (IHC): no cone. Cells", detector)
    assert list(tokenised.normal) == ["inner", "hair", "cell", "ihc", "no", "cone", "cell"]
    assert {run: name.text for run, name in tokenised.names.items()} == {
        (1, 3): "hair cells",
        (2, 3): "cells",
        (6, 7): "Cells",
    }
    assert tokenised.long_forms == {"IHC": (0, 3)}
    assert list(tokenised.runs_from(2)) == [3, 4]  # a colon ends a clause, a bracket does not
    assert list(read("word " * 20, detector).runs_from(0)) == list(range(1, LONGEST + 1))


def test_marked_words_are_whole_tokens_in_a_row(detector):
    text = "The cone cells saw."
    tokenised = read(text, detector)
    marks = [(4, 14, None), (4, 6, None), (0, 14, ((0, 3), (9, 14)))]
    document = Document("d", text, tuple(Mention(start, end, "", spans=spans) for start, end, spans in marks))
    assert marked_runs(document, tokenised) == {(1, 3)}


def test_usage_counts_where_marked_wordings_and_names_stand_in_either_number(detector):
    first = read("Rods and a rod. A cell, cells.", detector)
    second = read("A rod, a bone.", detector)
    mention_prior = MentionPrior.from_texts([(first, frozenset({(0, 1)})), (second, frozenset())])
    assert mention_prior.times == {"cell": Counts(2, 0), "rod": Counts(3, 1)}
    assert mention_prior.counts_of(second, (3, 4)) == NO_COUNTS
    assert list(mention_prior.previously_marked(second)) == [(1, 2)]


@pytest.mark.parametrize(("run", "kept"), [((0, 2), 1), ((0, 4), 0)])
def test_a_name_whose_words_stand_apart_falls_where_a_mention_holds_all_of_it(detector, run, kept):
    text = "rod and cone cells"
    discontinuous = DetectedMention(0, 18, "rod cells", ("X:1",), Match.NORMALISED, "rod cells", ((0, 3), (13, 18)))
    tokenised = replace(read(text, detector), discontinuous=[discontinuous])
    assert len(discontinuous_names(tokenised, [run])) == kept
