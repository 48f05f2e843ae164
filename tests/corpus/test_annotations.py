import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.corpus.annotations import (
    annotated_mention,
    check_mention_text,
    in_text_order,
    items_of,
    mention_at,
    parts_from_items,
    text_of_parts,
)
from hyplink.corpus.document import Mention
from hyplink.corpus.report import CorpusReport
from hyplink.errors import InputError

concept_ids = st.text("ABC019:", min_size=1, max_size=4)
alternatives = st.lists(concept_ids, min_size=1, max_size=3, unique=True).map(tuple)


@given(st.lists(alternatives, max_size=3).map(tuple))
def test_parts_are_read_back_from_their_items(parts):
    assert parts_from_items(items_of(parts)) == parts


@pytest.mark.parametrize(
    ("items", "parts"),
    [
        (["D003110"], (("D003110",),)),
        (["nil"], ()),
        (["Nil|D003110"], ((), ("D003110",))),
        ([" D008661"], (("D008661",),)),
        (["OMIM:106210 "], (("OMIM:106210",),)),
        (["D003110|D009369"], (("D003110",), ("D009369",))),
        ([" D015862+D058499"], (("D015862",), ("D058499",))),
        (["C535918|OMIM:115470"], (("C535918",), ("OMIM:115470",))),
        (["CL:1", "CL:2"], (("CL:1", "CL:2"),)),
        (["A|B", "A|C"], (("A",), ("B", "C"))),
        (["D006331|-1"], (("D006331",), ())),
        (["X:1\r\nX:2\t|Y"], (("X:1 X:2",), ("Y",))),
        (["-1"], ()),
        (["-"], ()),
        ([""], ()),
        ([], ()),
    ],
)
def test_ids_are_read_in_the_spellings_of_real_corpora(items, parts):
    assert parts_from_items(items) == parts


@pytest.mark.parametrize("items", [["A|B", "C"], ["A|B", "C|D"]])
def test_alternatives_that_no_parts_can_represent_are_rejected(items):
    with pytest.raises(ValueError, match="give"):
        parts_from_items(items)


def test_the_spans_of_a_discontinuous_mention_are_joined_by_one_space():
    text = "breast and ovarian cancer"
    assert mention_at(text, [(0, 6), (19, 25)], ()) == Mention(0, 25, "breast cancer", (), ((0, 6), (19, 25)))
    assert mention_at(text, [(0, 6)], ()).spans is None


@pytest.mark.parametrize("spans", [[(3, 3)], [(5, 3)], [(-1, 3)], [(0, 26)], [(4, 8), (7, 9)], [(4, 8), (0, 2)]])
def test_spans_that_do_not_fit_the_text_are_rejected(spans):
    with pytest.raises(ValueError, match="do not fit the text of 25 characters"):
        mention_at("breast and ovarian cancer", spans, ())


def test_mention_texts_may_differ_only_in_whitespace_which_is_counted():
    report = CorpusReport()
    mention = mention_at("skin\ntumour", [(0, 11)], ())
    check_mention_text(mention, "skin\ntumour", report)
    assert not report.notices
    check_mention_text(mention, "skin tumour ", report)
    assert sum(report.notices.values()) == 1
    with pytest.raises(ValueError, match="offsets 0–11 mark 'skin\\\\ntumour'"):
        check_mention_text(mention, "skin tumours", report)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("SARS‐CoV‐2", "SARS CoV 2"),
        ("TNF-α", "TNF-a"),
        ("TNF-α", "TNF-alpha"),
        ("β-catenin", "beta-catenin"),
        ("Ménière’s disease", "Meniere's disease"),
        ("Straße", "STRASSE"),
        ("T₃", "T3"),
        ("Sjögren", "Sj?gren"),
    ],
)
def test_mention_texts_may_be_normalised_which_is_counted(text, given):
    report = CorpusReport()
    check_mention_text(mention_at(text, [(0, len(text))], ()), given, report)
    assert report.notices == {"mention texts that were normalised, offsets accepted": 1}


@pytest.mark.parametrize(("text", "given"), [("kin.", "skin"), ("rod", "car"), ("皮膚", "肌肉"), ("-", "+")])
def test_mention_texts_with_other_words_are_rejected(text, given):
    with pytest.raises(ValueError, match="the annotation gives"):
        check_mention_text(mention_at(text, [(0, len(text))], ()), given, CorpusReport())


def test_spans_without_characters_are_left_out_and_an_annotation_of_none_is_counted():
    report = CorpusReport()
    assert annotated_mention("red skin", [(4, 8), (2, 2), (0, 3)], (), report).spans == ((0, 3), (4, 8))
    assert annotated_mention("red skin", [(2, 2), (9, 9)], (), report) is None
    assert report.notices == {"annotations without characters, passed over": 1}


def test_mentions_are_ordered_by_start_and_end():
    inner, outer, later = (mention_at("a b c d", [span], ()) for span in [(0, 3), (0, 7), (4, 5)])
    assert in_text_order([later, outer, inner]) == (inner, outer, later)


def test_an_id_with_the_character_that_separates_ids_is_not_written():
    with pytest.raises(InputError, match="concept id 'http://a/b;c' cannot be written"):
        text_of_parts((("A:1", "http://a/b;c"),))


def test_a_mention_without_spans_is_an_error():
    with pytest.raises(ValueError, match="at least one"):
        mention_at("a rod", (), ())
