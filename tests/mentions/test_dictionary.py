from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.match import Match
from hyplink.mentions.name_matches import DetectedMention
from hyplink.mentions.overlaps import kept

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
def test_a_name_is_found_in_the_variants_of_real_text(text, mention, concept, match):
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


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("ON-bipolar cells", "on"),
        ("Severe AT III deficiency", "at"),
        ("bipolar cells", None),
        ("cells on bipolar cells", None),
        ("stage III deficiency", None),
        ("CANCER OF THE BREAST", "breast"),
        ("cancer OF the breast", "breast"),
    ],
)
def test_a_function_word_in_capitals_is_an_abbreviation_where_no_function_word_can_be(text, mention):
    names = [("ON-bipolar cell", "on"), ("AT III deficiency", "at"), ("CANCER OF breast", "breast")]
    detected = DictionaryDetector.from_names(names).detect(text)
    assert [each.candidates for each in detected] == ([(mention,)] if mention else [])


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("Streptococcus pneumoniae", []),
        ("an infection with Mycobacterium tuberculosis", []),
        ("Streptococcus pneumoniae pneumonia", ["lungs"]),
        ("Bacterial pneumonia and pulmonary tuberculosis", ["lungs", "tb"]),
        ("Salmonella, pneumonia", ["lungs"]),
        ("Klebsiella pneumonia", ["lungs"]),
    ],
)
def test_the_second_word_of_a_species_is_no_disease(text, concepts):
    detector = DictionaryDetector.from_names([("Pneumonia", "lungs"), ("Tuberculosis", "tb")])
    assert [concept for each in detector.detect(text) for concept in each.candidates] == concepts


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


@pytest.mark.parametrize(
    "text",
    [
        "breast and ovarian cancer",
        "breast or ovarian cancers",
        "breast/ovarian cancer",
        "breast & ovarian cancer",
        "breast as well as ovarian cancer",
    ],
)
def test_coordinated_names_share_their_last_word(text):
    breast, ovarian = DETECTOR.detect(f"She has {text}.")
    assert breast.candidates == ("breast",)
    assert [f"She has {text}."[start:end] for start, end in breast.spans] == ["breast", breast.text.split()[1]]
    assert ovarian.candidates == ("ovary",)
    assert ovarian.spans is None


@pytest.mark.parametrize(
    ("text", "concepts"),
    [
        ("cancer of the breast, ovary, or colon", {"breast", "ovary", "colon"}),
        ("weakness of the upper and lower limbs", {"upper", "lower"}),
        ("diabetes type 1 and 2", {"one", "two"}),
        ("diabetes type 1 or type 2", {"one", "two"}),
        ("type 1 and type 2 diabetes", {"one", "two"}),
        ("Parkinson's/Alzheimer's disease", {"p", "a"}),
        ("a baker/cook", {"baker", "cook"}),
    ],
)
def test_each_part_of_a_coordination_is_found_once(text, concepts):
    names = [
        ("breast cancer", "breast"),
        ("ovary cancer", "ovary"),
        ("colon cancer", "colon"),
        ("upper limb weakness", "upper"),
        ("lower limb weakness", "lower"),
        ("type 1 diabetes", "one"),
        ("type 2 diabetes", "two"),
        ("Parkinson disease", "p"),
        ("Alzheimer disease", "a"),
        ("baker", "baker"),
        ("cook", "cook"),
        ("a la carte cook", "other"),
    ]
    found = [mention.candidates for mention in DictionaryDetector.from_names(names).detect(f"She has {text}.")]
    assert sorted(found) == sorted((each,) for each in concepts)


@pytest.mark.parametrize("joint", ["and -", "or -", "/-", "& -"])
def test_coordinated_compounds_share_their_beginning(joint):
    text = f"gram-positive {joint}negative sepsis".replace(" /", "/")
    mentions = DictionaryDetector.from_names(
        [("gram-positive sepsis", "positive"), ("gram-negative sepsis", "negative")]
    ).detect(text)
    assert {mention.candidates for mention in mentions} == {("positive",), ("negative",)}


@pytest.mark.parametrize("name", ["research & development", "research and development", "research&development"])
@pytest.mark.parametrize("text", ["Research & development", "research and development", "Research&Development"])
def test_an_ampersand_is_and(name, text):
    (mention,) = DictionaryDetector.from_names([(name, "r")]).detect(f"{text} is")
    assert (mention.text, mention.candidates) == (text, ("r",))


