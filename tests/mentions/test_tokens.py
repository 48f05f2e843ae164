"""A text as a row of words with the gaps between them, abbreviations written out."""

import pytest

from hyplink.mentions.abbreviations import Abbreviation
from hyplink.mentions.tokens import Gap, Word, WordColumns, document_columns, gap_of, without_definitions, words_of
from hyplink.names.vocabulary import Vocabulary

NONE = Vocabulary(())


@pytest.mark.parametrize(
    ("between", "gap"),
    [
        ("", Gap.OPEN),
        (" ", Gap.OPEN),
        ("-", Gap.OPEN),
        ("\n", Gap.OPEN),
        (" \n ", Gap.OPEN),
        (" & ", Gap.OPEN),
        ("'s ", Gap.OPEN),
        ("’S ", Gap.OPEN),
        ("'s", Gap.OPEN),
        (".'s ", Gap.HARD),
        (".’S ", Gap.HARD),
        ("/", Gap.SLASH),
        (", ", Gap.COMMA),
        (",", Gap.COMMA),
        ("'s, ", Gap.COMMA),
        ("，", Gap.COMMA),
        ("、", Gap.COMMA),
        (" (", Gap.BRACKET),
        (") ", Gap.BRACKET),
        (", (", Gap.BRACKET),
        (" / ", Gap.BRACKET),
        ("'s (", Gap.BRACKET),
        *[(mark, Gap.BRACKET) for mark in '()[]{}"“”.;:!?+—（）「」'],
        (" – ", Gap.BRACKET),
        (". ", Gap.HARD),
        ("'s. ", Gap.HARD),
        ("(. ", Gap.HARD),
        *[(f"{mark} ", Gap.HARD) for mark in ".!?;:"],
        *[(f".{mark}\n", Gap.HARD) for mark in ')]"”’'],
        ('.")] ', Gap.HARD),
        ("\n\n", Gap.HARD),
        ("\n \t\n", Gap.HARD),
        *[(mark, Gap.HARD) for mark in "=<>•|。！？；："],
    ],
)
def test_a_gap_is_as_wide_as_the_strongest_mark_in_it(between, gap):
    assert gap_of(between) is gap


def test_gaps_are_ordered_from_none_to_the_end_of_a_sentence():
    assert [int(gap) for gap in (Gap.OPEN, Gap.SLASH, Gap.COMMA, Gap.BRACKET, Gap.HARD)] == [0, 1, 2, 3, 4]


def test_each_word_has_its_characters_and_the_gap_before_it():
    assert words_of("No rods, (cone/lens) cells. End", {}, NONE).words() == [
        Word("No", 0, 2, Gap.HARD),
        Word("rods", 3, 7, Gap.OPEN),
        Word("cone", 10, 14, Gap.BRACKET),
        Word("lens", 15, 19, Gap.SLASH),
        Word("cells", 21, 26, Gap.BRACKET),
        Word("End", 28, 31, Gap.HARD),
    ]


def test_columns_of_words_have_all_that_the_words_have():
    words = [Word("ab", 0, 2, Gap.HARD, closes=False), Word("c", 3, 4, Gap.COMMA, opens=False, respelled=True)]
    columns = WordColumns.from_words(words)
    assert columns.words() == words
    assert columns.part(1, 2).words() == words[1:]
    assert WordColumns.from_words([]).words() == []


def test_a_text_whose_words_are_replaced_keeps_its_own_tokens():
    text, long_forms = "x-y AB, AB-c", {"AB": "aa bb"}
    before = [list(column) for column in document_columns(text)]
    assert words_of(text, long_forms, Vocabulary({"xy"})).texts == ["xy", "aa", "bb", "aa", "bb", "c"]
    assert [list(column) for column in document_columns(text)] == before


def test_a_word_may_open_and_close_a_mention_by_default():
    assert Word("x", 0, 1, Gap.OPEN) == ("x", 0, 1, Gap.OPEN, True, True, False)


def test_the_first_word_of_a_text_starts_a_clause_whatever_precedes_it():
    assert words_of(" x", {}, NONE).words() == [Word("x", 1, 2, Gap.HARD)]
    assert words_of("", {}, NONE).words() == []


