"""A text as the learned detector reads it."""

from dataclasses import replace

import pytest

from hyplink.corpus import Document, Mention
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.tokenised_text import LONGEST, marked_spans, read
from hyplink.mentions.tokens import Gap
from hyplink.names.normal_forms import Token

DETECTOR = DictionaryDetector.from_names(
    [("hair cell", "a"), ("cell", "b"), ("breast cancer", "c"), ("lung cancer", "d"), ("microcephaly", "e")]
)


def test_a_text_is_split_into_tokens_and_gaps():
    text = " The hair cells, (or)/x. Y"
    tokenised = read(text, DETECTOR)
    assert tokenised.text == text
    assert list(tokenised.tokens) == [
        Token("The", 1, 4),
        Token("hair", 5, 9),
        Token("cells", 10, 15),
        Token("or", 18, 20),
        Token("x", 22, 23),
        Token("Y", 25, 26),
    ]
    assert tokenised.normal == ["the", "hair", "cell", "or", "x", "y"]
    assert tokenised.gaps == [Gap.HARD, Gap.OPEN, Gap.OPEN, Gap.BRACKET, Gap.BRACKET, Gap.HARD, Gap.HARD]
    assert tokenised.token_at_start == {1: 0, 5: 1, 10: 2, 18: 3, 22: 4, 25: 5}
    assert tokenised.token_at_end == {4: 0, 9: 1, 15: 2, 20: 3, 23: 4, 26: 5}


def test_a_text_without_words_has_one_gap():
    tokenised = read("?!", DETECTOR)
    assert (list(tokenised.tokens), tokenised.normal, tokenised.gaps) == ([], [], [Gap.HARD])
    assert (tokenised.names, tokenised.discontinuous, tokenised.long_forms) == ({}, [], {})


def test_the_names_of_a_text_are_those_that_are_whole_tokens_in_a_row_and_those_within_them():
    tokenised = read("hair cells or micro-cephaly", DETECTOR)
    assert {span: (name.text, name.candidates) for span, name in tokenised.names.items()} == {
        (0, 2): ("hair cells", ("a",)),
        (1, 2): ("cells", ("b",)),
        (3, 5): ("micro-cephaly", ("e",)),
    }


def test_discontinuous_names_are_kept_separately():
    tokenised = read("breast or lung cancer", DETECTOR)
    assert {span: name.text for span, name in tokenised.names.items()} == {(2, 4): "lung cancer"}
    assert [(name.text, name.spans) for name in tokenised.discontinuous] == [("breast cancer", ((0, 6), (15, 21)))]


def test_an_abbreviation_is_expanded_to_the_tokens_of_its_first_definition():
    tokenised = read("a hair cell (HC), HC (heart case), big cell (BC)", DETECTOR)
    assert tokenised.long_forms == {"HC": (1, 3), "BC": (7, 9)}


@pytest.mark.parametrize(
    ("start", "end", "span"),
    [
        (0, 3, (0, 1)),
        (0, 8, (0, 2)),
        (4, 8, (1, 2)),
        (4, 13, (1, 3)),
        (0, 7, None),
        (1, 8, None),
        (3, 8, None),
        (0, 4, None),
        (9, 8, None),  # begins behind its end
        (9, 3, None),
        (0, 0, None),
    ],
)
def test_a_span_is_of_whole_tokens(start, end, span):
    assert read("The cone cell", DETECTOR).span_at(start, end) == span


def test_a_span_has_the_characters_and_normal_forms_of_its_tokens():
    tokenised = read("The cone cells saw", DETECTOR)
    assert tokenised.characters((1, 3)) == (4, 14)
    assert tokenised.words((1, 3)) == ("cone", "cell")
    assert tokenised.characters((0, 1)) == (0, 3)
    assert tokenised.words((0, 4)) == ("the", "cone", "cell", "saw")


@pytest.mark.parametrize(
    ("text", "first", "ends"),
    [
        ("a b c", 0, [1, 2, 3]),
        ("a b c", 2, [3]),
        ("a, (b/c d. e", 0, [1, 2, 3, 4]),
        ("a. b", 0, [1]),
        ("a. b", 1, [2]),
    ],
)
def test_spans_end_within_their_clause(text, first, ends):
    assert list(read(text, DETECTOR).span_ends(first)) == ends


def test_spans_do_not_cross_the_items_of_a_list():
    tokenised = read("No hair cell\nLung cancer\ncell", DETECTOR)
    assert [list(tokenised.span_ends(first)) for first in range(6)] == [[1, 2, 3], [2, 3], [3], [4, 5], [5], [6]]


def test_spans_have_at_most_eight_words():
    assert LONGEST == 8
    assert list(read("a " * 10, DETECTOR).span_ends(1)) == list(range(2, 10))
    assert list(read("a " * 8, DETECTOR).span_ends(0)) == list(range(1, 9))


def test_marked_spans_are_the_contiguous_mentions_that_cut_no_token():
    text = "The cone cells saw"
    mentions = [
        Mention(4, 14, "cone cells"),
        Mention(15, 18, "saw"),
        Mention(4, 13, "cone cell"),
        Mention(0, 14, "The cells", spans=((0, 3), (9, 14))),
    ]
    tokenised = read(text, DETECTOR)
    assert marked_spans(Document("d", text, tuple(mentions)), tokenised) == {(1, 3), (3, 4)}
    assert marked_spans(Document("d", text), replace(tokenised, names={})) == frozenset()