def test_a_long_name_is_shared_by_types():
    names = [(f"Crigler-Najjar syndrome type {each}", each) for each in ("I", "II")]
    mentions = DictionaryDetector.from_names(names).detect("Crigler-Najjar syndrome types I and II")
    assert [mention.candidates for mention in mentions] == [("I",), ("II",)]


def test_coordinated_names_share_their_first_words():
    kidney, liver = DETECTOR.detect("cysts of the kidney and liver")
    assert (kidney.text, kidney.candidates) == ("cysts of the kidney", ("cyst",))
    assert (liver.text, liver.candidates) == ("cysts liver", ("liver-cyst",))


def test_an_abbreviation_is_expanded_from_its_definition_on():
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


def test_an_error_in_a_part_is_described_in_full():
    detector = DictionaryDetector.from_names([("Abnormality of the eye", "eye"), ("Abnormality of joints", "joint")])
    eye, joint = detector.detect("ophthalmic and articular manifestations")
    assert (eye.candidates, eye.text) == (("eye",), "ophthalmic manifestations")
    assert (joint.candidates, joint.text) == (("joint",), "articular manifestations")


def test_of_reworded_names_those_with_the_fewest_replaced_words_match():
    pairs = [(f"{word} {part}", part) for part in PARTS for word in ("cell", "lymphocyte")]
    detector = DictionaryDetector.from_names(
        [*pairs, ("cell loss", "cell"), ("lymphocyte loss", "lymphocyte"), ("skin lump", "l")]
    )
    assert [m.candidates for m in detector.detect("cellular loss")] == []
    assert [m.candidates for m in detector.detect("cutaneous lump")] == [("l",)]


def test_a_phrase_of_replaced_words_only_is_no_mention():
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
def test_mentions_are_ordered_and_have_the_text_at_their_offsets(text, nested):
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


def test_a_repeated_word_matches_only_one_word_of_a_name():
    kinds = ["cyst", "mass", "graft", "scar", "pain"]
    names = [(f"{word} {kind}", kind) for kind in kinds for word in ("renal", "kidney")]
    detector = DictionaryDetector.from_names([*names, ("renal kidney", "odd"), ("kidney", "kidney")])
    assert [each.candidates for each in detector.detect("a kidney cyst, a renal cyst")] == [("cyst",), ("cyst",)]
    assert [each.text for each in detector.detect("the kidney of the kidney")] == ["kidney", "kidney"]


def mention_of(*pieces, match=Match.EXACT, concept="x"):
    spans = pieces if len(pieces) > 1 else None
    return DetectedMention(pieces[0][0], pieces[-1][1], "", (concept,), match, "", spans)


def survivors(mentions, *, nested=False):
    """The mentions that are kept, whatever the order in which they were found."""
    found = [kept(each, nested=nested) for each in (mentions, mentions[::-1])]
    assert found[0] == found[1]
    return found[0]


def test_of_two_mentions_that_overlap_the_one_with_more_characters_is_kept():
    shorter, longer = mention_of((0, 5)), mention_of((4, 10), match=Match.REWORDED)
    assert survivors([shorter, longer]) == [longer]


def test_of_two_mentions_of_one_length_the_surer_is_kept():
    first, second = mention_of((0, 5), match=Match.DERIVED), mention_of((4, 9), match=Match.NORMALISED)
    assert survivors([first, second]) == [second]


def test_of_two_equally_sure_mentions_of_one_length_the_first_is_kept():
    first, second = mention_of((0, 5)), mention_of((4, 9))
    assert survivors([first, second]) == [first]


@pytest.mark.parametrize("nested", [False, True])
def test_of_mentions_of_the_same_characters_the_best_match_is_kept(nested):
    surer, other = mention_of((3, 5), match=Match.DERIVED), mention_of((3, 5), match=Match.REORDERED, concept="y")
    assert survivors([surer, other], nested=nested) == [surer]
    pieces = (0, 3), (8, 12)
    surer, other = mention_of(*pieces, match=Match.DERIVED), mention_of(*pieces, match=Match.REORDERED, concept="y")
    assert survivors([surer, other], nested=nested) == [surer]


def test_one_piece_is_kept_where_it_has_the_characters_of_two_that_adjoin():
    one, two = mention_of((0, 7)), mention_of((0, 3), (3, 7))
    assert survivors([one, two]) == [one]


