"""The index of names: its word statistics, and the names that a sequence of words matches."""

from hashlib import blake2b

import numpy as np
import pytest

from hyplink.mentions.match import Match
from hyplink.mentions.name_index import FUNCTION_CODE, NameIndex, WordCode

KINDS = ["cyst", "stone", "pain", "loss"]
PARTS = ["patella", "scapula", "maxilla", "fibula"]


def number_of(*words):
    """The sum of the words' 56-bit BLAKE2b hashes."""
    return sum(int.from_bytes(blake2b(word.encode(), digest_size=7).digest()) for word in words)


def match_in(index, text, *, parted=False, in_order=False):
    words = text.split()
    codes = [index.code(word) for word in words]
    rows = index.find(sum(code.by_root for code in codes), sum(code.by_meaning for code in codes))
    return None if rows is None else index.best_matches(words, rows, parted=parted, in_order=in_order)


def test_a_name_is_filed_under_the_sum_of_the_hashes_of_its_words():
    index = NameIndex.from_names([("Cyst of spleen", "x"), ("loss", "y"), ("spleen loss", "z")])
    assert index.by_root.tolist() == [number_of("cyst", "spleen"), number_of("loss"), number_of("spleen", "loss")]
    assert index.by_root.dtype == index.by_meaning.dtype == np.int64
    assert index.by_meaning.tolist() == [number_of("cyst", "spleen"), 0, number_of("spleen", "loss")]


def test_names_with_the_same_words_are_found_together_and_others_are_not():
    index = NameIndex.from_names(
        [("spleen cyst", "a"), ("spleen loss", "b"), ("cyst of the spleen", "c"), ("spleen cyst", "d")]
    )
    assert index.find(number_of("spleen", "cyst"), 0) == (0, 2, 3)
    assert index.find(number_of("loss", "spleen"), 0) == (1,)
    assert index.find(0, number_of("loss", "spleen")) == (1,)
    assert index.find(number_of("loss"), 0) is None
    assert index.find(0, 0) is None


def test_names_by_root_come_before_names_by_synonyms():
    index = NameIndex.from_names([("spleen cyst", "a"), ("spleen loss", "b")])
    assert index.find(number_of("spleen", "cyst"), number_of("spleen", "loss")) == (0,)


def test_a_single_word_is_not_found_by_a_synonym():
    index = NameIndex.from_names([("cyst", "a"), ("spleen loss", "b")])
    assert index.find(0, number_of("cyst")) is None
    assert index.find(number_of("cyst"), 0) == (0,)
    assert index.find(0, 0) is None


def test_the_code_of_a_word_has_the_hashes_of_root_and_representative_and_the_length_of_its_longest_name():
    index = NameIndex.from_names([("spleen cyst", "a"), ("cyst of the upper left spleen", "b"), ("upper loss", "c")])
    hashed = number_of("cyst")
    assert index.code("Cysts") == WordCode(hashed, hashed, 4)
    assert index.code("upper").longest == 4
    assert index.code("loss").longest == 2
    assert index.code("lung") is None
    for word in ("of", "The", "a"):
        assert index.code(word) is FUNCTION_CODE
    assert FUNCTION_CODE == (0, 0, 0)


def test_a_code_is_the_same_when_it_is_asked_for_again():
    index = NameIndex.from_names([("spleen cyst", "a")])
    assert index.code("spleen") == index.code("spleen") == WordCode(number_of("spleen"), number_of("spleen"), 2)
    assert index.code("lung") is index.code("lung") is None


def test_only_so_many_codes_are_kept(monkeypatch):
    monkeypatch.setattr("hyplink.mentions.name_index._CODES_KEPT", 2)
    index = NameIndex.from_names([("spleen cyst loss", "a")])
    sizes = []
    for word in ("spleen", "cyst", "loss"):
        assert index.code(word).by_root == number_of(word)
        sizes.append(len(index._codes))
    assert sizes == [1, 2, 1]
    assert list(index._codes) == ["loss"]


def reworded(*others):
    """An ontology that uses `kidney` and `renal` for one another, and four names more than it needs to show that."""
    return [*[(f"{word} {kind}", kind) for kind in KINDS for word in ("renal", "kidney")], *others]


def test_synonymous_words_have_one_representative_and_two_roots():
    index = NameIndex.from_names(reworded(("kidney failure of the left", "x")))
    assert index.code("kidney").by_root == number_of("kidney")
    assert index.code("renal").by_root == number_of("renal")
    assert index.code("kidney").by_meaning == index.code("renal").by_meaning == number_of("kidney")
    assert index.code("renal").longest == 3  # by the names with `kidney`


def needless():
    """An ontology where `morphology` may be left out, as fifteen names show."""
    letters = "bcdefghjklmnopq"
    names = [(name, letter) for letter in letters for name in (f"x{letter}x pain", f"x{letter}x pain morphology")]
    return NameIndex.from_names(
        [*names, ("Eyelid morphology", "eyelid"), ("Long eyelid morphology loss", "long"), ("spleen cyst", "s")]
    )


