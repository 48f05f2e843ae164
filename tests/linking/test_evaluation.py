import pytest

from hyplink.corpus import Document, Mention
from hyplink.linking.evaluation import NameOwners, evaluated_documents, found_links, overrides_by_kind, raw_text_figures
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linker import Linker
from hyplink.metrics.overrides import Overrides
from hyplink.ontology import Concept, Ontology, Synonym
from hyplink.run import SilentReporter
from tests.linking.hand_made import calibration_of, linker_of

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
    return raw_text_figures(
        documents, found, evaluated_documents(documents, found, linker.ontology), linker.ontology, branch
    )


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


# Two documents and what was found in them, by hand

SMALL = Ontology(
    [
        Concept("R", "disease"),
        Concept("A", "breast cancer", (Synonym("BC"),), parents=("R",)),
        Concept("B", "asthma", parents=("R",)),
        Concept("C", "allergic asthma", parents=("B",)),
    ]
)
FIRST = "asthma; breast cancer (BRC) and BRC"
SECOND = "BRC of Asthma"


def gold_of(doc_id, text, *marks):
    return Document(doc_id, text, tuple(Mention(start, end, text[start:end], parts) for start, end, parts in marks))


def link_of(doc, text, start, end, concept):
    answer = concept and Candidate(concept, concept, 0.0, None)
    return Link(doc, start, end, None, text[start:end], False, False, answer, 0, None, None, None, ())


GOLD = [
    gold_of("one", FIRST, (0, 6, (("C",),)), (8, 21, (("A",),)), (32, 35, (("A",),))),
    gold_of("two", SECOND, (7, 13, (("B",),))),
]
FOUND = [
    [link_of("one", FIRST, 0, 6, "B"), link_of("one", FIRST, 32, 35, "B")],
    [link_of("two", SECOND, 0, 3, "A"), link_of("two", SECOND, 7, 13, "C")],
]


def figures_of_small(branch=None):
    return raw_text_figures(GOLD, FOUND, evaluated_documents(GOLD, FOUND, SMALL), SMALL, branch)


def test_links_are_evaluated_against_the_annotations_of_their_own_document():
    raw = figures_of_small()
    assert raw["n_documents"] == 2
    strict = raw["mentions"]["every_mention"]["strict"]
    assert (strict["n_found"], strict["n_gold"]) == (4, 4)
    errors = {name: n for name, n in raw["errors"].items() if n and name != "coverage"}
    assert errors == {"too_general": 1, "too_specific": 1, "sibling": 1, "missed": 1, "spurious": 1}


def test_names_are_evaluated_with_the_abbreviations_of_their_own_document_expanded():
    raw = figures_of_small()
    # `asthma` was rightly linked to no other concept than its own, `BRC` is the name of A in the first document alone
    # and was wrongly linked to B, and `Asthma` was wrongly linked to C.
    assert raw["overrides"]["exact_name"] == {"n_mentions": 3, "n_overridden": 2, "n_rightly": 0, "n_wrongly": 2}


def test_only_names_below_the_branch_are_evaluated():
    inside = figures_of_small("R")["overrides"]["exact_name"]
    assert inside["n_mentions"] == 3
    assert figures_of_small("B")["overrides"]["exact_name"]["n_mentions"] == 0


def test_evaluated_documents_keep_documents_and_links_in_order():
    readings = evaluated_documents(GOLD, FOUND, SMALL)
    assert [[mark.concepts for mark in each.gold] for each in readings] == [[{"C"}, {"A"}, {"A"}], [{"B"}]]
    assert [[mark.concepts for mark in each.found] for each in readings] == [[{"B"}, {"B"}], [{"A"}, {"C"}]]
    nil = evaluated_documents(GOLD[1:], [[link_of("two", SECOND, 0, 3, None)]], SMALL)
    assert nil[0].found[0].concepts == frozenset()


def test_links_without_a_concept_are_left_out_and_given_mentions_are_looked_for_anew():
    linker = linker_of(calibration_of("names"))
    text = "a rod cell and the zzz"
    marked = Document("d", text, (Mention(19, 22, "zzz"),))
    steps = _Steps()
    found = found_links(linker, [marked, Document("e", "nothing")], steps)
    assert [[link.text for link in links] for links in found] == [["rod cell"], []]
    assert steps.taken == [1, 1]


class _Steps:
    def __init__(self):
        self.taken = []

    def advance(self, n=1, note=""):
        self.taken.append(n)
