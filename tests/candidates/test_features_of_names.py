import numpy as np
import pytest

from hyplink.candidates.features import FEATURES, MIN_LOG_PROBABILITY, NameCandidates
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import SurfaceForms
from hyplink.regressor import load_regressor
from hyplink.run import Run
from tests.batches import DOCUMENTS, NAMES, batch_of

COLD, FLU, CYST = 0, 1, 2
DIM = 4


@pytest.fixture(scope="module")
def regressor(tiny_run):
    """A ball of seventy concepts; what the tests expect of names holds wherever it sends them."""
    return load_regressor(Run.open(tiny_run).path("fit"))


@pytest.fixture(scope="module")
def dim(regressor):
    return sum(regressor.whitening.blocks)


@pytest.fixture(scope="module")
def surface_forms(regressor):
    return SurfaceForms(
        ("Common cold", "Flu", "Influenza", "Renal cyst", "flu"),
        np.array([COLD, FLU, FLU, CYST, FLU]),
        np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 2, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0]], dtype=np.float32),
        ("", "", "", "", "article"),
        np.array([True, True, False, True, False]),
        np.array([True, True, False, True, False]),
        np.arange(len(regressor.space.concept_points())),
    )


@pytest.fixture(scope="module")
def evidence(surface_forms, regressor):
    return NameCandidates(NameSources.from_surface_forms(surface_forms), regressor, DOCUMENTS)


@pytest.fixture(scope="module")
def names_alone(surface_forms, regressor):
    return NameCandidates(NameSources.from_surface_forms(surface_forms.chosen(np.arange(4))), regressor, NAMES)


def features_of(evidence, text, vector, concept, dim):
    vectors = np.zeros((1, dim), dtype=np.float32)
    vectors[0, :DIM] = vector
    found = evidence.candidates(batch_of([text]), vectors)
    row = np.flatnonzero(found.concepts == concept)[0]
    return dict(zip(FEATURES, found.features[row], strict=True))


def test_an_own_name_in_another_case_is_exact_and_alone(evidence, dim):
    found = features_of(evidence, "FLU", [0, 3, 0, 0], FLU, dim)
    assert found["exact_name"] == found["normal_name"] == found["reordered_name"] == found["only_exact_name"] == 1
    assert found["own_name"] == 1
    assert found["tfidf"] == pytest.approx(1)
    assert found["tfidf_rank"] == found["cosine_rank"] == 1
    assert found["cosine"] == pytest.approx(1)
    assert found["cosine_lead"] == pytest.approx(1)
    assert found["concept_count"] == found["surface_form_count"] == pytest.approx(np.log(2))


def test_words_in_another_order_are_no_exact_name(evidence, dim):
    found = features_of(evidence, "cysts of the renal", [0, 0, 1, 1], CYST, dim)
    assert (found["exact_name"], found["normal_name"], found["reordered_name"]) == (0, 0, 1)
    assert found["cosine"] == pytest.approx(np.sqrt(0.5))
    assert found["concept_count"] == found["surface_form_count"] == 0


def test_a_candidate_that_a_source_does_not_propose_is_in_no_rank_of_it(evidence, dim):
    found = features_of(evidence, "flu", [0, 1, 0, 0], COLD, dim)
    assert found["exact_name"] == found["tfidf"] == found["tfidf_rank"] == found["tfidf_lead"] == 0
    assert MIN_LOG_PROBABILITY <= found["ball"] < 0


def test_further_candidates_join_and_each_concept_comes_once(evidence, dim):
    found = evidence.candidates(batch_of(["flu", "zzz"], named=[(0, FLU), (1, 42)]), np.zeros((2, dim), np.float32))
    pairs = list(zip(found.mentions.tolist(), found.concepts.tolist(), strict=True))
    assert (1, 42) in pairs
    assert pairs == sorted(set(pairs))


def test_without_annotated_text_the_hyperbolic_score_is_weighted_by_name_similarity(evidence, names_alone, dim):
    words = ["flu", "flues", "zzz"]
    vectors, named = np.zeros((3, dim), np.float32), [(row, each) for row in range(3) for each in (COLD, FLU, 42)]
    with_text, without = (each.candidates(batch_of(words, named=named), vectors) for each in (evidence, names_alone))
    for row, similarity in enumerate((1.0, None, 0.0)):
        of_text, of_names = (each.features[each.mentions == row] for each in (with_text, without))
        similarity = of_names[:, FEATURES.index("tfidf")].max() if similarity is None else similarity
        ball = FEATURES.index("ball")
        expected = similarity**2 * np.exp(of_text[:, ball]) + (1 - similarity**2) / len(of_names)
        np.testing.assert_allclose(np.exp(of_names[:, ball]), expected)


def test_a_concept_is_named_nearby_where_other_words_of_the_document_are_its_name_alone(evidence, dim):
    texts = ["renal cysts", "cystic thing", "cystic thing", "renal cyst"]
    found = evidence.candidates(batch_of(texts, ["a", "a", "b", "a"]), np.zeros((4, dim), np.float32))
    nearby = found.features[found.concepts == CYST, FEATURES.index("named_nearby")]
    assert nearby.tolist() == [0, 1, 0, 0]  # `renal cyst` and `renal cysts` are the same words


def test_a_label_is_compared_apart_from_other_names(evidence, dim):
    found = features_of(evidence, "influenza", [0, 2, 0, 0], FLU, dim)
    assert found["tfidf"] == pytest.approx(1)
    assert 0 < found["label_tfidf"] < 1
    assert features_of(evidence, "Flu", [0, 1, 0, 0], FLU, dim)["label_tfidf"] == pytest.approx(1)


def test_the_parts_of_a_mention_are_compared_one_by_one(evidence, dim):
    found = features_of(evidence, "a renal cyst, flu", [0, 1, 0, 0], FLU, dim)
    assert found["tfidf"] < found["part_tfidf"] == pytest.approx(1)
    assert found["first_part_tfidf"] < 0.5
    found = features_of(evidence, "Flu, renal", [0, 1, 0, 0], FLU, dim)
    assert found["first_part_tfidf"] == found["part_tfidf"] == pytest.approx(1)
    whole = features_of(evidence, "renal cysts", [0, 0, 1, 0], CYST, dim)
    assert whole["first_part_tfidf"] == whole["part_tfidf"] == whole["tfidf"]


def test_the_parts_of_a_mention_are_not_those_of_another_in_the_batch(evidence, dim):
    texts = ["renal cyst", "flu, cold", "common cold", "cold and renal cyst and flu"]
    vectors = np.zeros((len(texts), dim), dtype=np.float32)
    vectors[:, 0] = 1
    mixed = evidence.candidates(batch_of(texts), vectors)
    for row, text in enumerate(texts):
        alone = evidence.candidates(batch_of([text]), vectors[:1])
        of_row = mixed.mentions == row
        assert mixed.concepts[of_row].tolist() == alone.concepts.tolist()
        assert mixed.features[of_row] == pytest.approx(alone.features)


def test_the_head_of_a_mention_is_that_of_any_name(evidence, dim):
    assert features_of(evidence, "cysts of the liver", [0, 0, 1, 0], CYST, dim)["head_word"] == 1
    assert features_of(evidence, "renal colic", [0, 0, 1, 0], CYST, dim)["head_word"] == 0
