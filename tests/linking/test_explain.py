import json
from itertools import pairwise

import numpy as np
import pytest

from hyplink.candidates.features import FEATURES
from hyplink.corpus import Document
from hyplink.errors import InputError
from hyplink.linking.explain import FEATURE_DESCRIPTIONS, FOUND_AS, explanations, path_to, with_mention
from hyplink.linking.linker import Linker
from hyplink.mentions.match import Match
from hyplink.ontology import Concept, Ontology
from tests.linking.hand_made import LengthDetector, calibration_of, linker_of

TEXT = "No photoreceptor cell (PRC) is seen; the PRC dies."


@pytest.fixture(scope="module")
def linker(tiny_run):
    return Linker.load(tiny_run)


@pytest.fixture(scope="module")
def explained(linker):
    return list(explanations(linker, Document("d", TEXT), 5))


def test_every_feature_and_every_kind_of_match_has_a_description():
    assert tuple(FEATURE_DESCRIPTIONS) == FEATURES
    assert tuple(FOUND_AS) == tuple(Match)


def test_what_is_explained_is_what_link_answers(linker, explained):
    assert [each.link for each in explained] == next(linker.link_many([Document("d", TEXT)], top_k=5, search_all=True))
    assert [[c.candidate for c in each.candidates] for each in explained] == [
        list(each.link.candidates) for each in explained
    ]


def test_the_contributions_of_features_add_up_to_the_difference_of_scores(explained):
    for explanation in explained:
        totals = [sum(r.value * r.weight for r in each.reasons) for each in explanation.candidates]
        scores = [each.candidate.score for each in explanation.candidates]
        for (total, next_total), (score, next_score) in zip(pairwise(totals), pairwise(scores), strict=True):
            assert total - next_total == pytest.approx(score - next_score)


def test_an_abbreviation_is_replaced_by_its_long_form(explained):
    short = explained[-1]
    assert (short.link.text, short.read_as, short.normal_form) == ("PRC", "photoreceptor cell", "photoreceptor cell")
    assert short.candidates[0].named
    assert not any(each.named for each in short.candidates[1:])


def test_the_path_leads_from_a_root_to_the_concept_on_the_shortest_way():
    parents = {"R": (), "A": ("R",), "B": ("A",), "C": ("B", "A")}
    ontology = Ontology([Concept(each, each.lower(), parents=above) for each, above in parents.items()])
    assert path_to("C", ontology) == (("R", "r"), ("A", "a"), ("C", "c"))
    assert path_to("R", ontology) == (("R", "r"),)


def test_given_words_are_explained_wherever_they_occur(linker):
    document = with_mention(Document("d", TEXT), "prc")
    assert [(each.start, each.text) for each in document.mentions] == [(23, "PRC"), (41, "PRC")]
    assert [each.read_as for each in explanations(linker, document, 1)] == ["photoreceptor cell"] * 2


@pytest.mark.parametrize("words", ["rod", ""])
def test_words_that_are_not_in_the_text_are_refused(words):
    with pytest.raises(InputError, match="is not in the text"):
        with_mention(Document("d", TEXT), words)


def test_a_text_without_names_has_nothing_to_explain(linker):
    assert list(explanations(linker, Document("d", "Nothing of the kind."), 5)) == []


def test_an_explanation_is_plain_json_with_the_fields_of_the_link(explained):
    fields = explained[0].as_json()
    assert json.loads(json.dumps(fields, allow_nan=False)).keys() == fields.keys()
    assert fields["negated"] is True
    assert fields.keys() >= explained[0].link.as_json().keys()
    reasons = fields["candidates"][0]["evidence"]
    assert all(each["adds"] == each["value"] * each["weight"] for each in reasons)
    assert fields["candidates"][0]["path"][-1]["concept"] == fields["concept"]


# A linker made by hand


def test_each_mention_and_candidate_has_the_features_that_were_weighed_for_it():
    linker = linker_of(calibration_of("documents"), detector=LengthDetector())
    document = Document("d", "Rod cells, the S cell (SC) and no cones. The SC dies.")
    spans = linker.span_finder.find(document)
    scored = linker.score([spans])
    found = list(explanations(linker, document, 3))
    assert [each.link.text for each in found] == [span.text for span in spans]
    assert len(found) > 3
    for row, (span, explanation) in enumerate(zip(spans, found, strict=True)):
        assert explanation.mention_probability == span.mention_probability == 1 - len(span.text) / 100
        assert explanation.read_as == span.passage.mention
        assert [each.candidate for each in explanation.candidates] == list(explanation.link.candidates)
        for explained in explanation.candidates:
            concept = linker.ontology.index_of[explained.candidate.concept]
            pairs = (scored.candidates.mentions == row) & (scored.candidates.concepts == concept)
            (at,) = np.flatnonzero(pairs)
            assert [each.value for each in explained.reasons] == pytest.approx(scored.candidates.features[at])
            assert [each.weight for each in explained.reasons] == linker.ranker.weights.tolist()
            assert tuple(each.feature for each in explained.reasons) == FEATURES
            assert explained.candidate.score == pytest.approx(scored.scores[at])
            assert explained.path[-1] == (explained.candidate.concept, explained.candidate.label)


def test_names_that_come_before_other_candidates_are_marked_where_names_are_trusted():
    text = "An S cell dies."
    (trusting,) = explanations(linker_of(calibration_of("names")), Document("d", text), 8)
    assert [each.named for each in trusting.candidates] == [True, True, *[False] * 6]
    assert {each.candidate.concept for each in trusting.candidates[:2]} == {"X:4", "X:6"}
    (weighing,) = explanations(linker_of(calibration_of("documents")), Document("d", text), 8)
    assert not any(each.named for each in weighing.candidates)
