import json

import numpy as np
import pytest

from hyplink.arrays import log_softmax
from hyplink.candidates.encoded import Encoded
from hyplink.candidates.examples import Example
from hyplink.candidates.features import FEATURES, MIN_LOG_PROBABILITY, Candidates, NameCandidates
from hyplink.candidates.name_sources import NameSources
from hyplink.candidates.surface_forms import SurfaceForms
from hyplink.errors import RunError
from hyplink.linking.linker import Linker
from hyplink.ontology import Concept, Ontology, Synonym
from hyplink.ranking.cross_fitting import MAX_NAMES, concatenated, held_out_splits, out_of_fold_examples
from hyplink.ranking.ranker import PRIOR_WEIGHTS, Ranker, load_ranker, train_ranker
from hyplink.regressor import load_regressor
from hyplink.run import Run
from hyplink.run.mode import MIN_MENTIONS
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


def one_hot(name):
    return np.array([float(each == name) for each in FEATURES])


def toy(n_mentions, seed):
    """Two candidates a mention, the first right; two sources, each of them right three times in four."""
    generator = np.random.default_rng(seed)
    features = np.zeros((2 * n_mentions, len(FEATURES)))
    for name in ("tfidf", "cosine"):
        features[::2, FEATURES.index(name)] = 0.67 + generator.normal(size=n_mentions)
    gold = np.arange(2 * n_mentions) % 2 == 0
    concepts = np.arange(2 * n_mentions) % 2
    return Candidates(np.repeat(np.arange(n_mentions), 2), concepts, features, None, concepts), gold


def accuracy(ranker, candidates):
    ranked = ranker.rank(candidates, candidates.mentions.max() + 1, 1)
    return np.mean(ranked.concepts[:, 0] == 0)


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


def test_the_ball_gives_the_log_probability_among_the_candidates():
    scores = np.log([1.0, 3.0, 5.0, 5.0, 10.0])
    found = log_softmax(scores, np.array([0, 0, 2, 2, 2]))
    np.testing.assert_allclose(np.exp(found), [0.25, 0.75, 0.25, 0.25, 0.5])


def test_further_candidates_join_and_each_concept_comes_once(evidence, dim):
    found = evidence.candidates(batch_of(["flu", "zzz"], named=[(0, FLU), (1, 42)]), np.zeros((2, dim), np.float32))
    pairs = list(zip(found.mentions.tolist(), found.concepts.tolist(), strict=True))
    assert (1, 42) in pairs
    assert pairs == sorted(set(pairs))


def test_the_ranker_beats_each_of_its_sources():
    ranker = train_ranker(*toy(400, seed=0), of_names=False)
    unseen, _ = toy(2000, seed=1)
    single = [accuracy(Ranker(one_hot(name)), unseen) for name in ("tfidf", "cosine")]
    assert accuracy(ranker, unseen) > max(single) + 0.05


def test_a_useless_source_is_given_no_weight_against_its_direction():
    candidates, gold = toy(400, seed=0)
    candidates.features[:, FEATURES.index("own_name")] = ~gold
    assert train_ranker(candidates, gold, of_names=False).weights[FEATURES.index("own_name")] == 0


def test_without_anything_to_learn_from_the_weights_are_the_prior_ones():
    candidates, gold = toy(10, seed=0)
    learned = train_ranker(candidates, np.zeros_like(gold), of_names=False)
    assert learned.weights.tolist() == [PRIOR_WEIGHTS.get(name, 0.0) for name in FEATURES]


def test_what_names_teach_goes_half_the_way():
    prior = Ranker(np.array([PRIOR_WEIGHTS.get(name, 0.0) for name in FEATURES])).weights
    of_text, of_names = (train_ranker(*toy(100, seed=0), of_names=each).weights for each in (False, True))
    assert (of_text != prior).any()
    np.testing.assert_allclose(of_names, (prior + of_text) / 2)


def test_without_annotated_text_the_ball_is_believed_as_far_as_a_mention_is_like_a_name(evidence, names_alone, dim):
    words = ["flu", "flues", "zzz"]
    vectors, also = np.zeros((3, dim), np.float32), [(row, each) for row in range(3) for each in (COLD, FLU, 42)]
    with_text, without = (each.candidates(batch_of(words, named=also), vectors) for each in (evidence, names_alone))
    for row, alike in enumerate((1.0, None, 0.0)):
        of_text, of_names = (each.features[each.mentions == row] for each in (with_text, without))
        alike = of_names[:, FEATURES.index("tfidf")].max() if alike is None else alike
        ball = FEATURES.index("ball")
        expected = alike**2 * np.exp(of_text[:, ball]) + (1 - alike**2) / len(of_names)
        np.testing.assert_allclose(np.exp(of_names[:, ball]), expected)


