"""Candidates and features on thirty concepts whose points and names are made by hand."""

from itertools import pairwise

import numpy as np
import pytest

from hyplink.candidates.features import FEATURES, MIN_LOG_PROBABILITY, PER_SOURCE, NameCandidates
from hyplink.candidates.name_sources import NameSources
from hyplink.mentions.lexicon import SENSE_FEATURES
from tests.batches import DOCUMENTS, batch_of
from tests.batches import NAMES as TRAINED_ON_NAMES
from tests.hand_made import OWN, TEMPERATURE, flat_regressor, identity_regressor, surface_forms_of, vectors_of

N = 30
STEP = 0.1  # concept i lies at the hyperbolic distance STEP · i from the origin
ROD, CONE, OTHER_CONE, CONE_CELL, LAYERS, NAMELESS = 1, 2, 3, 4, range(5, 28), 29


def angle(degrees):
    return [np.cos(np.radians(degrees)), np.sin(np.radians(degrees)), 0]


NAMES = [
    ("rod cell", ROD, [1, 0, 0], "", True),
    ("Rods", ROD, [1, 1, 0], "", False),
    ("cone", CONE, [0, 0, 3], "", True),
    ("cones", OTHER_CONE, [0, 0, 2], "", False),
    ("cells, cone", CONE_CELL, [0, 1, 1], "", True),
    *(
        (f"retina layer {chr(97 + i)}{chr(98 + i)}", concept, angle(20 + 3 * i), "", True)
        for i, concept in enumerate(LAYERS)
    ),
]
ANNOTATED = [
    ("rod cells", ROD, [1, 0, 0], "a", False),
    ("rod  cell", ROD, [1, 0, 0], "b", False),
    ("stick", ROD, [0, 1, 0], "a", False),
    ("cone", CONE, [0, 0, 3], "b", True),
    ("stick", CONE_CELL, [0, 1, 0], "b", False),
]
GOLD_GROUPS = np.arange(N)[::-1] // 2


def evidence_of(rows, regressor=None, mode=DOCUMENTS):
    return NameCandidates(
        NameSources.from_surface_forms(surface_forms_of(rows, GOLD_GROUPS)),
        regressor or identity_regressor(STEP * np.arange(N)),
        mode,
    )


def candidates_for(evidence, texts, vectors, documents, named=(), named_only=()):
    return evidence.candidates(batch_of(texts, documents, named, named_only), vectors)


@pytest.fixture(scope="module")
def annotated():
    return evidence_of([*NAMES, *ANNOTATED])


@pytest.fixture(scope="module")
def names_alone():
    return evidence_of(NAMES, mode=TRAINED_ON_NAMES)


@pytest.fixture
def evidence(request, annotated):
    """That of names and annotated text, unless a test asks for another."""
    return request.getfixturevalue(request.param) if hasattr(request, "param") else annotated


def pairs_of(found):
    return list(zip(found.mentions.tolist(), found.concepts.tolist(), strict=True))


def table(found):
    """{(mention, concept): {feature: value}}."""
    rows = found.features.tolist()
    return {pair: dict(zip(FEATURES, row, strict=True)) for pair, row in zip(pairs_of(found), rows, strict=True)}


def weighed(evidence, text, own=(0, 0, 0), radius=0.0, **arguments):
    """The features of a mention alone by concept."""
    found = table(candidates_for(evidence, [text], vectors_of([own], [radius]), [""], **arguments))
    return {concept: features for (_, concept), features in found.items()}


def nearest_to(radius):
    """The concepts that the ball proposes for a point at this radius."""
    return set(np.argsort(np.abs(STEP * np.arange(N) - radius), kind="stable")[:20].tolist())


# Candidates


