import json
from collections import Counter

import pytest
from pydantic import TypeAdapter

from hyplink.candidates.examples import Example
from hyplink.corpus import Document, Mention
from hyplink.linking.error_analysis import Mistake, mistakes_in_found, mistakes_in_given
from hyplink.linking.evaluation import evaluated_documents
from hyplink.linking.link import Candidate, Link
from tests.metrics.anatomy import ONTOLOGY


def kept_mistake(line):
    """The mistake of a line of `mistakes.jsonl`."""
    return TypeAdapter(Mistake).validate_json(line, strict=True)


def link(start, end, concept, confidence=0.5):
    answer = Candidate(concept, concept, 0.0, None)
    return Link("d", start, end, None, "", False, False, answer, 1, confidence, None, None, (answer,))


def test_a_given_mention_is_a_mistake_unless_its_answer_is_right_and_composite_ones_are_left_out():
    gold = [(("burn",),), (("skin",),), (("tumour",),), ((),), (), (("burn",), ("gut",))]
    answers = ["burn", "burn", None, "gut", "gut", "gut"]
    examples = [Example("words", "words", each, "d", 3, 8) for each in gold]
    found = list(mistakes_in_given(examples, answers, [0.9] * 6, ONTOLOGY))
    place = ((3, 8),)
    assert found == [
        Mistake("given", "too_specific", "d", place, ("skin",), place, "burn", 0.9),
        Mistake("given", "missed", "d", place, ("tumour",), None, None, None),
        Mistake("given", "other", "d", place, (), place, "gut", 0.9),
        Mistake("given", "other", "d", place, (), place, "gut", 0.9),
    ]


def test_a_mistake_in_raw_text_has_the_annotated_span_and_the_linked_one():
    mentions = (
        Mention(0, 4, "burn", (("burn",),)),
        Mention(5, 12, "skin", (("skin",),)),
        Mention(13, 15, "", (("gut",),)),
    )
    document = Document("d", "burn skin of gut", mentions)
    links = [link(0, 4, "burn"), link(5, 9, "tumour", 0.25), link(15, 16, "ulcer")]
    assert list(
        mistakes_in_found([document], [links], evaluated_documents([document], [links], ONTOLOGY), ONTOLOGY, None)
    ) == [
        Mistake("found", "too_specific", "d", ((5, 12),), ("skin",), ((5, 9),), "tumour", 0.25),
        Mistake("found", "missed", "d", ((13, 15),), ("gut",), None, None, None),
        Mistake("found", "spurious", "d", ((15, 16),), (), ((15, 16),), "ulcer", 0.5),
    ]
    assert [
        each.gold
        for each in mistakes_in_found(
            [document], [links], evaluated_documents([document], [links], ONTOLOGY), ONTOLOGY, "gut"
        )
    ] == [()]


def test_a_run_keeps_as_many_mistakes_of_each_kind_as_it_counts_and_they_are_read_back(tiny_run):
    lines = (tiny_run / "evaluate" / "mistakes.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [kept_mistake(line) for line in lines]
    assert [json.dumps(each.as_json(), ensure_ascii=False) for each in kept] == lines
    metrics = json.loads((tiny_run / "evaluate" / "metrics.json").read_text(encoding="utf-8"))
    counted = {"given": metrics["errors"]["hyplink"], "found": metrics["raw_text"]["errors"]}
    for source, errors in counted.items():
        kinds = Counter(each.kind for each in kept if each.source == source)
        assert kinds == {kind: n for kind, n in errors.items() if n and kind not in ("same", "coverage")}
    assert any(each.kind == "missed" for each in kept)


@pytest.mark.parametrize("found", [None, ((2, 3), (5, 8))])
def test_a_mistake_survives_json(found):
    mistake = Mistake("found", "missed", "d", ((0, 1),), ("A", "B"), found, None, None)
    assert kept_mistake(json.dumps(mistake.as_json())) == mistake