def test_the_characters_of_all_pieces_count():
    contiguous, discontinuous = mention_of((0, 8)), mention_of((0, 4), (6, 8))
    assert survivors([contiguous, discontinuous]) == [contiguous]
    longer = mention_of((0, 4), (6, 8), (9, 12))
    assert survivors([contiguous, longer]) == [contiguous, longer]


def test_mentions_side_by_side_are_both_kept():
    first, second, third = mention_of((0, 3)), mention_of((3, 7)), mention_of((7, 8))
    assert survivors([third, second, first]) == [first, second, third]


def test_a_mention_gives_way_only_to_one_that_is_kept_itself():
    longest, middle, short = mention_of((0, 6)), mention_of((5, 10)), mention_of((8, 12))
    assert survivors([short, middle, longest]) == [longest, short]


@pytest.mark.parametrize(
    ("pieces", "other", "falls"),
    [
        ([(0, 3), (6, 8)], [(0, 9)], True),
        ([(0, 3), (6, 8)], [(0, 7)], False),  # the last piece reaches beyond
        ([(1, 3), (6, 8)], [(2, 9)], False),  # the first piece begins before
        ([(0, 3), (6, 8)], [(0, 4), (5, 9)], True),
        ([(0, 3), (6, 8)], [(0, 4), (7, 12)], False),
        ([(1, 2)], [(0, 3), (6, 8)], True),
        ([(6, 8)], [(0, 3), (6, 8)], True),
        ([(4, 5)], [(0, 3), (6, 8)], False),  # between the pieces
        ([(2, 5)], [(0, 3), (6, 9)], False),
        ([(0, 3), (6, 8)], [(0, 3), (10, 14)], False),  # twins share a word
    ],
)
def test_a_discontinuous_mention_and_another_exclude_each_other_only_where_one_holds_all_of_the_other(
    pieces, other, falls
):
    smaller, larger = mention_of(*pieces), mention_of(*other)
    expected = [larger] if falls else sorted([smaller, larger], key=lambda m: (m.start, m.end))
    assert survivors([smaller, larger]) == expected
    both = survivors([smaller, larger], nested=True)
    assert len(both) == 2


def test_mentions_are_ordered_by_their_first_character_then_their_last_then_their_pieces():
    mentions = [
        mention_of((0, 3)),
        mention_of((0, 12)),
        mention_of((0, 2), (9, 12)),
        mention_of((0, 3), (8, 12)),
        mention_of((0, 2), (9, 13)),
        mention_of((0, 14)),
        mention_of((1, 2)),
    ]
    assert survivors(mentions, nested=True) == mentions


def test_a_mention_has_the_words_its_concepts_and_how_they_match():
    text = "no two cysts of the kidney, please"
    assert DETECTOR.detect(text) == [
        DetectedMention(7, 26, "cysts of the kidney", ("cyst",), Match.NORMALISED, "cysts of the kidney", None, 1.0)
    ]


def test_a_discontinuous_mention_has_its_pieces_and_the_words_in_them():
    text = "no breast or ovarian cancers"
    assert DETECTOR.detect(text)[0] == DetectedMention(
        3, 28, "breast cancers", ("breast",), Match.NORMALISED, "breast cancers", ((3, 9), (21, 28)), 1.0
    )


def test_an_abbreviation_is_matched_by_its_long_form_and_keeps_its_own_characters():
    text = "basal cell nevus syndrome (BCNS): BCNS"
    assert DETECTOR.detect(text)[1:] == [
        DetectedMention(27, 31, "BCNS", ("nbccs",), Match.EXACT, "basal cell nevus syndrome"),
        DetectedMention(34, 38, "BCNS", ("nbccs",), Match.EXACT, "basal cell nevus syndrome"),
    ]


def test_no_mention_begins_or_ends_within_an_abbreviation():
    detector = DictionaryDetector.from_names([("left ear", "a"), ("ear pit", "b"), ("ear", "c"), ("pit loss", "d")])
    assert [each.text for each in detector.detect("left ear pit (LEP)")] == ["left ear"]
    assert detector.detect("x left ear pit (LEP)", nested=True)[-1].text == "ear pit"
    assert [each.name_text for each in detector.detect("LEP loss. Left ear pit (LEP)") if each.start < 5] == []


