"""How a phrase matches a name, rule by rule, on names and phrases put together by hand."""

import pytest

from hyplink.mentions.match import Match, Name, Phrase, match_of
from hyplink.names.name_forms import NameForm

HEADS = {"kidney": "renal", "morphology": "", "type": ""}
"""`kidney` stands for `renal` in these tests; `morphology` and `type` may be left out."""


def heads_of(words):
    return tuple(head for head in (HEADS.get(word, word) for word in words) if head)


def name_of(words, *, roots=None, lowered=None, normal=None, stems=None, turned=False, cased=None):
    parts = tuple(words.split())
    roots = tuple(roots.split()) if roots else parts
    form = NameForm(
        "X:1",
        words if lowered is None else lowered,
        tuple(normal.split()) if normal else parts,
        tuple(stems.split()) if stems else tuple(words.upper().split()),
        turned,
        False,
        cased,
    )
    return Name(form, roots, heads_of(roots))


def phrase_of(words, *, text=None, roots=None, normal=None, stems=None, turned=False):
    parts = tuple(words.split())
    return Phrase(
        words if text is None else text,
        tuple(normal.split()) if normal else parts,
        tuple(stems.split()) if stems else tuple(words.upper().split()),
        tuple(roots.split()) if roots else parts,
        turned,
    )


def matched(name, phrase):
    return match_of(name, phrase, heads_of)


def test_matches_are_ordered_from_best_to_none():
    assert [(match.name, int(match)) for match in Match] == [
        ("EXACT", 0),
        ("NORMALISED", 1),
        ("DERIVED", 2),
        ("REORDERED", 3),
        ("REWORDED", 4),
        ("PROPOSED", 5),
    ]


@pytest.mark.parametrize("text", ["renal cyst", "Renal Cyst", "RENAL cyst"])
def test_letters_match_exactly_in_either_case(text):
    assert matched(name_of("renal cyst"), phrase_of("x y", text=text)) is Match.EXACT


def test_words_with_the_same_normal_forms_in_the_same_order_match_but_for_spelling():
    name = name_of("renal cysts", normal="renal cyst", stems="q w", roots="q w")
    assert matched(name, phrase_of("renal cyst", stems="e r", roots="e r")) is Match.NORMALISED
    assert matched(name, phrase_of("cyst renal", stems="e r", roots="e r")) is None


@pytest.mark.parametrize(
    ("text", "expected"), [("ALL", Match.EXACT), ("All", None), ("all", None), ("ALLs", Match.NORMALISED)]
)
def test_a_name_that_needs_its_letter_case_matches_in_it_alone(text, expected):
    name = name_of("all", cased="ALL", normal="all", stems="all")
    assert matched(name, phrase_of("all", text=text)) is expected


@pytest.mark.parametrize("text", ["more", "More", "MORE"])
def test_a_common_word_is_no_spelling_of_a_name_without_its_own_letter_case(text):
    assert matched(name_of("mores", normal="more"), phrase_of("more", text=text)) is None
    assert matched(name_of("more"), phrase_of("more", text=text)) is None


def test_one_word_matches_by_spelling_alone():
    name = name_of("patella", roots="patella")
    assert matched(name, phrase_of("patellar", roots="patella")) is None
    assert matched(name, phrase_of("patellas", normal="patella", roots="patella")) is Match.NORMALISED


def test_two_words_with_the_same_roots_match_but_for_their_endings():
    name = name_of("small patella", roots="small patella")
    assert matched(name, phrase_of("small patellar", roots="small patella")) is Match.DERIVED


@pytest.mark.parametrize(
    ("name", "phrase", "expected"),
    [
        ("a b c", "b a c", Match.REORDERED),  # the last word is the same
        ("a b c", "a c b", None),
        ("a b c", "c b a", None),
        ("a b", "b a", None),
    ],
)
def test_words_in_another_order_match_where_the_last_one_is_the_same(name, phrase, expected):
    assert matched(name_of(name), phrase_of(phrase)) is expected


@pytest.mark.parametrize(("of_name", "of_phrase"), [(True, False), (False, True), (True, True)])
def test_words_match_in_any_order_if_the_name_or_the_phrase_may_be_reordered(of_name, of_phrase):
    assert matched(name_of("a b c", turned=of_name), phrase_of("c b a", turned=of_phrase)) is Match.REORDERED