def test_a_concept_is_named_nearby_where_other_words_of_the_document_are_its_name_alone(evidence, dim):
    texts = ["renal cysts", "cystic thing", "cystic thing", "renal cyst"]
    found = evidence.candidates(batch_of(texts, ["a", "a", "b", "a"]), np.zeros((4, dim), np.float32))
    nearby = found.features[found.concepts == CYST, FEATURES.index("named_nearby")]
    assert nearby.tolist() == [0, 1, 0, 0]  # `renal cyst` and `renal cysts` are the same words


def test_scores_are_log_probabilities_and_ties_fall_to_the_lower_index():
    candidates = Candidates(np.array([0, 0, 1]), np.array([7, 9, 3]), np.zeros((3, len(FEATURES))), None, np.arange(3))
    ranked = Ranker(np.ones(len(FEATURES))).rank(candidates, 3, 2)
    assert ranked.concepts.tolist() == [[7, 9], [3, -1], [-1, -1]]
    np.testing.assert_allclose(np.exp(ranked.scores), [[0.5, 0.5], [1, 0], [0, 0]])


def test_a_saved_ranker_is_read_back_to_the_bit(tmp_path):
    ranker = train_ranker(*toy(50, seed=3), of_names=False)
    ranker.save(tmp_path / "ranker")
    assert load_ranker(tmp_path / "ranker").weights.tolist() == ranker.weights.tolist()


def test_weights_of_other_features_are_refused(tmp_path):
    (tmp_path / "weights.json").write_text(json.dumps({"colour": 1.0}))
    with pytest.raises(RunError, match="re-run `hyplink fit` with --force"):
        load_ranker(tmp_path)


def small_world(dim):
    """Twenty cysts of many names, ten annotated articles, and vectors that say nothing.

    Fifty things without an example make the concepts as many as the regressor's.
    """
    organs = [f"{first}{last}" for first in ("ren", "hepat", "card", "gastr", "neur") for last in "aeio"]
    concepts = [
        Concept(f"X:{i}", f"{organ} cyst", (Synonym(f"cyst of {organ}"), Synonym(f"{organ} lump", "RELATED")))
        for i, organ in enumerate(organs)
    ]
    names = [Example(name, name, ((each.concept_id,),)) for each in concepts for name in each.names()]
    mentions = [
        Example(f"{organ} cysts", f"{organ} cysts", ((f"X:{i}",),), f"doc {i % 10}") for i, organ in enumerate(organs)
    ]
    examples = [*names, *mentions]
    others = [Concept(f"Y:{i}", f"thing {i}") for i in range(50)]
    names_alone, in_text = np.zeros((len(names), DIM), np.float32), np.zeros((len(mentions), dim), np.float32)
    return Ontology([*concepts, *others]), Encoded(examples, names_alone, in_text, (DIM, dim - DIM))


def test_few_documents_are_not_held_out_but_a_fifth_of_the_names_with_all_their_forms(dim):
    ontology, encoded = small_world(dim)
    examples = encoded.examples
    forms = [Example(each.text.upper(), each.text.upper(), each.gold) for each in examples if not each.doc]
    examples = [*examples, *forms]
    [(kept, held)] = held_out_splits(ontology, examples, NAMES, seed=0)
    unseen = held & ~kept
    assert unseen.sum() == len(forms) * 2 // 5 <= MAX_NAMES
    assert all(kept[row] for row, each in enumerate(examples) if each.doc)
    keys = [(each.text.lower(), each.gold) for each in examples]
    hidden = {key for key, out in zip(keys, unseen, strict=True) if out}
    for each, key, stays in zip(examples, keys, kept, strict=True):
        assert bool(each.doc) or stays == (key not in hidden)


def test_for_two_names_that_are_held_out_a_known_one_is_looked_at(dim):
    ontology, encoded = small_world(dim)
    examples = encoded.examples
    [(kept, held)] = held_out_splits(ontology, examples, NAMES, seed=0)
    assert (held & kept).sum() == (held & ~kept).sum() // 2
    assert not any(example.doc for example, out in zip(examples, held, strict=True) if out)