def test_the_first_of_two_definitions_of_an_abbreviation_counts():
    detector = DictionaryDetector.from_names([("basal cell", "a"), ("breast cancer", "b")])
    text = "basal cell (BC) and breast cancer (BC): BC"
    assert [each.candidates for each in detector.detect(text)] == [("a",), ("a",), ("b",), ("a",), ("a",)]


def test_a_joint_definition_takes_precedence_over_a_separate_one():
    detector = DictionaryDetector.from_names([("basal disease", "a"), ("big dystrophy", "b"), ("cell dystrophy", "c")])
    text = "BD: basal disease (BD), big or cell dystrophy (BD or CD)."
    assert detector.detect(text)[0].candidates == ("b",)


def test_coordinated_words_of_one_abbreviation_are_a_mention_of_it():
    text = "breast or ovarian cancer (BOC). A BOC grew."
    (mention,) = [each for each in DETECTOR.detect(text) if each.start == 34]
    assert (mention.text, mention.candidates, mention.spans) == ("BOC", ("breast",), None)
    assert mention.name_text == "breast cancer"


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("Burkitt's like and Hodgkin lymphoma", ((0, 14), (27, 35))),  # a possessive parts no piece
        ("B/C lymphoma", ((0, 1), (4, 12))),
        ("B or Hodgkin lymphoma", ((0, 1), (13, 21))),
        ("mantle, ear or Hodgkin lymphoma", ((0, 6), (23, 31))),
        ("mantle or Hodgkin cell lymphoma", ((0, 6), (18, 31))),
    ],
)
def test_words_with_others_between_them_are_pieces_of_a_mention(text, spans):
    names = [
        "Burkitt like lymphoma",
        "B lymphoma",
        "B cyst",
        "ear lymphoma",
        "mantle lymphoma",
        "mantle cell lymphoma",
        "like cyst",
        "mantle cyst",
    ]
    detector = DictionaryDetector.from_names([(name, name) for name in names])
    mention = detector.detect(text)[0]
    assert mention.spans == spans
    assert mention.text == " ".join(text[start:end] for start, end in spans)


def test_coordinated_words_make_no_name_where_no_name_has_one_of_them():
    detector = DictionaryDetector.from_names([("renal cyst", "a"), ("renal pain", "b")])
    assert detector.detect("renal or hepatic mass") == []
    assert [each.text for each in detector.detect("renal or hepatic cyst")] == ["renal cyst"]
    assert [each.text for each in detector.detect("renal or hepatic mass cyst")] == ["renal cyst"]


def test_coordinated_words_keep_the_order_of_a_name():
    detector = DictionaryDetector.from_names([("cyst renal", "a"), ("renal pain", "b"), ("renal loss", "c")])
    assert detector.detect("renal or hepatic cyst") == []
    detector = DictionaryDetector.from_names([("left renal cyst", "a"), ("left renal gap", "b")])
    assert detector.detect("renal left or hepatic cyst") == []
    assert [each.text for each in detector.detect("left renal or hepatic cyst")] == ["left renal cyst"]


BRACKETS = DictionaryDetector.from_names(
    [("Essential (primary) tremor", "a"), ("Tremor (senile, slow)", "b"), ("Gait [slow]", "c")]
)


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("essential (primary) tremor", ["essential (primary) tremor"]),
        ("essential [primary] tremor", ["essential [primary] tremor"]),
        ("essential primary tremor", ["essential primary tremor"]),
        ("essential (primary tremor", []),
        ("essential primary) tremor", []),
        ("essential [primary tremor", []),
        ("essential primary] tremor", []),
        ("gait slow", ["gait slow"]),
        ("gait [slow]", ["gait [slow]"]),
        ("gait [slow", []),
    ],
)
def test_no_mention_leaves_a_bracket_open(text, mentions):
    assert [each.text for each in BRACKETS.detect(text)] == mentions