def test_words_with_a_hyphen_are_joined_where_the_vocabulary_has_them_as_one():
    assert words_of("a, Micro-Cephalies-like x", {}, Vocabulary({"microcephaly"})).words() == [
        Word("a", 0, 1, Gap.HARD),
        Word("MicroCephalies", 3, 18, Gap.COMMA),
        Word("like", 19, 23, Gap.OPEN),
        Word("x", 24, 25, Gap.OPEN),
    ]


@pytest.mark.parametrize(
    "text", ["micro cephaly", "micro/cephaly", "micro--cephaly", "micro- cephaly", "micro-cephal", "micro-"]
)
def test_words_are_joined_across_one_hyphen_alone_and_only_to_a_known_word(text):
    assert "microcephaly" not in words_of(text, {}, Vocabulary({"microcephaly"})).texts


def test_a_short_form_is_replaced_by_the_words_of_its_long_form():
    assert words_of("no GPD, x", {"GPD": "glucose 6-phosphate dehydrogenase"}, NONE).words() == [
        Word("no", 0, 2, Gap.HARD),
        Word("glucose", 3, 6, Gap.OPEN, opens=True, closes=False),
        Word("6", 3, 6, Gap.OPEN, opens=False, closes=False),
        Word("phosphate", 3, 6, Gap.OPEN, opens=False, closes=False),
        Word("dehydrogenase", 3, 6, Gap.OPEN, opens=False, closes=True),
        Word("x", 8, 9, Gap.COMMA),
    ]


def test_a_long_form_of_one_word_may_open_and_close_a_mention():
    assert words_of("(AMN)", {"AMN": "adrenomyeloneuropathy"}, NONE).words() == [
        Word("adrenomyeloneuropathy", 1, 4, Gap.HARD, opens=True, closes=True)
    ]


def test_the_gap_before_a_short_form_is_that_of_its_first_word():
    gaps = words_of("x. HD, HD", {"HD": "Huntington disease"}, NONE).gaps
    assert gaps == [Gap.HARD, Gap.HARD, Gap.OPEN, Gap.COMMA, Gap.OPEN]


def test_a_short_form_of_two_tokens_covers_both():
    assert words_of("in A-T cells", {"A-T": "ataxia telangiectasia"}, NONE).words() == [
        Word("in", 0, 2, Gap.HARD),
        Word("ataxia", 3, 6, Gap.OPEN, opens=True, closes=False),
        Word("telangiectasia", 3, 6, Gap.OPEN, opens=False, closes=True),
        Word("cells", 7, 12, Gap.OPEN),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HDs", ["Huntington", "disease"]),
        ("HD", ["Huntington", "disease"]),
        ("no HDs x", ["no", "Huntington", "disease", "x"]),
        ("x HD", ["x", "Huntington", "disease"]),
        ("HDx", ["HDx"]),
        ("GAX", ["GAX"]),
        ("a cats", ["a", "cats"]),
        ("x A-T", ["x", "ataxia"]),
        ("hd", ["hd"]),
        ("T-cell", ["Tcell"]),
        ("T-helper", ["thymus", "helper"]),
        ("T-helpers", ["T", "helpers"]),
        ("T", ["T"]),
        ("CDs", ["compact", "discs"]),
        ("CD", ["cluster"]),
        ("CD-T", ["cluster", "T"]),
        ("CD-RW", ["rewritable", "disc"]),
    ],
)
def test_the_longest_short_form_counts_and_one_word_may_be_in_the_plural(text, expected):
    long_forms = {
        "HD": "Huntington disease",
        "T-helper": "thymus helper",
        "CD": "cluster",
        "CDs": "compact discs",
        "CD-RW": "rewritable disc",
        "GA": "gas",
        "GAX-RW": "x",
        "A-B-C": "alphabet",
        "A-T": "ataxia",
    }
    assert words_of(text, long_forms, Vocabulary({"tcell"})).texts == expected


@pytest.mark.parametrize(
    ("short", "text", "is_expanded"),
    [("DVTs", "a DVT", True), ("DVTs", "two DVTs", True), ("G6Ps", "a G6P", True), ("Ds", "a D", False)],
)
def test_a_short_form_defined_in_the_plural_is_read_in_the_singular_too(short, text, is_expanded):
    assert ("long" in words_of(text, {short: "long form"}, NONE).texts) == is_expanded