def test_each_source_proposes_its_twenty_best():
    assert PER_SOURCE == 20
    evidence = evidence_of([(f"retina layer {chr(97 + i)}", i, angle(4 * i), "", True) for i in range(N)])
    found = weighed(evidence, "unlike all names", angle(0), 0.0)
    assert set(found) == set(range(20))  # of cosine and ball alike
    found = weighed(evidence, "unlike all names", angle(4 * 29), STEP * 29)
    assert set(found) == set(range(10, 30))


def test_what_any_source_proposes_is_a_candidate():
    exact, tfidf, cosine, ball, named = 25, 26, 27, 0, 29
    rows = [
        *((f"abnormal eye {chr(97 + i)}", 1 + i, [i / 30, 1, 0], "", True) for i in range(24)),
        ("abnormality of the eye", exact, [-1, 0, 0], "", True),
        ("abnormal abnormal eye", tfidf, [-1, 0, 0], "", True),
        ("other", cosine, [1, 0, 0], "", True),
    ]
    evidence = evidence_of(rows, identity_regressor([0.0] * 20 + [1.0] * 10))
    own, text = [1, 0, 0], "abnormal eye"
    found = weighed(evidence, text, own, 0.0, named=[(0, named)])
    names = evidence.names
    proposed = {
        exact: names.exact.rank([text], 20).concepts[0],
        tfidf: names.tfidf.rank([text], 20).concepts[0],
        cosine: names.nearest.rank(np.array([own], np.float32), 20).concepts[0],
        ball: np.arange(20),
        named: [named],
    }
    for concept, by_source in proposed.items():
        assert [other for other, each in proposed.items() if concept in each] == [concept]
        assert concept in found
        assert set(by_source) - {-1} <= set(found)
    assert set(found) == set(np.concatenate(list(proposed.values())).tolist()) - {-1}


def test_each_mention_has_the_candidates_of_its_own_point_and_words_whatever_rows_are_not_searched(evidence):
    texts = ["rod cell", "zzz", "cone", "zzz", "retina"]
    own = [[1, 0, 0], [0, 0, 0], [0, 0, 1], [0, 0, 0], [0, 1, 0]]
    radii = [2.9, 0.0, 0.0, 2.9, 1.5]
    found = candidates_for(
        evidence, texts, vectors_of(own, radii), [""] * 5, named=[(2, CONE), (2, OTHER_CONE), (0, 7)], named_only=[2, 0]
    )
    of_row = [{concept for row, concept in pairs_of(found) if row == mention} for mention in range(5)]
    assert of_row[0] == {7}
    assert of_row[2] == {CONE, OTHER_CONE}
    nothing_like = set(range(1, 21))  # all cosines of a zero vector are equal
    assert of_row[1] == nothing_like | nearest_to(0.0)
    assert of_row[3] == nothing_like | nearest_to(2.9)
    assert nearest_to(1.5) | set(LAYERS[-20:]) <= of_row[4]


def test_candidates_are_ordered_by_mention_and_then_by_concept_each_once(evidence):
    found = candidates_for(
        evidence,
        ["cone", "rod cell"],
        vectors_of(np.eye(3)[[2, 0]], [1, 2]),
        ["", ""],
        named=[(1, ROD), (0, 25), (0, CONE)],
    )
    pairs = pairs_of(found)
    assert all(first < second for first, second in pairwise(pairs))
    assert found.mentions.dtype == found.concepts.dtype == np.int64
    assert found.features.shape == (len(pairs), len(FEATURES))


def test_a_mention_that_is_not_searched_has_no_other_candidate_even_where_its_name_is_equal(evidence):
    found = weighed(evidence, "rod cell", [1, 0, 0], named=[(0, CONE)], named_only=[0])
    assert set(found) == {CONE}
    assert weighed(evidence, "rod cell", named_only=[0]) == {}


def test_no_mentions_have_no_candidates(evidence):
    found = candidates_for(evidence, [], np.zeros((0, OWN + 2), np.float32), [])
    assert len(found.mentions) == len(found.concepts) == len(found.gold_groups) == 0
    assert found.features.shape == (0, len(FEATURES))