@pytest.mark.parametrize(
    ("text", "n_found"),
    [
        ("ALL", 1),
        ("BIG ALL", 1),  # a single word beside it shows nothing
        ("THE BIG ALL", 0),
        ("ALL OF IT", 0),
        ("SO ALL OF", 0),
        ("the BIG ALL OF IT", 1),
        ("is BIG ALL", 1),
        ("ALL OF it", 1),
        ("BIG is ALL OF IT", 1),
        ("BIG SO ALL IS it", 1),
        ("is BIG SO ALL OF IT now", 0),  # two words on each side count
        ("THE BIG NBCD", 1),
    ],
)
def test_a_common_word_in_capitals_is_a_name_unless_the_words_around_it_are_in_capitals_too(text, n_found):
    detector = DictionaryDetector.from_names([("ALL", "leukemia"), ("NBCD", "x")])
    assert len(detector.detect(text)) == n_found


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("non-papillary carcinoma", ["carcinoma"]),
        ("Non papillary carcinoma", ["carcinoma"]),
        ("non, papillary carcinoma", ["papillary carcinoma"]),
        ("none papillary carcinoma", ["papillary carcinoma"]),
        ("papillary carcinoma non", ["papillary carcinoma"]),
        ("papillary non-carcinoma", []),
    ],
)
def test_a_word_behind_non_opens_no_name(text, mentions):
    detector = DictionaryDetector.from_names([("papillary carcinoma", "papillary"), ("carcinoma", "carcinoma")])
    assert [each.text for each in detector.detect(text)] == mentions


FAMILY = [name for part in PARTS for name in ((f"{part} mass", part), (f"{part}r mass", part))]


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("thin patella", "thin patella", True),
        ("thin patella", "thin patellas", True),
        ("thin patella", "thin patellar", False),  # a common word begins it
        ("patella system", "patella systems", True),
        ("patella system", "patellar system", False),  # a common word ends it
        ("patella tumor", "patellar tumor", True),
        ("patella tumor", "patellar Type", False),
    ],
)
def test_an_inexact_match_neither_begins_nor_ends_with_a_common_word(name, text, found):
    detector = DictionaryDetector.from_names([*FAMILY, (name, "x")])
    assert any(each.candidates == ("x",) for each in detector.detect(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("hyperplasia of the mandibular", True),
        ("hyperplasia of the mandibular process", False),
        ("hyperplasia of the mandibular, process", True),
        ("hyperplasia of the mandibular (process)", True),
        ("hyperplasia of the mandibular with process", True),
        ("hyperplasia of the mandibular With process", True),
        ("hyperplasia of the mandibular & process", True),
        ("hyperplasia of the mandibular&process", False),
        ("hyperplasia of the jaw process", True),  # `jaw` ends names, so it is a noun
        ("mandibular hyperplasia process", True),
    ],
)
def test_a_reordered_phrase_does_not_end_with_a_modifier_of_the_next_word(text, found):
    names = ["Mandibular hyperplasia", "Jaw hyperplasia", "Mandibular cyst", "left jaw", "big jaw", "Mandibular pain"]
    detector = DictionaryDetector.from_names([(name, name) for name in names])
    assert bool([each for each in detector.detect(text) if len(each.text) > 20]) == found


def test_a_derived_phrase_may_end_with_a_modifier_of_the_next_word():
    detector = DictionaryDetector.from_names([*FAMILY, ("Small patella", "x")])
    assert [each.candidates for each in detector.detect("small patellar process")] == [("x",)]


def test_a_name_of_many_words_is_found_beside_shorter_ones_with_its_words():
    detector = DictionaryDetector.from_names([("long left ear pit", "a"), ("ear pit", "b"), ("long pit", "c")])
    assert [each.candidates for each in detector.detect("a long left ear pit of it")] == [("a",)]
    assert [each.candidates for each in detector.detect("long left ear, ear pit")] == [("b",)]


def test_function_words_within_a_window_do_not_count():
    detector = DictionaryDetector.from_names([("pit of left ear", "a"), ("long pit", "b"), ("long left pain", "c")])
    assert [each.text for each in detector.detect("pit in the left of the ear of the")] == [
        "pit in the left of the ear"
    ]
    assert [each.text for each in detector.detect("of the long pit")] == ["long pit"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lymphoma, mantle cell", True),
        ("lymphoma/mantle cell", True),
        ("lymphoma (mantle) cell", True),
        ("lymphoma. Mantle cell", False),
        ("mantle, cell lymphoma", False),  # with a comma within it no name is turned about
    ],
)
def test_only_names_with_punctuation_are_found_across_punctuation_within_a_clause(text, found):
    assert any(mention.candidates == ("mantle",) for mention in DETECTOR.detect(text)) == found


@pytest.mark.parametrize("text", ["cyst. Of kidney", "cyst; of the kidney", "breast/cancer", "breast/ovarian"])
def test_function_words_and_slashes_bridge_no_boundary(text):
    assert not any(mention.candidates in (("cyst",), ("breast",)) for mention in DETECTOR.detect(text))