def test_an_optional_word_has_a_root_but_no_representative():
    index = needless()
    code = index.code("morphology")
    assert (code.by_root, code.by_meaning, code.longest) == (number_of("morpholog"), 0, 4)
    assert index.head_of["morpholog"] == ""


def test_an_optional_word_may_be_within_a_phrase():
    index = needless()
    assert match_in(index, "spleen morphology cyst") == (Match.REWORDED, ("s",))
    assert match_in(index, "spleen cyst morphology") is None
    assert match_in(index, "xbx pain morphology") == (Match.EXACT, ("b",))
    assert match_in(index, "xbx pain") == (Match.EXACT, ("b",))
    assert match_in(index, "eyelid") is None  # nothing is filed under the meaning of one word alone
    assert match_in(index, "long eyelid loss") is None  # a needless word of a name has to stand in the text


def test_replaced_words_are_counted_in_the_name_and_not_in_the_text():
    letters = "bcdefghjklmnopq"
    names = [(name, letter) for letter in letters for name in (f"x{letter}x pain", f"x{letter}x pain morphology")]
    names += [(f"{word} {kind}", kind) for kind in KINDS for word in ("spleen", "lien")]
    index = NameIndex.from_names([*names, ("lien gap", "s")])
    assert match_in(index, "spleen morphology gap") == (Match.REWORDED, ("s",))


def test_the_vocabulary_has_the_normal_forms_of_content_words_split_at_hyphens():
    index = NameIndex.from_names([("Cysts of the micro-abnormalities", "x"), ("A", "y")])
    assert index.vocabulary == {"cyst", "micro", "abnormality"}
    assert index.families.known == {"cyst", "micro", "abnorm"}


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("renal", True),  # before another word twice, at the end once
        ("spleen", False),  # as often at the end as before another word
        ("cyst", False),
        ("Renal", True),
        ("renals", False),
        ("hepatic", True),  # no name has it: it ends as adjectives do
        ("Hepatic", True),
        ("HEPATIC", True),
        ("viral", True),
        ("ocular", True),
        ("mammary", True),
        ("sensory", True),
        ("venous", True),
        ("active", True),
        ("lymphoid", True),
        ("lung", False),
        ("corpus", False),
        ("venouss", False),
        ("mucous", True),
        ("plexus", False),
        ("mantle", True),
        ("hospital", False),
        ("upper", False),  # of a name that may be turned about nothing is known
    ],
)
def test_a_modifier_leads_more_names_than_it_ends(word, expected):
    names = [
        "renal cyst",
        "renal pain",
        "big renal",
        "spleen cyst",
        "big spleen",
        "cyst, upper",
        "mucous gland",
        "plexus",
        "mantle cell",
        "big hospital",
    ]
    index = NameIndex.from_names([(name, str(i)) for i, name in enumerate(names)])
    assert index.is_modifier(word) is expected


def test_a_word_in_the_middle_of_names_leads_as_one_at_their_start_does():
    names = ["big renal cyst", "big renal pain", "small renal", "cyst of ear", "ear, big"]
    index = NameIndex.from_names([(name, name) for name in names])  # the last two may be turned about
    assert dict(index.leads) == {"big": 2, "renal": 1, "cyst": -1, "pain": -1, "small": 1}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spleen cyst", (Match.EXACT, ("a", "b"))),
        ("Spleen Cyst", (Match.EXACT, ("a", "b"))),
        ("spleen cysts", (Match.NORMALISED, ("a", "b"))),
        ("cyst of spleen", (Match.EXACT, ("c",))),
        ("cyst of the spleen", (Match.NORMALISED, ("c",))),
        ("cyst spleen", (Match.NORMALISED, ("c",))),
    ],
)
def test_the_best_match_has_all_concepts_whose_names_match_so_well(text, expected):
    index = NameIndex.from_names(
        [("spleen cyst", "a"), ("cyst of spleen", "c"), ("Spleen cyst", "b"), ("spleen cyst", "a")]
    )
    assert match_in(index, text) == expected


def test_an_ending_that_is_no_plural_is_no_other_spelling():
    index = NameIndex.from_names([("abnormal cyst", "a")])
    assert match_in(index, "abnormal cysts") == (Match.NORMALISED, ("a",))
    assert match_in(index, "abnormality cyst") == (Match.DERIVED, ("a",))


@pytest.mark.parametrize("preposition", ["of", "Of", "in", "from"])
def test_a_preposition_turns_a_phrase_about(preposition):
    index = NameIndex.from_names([("left spleen cyst", "a")])
    assert match_in(index, f"cyst {preposition} the left spleen") == (Match.REORDERED, ("a",))
    assert match_in(index, "cyst the left spleen") is None


def test_no_name_with_the_same_words_may_match():
    index = NameIndex.from_names([("left spleen cyst", "a")])
    assert match_in(index, "spleen cyst left") is None


