"""Links as a pandas DataFrame, and as notebooks show them."""

import pandas as pd
import pytest

from hyplink import Candidate, Document, Link, Linker

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


def test_a_link_is_one_line_of_a_list():
    answer = Candidate("X:1", "skin", -0.1, None)
    links = [
        Link("d", 0, 3, None, "cut", True, False, answer, 1, 0.5, "names", None, (answer,)),
        Link("d", 4, 7, None, "it", False, False, None, None, None, None, None, ()),
    ]
    assert repr(links) == "[<Link 0–3 'cut': skin (X:1), confidence 0.50, negated>, <Link 4–7 'it': NIL>]"


def test_a_link_is_shown_with_escaped_words():
    answer = Candidate("X:1", "a <b>", -0.1, None)
    link = Link("d", 0, 3, None, "<i>", False, False, answer, 1, 0.5, "names", None, (answer,))
    assert link._repr_html_() == ("<table><tr><td>&lt;i&gt;</td><td>a &lt;b&gt; (X:1)</td><td>0.50</td></tr></table>")