def test_two_fifths_of_the_documents_are_held_out_whole_one_after_the_other_where_they_hold_enough_mentions():
    gold, both = (("X:1",),), (("X:1",), ("X:2",))
    mentions = [Example("cyst", "cyst", gold if i % 7 else both, f"doc {i % 10}") for i in range(6 * MIN_MENTIONS)]
    held_docs = []
    for kept, held in held_out_splits(Ontology([]), [Example("cyst", "cyst", gold), *mentions], DOCUMENTS, seed=0):
        docs = {each.doc for each, out in zip(mentions, held[1:], strict=True) if out}
        assert kept[0]
        for each, stays, out in zip(mentions, kept[1:], held[1:], strict=True):
            assert stays == (each.doc not in docs)
            assert out == (each.doc in docs and each.gold == gold)
        held_docs.append(docs)
    assert [len(docs) for docs in held_docs] == [2, 2]
    assert held_docs[0].isdisjoint(held_docs[1])


def test_labels_and_names_that_two_concepts_bear_are_kept_where_there_are_other_names():
    concepts = [
        Concept(f"X:{i}", f"lump {i}", (Synonym(f"bump {i}"), Synonym(f"Lump {i}"), Synonym(f"swelling {i // 2}")))
        for i in range(1, 601)
    ]
    examples = [Example(name, name, ((each.concept_id,),)) for each in concepts for name in each.names()]
    [(kept, held)] = held_out_splits(Ontology(concepts), examples, NAMES, seed=0)
    unseen = [each.text for each, out in zip(examples, held & ~kept, strict=True) if out]
    assert len(unseen) == 120
    assert all(text.startswith("bump") for text in unseen)


def test_a_concept_that_has_lost_its_only_name_teaches_nothing(regressor, dim):
    n_concepts = len(regressor.space.concept_points())
    ontology = Ontology([Concept(f"X:{i}", f"lump {i}") for i in range(n_concepts)])
    examples = [Example(each.label, each.label, ((each.concept_id,),)) for each in ontology.concepts.values()]
    [split] = held_out_splits(ontology, examples, NAMES, seed=0)
    names, no_texts = np.zeros((n_concepts, DIM), np.float32), np.zeros((0, dim), np.float32)
    told = out_of_fold_examples(ontology, Encoded(examples, names, no_texts, (DIM, dim - DIM)), regressor, split, NAMES)
    known = split.kept[split.held]
    assert set(told.candidates.mentions[told.is_target].tolist()) == set(np.flatnonzero(known).tolist())
    assert (told.is_gold >= told.is_target).all()


def test_what_is_held_out_is_no_evidence_for_itself(regressor, dim):
    ontology, encoded = small_world(dim)
    [split] = held_out_splits(ontology, encoded.examples, NAMES, seed=0)
    told = out_of_fold_examples(ontology, encoded, regressor, split, NAMES)
    assert len(told.documents) == split.held.sum()
    assert told.n_held == (split.held & ~split.kept).sum()
    known = split.kept[split.held][told.candidates.mentions]
    is_exact = told.candidates.features[:, FEATURES.index("exact_name")] > 0
    assert (told.is_gold & ~known).any()
    assert not is_exact[told.is_gold & ~known].any()
    assert is_exact[told.is_gold & known].all()


def test_rehearsals_are_joined_mention_after_mention(regressor, dim):
    ontology, encoded = small_world(dim)
    [split] = held_out_splits(ontology, encoded.examples, NAMES, seed=0)
    told = out_of_fold_examples(ontology, encoded, regressor, split, NAMES)
    twice, n = concatenated([told, told]), len(told.documents)
    assert (len(twice.documents), twice.n_held) == (2 * n, 2 * told.n_held)
    assert set(np.flatnonzero(np.diff(twice.candidates.mentions)).tolist()) >= {len(told.is_gold) - 1}
    assert twice.candidates.mentions.max() == told.candidates.mentions.max() + n
    assert twice.is_gold.tolist() == [*told.is_gold, *told.is_gold]
    assert twice.is_target.tolist() == [*told.is_target, *told.is_target]


def test_an_exact_unambiguous_name_wins(tiny_run):
    linker = Linker.load(tiny_run)
    link = linker.link("These are photoreceptor cells.", search_all=True)[0]
    assert link.answer.label == "photoreceptor cell"
    assert link.answer.score == max(each.score for each in link.candidates)
    assert link.answer.score < 0
