from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.match import Match

NAMES = [
    ("Breast cancer", "breast"),
    ("Ovarian cancer", "ovary"),
    ("Cancer", "cancer"),
    ("Anemia", "anemia"),
    ("Hearing loss", "deaf"),
    ("Non-Hodgkin lymphoma", "nhl"),
    ("Lymphoma", "lymphoma"),
    ("Microcephaly", "small-head"),
    ("Macrocephaly", "large-head"),
    ("Lymphoma, Mantle Cell", "mantle"),
    ("Cyst of kidney", "cyst"),
    ("Cyst of liver", "liver-cyst"),
    ("Abnormality of the face", "face"),
    ("Basal cell nevus syndrome", "nbccs"),
    ("AIDS", "aids"),
    ("ALL", "leukemia"),
    ("Was", "was"),
    ("AS", "as"),
    ("Cold", "cold-1"),
    ("Cold", "cold-2"),
    ("Crohn disease", "crohn"),
    ("β-thalassemia", "thal"),
]
DETECTOR = DictionaryDetector.from_names(NAMES)


def found(text, **settings):
    return [(mention.text, *mention.candidates) for mention in DETECTOR.detect(text, **settings)]


@pytest.mark.parametrize(
    ("text", "mention", "concept", "match"),
    [
        ("She had breast cancer.", "breast cancer", "breast", Match.EXACT),
        ("Two breast cancers grew.", "breast cancers", "breast", Match.NORMALISED),
        ("Severe anaemia followed.", "anaemia", "anemia", Match.NORMALISED),
        ("a cancer of the breast was seen", "cancer of the breast", "breast", Match.REORDERED),
        ("nonhodgkin lymphomas", "nonhodgkin lymphomas", "nhl", Match.NORMALISED),
        ("non-Hodgkin's lymphoma", "non-Hodgkin's lymphoma", "nhl", Match.EXACT),
        ("mantle cell lymphoma", "mantle cell lymphoma", "mantle", Match.REORDERED),
        ("a lymphoma, mantle cell, was", "lymphoma, mantle cell", "mantle", Match.EXACT),
        ("with micro-cephaly", "micro-cephaly", "small-head", Match.EXACT),
        ("facial abnormality? No: abnormal face", "abnormal face", "face", Match.DERIVED),
        ("Crohn's disease", "Crohn's disease", "crohn", Match.EXACT),
        ("beta thalassaemia", "beta thalassaemia", "thal", Match.NORMALISED),
    ],
)
def test_a_name_is_found_in_the_wordings_of_real_text(text, mention, concept, match):
    (only,) = DETECTOR.detect(text)
    assert (only.text, only.candidates, only.match) == (mention, (concept,), match)
    assert text[only.start : only.end] == mention


def test_the_longest_name_wins():
    assert found("breast cancer") == [("breast cancer", "breast")]


def test_nested_mentions_come_on_request():
    assert found("breast cancer", nested=True) == [("breast cancer", "breast"), ("cancer", "cancer")]


def test_a_name_that_several_concepts_bear_has_all_of_them_as_candidates():
    assert found("a cold") == [("cold", "cold-1", "cold-2")]


@pytest.mark.parametrize(
    "text", ["all of them", "it was so", "AS it is", "the teacher aids us", "All", "AND ALL OF THE"]
)
def test_common_words_are_no_mentions(text):
    assert found(text) == []


def test_a_common_word_is_no_other_spelling_of_a_name():
    detector = DictionaryDetector.from_names([("Mores", "customs"), ("Moré", "people")])
    assert [mention.text for mention in detector.detect("More and more mores of the Moré")] == ["mores", "Moré"]


def test_a_capital_at_the_end_of_a_name_is_no_article():
    detector = DictionaryDetector.from_names([("Hepatitis A", "a"), ("A-like cell", "x")])
    mentions = detector.detect("Hepatitis A is a hepatitis; A-like cells are like cells.")
    assert [mention.text for mention in mentions] == ["Hepatitis A", "A-like cells"]


def test_an_acronym_that_the_ontology_also_writes_small_is_found_in_capitals_alone():
    detector = DictionaryDetector.from_names([("COLD", "copd"), ("cold", "copd"), ("cold", "infection")])
    assert [mention.candidates for mention in detector.detect("COLD is no cold.")] == [
        ("copd", "infection"),
        ("infection",),
    ]


