import pytest

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.literal_names import LiteralNames
from hyplink.mentions.match import Match
from hyplink.names.normal_forms import token_columns

NAMES = [
    ("T cell", "t"),
    ("CD4+ T cell", "plus"),
    ("CD4- T cell", "minus"),
    ("alpha-beta T cell", "ab"),
    ("CD8-positive, alpha-beta T cell", "cd8"),
    ("alphabeta receptor", "receptor"),
    ("encephalitis", "encephalitis"),
    ("St. Louis encephalitis", "louis"),
    ("15q11.2 microdeletion syndrome", "q11"),
    ("C++ developer", "cpp"),
    ("C# developer", "sharp"),
    ("C developer", "c"),
    ("Web 2.0 service", "web"),
    ("Sudek's", "sudek"),
    ("sous chef", "deputy"),
    ("sous-chef", "sauce"),
    ("A.D", "dermatitis"),
    ("eyelid folded in", "entropion"),
    ("EEG: slow activity", "eeg"),
    ("of the", "article"),
    ("3.5", "number"),
]
DETECTOR = DictionaryDetector.from_names(NAMES)


@pytest.mark.parametrize(("name", "concept"), [pair for pair in NAMES if pair[1] not in ("article", "number")])
def test_a_name_is_found_whole_with_its_own_concept(name, concept):
    (found,) = DETECTOR.detect(f"There was {name} here.")
    assert (found.text, found.candidates) == (name, (concept,))


def test_a_name_that_words_only_find_with_other_words_is_found_letter_by_letter():
    names = [("CD27-negative gamma-delta T cell", "cell"), ("CD27-negative gammadelta T lymphocyte", "cell")]
    names += [(f"{other} T {kind}", other) for other in ["gammadelta", *"abcdef"] for kind in ("cell", "lymphocyte")]
    (found,) = DictionaryDetector.from_names(names).detect(names[0][0])
    assert (found.candidates, found.match) == (("cell",), Match.EXACT)


@pytest.mark.parametrize(
    ("text", "found", "concept"),
    [
        ("two CD4+\nT cells were", "CD4+\nT cells", "plus"),
        ("CD8\u2011positive, alpha\u2011beta T-cells.", "alpha\u2011beta T-cells", "ab"),
        ("CD8\u2011positive, alpha\u2011beta T cells.", "CD8\u2011positive, alpha\u2011beta T cells", "cd8"),
        ("ST. LOUIS ENCEPHALITIS", "ST. LOUIS ENCEPHALITIS", "louis"),
        ("Sudek\u2019s was", "Sudek\u2019s", "sudek"),
        ("the C++ developers", "C++ developers", "cpp"),
    ],
)
def test_case_number_line_breaks_and_kinds_of_hyphen_and_apostrophe_are_free(text, found, concept):
    mentions = [m for m in DETECTOR.detect(text) if m.text == found]
    assert [m.candidates for m in mentions] == [(concept,)]


@pytest.mark.parametrize(
    "text", ["of the", "3.5", "a.d", "xC++ developer2", "He saw St. The Louis encephalopathy", "CD4 + 5"]
)
def test_common_words_numbers_other_case_of_symbols_and_parts_of_words_are_no_names(text):
    assert DETECTOR.detect(text) == []


def test_separators_must_be_those_of_the_name():
    (found,) = DETECTOR.detect("in St; Louis encephalitis")
    assert found.candidates == ("encephalitis",)


def test_of_names_that_differ_in_the_symbols_behind_them_the_one_with_most_symbols_is_found():
    names = LiteralNames.from_names([("IL-2", "a"), ("IL-2+", "b"), ("IL-2++", "c"), ("(IL-2)", "d")])
    for text, expected in [("IL-2 x", "a"), ("IL-2+ x", "b"), ("IL-2++ x", "c"), ("(IL-2) x", "d")]:
        (found,) = names.find(text, token_columns(text))
        assert found.concept_ids == (expected,)
        assert text[found.start : found.end] == text[:-2]


def test_a_name_of_several_concepts_gives_all_and_one_equal_but_for_case_wins():
    names = LiteralNames.from_names([("A-B neuron", "1"), ("a-b neuron", "2"), ("A-B neurons", "3")])
    text = "A-B neurons"
    (found,) = names.find(text, token_columns(text))
    assert (found.concept_ids, found.is_exact) == (("3",), True)
    for spelling, expected in (("a-b neuron", "2"), ("A-B neuron", "1"), ("A-b neuron", "12")):
        (found,) = names.find(spelling, token_columns(spelling))
        assert (found.concept_ids, found.is_exact) == (tuple(expected), True)
    (found,) = LiteralNames.from_names([("A-B neuron", "1")]).find(text, token_columns(text))
    assert not found.is_exact


def test_closing_punctuation_of_a_name_is_not_part_of_the_mention():
    detector = DictionaryDetector.from_names([("slow, EEG.", "eeg")])
    (found,) = detector.detect("It was slow, EEG.")
    assert found.text == "slow, EEG"


def test_letter_case_tells_names_of_different_concepts_apart():
    detector = DictionaryDetector.from_names([("Turkey", "country"), ("turkey", "bird"), ("duck", "bird")])
    found = detector.detect("He ate turkey in Turkey. TURKEY")
    assert [mention.candidates for mention in found] == [("bird",), ("country",), ("country", "bird")]
