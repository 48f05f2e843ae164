import numpy as np
from sklearn.feature_extraction import FeatureHasher

from hyplink.mentions.learned.token_features import N_COLUMNS, NOTHING
from hyplink.mentions.learned.tokenised_text import read
from hyplink.names.normal_forms import stem

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


def test_what_is_not_there_says_nothing(span_detector):
    seen = np.array([[5, NOTHING, 7]])
    weights = span_detector.token_tagger.weights
    expected = weights[5] + weights[7] + span_detector.token_tagger.bias
    np.testing.assert_allclose(span_detector.token_tagger.log_odds(seen), expected[None], rtol=1e-6)
