"""Links as a pandas DataFrame, and as notebooks show them."""

import re

import pandas as pd
import pytest

from hyplink import Candidate, Document, Link, Linker
from hyplink.linking.link import SHOWN, Links

TEXTS = ["A photoreceptor cell.", "Nothing here.", "No photoreceptor cells."]


@pytest.fixture
def linker(tiny_run):
    return Linker.load(tiny_run)


def test_a_column_of_texts_gives_a_frame_of_links(linker):
    frame = linker.to_frame(pd.Series(TEXTS))
    assert frame[["text", "concept", "negated", "context"]].to_numpy().tolist() == [
        ["photoreceptor cell", "CL:0000210", False, TEXTS[0]],
        ["photoreceptor cells", "CL:0000210", True, TEXTS[2]],
    ]
    assert frame["score"].dtype == float


def test_a_text_without_an_id_has_its_position_and_lone_surrogates_are_replaced(linker):
    frame = linker.to_frame(["nothing", "A photoreceptor cell \ud800", ("x", "a photoreceptor cell")])
    assert frame[["doc", "context"]].to_numpy().tolist() == [
        ["1", "A photoreceptor cell ?"],
        ["x", "a photoreceptor cell"],
    ]


def test_pairs_of_an_id_and_a_text_are_documents(linker):
    pairs = [("a", TEXTS[0]), ("b", TEXTS[2])]
    assert linker.to_frame(pairs)["doc"].tolist() == ["a", "b"]
    assert list(linker.link_many(pairs)) == list(linker.link_many([Document(*pair) for pair in pairs]))


def test_each_candidate_has_a_row_on_request(linker):
    frame = linker.to_frame(TEXTS, top_k=2, search_all=True)
    assert frame["rank"].tolist() == [1, 2, 1, 2]


def test_a_linker_says_what_it_links_to(linker):
    assert repr(linker).startswith("<Linker: ")
    assert "concepts of" in repr(linker)
    assert repr(linker.ontology) == f"<Ontology: {len(linker.ontology)} concepts of {linker.ontology.source}>"


NIL = Link("d", 4, 7, None, "<i>", True, True, None, None, None, None, None, ())
ANSWER = Candidate("X:1", "a <b>", -0.1, None)
BROADER = NIL._replace(answer=ANSWER, negated=False, uncertain=False, confidence=0.5, broader=ANSWER)


def cells_of(shown):
    return re.findall("<td[^>]*>(.*?)</td>", shown)


def test_a_link_is_shown_as_a_row_with_escaped_words():
    assert cells_of(BROADER._repr_html_()) == ["&lt;i&gt;", "X:1", "a &lt;b&gt;", "0.50", "a kind of a &lt;b&gt;"]
    assert cells_of(NIL._repr_html_()) == ["&lt;i&gt;", "NIL", "", "", "negated, uncertain"]


def test_a_link_is_written_without_its_candidates():
    assert repr(BROADER) == "<Link 4–7 '<i>': a <b> (X:1), confidence 0.50>"
    assert repr([NIL]) == "[<Link 4–7 '<i>': NIL, negated, uncertain>]"


def test_the_links_of_a_document_are_a_list_that_is_shown_as_one_table(linker):
    many = list(linker.link_many(TEXTS))
    assert many[0] == [many[0][0]]
    assert many[0]._repr_html_() == linker.link(TEXTS[0])._repr_html_()
    assert cells_of(many[2]._repr_html_())[:3] == ["photoreceptor cells", "CL:0000210", "photoreceptor cell"]
    assert many[1]._repr_html_() == "<p>no links</p>"


def test_of_many_links_the_first_are_shown_and_all_counted():
    shown = Links([NIL._replace(start=start) for start in range(1001)])._repr_html_()
    assert shown.count("<tr>") == SHOWN + 1
    assert shown.endswith(f"<p>1,001 links, the first {SHOWN} shown</p>")
    assert "shown" not in Links([NIL] * SHOWN)._repr_html_()