def test_words_apart_are_no_derived_or_reordered_name():
    detector = DictionaryDetector.from_names(
        [
            ("Wide mandible", "wide"),
            ("Wide jaw", "jaw"),
            ("Breast cancer, familial", "family"),
            ("Breast cancer", "any"),
        ]
    )
    assert ("wideness … mandible") not in [each.text for each in detector.detect("wideness and depth of mandible")]
    found = detector.detect("familial breast and ovarian cancer")
    assert [each.candidates for each in found] == [("any",)]


def test_the_modifier_of_a_coordinated_name_is_shared():
    detector = DictionaryDetector.from_names([("Cleft lip", "lip"), ("Cleft palate", "palate"), ("Palate", "organ")])
    found = detector.detect("born with cleft lip and palate")
    assert [(each.text, each.candidates) for each in found] == [("cleft lip", ("lip",)), ("cleft palate", ("palate",))]


@pytest.mark.parametrize("text", ["abnormal liver", "markedly abnormal liver", "liver was markedly abnormal"])
def test_an_adverb_may_qualify_what_is_said_of_a_subject(text):
    detector = DictionaryDetector.from_names([("Abnormal liver", "liver")])
    assert [each.text for each in detector.detect(text)] == [text.removeprefix("markedly ")]
    assert detector.detect("abnormal mostly liver") == []


def test_an_inexact_match_does_not_add_words_to_a_plain_name_of_its_concept():
    names = [
        ("Asthma", "asthma"),
        ("Kidney disease", "kidney"),
        ("Kidney disorder", "kidney"),
        ("Asthma disorder", "asthma"),
    ]
    detector = DictionaryDetector.from_names(names)
    assert [each.text for each in detector.detect("with signs of asthma")] == ["asthma"]
    assert [each.text for each in detector.detect("with signs of the kidney")] == ["signs of the kidney"]


def test_inflammation_of_an_organ_is_not_the_organ():
    detector = DictionaryDetector.from_names(
        [("Achilles tendonitis", "tendon"), ("Liver cyst", "cyst"), ("Hepatic cyst", "cyst")]
    )
    assert detector.detect("the Achilles tendon") == detector.detect("a hepatitis cyst") == []


def test_severe_is_not_several():
    assert DictionaryDetector.from_names([("Multiple cysts", "cysts")]).detect("severe cysts") == []


def test_a_name_that_ends_with_an_optional_word_is_found_unchanged():
    letters = "bcdefghjklmnopq"
    names = [(name, letter) for letter in letters for name in (f"x{letter}x pain", f"x{letter}x pain morphology")]
    detector = DictionaryDetector.from_names([*names, ("Eyelid morphology", "eyelid")])
    assert [each.candidates for each in detector.detect("an eyelid morphology")] == [("eyelid",)]
    assert [each.text for each in detector.detect("eyelid or pain morphology")] == ["eyelid morphology"]


def in_order(steps):
    """The pieces of a mention: each begins at its gap's distance from the end of the last."""
    spans = []
    end = 0
    for gap, length in steps:
        spans.append((end + gap, end + gap + length))
        end = spans[-1][1]
    return tuple(spans)


SPANS = st.lists(st.tuples(st.integers(0, 300), st.integers(1, 150)), min_size=1, max_size=3).map(in_order)


@given(st.lists(SPANS, max_size=12), st.booleans())
def test_mentions_far_apart_or_long_are_compared_as_those_nearby_are(several, nested):
    found = [
        DetectedMention(spans[0][0], spans[-1][1], "x", ("a",), Match.EXACT, "x", None if len(spans) == 1 else spans)
        for spans in several
    ]
    expected = []
    for each in sorted(found, key=lambda m: (-sum(e - s for s, e in pieces(m)), m.start, m.spans or ())):
        if not any(gives_way(pieces(each), pieces(other), nested) for other in expected):
            expected.append(each)
    assert set(kept(found, nested=nested)) == set(expected)


def pieces(mention):
    return mention.spans or ((mention.start, mention.end),)


