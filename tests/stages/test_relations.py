"""Which relations of mentions are annotations."""

from dataclasses import replace

import pytest

from hyplink.corpus import Document, Mention
from hyplink.errors import InputError
from hyplink.stages.relations import check_relations, relation_answers
from tests.linking.hand_made import calibration_of, linker_of


def document(relation, parts=(), **fields):
    mention = Mention(0, 1, "x", parts, columns=(("Relation", relation),), **fields)
    return Document("table:3", "x", (mention,))


@pytest.mark.parametrize(
    ("relation", "parts", "message"),
    [
        ("exakt", (("A",),), "table:3: the mention 'x' has the relation 'exakt'; expected exact, broader, none"),
        ("exact", (), "'exact' and no concept"),
        ("broader", (), "'broader' and no concept"),
        ("none", (("A",),), "'none' and a concept"),
    ],
)
def test_a_relation_of_another_name_or_against_the_concept_is_refused(relation, parts, message):
    with pytest.raises(InputError, match=message):
        check_relations([document(relation, parts)])
    check_relations([document(relation, parts, proposed=())])  # written by `hyplink link`, and not checked
    with pytest.raises(InputError, match=message):
        check_relations([document(relation, parts, proposed=(), checked=True)])


def test_relations_that_nobody_has_checked_are_no_annotation():
    linker = linker_of(calibration_of("documents"))
    known = document(" None ")
    unread = replace(known, mentions=tuple(replace(each, proposed=(("A",),)) for each in known.mentions))
    assert relation_answers(linker, [unread]) == []
    with pytest.raises(InputError, match="relations of the dev data cannot be evaluated"):  # it learned none
        relation_answers(linker, [known])
