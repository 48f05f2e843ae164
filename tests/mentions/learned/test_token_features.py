from dataclasses import replace

import numpy as np
import pytest
from sklearn.feature_extraction import FeatureHasher

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.token_features import (
    N_COLUMNS,
    NOTHING,
    TokenFeatures,
    _column,
    _long_forms,
    _name_marks,
    _shape,
)
from hyplink.mentions.learned.tokenised_text import read
from hyplink.mentions.learned.word_classes import WordClasses
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from hyplink.names.normal_forms import stem
from tests.mentions.learned.conftest import LetterEncoder

TEXT = "No rod cells, nor naïve CD4+ T cells (TCs) of the spleen."
GAPS = [4, 0, 0, 2, 0, 0, 3, 0, 3, 3, 0, 0, 4]
NAMES = ["", "start 1", "end 1", "", "", "", "", "all 1", "", "", "", ""]
SHAPES = ["Xx", "xx", "xx", "xx", "xx", "XX0", "X", "xx", "XXx", "xx", "xx", "xx"]
ABBREVIATION = 8


def things(tokenised, classes):
    """What is seen at each token, in words."""
    normal, names, shapes, coarse, fine = (
        ["-", "-", *each, "-", "-"] for each in (tokenised.normal, NAMES, SHAPES, *zip(*classes, strict=True))
    )
    for i, token in enumerate(tokenised.tokens):
        before, word, after = normal[i + 1 : i + 4]
        yield [
            *(f"ending {word[-3:]}", f"beginning {word[:4]}", f"stem {stem(token.text)}"),
            *(f"{at - 2} {normal[i + at]}" for at in range(5)),
            *(f"{at - 2} c {coarse[i + at]}" for at in range(5)),
            *(f"{at - 2} f {fine[i + at]}" for at in range(5)),
            *(f"{at - 2} name {names[i + at]}" for at in range(5)),
            *(f"{at - 2} ending {normal[i + at][-4:]}" for at in (1, 2, 3)),
            *(f"{at - 2} shape {shapes[i + at]}" for at in (1, 2, 3)),
            *(f"{before} {word}", f"{word} {after}"),
            *(f"names {names[i + 1]} {names[i + 2]}", f"names {names[i + 2]}, {names[i + 3]}"),
            *(f"gap {GAPS[i]}", f"gap {GAPS[i]} {before}"),
            *(f"gap {GAPS[i + 1]} after", f"gap {GAPS[i + 1]} after {after}"),
            *(("short form", "long t", "form cell") if i == ABBREVIATION else ()),
        ]


def test_what_is_seen_is_hashed_as_scikit_learn_does(span_detector, detector):
    tokenised = read(TEXT, detector)
    classes = span_detector.token_features.word_classes.classes([token.text.lower() for token in tokenised.tokens])
    expected = FeatureHasher(N_COLUMNS, input_type="string", alternate_sign=False).transform(things(tokenised, classes))
    for _ in range(2):  # of words that are new, and of those that were met before
        seen = span_detector.token_features.of(tokenised)
        found = np.zeros(expected.shape)
        rows, columns = np.nonzero(seen != NOTHING)
        np.add.at(found, (rows, seen[rows, columns]), 1)
        np.testing.assert_array_equal(found, expected.toarray())


def test_in_a_text_without_words_nothing_is_seen(span_detector, detector):
    seen = span_detector.token_features.of(read("?!", detector))
    assert len(seen) == 0
    assert span_detector.token_tagger.log_odds(seen).shape == (0, 3)


def test_padding_columns_add_nothing_to_the_log_odds(span_detector):
    seen = np.array([[5, NOTHING, 7]])
    weights = span_detector.token_tagger.weights
    expected = weights[5] + weights[7] + span_detector.token_tagger.bias
    np.testing.assert_allclose(span_detector.token_tagger.log_odds(seen), expected[None], rtol=1e-6)


def tokenised_with(names, n_tokens=6):
    text = " ".join(f"w{i}" for i in range(n_tokens))
    found = {span: DetectedMention(0, 1, "", ("x",), match, "") for span, match in names.items()}
    return replace(read(text, DictionaryDetector.from_names([])), names=found)


