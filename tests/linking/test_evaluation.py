import pytest

from hyplink.corpus import Document, Mention
from hyplink.linking.evaluation import NameOwners, found_links, overrides_by_kind, raw_text_figures
from hyplink.linking.linker import Linker
from hyplink.metrics.overrides import Overrides
from hyplink.ontology import Concept, Ontology, Synonym
from hyplink.run import SilentReporter

PHOTORECEPTOR = "CL:0000210"
TEXT = "The photoreceptor cells of the fly. A photoreceptor cell (PRC) is lost; the PRC dies."


@pytest.fixture(scope="module")
def linker(tiny_run):
    return Linker.load(tiny_run)


def document(*mentions, text=TEXT):
    return Document("d", text, tuple(Mention(start, end, text[start:end], ((c,),)) for start, end, c in mentions))


def figures(linker, documents, branch=None):
    with SilentReporter().progress("", len(documents)) as progress:
        found = found_links(linker, documents, progress)
    return raw_text_figures(documents, found, linker.ontology, branch)


def test_mentions_that_are_given_are_found_again_in_the_raw_text(linker):
    marked = document((4, 23, PHOTORECEPTOR), (38, 56, PHOTORECEPTOR), (58, 61, PHOTORECEPTOR), (76, 79, "CL:0000000"))
    raw = figures(linker, [marked])
    strict = raw["mentions"]["every_mention"]["strict"]
    assert (strict["n_found"], strict["n_gold"]) == (4, 4)
    assert strict["precision"]["value"] == strict["recall"]["value"] == 3 / 4
    assert raw["mentions"]["resolvable"]["strict"]["recall"]["value"] == 1  # CL:0000000 is none of the 70 concepts
    assert raw["documents"]["micro"]["f1"]["value"] == 1
    assert raw["errors"] == {
        "same": 3,
        "too_specific": 0,
        "too_general": 0,
        "sibling": 0,
        "other": 1,
        "missed": 0,
        "spurious": 0,
        "coverage": 1,
    }
    assert raw["overrides"]["exact_name"] == {"n_mentions": 3, "n_overridden": 0, "n_rightly": 0, "n_wrongly": 0}


def test_beside_a_branch_nothing_counts(linker):
    marked = document((4, 23, PHOTORECEPTOR))
    elsewhere = next(i for i in linker.ontology.concepts if PHOTORECEPTOR not in linker.ontology.descendants(i))
    raw = figures(linker, [marked], elsewhere)
    assert raw["mentions"]["every_mention"]["strict"]["n_gold"] == 0
    assert raw["documents"]["micro"]["n_found"] == 0
    assert raw["overrides"]["any_wording"]["n_mentions"] == 0


def test_a_name_has_an_owner_where_it_is_the_name_of_one_concept_alone():
    ontology = Ontology(
        [
            Concept("A", "breast cancer", (Synonym("BC"),)),
            Concept("B", "bladder cancer", (Synonym("BC"),)),
            Concept("C", "cancers of the breast, male"),
            Concept("D", "Bc syndrome"),
        ]
    )
    owners = NameOwners(ontology).owners(["Breast Cancer", "bc", "breast cancers", "male breast cancer", "Nothing"])
    both = {"exact_name": "A", "any_wording": "A"}
    assert list(owners) == [both, {}, {"any_wording": "A"}, {"any_wording": "C"}, {}]


def test_overrides_are_counted_by_the_kind_of_the_name():
    exact = ({"exact_name": "A", "any_wording": "A"}, "B", frozenset({"B"}))
    worded = ({"any_wording": "A"}, "B", frozenset({"A"}))
    assert overrides_by_kind([exact, worded, ({}, "A", frozenset({"B"}))]) == {
        "exact_name": Overrides(1, 1, 1, 0),
        "any_wording": Overrides(2, 2, 1, 1),
    }
