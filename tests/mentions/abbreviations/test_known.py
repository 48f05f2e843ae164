import pytest

from hyplink.errors import RunError
from hyplink.mentions.abbreviations import (
    NO_ABBREVIATIONS,
    Expansions,
    KnownAbbreviations,
    load_abbreviations,
    save_abbreviations,
)
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.names.normal_forms import token_columns

HYPERTENSION, KIDNEY, VEIN = "Hypertension", "Chronic kidney disease", "Deep vein thrombosis"
NAMES = [(HYPERTENSION, "D:1"), (KIDNEY, "D:2"), ("Chronic kidney disorder", "D:2"), (VEIN, "D:3"), ("CRP", "D:4")]
NAMES += [("Urinary tract infection", "D:5"), ("Cell kill dose", "D:6")]
KNOWN = KnownAbbreviations({"CKD": KIDNEY, "DVT": VEIN, "HIT": "Heparin-induced thrombocytopenia"})


def known(*texts, own=(), decided=()):
    return KnownAbbreviations.from_texts(own, texts, NAMES, decided).long_of


def used_in(text):
    return KNOWN.used_in(text, token_columns(text).texts)


def test_an_abbreviation_that_two_texts_define_as_a_name_is_known():
    text = "He had chronic kidney disease (CKD)."
    assert known(text, "Chronic kidney diseases (CKD) are common.") == {"CKD": KIDNEY}
    assert known(text) == {}


@pytest.mark.parametrize("other", ["cell kill dose", "common knee deformity"])
def test_an_abbreviation_that_mostly_means_something_else_is_not_known(other):
    """Another concept or nothing that has a concept."""
    kidney, other = "He had chronic kidney disease (CKD).", f"The {other} (CKD) was measured."
    assert known(kidney, kidney, other) == {"CKD": KIDNEY}
    assert known(kidney, kidney, other, other) == {}


def test_the_names_of_one_concept_are_counted_together():
    disease, disorder = "He had chronic kidney disease (CKD).", "He had a chronic kidney disorder (CKD)."
    assert known(disorder) == {}
    assert known(disease, disorder) == {"CKD": KIDNEY}
    assert known(disease, disorder, disorder) == {"CKD": "Chronic kidney disorder"}


def test_what_the_ontology_itself_defines_counts_twice():
    kidney, other = "Chronic kidney disease (CKD)", "The common knee deformity (CKD) was measured."
    assert known(own=[kidney]) == known(other, own=[kidney]) == {"CKD": KIDNEY}
    assert known(other, other, own=[kidney]) == {}


def test_text_in_small_letters_defines_abbreviations_that_documents_write_in_capitals():
    line = "patients with deep vein thrombosis ( dvt ) and urinary tract infections ( utis ) were seen"
    assert known(line, line) == {"DVT": VEIN, "UTI": "Urinary tract infection"}


def test_plurals_name_the_singular():
    line = "Urinary tract infections (UTIs) were seen."
    assert known(line, line) == {"UTI": "Urinary tract infection"}


@pytest.mark.parametrize("decided", [{"CKD"}, frozenset(["CKD", "x"])])
def test_annotators_decide_what_an_abbreviation_means(decided):
    text = "He had chronic kidney disease (CKD)."
    assert known(text, text, decided=decided) == {}


@pytest.mark.parametrize(
    "text",
    [
        "chronic renal pain (CRP)",  # itself a name
        "hypertension (HT)",  # two letters
        "chronic kidney disease (CKD5)",  # not spelled
        "chronic kidney disease",
        "",
    ],
)
def test_what_is_no_abbreviation_of_a_name_is_not_known(text):
    assert known(text, text) == {}


@pytest.mark.parametrize(
    ("text", "shorts"),
    [
        ("He has CKD.", ["CKD"]),
        ("DVTs and CKD-related anaemia", ["CKD", "DVT"]),
        ("CKD/DVT", ["CKD", "DVT"]),
        ("History:\n- CKD, DVT\n", ["CKD", "DVT"]),
        ("HYPERTENSION, CKD", []),
        ("ckd", []),
        ("The HIT-6 score", []),
        ("pre-HIT and HIT", []),
        ("HIT/1937 cells", []),
        ("NO SIGN OF A HIT", []),
        ("NO SIGN OF A HIT\nbut HIT was seen", ["HIT"]),
        ("", []),
    ],
)
def test_an_abbreviation_stands_for_its_name_if_it_is_a_word_by_itself(text, shorts):
    assert list(used_in(text)) == shorts


def test_names_are_found_by_their_abbreviations_unless_the_document_defines_them_otherwise():
    detector = DictionaryDetector.from_names([(KIDNEY, "D:1"), (VEIN, "D:2")], abbreviations=KNOWN)
    found = detector.detect("CKD, DVTs and severe CKD.")
    assert [(each.text, each.candidates, each.name_text) for each in found] == [
        ("CKD", ("D:1",), KIDNEY),
        ("DVTs", ("D:2",), VEIN),
        ("CKD", ("D:1",), KIDNEY),
    ]
    assert detector.detect("The cell kill dose (CKD) is low. CKD was measured.") == []
    assert DictionaryDetector.from_names([(KIDNEY, "D:1")]).detect("CKD") == []


def test_mentions_are_read_with_known_abbreviations_unless_the_document_defines_them_otherwise():
    assert Expansions.from_text("He has CKD.", KNOWN).expanded("severe CKD") == f"severe {KIDNEY}"
    text = "The cell kill dose (CKD) is low."
    assert Expansions.from_text(text, KNOWN).expanded("CKD") == "cell kill dose"
    assert Expansions.from_text("He has CKD.").expanded("CKD") == "CKD"


def test_abbreviations_are_saved(tmp_path):
    for each in (KNOWN, NO_ABBREVIATIONS):
        save_abbreviations(each, tmp_path / "known.json")
        assert load_abbreviations(tmp_path / "known.json") == each


@pytest.mark.parametrize("content", ["", "[]", '{"CKD": 1}', '{"CKD": "-"}', '{"(C+)+K": "a b"}', '{"CK": "a b"}'])
def test_a_damaged_file_is_refused(tmp_path, content):
    (tmp_path / "known.json").write_text(content)
    with pytest.raises(RunError, match=r"known\.json"):
        load_abbreviations(tmp_path / "known.json")