def test_distances_are_from_the_point_of_the_mention_to_that_of_the_candidate(evidence):
    radii = np.array([0.25, 2.0])
    found = candidates_for(evidence, ["cone", "zzz"], vectors_of(np.zeros((2, 3)), radii), ["", ""], named=[(0, 29)])
    np.testing.assert_allclose(found.distances, np.abs(radii[found.mentions] - STEP * found.concepts), atol=1e-5)


def test_without_points_there_are_no_distances():
    evidence = evidence_of([("rod", 1, [1, 0, 0], "", True)], flat_regressor(3))
    assert candidates_for(evidence, ["rod"], vectors_of([[1, 0, 0]], [0]), [""]).distances is None


def test_candidates_have_the_gold_group_of_their_concept(evidence):
    found = candidates_for(evidence, ["cone", "zzz"], vectors_of(np.zeros((2, 3)), [1, 0]), ["", ""])
    assert found.gold_groups.tolist() == [(N - 1 - concept) // 2 for concept in found.concepts.tolist()]


# Names


@pytest.mark.parametrize(
    ("text", "concept", "expected"),
    [
        ("ROD CELL", ROD, (1, 1, 1, 1)),
        ("rod-cells", ROD, (0, 1, 1, 1)),
        ("cell of rods", ROD, (0, 0, 1, 1)),
        ("rod", ROD, (0, 1, 1, 1)),
        ("rod", CONE, (0, 0, 0, 0)),
        ("cone", CONE, (1, 1, 1, 0)),  # two concepts bear it
        ("cone", OTHER_CONE, (0, 1, 1, 0)),
        ("cone", ROD, (0, 0, 0, 0)),
        ("zzz", ROD, (0, 0, 0, 0)),
    ],
)
def test_a_name_is_equal_by_case_by_normal_form_and_by_stems(evidence, text, concept, expected):
    found = weighed(evidence, text, [1, 1, 1])[concept]
    names = ("exact_name", "normal_name", "reordered_name", "only_exact_name")
    assert tuple(found[name] for name in names) == expected


def test_equal_names_of_one_mention_do_not_affect_another(evidence):
    found = table(candidates_for(evidence, ["zzz", "rod cell", "cone"], vectors_of(np.ones((3, 3)), [0] * 3), [""] * 3))
    assert [found[row, ROD]["exact_name"] for row in range(3)] == [0, 1, 0]
    assert [found[row, ROD]["only_exact_name"] for row in range(3)] == [0, 1, 0]
    assert [found[row, CONE]["exact_name"] for row in range(3)] == [0, 0, 1]
    assert [found[row, OTHER_CONE]["normal_name"] for row in range(3)] == [0, 0, 1]


def test_own_names_are_labels_and_exact_synonyms_in_normal_form_of_that_concept(evidence):
    assert weighed(evidence, "Rod Cells")[ROD]["own_name"] == 1
    assert weighed(evidence, "Rod Cells")[CONE]["own_name"] == 0
    assert weighed(evidence, "rods")[ROD]["own_name"] == 0  # a related synonym
    assert weighed(evidence, "cones")[CONE]["own_name"] == 1
    assert weighed(evidence, "cones")[OTHER_CONE]["own_name"] == 0
    assert weighed(evidence, "cell, rod")[ROD]["own_name"] == 0  # in another order


def test_counts_are_of_the_concept_and_of_the_concept_by_these_words(evidence):
    counts = {
        text: {concept: (each["concept_count"], each["surface_form_count"]) for concept, each in found.items()}
        for text, found in {text: weighed(evidence, text) for text in ("Rod cells", "stick", "cone", "zzz")}.items()
    }
    log = np.log1p
    assert counts["Rod cells"][ROD] == pytest.approx((log(3), log(2)))
    assert counts["stick"][ROD] == pytest.approx((log(3), log(1)))
    assert counts["zzz"][ROD] == pytest.approx((log(3), 0))
    assert counts["stick"][CONE_CELL] == pytest.approx((log(1), log(1)))
    assert counts["cone"][CONE] == pytest.approx((log(1), log(1)))
    assert counts["cone"][CONE_CELL] == pytest.approx((log(1), 0))
    assert counts["cone"][OTHER_CONE] == counts["Rod cells"][6] == (0, 0)


# Similarity


def test_the_lead_over_the_second_is_that_of_the_first_candidate_alone(evidence):
    found = weighed(evidence, "retina layer ab", angle(20), 1.0)
    ranked = evidence.names.tfidf.rank(["retina layer ab"], 20)
    first, second, third = ranked.concepts[0, :3].tolist()
    assert first == LAYERS[0]
    scores = ranked.scores[0]
    assert 1 == pytest.approx(scores[0]) != scores[1]
    assert found[first]["tfidf_lead"] == pytest.approx(scores[0] - scores[1])
    leads = {concept: each["tfidf_lead"] for concept, each in found.items() if each["tfidf_lead"]}
    assert list(leads) == [first]
    assert found[second]["tfidf"] == pytest.approx(scores[1])
    assert found[third]["tfidf"] == pytest.approx(scores[2])

    cosine = np.cos(np.radians([0, 3, 6]))
    assert [found[concept]["cosine"] for concept in LAYERS[:3]] == pytest.approx(cosine.tolist(), abs=1e-6)
    leads = {concept: each["cosine_lead"] for concept, each in found.items() if each["cosine_lead"]}
    assert leads == pytest.approx({LAYERS[0]: cosine[0] - cosine[1]}, abs=1e-6)


def test_each_mention_has_its_own_lead_and_first_candidate(evidence):
    texts, own = ["cone cell", "retina layer cd", "rod cell"], [[0, 1, 1], angle(26), [1, 0, 0]]
    found = table(candidates_for(evidence, texts, vectors_of(own, [0, 0, 0]), [""] * 3))
    tfidf = evidence.names.tfidf.rank(texts, 20)
    cosine = evidence.names.nearest.rank(np.array(own, np.float32), 20)
    for name, ranked in (("tfidf", tfidf), ("cosine", cosine)):
        assert len(set(ranked.concepts[:, 0])) == 3
        for (mention, concept), features in found.items():
            is_first = concept == ranked.concepts[mention, 0]
            lead = ranked.scores[mention, 0] - ranked.scores[mention, 1]
            assert features[f"{name}_lead"] == pytest.approx(lead if is_first else 0, abs=1e-6)


def test_the_rank_feature_of_a_source_is_the_reciprocal_rank_and_zero_beyond_its_candidates(evidence):
    found = weighed(evidence, "retina layer ab", angle(20), 0.0)
    tfidf = evidence.names.tfidf.rank(["retina layer ab"], 20)
    order, scores = tfidf.concepts[0].tolist(), tfidf.scores[0].tolist()
    places = {
        concept: scores.index(score) for concept, score in zip(order, scores, strict=True)
    }  # equal ones share one
    assert 2 < len(set(places.values())) < len(order)
    for concept, features in found.items():
        assert features["tfidf_rank"] == (1 / (1 + places[concept]) if concept in places else 0)
    # The cosine proposes `rod cell` and the names at 20° to 74° of those at up to 86°.
    order = [*LAYERS[:7], ROD, *LAYERS[7:]]
    assert np.cos(np.radians(20)) > np.cos(np.radians(21))
    places = {concept: place for place, concept in enumerate(order[:20])}
    assert {concept for concept, each in found.items() if each["cosine_rank"]} == places.keys()
    assert {found[concept]["cosine_rank"] for concept in places} == {1 / place for place in range(1, 21)}
    assert found[LAYERS[6]]["cosine_rank"] == 1 / 7
    assert found[LAYERS[19]]["cosine_rank"] == 0


def test_a_candidate_beyond_those_of_a_source_is_as_like_as_its_last(evidence):
    found = weighed(evidence, "retina layer ab", angle(20), 0.0, named=[(0, NAMELESS), (0, LAYERS[22])])
    tfidf = evidence.names.tfidf.rank(["retina layer ab"], 20)
    cosine = evidence.names.nearest.rank(np.array([angle(20)], np.float32), 20)
    assert LAYERS[22] not in cosine.concepts[0]
    assert found[LAYERS[22]]["cosine"] == found[NAMELESS]["cosine"] == pytest.approx(cosine.scores[0, -1])
    assert cosine.scores[0, -1] > 0.5
    assert found[NAMELESS]["tfidf"] == pytest.approx(tfidf.scores[0, -1])
    assert tfidf.scores[0, -1] > 0
    few = weighed(evidence, "rod cell", [1, 0, 0])  # fewer than twenty names share its characters
    assert few[0]["tfidf"] == 0


def test_a_similarity_below_zero_is_kept_and_the_first_concept_counts_as_any_other():
    rows = [("rod", 0, [-1, 0, 0], "", True), ("cone", 1, [0, -3, 4], "", True), ("rods", 5, [0, 1, 0], "", True)]
    evidence = evidence_of(rows)
    found = weighed(evidence, "cone", [1, 0, 0])
    assert (found[0]["cosine"], found[1]["cosine"], found[5]["cosine"]) == pytest.approx((-1, 0, 0), abs=1e-6)
    assert [found[concept]["cosine_rank"] for concept in (1, 5, 0)] == pytest.approx([1, 1, 1 / 3])
    found = weighed(evidence, "rod", [0, 1, 0])
    assert found[1]["cosine"] == pytest.approx(-0.6)
    assert found[0]["tfidf"] == found[5]["tfidf"] == pytest.approx(1)
    assert [found[concept]["only_exact_name"] for concept in (0, 1, 5)] == [0, 0, 0]  # two concepts bear it
    assert weighed(evidence_of(rows[:2]), "rod")[0]["only_exact_name"] == 1


# Mentions that are not searched


def test_the_candidates_of_mentions_that_are_not_searched_are_compared_one_by_one(evidence):
    texts, own = ["zzz", "rod cells", "rod layer", "cone"], [[0, 0, 0], [1, 0, 0], [1, 1, 0], [1, 0, 3]]
    named = [(1, ROD), (2, ROD), (3, CONE), (3, OTHER_CONE)]
    found = table(candidates_for(evidence, texts, vectors_of(own, [0, 0, 1, 2]), [""] * 4, named, [1, 2, 3]))
    assert {pair for pair in found if pair[0]} == set(named)
    cosines = {(1, ROD): 1, (2, ROD): 1, (3, CONE): np.sqrt(0.9), (3, OTHER_CONE): np.sqrt(0.9)}  # `Rods` for row 2
    assert {pair: found[pair]["cosine"] for pair in named} == pytest.approx(cosines, abs=1e-6)
    assert found[1, ROD]["tfidf"] == found[3, CONE]["tfidf"] == found[3, OTHER_CONE]["tfidf"] == 1
    expected = evidence.names.tfidf.compare(texts, np.array([2]), np.array([ROD]))
    assert found[2, ROD]["tfidf"] == pytest.approx(expected[0])
    assert 0 < expected[0] < 1
    for pair in named:
        assert (found[pair]["tfidf_rank"], found[pair]["cosine_rank"]) == (1, 1)
        assert found[pair]["tfidf_lead"] == found[pair]["cosine_lead"] == 0
    # That some mentions are not searched changes nothing for the other.
    alone = weighed(evidence, "zzz")
    assert {concept: each for (row, concept), each in found.items() if not row} == alone


@pytest.mark.parametrize("own", [[0, 0, 1], [1, 0, 2], [0, 1, 1]])
@pytest.mark.parametrize("evidence", ["annotated", "names_alone"], indirect=True)
def test_the_owners_of_a_name_have_the_features_that_a_search_finds(evidence, own):
    owners = [(0, CONE), (0, OTHER_CONE)]
    searched, compared = (weighed(evidence, "cone", own, 1.0, named=owners, named_only=only) for only in ([], [0]))
    assert set(compared) == {CONE, OTHER_CONE} < set(searched)
    relative = {"ball", "cosine_rank", "cosine_lead", "words_most_similar"}  # to the other candidates
    for owner in compared:
        for name in set(FEATURES) - relative:
            assert compared[owner][name] == pytest.approx(searched[owner][name], abs=1e-6), name
    ball = [each[OTHER_CONE]["ball"] - each[CONE]["ball"] for each in (searched, compared)]
    assert ball[0] == pytest.approx(ball[1])


def test_others_are_searched_if_the_mention_is_no_name_of_some_concepts_that_it_was_found_by(evidence):
    for named in ([ROD, CONE], [CONE, NAMELESS], [CONE, OTHER_CONE, CONE_CELL]):
        found = weighed(evidence, "cone", [0, 0, 1], named=[(0, each) for each in named], named_only=[0])
        assert len(found) > 20


def test_no_others_are_searched_however_many_concepts_have_the_name():
    evidence = evidence_of([(f"shared{'s' * (i % 2)}", i, [1, i, 0], "", True) for i in range(N)])
    named = [(0, concept) for concept in range(PER_SOURCE + 5)]
    assert set(weighed(evidence, "shared", named=named, named_only=[0])) == set(range(PER_SOURCE + 5))


def test_equal_names_are_looked_for_in_mentions_that_are_not_searched_too(evidence):
    names = ("exact_name", "normal_name", "reordered_name", "only_exact_name")
    for concept, equal in ((ROD, 1), (CONE, 0)):
        found = weighed(evidence, "rod cell", [1, 0, 0], named=[(0, concept)], named_only=[0])
        assert [found[concept][name] for name in names] == [equal] * 4


# The ball


def log_probabilities(radius, concepts):
    """By hand: a softmax over minus the temperature times the distance."""
    scores = -TEMPERATURE * np.abs(STEP * np.array(concepts) - radius)
    return scores - np.log(np.exp(scores).sum())


def test_hyperbolic_scores_are_log_probabilities_over_the_candidates_of_each_mention(evidence):
    radii = [0.25, 2.0]
    found = candidates_for(evidence, ["cone", "zzz"], vectors_of(np.zeros((2, 3)), radii), ["", ""])
    ball = found.features[:, FEATURES.index("ball")]
    for row, radius in enumerate(radii):
        of_row = found.mentions == row
        expected = log_probabilities(radius, found.concepts[of_row])
        np.testing.assert_allclose(ball[of_row], np.maximum(expected, -12), atol=1e-4)


def test_the_hyperbolic_score_is_at_least_minus_twelve(evidence):
    assert MIN_LOG_PROBABILITY == -12
    found = weighed(evidence, "zzz", radius=0.0, named=[(0, NAMELESS)])
    assert found[NAMELESS]["ball"] == -12  # -5 · 2.9 and less
    assert -12 < found[20]["ball"] == pytest.approx(log_probabilities(0.0, sorted(found))[20], abs=1e-4)


def test_the_hyperbolic_score_of_a_names_only_run_is_weighted_by_the_similarity_of_mention_and_name(names_alone):
    texts = ["rod cell", "rod layer", "zzz"]
    radii = [0.3, 1.0, 2.0]
    found = candidates_for(names_alone, texts, vectors_of(np.zeros((3, 3)), radii), [""] * 3)
    ball, tfidf = found.features[:, FEATURES.index("ball")], found.features[:, FEATURES.index("tfidf")]
    alike = [tfidf[found.mentions == row].max() for row in range(3)]
    assert alike[0] == pytest.approx(1)
    assert 0.2 < alike[1] < 0.9
    assert alike[2] == 0
    for row in range(3):
        of_row = found.mentions == row
        n = of_row.sum()
        probabilities = np.exp(np.maximum(log_probabilities(radii[row], found.concepts[of_row]), -12))
        expected = alike[row] ** 2 * probabilities + (1 - alike[row] ** 2) / n
        np.testing.assert_allclose(np.exp(ball[of_row]), expected, rtol=1e-4)
    assert len({(found.mentions == row).sum() for row in range(3)}) > 1


def test_names_alone_without_mentions_have_no_candidates(names_alone):
    assert candidates_for(names_alone, [], np.zeros((0, OWN + 2), np.float32), []).features.shape == (0, len(FEATURES))


# Words


def test_words_are_compared_with_those_of_the_candidate(evidence):
    texts = ["retina layer bc big", "big cone"]
    found = candidates_for(evidence, texts, vectors_of(np.ones((2, 3)), [0, 1]), ["", ""])
    expected = evidence.names.overlap.compare(texts, found.mentions, found.concepts)
    for name, values in zip(("words_left_over", "words_left_out", "words_most_similar"), expected, strict=True):
        assert found.features[:, FEATURES.index(name)].tolist() == values.tolist()
    rows = table(found)
    assert rows[0, LAYERS[1]]["words_most_similar"] == rows[1, CONE]["words_most_similar"] == 1
    assert rows[0, LAYERS[2]]["words_most_similar"] == rows[0, CONE]["words_most_similar"] == 0
    assert rows[0, LAYERS[1]]["words_left_over"] > rows[0, LAYERS[2]]["words_left_over"]
    assert rows[0, LAYERS[1]]["words_left_out"] == 0 > rows[0, LAYERS[2]]["words_left_out"]


# Mentions of one document


def nearby(evidence, texts, documents, concept, **arguments):
    vectors = vectors_of(np.ones((len(texts), 3)), [0] * len(texts))
    found = table(candidates_for(evidence, texts, vectors, documents, **arguments))
    return [found[row, concept]["named_nearby"] for row in range(len(texts)) if (row, concept) in found]


def test_another_name_of_a_concept_is_evidence_for_it_only_within_the_document(evidence):
    texts = ["rod cell", "stick", "stick", "stick"]
    assert nearby(evidence, texts, ["a", "a", "b", ""], ROD) == [0, 1, 0, 0]
    assert nearby(evidence, texts, ["a", "a", "b", ""], CONE) == [0, 0, 0, 0]


def test_mentions_without_a_document_are_not_of_one_document(evidence):
    assert nearby(evidence, ["rod cell", "stick"], ["", ""], ROD) == [0, 0]


def test_the_same_words_in_another_form_are_no_second_name(evidence):
    assert nearby(evidence, ["Rod cells", "rod cell", "ROD CELL"], ["a"] * 3, ROD) == [0, 0, 0]
    assert nearby(evidence, ["Rod cells", "rods"], ["a"] * 2, ROD) == [1, 1]


def test_names_that_two_concepts_bear_or_in_another_order_name_nothing_nearby(evidence):
    assert nearby(evidence, ["cone", "stick"], ["a", "a"], CONE) == [0, 0]
    assert nearby(evidence, ["cell of rods", "stick"], ["a", "a"], ROD) == [0, 0]


def test_mentions_that_are_not_searched_name_their_concept_nearby(evidence):
    found = nearby(evidence, ["rod cell", "stick"], ["a", "a"], ROD, named=[(0, ROD)], named_only=[0])
    assert found == [0, 1]


# All of it


def test_the_senses_of_words_are_not_weighed_here(evidence):
    found = candidates_for(evidence, ["rod cell"], vectors_of([[1, 0, 0]], [0.5]), ["a"])
    assert FEATURES[-len(SENSE_FEATURES) :] == SENSE_FEATURES
    assert not found.features[:, -len(SENSE_FEATURES) :].any()
    assert len(set(FEATURES)) == len(FEATURES)


MIXED = [  # text, radius, document, further candidates, whether no others are searched
    ("rod cell", 0.3, "a", [ROD], True),
    ("stick", 2.6, "a", [], False),
    ("cone", 1.1, "a", [CONE, OTHER_CONE], False),
    ("stick", 0.2, "b", [], False),
    ("zzz", 1.7, "", [], False),
    ("rod cell", 0.9, "b", [CONE], True),
    ("retina layers", 2.2, "c", [NAMELESS], False),
    ("Retina layer de", 2.9, "", [], False),
    ("rods", 0.0, "c", [], False),
    ("cone cells", 0.6, "a", [CONE_CELL], True),
    ("rod cells", 1.4, "a", [], False),
    ("stick", 2.0, "b", [LAYERS[3]], True),
    ("++", 2.5, "d", [], False),
    ("zzz", 0.1, "a", [], False),
]


def candidates_of(evidence, rows):
    """The candidates of a batch of some rows of `MIXED`, in this order."""
    batch = [MIXED[row] for row in rows]
    own = [[len(text), text.count("e"), ord(text[0]) - 100] for text, *_ in batch]
    return candidates_for(
        evidence,
        [text for text, *_ in batch],
        vectors_of(own, [radius for _, radius, *_ in batch]),
        [document for _, _, document, *_ in batch],
        named=[(row, concept) for row, (*_, named, _) in enumerate(batch) for concept in named],
        named_only=[row for row, (*_, is_named_only) in enumerate(batch) if is_named_only],
    )


def assert_rows_are_equal(batch, row, single, single_row, but=()):
    """Candidates, features, distances and groups of a mention of one batch are those of a mention of another."""
    one, other = batch.mentions == row, single.mentions == single_row
    assert one.any()
    assert batch.concepts[one].tolist() == single.concepts[other].tolist()
    columns = [FEATURES.index(name) for name in FEATURES if name not in but]
    np.testing.assert_allclose(batch.features[one][:, columns], single.features[other][:, columns], atol=1e-6)
    np.testing.assert_allclose(batch.distances[one], single.distances[other], atol=1e-9)
    assert batch.gold_groups[one].tolist() == single.gold_groups[other].tolist()


@pytest.mark.parametrize("kind", ["annotated", "names"])
@pytest.mark.parametrize("seed", [None, 0, 1, 2])
def test_a_mention_in_a_mixed_batch_is_weighed_as_it_is_alone(evidence, names_alone, kind, seed):
    evidence = evidence if kind == "annotated" else names_alone
    rows = np.arange(len(MIXED)) if seed is None else np.random.default_rng(seed).permutation(len(MIXED))
    batch = candidates_of(evidence, rows)
    assert set(batch.mentions.tolist()) == set(range(len(MIXED)))
    for place, row in enumerate(rows.tolist()):
        assert_rows_are_equal(batch, place, candidates_of(evidence, [row]), 0, but=["named_nearby"])


@pytest.mark.parametrize("seed", [None, 0, 1])
def test_documents_are_weighed_together_as_they_are_alone(evidence, seed):
    rows = np.arange(len(MIXED)) if seed is None else np.random.default_rng(seed).permutation(len(MIXED))
    batch = candidates_of(evidence, rows)
    for document in ("a", "b", "c", "d"):
        places = [place for place, row in enumerate(rows.tolist()) if MIXED[row][2] == document]
        alone = candidates_of(evidence, [rows[place] for place in places])
        for row, place in enumerate(places):
            assert_rows_are_equal(batch, place, alone, row)
    nearby = batch.features[:, FEATURES.index("named_nearby")]
    # `rod cell` stands in b as well, but with another concept as its only candidate.
    assert {MIXED[rows[row]][2] for row in batch.mentions[nearby > 0].tolist()} == {"a", "c"}
    assert set(batch.concepts[nearby > 0].tolist()) == {ROD}