def test_words_with_punctuation_only_match_names_with_punctuation_nearly_exactly():
    index = NameIndex.from_names([("spleen cyst", "a"), ("cyst, spleen", "b"), ("cyst, spleen, big", "c")])
    assert match_in(index, "spleen cyst", parted=True) is None  # `a` has no comma, and `b` would be turned about
    assert match_in(index, "spleen cyst", parted=False) == (Match.EXACT, ("a",))
    assert match_in(index, "cyst spleen", parted=True) == (Match.EXACT, ("b",))
    assert match_in(index, "cysts spleen big", parted=True) == (Match.NORMALISED, ("c",))
    assert match_in(index, "big spleen cyst", parted=True) is None


FAMILIES = [name for part in PARTS for name in ((f"big {part}", part), (f"{part}r pain", part))]


def test_derived_words_with_punctuation_among_them_match():
    index = NameIndex.from_names([*FAMILIES, ("loss (patella)", "x")])
    assert match_in(index, "loss patellar", parted=True) == (Match.DERIVED, ("x",))
    assert match_in(index, "loss patellar", in_order=True) == (Match.DERIVED, ("x",))
    assert match_in(index, "patellar loss", in_order=True) is None


def test_words_must_be_in_order_unless_the_name_may_be_reordered():
    index = NameIndex.from_names([("big left spleen", "a"), ("cyst of spleen", "b")])
    assert match_in(index, "left big spleen") == (Match.REORDERED, ("a",))
    assert match_in(index, "left big spleen", in_order=True) is None
    assert match_in(index, "big left spleen", in_order=True) == (Match.EXACT, ("a",))
    assert match_in(index, "spleen cyst", in_order=True) == (Match.REORDERED, ("b",))


def test_other_words_in_the_names_order_match_where_order_counts():
    index = NameIndex.from_names(reworded(("renal failure", "failure")))
    assert match_in(index, "kidney failure", in_order=True) == (Match.REWORDED, ("failure",))


def test_of_reworded_names_those_with_the_fewest_replaced_words_are_best():
    pairs = [(f"{word} {kind}", kind) for kind in KINDS for word in ("level", "amount")]
    pairs += [(f"{word} {kind}", kind) for kind in KINDS for word in ("poor", "weak")]
    index = NameIndex.from_names(
        [*pairs, ("poor iron level", "two"), ("weak iron level", "one"), ("poor iron amount", "one too")]
    )
    assert match_in(index, "weak iron amount") == (Match.REWORDED, ("one", "one too"))


def test_at_least_one_word_of_a_name_must_be_in_the_text_unreplaced():
    pairs = [(f"{word} {kind}", kind) for kind in KINDS for word in ("level", "amount")]
    pairs += [(f"{word} {kind}", kind) for kind in KINDS for word in ("poor", "weak")]
    index = NameIndex.from_names([*pairs, ("poor level", "x"), ("poor iron level", "y")])
    assert match_in(index, "weak amount") is None
    assert match_in(index, "weak iron amount") == (Match.REWORDED, ("y",))


def test_general_english_synonyms_count_as_the_word_itself():
    names = [("eye pain", "a"), ("ocular loss", "b"), ("spleen mass", "d")]
    index = NameIndex.from_names([*names, ("skin lump of eyes", "c"), ("cutaneous lump of spleen", "e")])
    assert index.equal_to["ocular"] == index.equal_to["eye"]
    assert match_in(index, "ocular pain") == (Match.REWORDED, ("a",))
    assert match_in(index, "cutaneous mass of spleen") is None
    assert match_in(index, "cutaneous lump") is None


def test_a_small_copy_of_an_acronym_is_no_name_and_that_of_another_concept_is():
    index = NameIndex.from_names([("COLD", "copd"), ("Cold", "copd"), ("cold", "infection"), ("cold air", "copd")])
    assert [index.forms.at(row).concept_id for row in range(3)] == ["copd", "infection", "copd"]
    assert list(index.forms.lowered) == ["cold", "cold", "cold air"]
    assert match_in(index, "COLD") == (Match.EXACT, ("copd", "infection"))
    assert match_in(index, "cold") == (Match.EXACT, ("infection",))


def test_both_forms_of_a_name_with_a_hyphen_are_indexed():
    index = NameIndex.from_names([("non-Hodgkin lymphoma", "a"), ("of", "b"), ("spleen", "c")])
    assert list(index.forms.lowered) == ["non hodgkin lymphoma", "nonhodgkin lymphoma", "spleen"]
    assert match_in(index, "nonhodgkin lymphoma") == (Match.EXACT, ("a",))
    assert match_in(index, "lymphoma") is None


def test_names_without_any_word_make_an_empty_index():
    index = NameIndex.from_names([])
    assert index.code("spleen") is None
    assert index.find(1, 1) is None


def test_a_composed_name_matches_as_reworded_and_teaches_no_synonyms():
    index = NameIndex.from_names(
        [("hearing impairment", "a"), ("early hearing impairment", "b")], [("early deafness", "b")]
    )
    assert match_in(index, "early deafness") == (Match.REWORDED, ("b",))
    assert match_in(index, "early hearing impairment") == (Match.EXACT, ("b",))
    assert "deafness" not in index.vocabulary