def test_an_en_dash_between_letters_is_a_hyphen():
    assert gap_of("–") is Gap.OPEN
    assert gap_of(" – ") is Gap.BRACKET
    assert "microcephaly" in words_of("micro–cephaly", {}, Vocabulary({"microcephaly"})).texts


GP = "glucose phosphate (GP) deficiency in mice"
DEFINITION = Abbreviation((19, 21), (0, 17), "GP", "glucose phosphate")


def around(text, abbreviation, long_forms=None):
    words = words_of(text, long_forms or {}, NONE)
    return [
        list(zip(each.texts, each.starts, each.gaps, strict=True))
        for each in without_definitions(text, words, [abbreviation])
    ]


@pytest.mark.parametrize("text", [GP, GP.replace(")", "]").replace("(", "[")])
def test_words_around_a_definition_are_read_as_if_it_were_not_there(text):
    expected = [
        ("glucose", 0, Gap.HARD),
        ("phosphate", 8, Gap.OPEN),
        ("deficiency", 23, Gap.OPEN),
        ("in", 34, Gap.OPEN),
        ("mice", 37, Gap.OPEN),
    ]
    assert around(text, DEFINITION) == [expected]
    assert around(text, DEFINITION, {"GP": "glucose phosphate"}) == [expected]


def test_words_after_a_definition_keep_their_gaps_but_for_the_first():
    (words,) = around(GP.replace(" in", ", in"), DEFINITION)
    assert [gap for _, _, gap in words] == [Gap.HARD, Gap.OPEN, Gap.OPEN, Gap.COMMA, Gap.OPEN]


@pytest.mark.parametrize(
    "text",
    [
        GP.replace(") ", "), "),
        GP.replace(") ", ") ("),
        GP.replace(")", "; x)"),
        GP[:22],
        GP[:21],
    ],
)
def test_a_definition_that_no_word_follows_at_once_is_not_passed_over(text):
    assert around(text, DEFINITION) == []


def test_a_definition_with_the_long_form_in_the_parenthesis_is_found():
    text = "GP (glucose phosphate) deficiency"
    assert around(text, Abbreviation((0, 2), (4, 21), "GP", "glucose phosphate")) == []
    assert around("(GP) glucose phosphate deficiency", Abbreviation((1, 3), (5, 22), "GP", "glucose phosphate")) == []


def test_a_definition_without_words_before_it_is_not_passed_over():
    assert list(without_definitions(GP, words_of(GP, {}, NONE).part(3, 9), [DEFINITION])) == []


def test_each_definition_is_passed_over_by_itself():
    text = "aa bb (AB) cc dd (CD) ee"
    other = Abbreviation((0, 2), (7, 9), "aa", "AB")
    definitions = [other, Abbreviation((7, 9), (0, 5), "AB", "aa bb"), Abbreviation((18, 20), (11, 16), "CD", "cc dd")]
    found = without_definitions(text, words_of(text, {}, NONE), definitions)
    assert [each.texts for each in found] == [
        ["aa", "bb", "cc", "dd", "CD", "ee"],
        ["aa", "bb", "AB", "cc", "dd", "ee"],
    ]


@pytest.mark.parametrize(("blanks", "nearest"), [("", 2), (" ", 3)])
def test_sixty_characters_on_each_side_of_a_definition_are_read(blanks, nearest):
    """Words of one letter stand at every second character, an even or an odd number of them from the definition."""
    before, after = "b " * 40 + blanks, blanks + " a" * 40
    text = f"{before}aa bb (AB){after}"
    start, end = len(before), len(before) + 9
    definition = Abbreviation((start + 7, end), (start, start + 5), "AB", "aa bb")
    (words,) = without_definitions(text, words_of(text, {}, NONE), [definition])
    assert [start - word.start for word in words.words() if word.text == "b"] == list(
        range(62 - nearest, nearest - 1, -2)
    )
    assert [word.start - end for word in words.words() if word.text == "a"] == list(range(nearest, 60, 2))


def test_a_word_that_reaches_beyond_the_long_form_is_not_among_the_words_before_it():
    text = "aa bbb (AB) cc"
    (words,) = without_definitions(text, words_of(text, {}, NONE), [Abbreviation((8, 10), (0, 5), "AB", "aa bb")])
    assert words.texts == ["aa", "cc"]
