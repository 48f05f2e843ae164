"""Tables of links in Arrow have one schema, whatever the texts are."""

import pytest

from hyplink.errors import InputError
from hyplink.integrations.frames import links_of_table, schema_of_links
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.linker import Linker

pyarrow = pytest.importorskip("pyarrow")
OPTIONS = LinkOptions(1, None, False, False, "balanced")


@pytest.fixture
def linker(tiny_run):
    return Linker.load(tiny_run)


def test_each_link_has_the_id_of_its_own_text(linker):
    texts = {"id": [7, 8, 9], "body": ["A retinal cone cell.", None, "An olfactory receptor cell and a neuron."]}
    rows = links_of_table(linker, pyarrow.table(texts), "body", "id", OPTIONS).to_pylist()
    expected = [
        (doc, link.start, link.answer.concept)
        for doc, text in (("7", texts["body"][0]), ("9", texts["body"][2]))
        for link in linker.link(text)
    ]
    assert [(row["doc"], row["start"], row["concept"]) for row in rows] == expected
    assert {doc for doc, _, _ in expected} == {"7", "9"}


def test_texts_without_mentions_give_an_empty_table_with_the_schema(linker):
    table = links_of_table(linker, pyarrow.table({"doc": ["1"], "text": ["Nothing."]}), "text", "doc", OPTIONS)
    assert (table.num_rows, table.schema) == (0, schema_of_links())


def test_a_missing_column_is_named(linker):
    with pytest.raises(InputError, match="no column 'text'; they have doc, body"):
        links_of_table(linker, pyarrow.table({"doc": ["1"], "body": ["x"]}), "text", "doc", OPTIONS)
