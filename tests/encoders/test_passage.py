"""Passages and the tokenisation of their words."""

from hypothesis import given
from hypothesis import strategies as st

from hyplink.encoders.passage import CHARACTERS_PER_WORD, Passage, passage_of, words_of


@given(st.text(max_size=60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 3))
def test_a_passage_has_the_given_mention_and_the_text_next_to_it_as_context(text, one, other, window):
    start, end = sorted((min(one, len(text)), min(other, len(text))))
    passage = passage_of(text, start, end, "expanded mention", window)
    assert passage.mention == "expanded mention"
    assert text[:start].endswith(passage.left)
    assert text[end:].startswith(passage.right)


def test_a_passage_has_twenty_five_characters_for_each_word_of_its_window():
    text = "".join(chr(200 + i) for i in range(200))
    assert passage_of(text, 60, 70, "words", 2) == Passage("words", text[10:60], text[70:120])
    assert passage_of(text, 60, 70, "words", 3) == Passage("words", text[:60], text[70:145])
    assert passage_of(text, 180, 190, "words", 1) == Passage("words", text[155:180], text[190:])
    assert passage_of(text, 60, 70, "words", 0) == Passage("words", "", "")
    assert passage_of(text, 0, 200, "words", 1) == Passage("words")


def test_the_length_of_the_context_does_not_depend_on_the_length_of_the_document():
    passage = passage_of("word " * 200_000, 500_000, 500_004, "word", 10)
    assert len(passage.left) == len(passage.right) == 10 * CHARACTERS_PER_WORD
    assert len(words_of(passage.left)) >= 10


def test_words_are_runs_of_letters_or_digits_or_punctuation_if_there_are_none():
    assert words_of("CD4-positive β-cells, 5'") == ["CD", "4", "positive", "β", "cells", "5"]
    assert words_of("+/-") == ["+", "/", "-"]
    assert words_of("  ") == []
    assert words_of("a_b") == ["a", "_", "b"]
    assert words_of("¡α1!") == ["α", "1"]