def test_names_are_found_in_text_without_blanks_between_words():
    detector = DictionaryDetector.from_names(
        [("霍乱", "A00"), ("2型糖尿病", "E11"), ("糖尿病", "E14"), ("肺炎", "J18")]
    )
    mentions = detector.detect("患者有霍乱病史，既往有2型糖尿病。母亲患糖尿病、肺。炎症。")
    assert [(mention.text, *mention.candidates) for mention in mentions] == [
        ("霍乱", "A00"),
        ("2型糖尿病", "E11"),
        ("糖尿病", "E14"),
    ]


def test_a_name_in_capitals_is_found_in_capitals():
    assert found("AIDS or ALL") == [("AIDS", "aids"), ("ALL", "leukemia")]


@pytest.mark.parametrize(
    "text", ["breast. Cancer", "breast; cancer", "breast\n\ncancer", "breast, cancer", "breast (cancer)"]
)
def test_no_name_reaches_across_a_boundary(text):
    assert [mention for mention, *_ in found(text)] == [text[-7:].strip("()").strip()]


def test_a_denied_prefix_is_not_overlooked():
    names = [("papillary carcinoma", "papillary"), ("carcinoma", "carcinoma")]
    assert [m.text for m in DictionaryDetector.from_names(names).detect("a non-papillary carcinoma")] == ["carcinoma"]


@pytest.mark.parametrize("text", ["breast and ovarian cancer", "breast or ovarian cancers", "breast/ovarian cancer"])
def test_coordinated_names_share_their_last_word(text):
    breast, ovarian = DETECTOR.detect(f"She has {text}.")
    assert breast.candidates == ("breast",)
    assert [f"She has {text}."[start:end] for start, end in breast.spans] == ["breast", breast.text.split()[1]]
    assert ovarian.candidates == ("ovary",)
    assert ovarian.spans is None


def test_coordinated_names_share_their_first_words():
    kidney, liver = DETECTOR.detect("cysts of the kidney and liver")
    assert (kidney.text, kidney.candidates) == ("cysts of the kidney", ("cyst",))
    assert (liver.text, liver.candidates) == ("cysts liver", ("liver-cyst",))


def test_an_abbreviation_stands_for_its_long_form_from_its_definition_on():
    text = "Basal cell nevus syndrome (BCNS) is rare. BCNS was found."
    assert found(text) == [("Basal cell nevus syndrome", "nbccs"), ("BCNS", "nbccs"), ("BCNS", "nbccs")]


def test_an_abbreviation_that_means_something_else_hides_a_name():
    assert found("acute life limit (ALL). Then ALL fell.") == []


def test_a_definition_inside_a_name_is_passed_over():
    names = [("glucose phosphate deficiency", "gpd")]
    text = "glucose phosphate (GP) deficiency and GP deficiency"
    assert [m.text for m in DictionaryDetector.from_names(names).detect(text)] == [
        "glucose phosphate (GP) deficiency",
        "GP deficiency",
    ]


def test_words_that_the_ontology_uses_for_one_another_match():
    parts = ["cyst", "stone", "pain"]
    names = [(f"{word} {part}", part) for part in parts for word in ("renal", "kidney")]
    (mention,) = DictionaryDetector.from_names([*names, ("renal failure", "failure")]).detect("kidney failure")
    assert (mention.candidates, mention.match) == (("failure",), Match.REWORDED)


PARTS = ["patella", "scapula", "maxilla", "fibula"]
FORMS = [(name, part) for part in PARTS for name in (f"Dysplastic {part}", f"{part}r dysplasia".capitalize())]
BONES = DictionaryDetector.from_names(
    [*FORMS, ("Aplastic macula", "macula"), ("Spina bifida occulta", "occulta"), ("Ear pit", "pit")]
)


@pytest.mark.parametrize(
    ("text", "concept", "match"),
    [
        ("macular aplasia", None, None),
        ("aplastic macular", "macula", Match.DERIVED),
        ("dysplastic patellar", "patella", Match.DERIVED),
        ("patellar dysplasia", "patella", Match.EXACT),
    ],
)
def test_words_of_one_family_match(text, concept, match):
    found = [(mention.candidates, mention.match) for mention in BONES.detect(text)]
    assert found == ([] if concept is None else [((concept,), match)])


def test_an_adjective_and_a_noun_may_change_places_and_endings():
    names = [(f"{word} {part}", part) for part in PARTS for word in ("Aplastic", "Aplasia")]
    detector = DictionaryDetector.from_names(
        [*names, *FORMS, *[(f"{part}r lesion", f"{part}-lesion") for part in PARTS]]
    )
    (mention,) = detector.detect("patellar aplasia")
    assert (mention.candidates, mention.match) == (("patella",), Match.REORDERED)