@pytest.mark.parametrize(
    ("stems", "phrase", "expected"),
    [
        ("a b c", "C a b", Match.REORDERED),  # the name's last word leads, with another ending
        ("a b C", "C a b", None),  # with the same ending it is another name
        ("a b c", "C b a", None),  # the others are no longer in the name's order
        ("a b c", "b C a", None),
    ],
)
def test_the_last_word_of_a_name_may_lead_with_another_ending(stems, phrase, expected):
    name = name_of("a b c", stems=stems)
    assert matched(name, phrase_of(phrase, roots=phrase.lower())) is expected


def test_words_are_compared_by_their_roots():
    """The stems of these phrases differ from their roots, and so do those of the names."""
    stems = "x y z"
    assert matched(name_of("a b c"), phrase_of("b a c", stems=stems)) is Match.REORDERED
    assert matched(name_of("renal b morphology"), phrase_of("kidney b morphology", stems=stems)) is Match.REWORDED
    assert matched(name_of("b renal"), phrase_of("morphology b kidney", stems=stems)) is None
    assert matched(name_of("b renal"), phrase_of("b kidney morphology", stems=stems)) is None
    assert matched(name_of("renal b kidney"), phrase_of("kidney b b kidney", stems="x y z w")) is None
    assert (
        matched(name_of("renal morphology b"), phrase_of("morphology b kidney", stems=stems, turned=True))
        is Match.REWORDED
    )


def test_a_word_may_be_replaced_by_a_synonym():
    assert matched(name_of("renal cyst"), phrase_of("kidney cyst")) is Match.REWORDED
    assert matched(name_of("kidney cyst"), phrase_of("renal cyst")) is Match.REWORDED
    assert matched(name_of("renal cyst"), phrase_of("cyst kidney")) is None
    assert matched(name_of("renal cyst"), phrase_of("liver cyst")) is None


@pytest.mark.parametrize(("of_name", "of_phrase"), [(True, False), (False, True)])
def test_reworded_names_may_be_reordered_if_phrase_or_name_may_be(of_name, of_phrase):
    name, phrase = name_of("renal cyst", turned=of_name), phrase_of("cyst kidney", turned=of_phrase)
    assert matched(name, phrase) is Match.REWORDED


def test_a_phrase_may_have_an_optional_word_within_but_not_at_its_ends():
    name = name_of("renal cyst")
    assert matched(name, phrase_of("renal morphology cyst")) is Match.REWORDED
    assert matched(name, phrase_of("morphology renal cyst")) is None
    assert matched(name, phrase_of("renal cyst morphology")) is None


def test_an_optional_word_at_an_end_may_belong_to_the_name():
    assert matched(name_of("renal morphology"), phrase_of("kidney morphology")) is Match.REWORDED
    assert matched(name_of("morphology renal"), phrase_of("morphology kidney")) is Match.REWORDED
    assert matched(name_of("renal morphology"), phrase_of("kidney type morphology")) is Match.REWORDED


def test_an_optional_word_of_a_name_must_be_in_the_phrase():
    assert matched(name_of("renal morphology cyst"), phrase_of("renal cyst")) is None
    assert matched(name_of("renal cyst morphology"), phrase_of("kidney cyst type")) is None


def test_a_repeated_optional_word_does_not_match_at_an_end():
    name = name_of("morphology renal cyst")
    assert matched(name, phrase_of("morphology kidney morphology", turned=True)) is None


def test_a_repeated_word_matches_only_one_word_of_a_name():
    name = name_of("renal kidney")
    assert matched(name, phrase_of("kidney kidney")) is None
    assert matched(name, phrase_of("renal renal")) is None
    assert matched(name_of("kidney cyst kidney"), phrase_of("renal cyst kidney")) is Match.REWORDED
    assert matched(name_of("kidney cyst renal kidney"), phrase_of("kidney cyst kidney renal")) is None
    assert matched(name_of("kidney cyst kidney renal"), phrase_of("kidney cyst kidney kidney")) is None
    assert matched(name_of("kidney kidney cyst liver"), phrase_of("kidney kidney type cyst liver")) is Match.REWORDED