@pytest.mark.parametrize(
    ("names", "marks"),
    [
        ({}, ["", "", "", "", "", ""]),
        ({(1, 2): Match.EXACT}, ["", "all 0", "", "", "", ""]),
        ({(1, 3): Match.DERIVED}, ["", "start 2", "end 2", "", "", ""]),
        ({(0, 4): Match.REWORDED}, ["start 4", "within 4", "within 4", "end 4", "", ""]),
        ({(2, 3): Match.EXACT, (1, 4): Match.REWORDED}, ["", "start 4", "within 4", "end 4", "", ""]),
        ({(3, 5): Match.REWORDED, (2, 4): Match.EXACT}, ["", "", "start 0", "end 0", "", ""]),
        ({(2, 4): Match.REWORDED, (3, 5): Match.EXACT}, ["", "", "", "start 0", "end 0", ""]),
        ({(2, 4): Match.EXACT, (4, 6): Match.DERIVED}, ["", "", "start 0", "end 0", "start 2", "end 2"]),
    ],
)
def test_the_longest_and_best_matching_names_are_tagged_at_their_first_inner_and_last_tokens(names, marks):
    assert _name_marks(tokenised_with(names)) == marks


@pytest.mark.parametrize(
    ("word", "shape"),
    [
        ("BRCA1", "XX0"),
        ("cells", "xx"),
        ("A", "X"),
        ("AB", "XX"),
        ("aBc", "xXx"),
        ("p53a", "x00x"),
        ("1234", "00"),
        ("é", "x"),
        ("Ab1Ab1", "Xx0Xx0"),
        ("霍", "x"),
    ],
)
def test_the_shape_of_a_word_encodes_capitals_lower_case_letters_and_digits(word, shape):
    assert _shape(word) == shape


def test_abbreviations_show_the_words_that_they_are_short_for():
    tokenised = replace(tokenised_with({}), long_forms={"w4": (0, 3), "w5": (1, 2)})
    columns = _long_forms(tokenised)
    assert columns[:4].tolist() == [[NOTHING] * 3] * 4
    hasher = FeatureHasher(N_COLUMNS, input_type="string", alternate_sign=False)
    for row, what in ((4, ("short form", "long w0", "form w2")), (5, ("short form", "long w1", "form w1"))):
        assert columns[row].tolist() == hasher.transform([[each] for each in what]).indices.tolist()


class CountingEncoder(LetterEncoder):
    """Notes how many words it was asked to encode."""

    n = 0

    def encode(self, passages):
        self.n += len(passages)
        return super().encode(passages)


def test_words_are_encoded_once_as_long_as_they_are_kept(monkeypatch):
    encoder = CountingEncoder()
    centres = [np.eye(26, dtype=np.float32)[:n] for n in (3, 9)]
    tokenised = read("a bee or a Bee", DictionaryDetector.from_names([]))
    features = TokenFeatures(WordClasses(encoder, centres))
    first = features.of(tokenised)
    assert encoder.n == 4
    np.testing.assert_array_equal(features.of(tokenised), first)
    assert encoder.n == 4
    monkeypatch.setattr("hyplink.mentions.learned.token_features._WORDS_KEPT", 4)
    features.of(tokenised)
    assert encoder.n == 4
    monkeypatch.setattr("hyplink.mentions.learned.token_features._WORDS_KEPT", 3)
    np.testing.assert_array_equal(features.of(tokenised), first)
    assert encoder.n == 8


def test_the_features_of_a_text_are_those_of_the_text_alone():
    classes = WordClasses(LetterEncoder(), [np.eye(26, dtype=np.float32)[:n] for n in (3, 9)])
    texts = [read(text, DictionaryDetector.from_names([])) for text in ("cells of an eye", "the eye", "x")]
    one = TokenFeatures(classes)
    for tokenised in texts:
        np.testing.assert_array_equal(one.of(tokenised), TokenFeatures(classes).of(tokenised))
        assert one.of(tokenised).shape == (len(tokenised.tokens), len(one.of(texts[2])[0]))


def test_different_things_have_different_columns_with_few_exceptions():
    columns = {_column(f"stem word{number}") for number in range(1000)}
    assert len(columns) > 990
    assert max(columns) < N_COLUMNS