def test_reordered_words_do_not_end_within_a_phrase():
    names = [("Mandibular hyperplasia", "jaw"), ("Mandibular cyst", "cyst"), ("Mandibular pain", "pain")]
    detector = DictionaryDetector.from_names(names)
    assert [m.text for m in detector.detect("hyperplasia of the mandibular process")] == []
    assert [m.text for m in detector.detect("hyperplasia of the mandibular was")] == ["hyperplasia of the mandibular"]


def test_a_hyphen_joins_a_word_that_names_write_as_one():
    detector = DictionaryDetector.from_names(
        [("Preauricular pit", "pre"), ("Auricular pit", "auricular"), ("pre x", "x")]
    )
    assert [(m.text, m.candidates) for m in detector.detect("pre-auricular pits")] == [("pre-auricular pits", ("pre",))]


def test_what_goes_wrong_with_a_part_is_told_in_many_words():
    detector = DictionaryDetector.from_names([("Abnormality of the eye", "eye"), ("Abnormality of joints", "joint")])
    eye, joint = detector.detect("ophthalmic and articular manifestations")
    assert (eye.candidates, eye.text) == (("eye",), "ophthalmic manifestations")
    assert (joint.candidates, joint.text) == (("joint",), "articular manifestations")


def test_of_names_in_other_words_those_with_the_fewest_are_meant():
    pairs = [(f"{word} {part}", part) for part in PARTS for word in ("cell", "lymphocyte")]
    detector = DictionaryDetector.from_names(
        [*pairs, ("cell loss", "cell"), ("lymphocyte loss", "lymphocyte"), ("skin lump", "l")]
    )
    assert [m.candidates for m in detector.detect("cellular loss")] == []
    assert [m.candidates for m in detector.detect("cutaneous lump")] == [("l",)]


def test_words_that_all_stand_for_others_are_no_mention():
    pairs = [(f"{word} {part}", part) for part in PARTS for word in ("level", "concentration")]
    pairs += [(f"{word} {part}", part) for part in PARTS for word in ("poor", "weak")]
    detector = DictionaryDetector.from_names([*pairs, ("Poor concentration", "absent-minded")])
    assert detector.detect("weak levels") == []
    assert [m.candidates for m in detector.detect("weak concentration")] == [("absent-minded",)]


def test_text_without_names_has_no_mentions():
    assert found("") == []
    assert found("(!) 12, 13.") == []


WORDS = st.sampled_from(
    [
        "breast",
        "ovarian",
        "cancer",
        "cancers",
        "and",
        "or",
        "of",
        "the",
        "kidney",
        "cyst",
        "(BC)",
        ",",
        ".",
        "non-",
        "/",
        "ALL",
    ]
)


@given(st.lists(WORDS, max_size=12).map(" ".join), st.booleans())
def test_mentions_are_ordered_and_stand_where_they_say(text, nested):
    mentions = DETECTOR.detect(text, nested=nested)
    assert [(m.start, m.end) for m in mentions] == sorted((m.start, m.end) for m in mentions)
    for mention in mentions:
        spans = mention.spans or ((mention.start, mention.end),)
        assert " ".join(text[start:end] for start, end in spans) == mention.text
        assert (spans[0][0], spans[-1][1]) == (mention.start, mention.end)
        assert all(end < start for (_, end), (start, _) in pairwise(spans))


@given(st.lists(WORDS, max_size=12).map(" ".join))
def test_contiguous_mentions_do_not_overlap(text):
    whole = [mention for mention in DETECTOR.detect(text) if mention.spans is None]
    assert all(one.end <= other.start for one, other in pairwise(whole))


def test_a_word_said_twice_stands_for_no_two_words_of_a_name():
    kinds = ["cyst", "mass", "graft", "scar", "pain"]
    names = [(f"{word} {kind}", kind) for kind in kinds for word in ("renal", "kidney")]
    detector = DictionaryDetector.from_names([*names, ("renal kidney", "odd"), ("kidney", "kidney")])
    assert [each.candidates for each in detector.detect("a kidney cyst, a renal cyst")] == [("cyst",), ("cyst",)]
    assert [each.text for each in detector.detect("the kidney of the kidney")] == ["kidney", "kidney"]
