"""Links say how their mentions relate to the ontology."""

import math
from dataclasses import replace

import numpy as np
import pytest
from rich.console import Console

from hyplink.cli.explanation import print_explanation
from hyplink.corpus import Document, Mention
from hyplink.errors import InputError
from hyplink.linking.explain import explanations
from hyplink.linking.linker import Linker
from hyplink.placement.features import FEATURES
from hyplink.placement.model import PlacementModel
from hyplink.placement.parent_ranker import ParentRanker
from hyplink.placement.relation import RelationModel
from hyplink.placement.relation_features import RELATION_FEATURES
from tests.linking.hand_made import calibration_of, linker_of

PARENTS = ParentRanker(  # the longest name at the end of the new name is its parent
    ["longest_suffix"], np.zeros(1), np.full(1, 0.1), np.ones((1, 1)), np.zeros(1), np.ones(1), 1.0
)


def relation_model(weights, bias=(0.0, 0.0, 0.0)):
    """A model with these weights of `suffix` for each relation."""
    return RelationModel(["suffix"], np.zeros(1), np.ones(1), np.array([weights]), np.array(bias), 0.9, [1, 1, 1])


BROADER = relation_model([0.0, 9.0, -9.0])  # whatever ends in a name
NONE = relation_model([0.0, 0.0, 0.0], [0.0, 0.0, 3.0])


def linker_with(relation, source="names"):
    """The hand-made linker with models of relations and parents."""
    plain = linker_of(calibration_of(source), annotated=[])
    parts = (plain.ontology, plain.encoder, plain.generator, plain.ranker, plain.calibration, plain.span_finder)
    return Linker(*parts, plain.mode, plain.document_features, PlacementModel(PARENTS, relation))


def link_of(linker, text, **options):
    """The link of a text that is one mention."""
    return linked(linker, [text], **options)[0]


def linked(linker, texts, **options):
    documents = [Document(str(i), text, (Mention(0, len(text), text),)) for i, text in enumerate(texts)]
    return [link for links in linker.link_many(documents, **options) for link in links]


def test_a_plain_name_is_exact_without_computation():
    link = link_of(linker_with(NONE), "rod cell")
    assert (link.answer.concept, link.relation, link.broader) == ("X:2", "exact", None)
    assert link.relation_probabilities == pytest.approx((0.9, 0.05, 0.05))


@pytest.mark.parametrize("source", ["names", "documents"])
@pytest.mark.parametrize("search_all", [False, True])
def test_an_ambiguous_name_is_exact_without_computation(source, search_all):
    ((link,),) = linker_with(NONE, source).link_many(["There was a cone."], search_all=search_all)
    assert (link.answer.concept in ("X:3", "X:5"), link.relation, link.broader) == (True, "exact", None)
    assert link.relation_probabilities == pytest.approx((0.9, 0.05, 0.05))


def test_explanations_say_what_the_ontology_lacks(capsys):
    broader, nothing = (printed(capsys, linker_with(each), "large rod cell") for each in (BROADER, NONE))
    assert "relation: broader: a kind of rod cell X:2 (confidence 0." in broader
    assert "relation: none (confidence 0." in nothing
    assert "relation" not in printed(capsys, linker_with(NONE), "rod cell")


def printed(capsys, linker, text):
    """The explanation of a text that is one mention."""
    (explained,) = explanations(linker, Document("d", text, (Mention(0, len(text), text),)), 3)
    print_explanation(explained, Console(width=80))
    return capsys.readouterr().out


def test_a_broader_answer_is_the_most_probable_parent_and_the_best_candidate_stays():
    plain = linker_of(calibration_of("names"), annotated=[])
    link = link_of(linker_with(BROADER), "large rod cell")
    assert link.relation == "broader"
    assert (link.broader.concept, link.broader.label) == ("X:2", "rod cell")
    assert 0.5 < math.exp(link.broader.score) <= 1
    assert link.answer == link_of(plain, "large rod cell").answer
    assert sum(link.relation_probabilities) == pytest.approx(1)


def test_nothing_is_named_for_a_mention_of_which_the_ontology_has_nothing():
    link = link_of(linker_with(NONE), "large rod cell")
    assert (link.relation, link.broader) == ("none", None)


def test_mentions_of_a_batch_have_the_relations_that_they_have_alone():
    linker = linker_with(BROADER)
    texts = ["large rod cell", "rod cell", "zebra", "small glial cell", "Müller cell", "pines"]
    together = linked(linker, texts)
    alone = [link_of(linker, text) for text in texts]
    assert [(x.relation, x.broader) for x in together] == [(x.relation, x.broader) for x in alone]
    found, expected = (np.array([x.relation_probabilities for x in each]) for each in (together, alone))
    assert found == pytest.approx(expected)
    assert {x.relation for x in together} == {"exact", "broader"}


@pytest.mark.parametrize("source", ["names", "documents"])
def test_found_mentions_have_relations_whether_or_not_they_were_searched(source):
    linker = linker_with(BROADER, source)
    (links,) = linker.link_many([Document("d", "Some rods, an S cell and the Müller cells.")])
    assert len(links) == 3
    assert {link.relation for link in links} <= {"exact", "broader", "none"}


def test_a_run_that_has_learned_no_relations_gives_none():
    plain = linker_of(calibration_of("names"), annotated=[])
    link = link_of(plain, "large rod cell")
    assert (link.relation, link.relation_probabilities, link.broader) == (None, None, None)


def test_such_a_run_cannot_place_new_concepts_and_says_why():
    with pytest.raises(InputError, match="this run cannot place new concepts"):
        _ = linker_of(calibration_of("names"), annotated=[]).placer


def test_json_has_the_relation_with_its_probabilities_and_the_broader_concept():
    row = link_of(linker_with(BROADER), "large rod cell").as_json()
    assert row["relation"] == "broader"
    assert list(row["relation_probabilities"]) == ["exact", "broader", "none"]
    assert (row["broader"], row["broader_label"]) == ("X:2", "rod cell")
    assert row["concept"] == link_of(linker_with(BROADER), "large rod cell").answer.concept


def test_all_columns_of_the_models_exist():
    assert set(PARENTS.columns) <= set(FEATURES)
    assert set(BROADER.columns) <= set(RELATION_FEATURES)
    assert PARENTS.is_sound
    assert BROADER.is_sound
    assert not replace(BROADER, mean=np.zeros(2)).is_sound