def gives_way(spans, others, nested):
    """Whether a mention is dropped: of the same characters, overlapping, or with all its pieces in another."""
    if nested:
        return spans == others
    if len(spans) == len(others) == 1:
        return max(spans[0][0], others[0][0]) < min(spans[0][1], others[0][1])
    return all(any(o[0] <= s[0] and s[1] <= o[1] for o in others) for s in spans)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("acetabulum", "acetabula"),
        ("aortic stenosis", "Aortic stenoses"),
        ("kitchen knife", "kitchen knives"),
        ("HCC", "HCCs"),
        ("bikini", "Bikinis"),
        ("ossa suturalia", "ossa suturalium"),
    ],
)
def test_a_name_in_another_number_is_a_normalised_match(name, text):
    (found,) = DictionaryDetector.from_names([(name, "x")]).detect(f"There was {text} here.")
    assert (found.text, found.candidates, found.match) == (text, ("x",), Match.NORMALISED)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("dystonia", "dystonic"),
        ("cyanosis", "Cyanotic"),
        ("hyperpigmentation", "hyperpigmented"),
        ("microcephaly", "microcephalic"),
        ("hypertension", "hypertensive"),
        ("epilepsy", "epileptic"),
        ("neuron", "neuronal"),
    ],
)
def test_a_single_word_is_found_by_its_adjective(name, text):
    (found,) = DictionaryDetector.from_names([(name, "x")]).detect(f"There was {text} here.")
    assert (found.text, found.candidates, found.match) == (text, ("x",), Match.DERIVED)


@pytest.mark.parametrize(
    ("name", "text"), [("hepatitis", "hepatic"), ("dystonic", "dystonia"), ("testis", "tested"), ("DYST", "dystic")]
)
def test_a_single_word_is_not_found_by_another_word_of_its_family(name, text):
    assert DictionaryDetector.from_names([(name, "x")]).detect(f"There was {text} here.") == []


@pytest.mark.parametrize(
    ("text", "mention"),
    [
        ("The liver was enlarged.", "liver was enlarged"),
        ("He has weakness affecting the lower limbs.", "weakness affecting the lower limbs"),
        ("Weakness of both lower limbs", "Weakness of both lower limbs"),
        ("Her deformity of his feet", "deformity of his feet"),
    ],
)
def test_copulas_participles_and_possessives_between_the_words_of_a_name(text, mention):
    names = [("Enlarged liver", "liver"), ("Lower limb weakness", "limb"), ("Deformity of feet", "feet")]
    names += [("A cyst that was found on both sides, affecting its wall", "cyst")]
    assert [each.text for each in DictionaryDetector.from_names(names).detect(text)] == [mention]


@pytest.mark.parametrize(
    "text", ["The enlarged was liver", "Enlargement was of the liver", "The liver was not enlarged"]
)
def test_a_copula_joins_only_a_subject_and_what_is_said_of_it(text):
    assert DictionaryDetector.from_names([("Enlarged liver", "liver")]).detect(text) == []


def test_a_match_after_a_comma_does_not_end_inside_another_phrase():
    names = [
        ("Loss, progressive", "worse"),
        ("Loss", "loss"),
        ("progressive gait disorder", "gait"),
        ("progressive ataxia", "ataxia"),
    ]
    detector = DictionaryDetector.from_names(names)
    assert [each.text for each in detector.detect("loss, progressive unease")] == ["loss"]
    assert [each.text for each in detector.detect("loss, progressive and severe")] == ["loss, progressive"]


def test_a_reordered_match_does_not_end_before_of():
    detector = DictionaryDetector.from_names([("Absent cerebellum", "absent")])
    assert [each.text for each in detector.detect("cerebellum by absence of the velum")] == []


def test_a_reworded_match_does_not_begin_inside_a_hyphenated_word():
    names = [("Abnormality of the tooth", "tooth")]
    detector = DictionaryDetector.from_names(names)
    assert [each.text for each in detector.detect("Tooth problem")] == ["Tooth problem"]
    assert detector.detect("Charcot-Marie-Tooth problem") == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("cancer of the breast and lung", ["breast cancer", "lung cancer"]),
        ("loss of vision and of hearing", ["vision loss", "hearing loss"]),
        ("breast cancer and lung", ["breast cancer"]),
    ],
)
def test_what_a_preposition_connects_with_two_parts_is_found_by_names_in_another_order(text, names):
    known = ["breast cancer", "lung cancer", "vision loss", "hearing loss"]
    detector = DictionaryDetector.from_names([(name, name) for name in known])
    assert [mention.candidates for mention in detector.detect(text)] == [(name,) for name in names]
