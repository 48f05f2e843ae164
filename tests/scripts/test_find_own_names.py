"""The script that looks for an ontology's own names counts what is lost, by cause."""

import pytest
from find_own_names import Found, cause_of_failure, finder_of_linker, finder_of_names, report

from hyplink import Linker
from hyplink.ontology import Concept, Ontology


@pytest.mark.parametrize(
    ("mentions", "cause"),
    [
        ([(10, 17, "A")], None),
        ([(10, 17, "AB")], "ambiguous"),
        ([(10, 17, "B")], "another concept"),
        ([], "nothing found"),
        ([(0, 5, "A")], "nothing found"),
        ([(10, 13, "A")], "part, right concept"),
        ([(10, 13, "B"), (14, 17, "A")], "part, right concept"),
        ([(10, 13, "B")], "part, another concept"),
        ([(10, 18, "A")], "more than the name"),
    ],
)
def test_a_failure_has_one_cause(mentions, cause):
    found = [Found(start, end, frozenset(concepts)) for start, end, concepts in mentions]
    assert cause_of_failure(found, "red ear", {"A"}) == cause


def test_the_report_counts_names_found_and_shows_the_others(capsys):
    ontology = Ontology([Concept("X:1", "red ear"), Concept("X:2", "she"), Concept("X:3", "ab")])
    report(ontology, finder_of_names(ontology), 5)
    first, _, failure = capsys.readouterr().out.splitlines()
    assert first == "1 of 2 names are found (50.00%)"
    assert failure.split() == ["1", "nothing", "found:", "she"]


def test_a_run_is_asked_for_its_links(tiny_run):
    linker = Linker.load(tiny_run)
    text = "There was photoreceptor cell here."
    (link,) = linker.link(text)
    assert finder_of_linker(linker)(text) == [Found(10, 28, frozenset([link.answer.concept]))]
