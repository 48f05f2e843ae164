from hypothesis import given
from hypothesis import strategies as st

from hyplink.encoders.passage import CHARACTERS_A_WORD, passage_of, words_of


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 3))
def test_a_passage_is_the_text_around_the_mention_which_is_never_cut(text, one, other, window):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    passage = passage_of(text, start, end, "what it means", window)
    assert passage.mention == "what it means"
    assert text[:start].endswith(passage.left)
    assert text[end:].startswith(passage.right)


def test_a_document_of_a_million_characters_costs_no_more_than_a_short_one():
    passage = passage_of("word " * 200_000, 500_000, 500_004, "word", 10)
    assert len(passage.left) == len(passage.right) == 10 * CHARACTERS_A_WORD
    assert len(words_of(passage.left)) >= 10


def test_words_are_runs_of_letters_or_of_digits_and_punctuation_only_where_there_is_nothing_else():
    assert words_of("CD4-positive β-cells, 5'") == ["CD", "4", "positive", "β", "cells", "5"]
    assert words_of("+/-") == ["+", "/", "-"]
    assert words_of("  ") == []
