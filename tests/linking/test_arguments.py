"""A wrong argument of a linker is an error of the call that gave it, in one line that says what to give."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from hyplink import Document, HyplinkError, Linker, Mention


@pytest.fixture(scope="module")
def linker(tiny_run):
    return Linker.load(tiny_run)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda it: it.load(None), "expected the path of a run directory, not None"),
        (lambda it: it.load(b"runs/my"), "expected the path of a run directory, not a bytes"),
        (lambda it: it.link(None), r"expected a text \(str\), not None"),
        (lambda it: it.link(["a cell"]), "expected a text .* not a list; several texts are linked by link_many"),
        (lambda it: it.link_many("a cell"), "expected several texts .* not a str; put a single one in a list"),
        (lambda it: it.link_many(Document("d", "a cell")), "not a Document; put a single one in a list"),
        (lambda it: it.link_many(None), "not None"),
        (lambda it: it.link_many({"a": "a cell"}), "not a dict; give one column of it"),
        (lambda it: it.to_frame(pd.DataFrame({"a": ["a cell"]})), "not a DataFrame; give one column of it"),
        (lambda it: list(it.link_many([(1, "a cell")])), "document 1: .* not a tuple of a int, a str"),
        (lambda it: it.link_many([], top_k=0), "top_k must be an integer, at least 1; not 0"),
        (lambda it: it.link_many([], top_k=2.5), "top_k .* not 2.5"),
        (lambda it: it.link_many([], min_confidence=90), "min_confidence must be a probability .* not 90"),
        (lambda it: it.link_many([], min_confidence=float("nan")), "min_confidence .* not nan"),
        (lambda it: it.link_many([], min_confidence="0.9"), "min_confidence .* not '0.9'"),
        (lambda it: it.link_many([], prefer="f1"), "prefer must be one of precision, balanced, recall; not 'f1'"),
        (lambda it: it.link_many([], batch_size=0), "batch_size must be .* not 0"),
        (lambda it: it.points(7), "expected several texts .* not a int"),
        (lambda it: it.points([], batch_size=-1), "batch_size .* not -1"),
        (lambda it: it.nearest(it.points("a photoreceptor cell"), k=0), "k must be an integer, at least 1; not 0"),
    ],
)
def test_a_wrong_argument_is_an_error_at_once(linker, call, message):
    with pytest.raises(HyplinkError, match=message):
        call(linker)


@pytest.mark.parametrize(
    "points", [[[0.0] * 5], np.zeros(5), np.zeros((1, 4)), np.full((1, 5), np.nan), np.full((1, 5), 0.5)]
)
def test_the_nearest_concepts_of_what_is_no_point_of_the_ball_are_an_error(linker, points):
    with pytest.raises(HyplinkError, match="expected points"):
        linker.nearest(points)


@pytest.mark.parametrize(("start", "end"), [(0, 99), (-3, 2), (4, 2), (0, 0)])
def test_a_mention_that_is_empty_or_outside_its_text_is_an_error(linker, start, end):
    document = Document("d", "asthma", (Mention(start, end, ""),))
    with pytest.raises(HyplinkError, match=f"document 1: a mention at {start}-{end}, outside its text of 6 characters"):
        list(linker.link_many([document]))


def test_an_item_that_is_no_document_is_named_by_its_number(linker):
    links = linker.link_many(["a photoreceptor cell", 7], batch_size=1)
    assert [link.text for link in next(links)] == ["photoreceptor cell"]
    with pytest.raises(HyplinkError, match=r"document 2: expected a text \(str\), a pair .* not a int"):
        next(links)


def test_texts_are_linked_as_the_documents_of_the_same_texts(linker):
    texts = ["a photoreceptor cell", "", "cone cells of the retina"]
    documents = [Document("", text) for text in texts]
    assert list(linker.link_many(texts)) == list(linker.link_many(documents))
    (alone,), (together,) = linker.link(texts[2]), list(linker.link_many(documents))[2]
    assert (alone.text, alone.answer.concept) == (together.text, together.answer.concept) == ("cone", "CL:0000573")


def test_what_is_preferred_reaches_the_search_for_mentions_from_every_method(tiny_run):
    linker, asked = Linker.load(tiny_run), []
    find_many = linker.span_finder.find_many

    def recorded(documents, *, nested, prefer):
        asked.extend([prefer] * len(documents))
        return find_many(documents, nested=nested, prefer=prefer)

    linker.span_finder = SimpleNamespace(find_many=recorded)
    linker.link("a photoreceptor cell")
    linker.link("a photoreceptor cell", prefer="recall")
    list(linker.link_many(["a photoreceptor cell"], prefer="precision"))
    linker.to_frame(["a photoreceptor cell"], prefer="recall")
    assert asked == ["balanced", "recall", "precision", "recall"]
