"""A table whose first row is a title, and not that of the headings."""

import openpyxl
import pytest

from hyplink.corpus import TextColumns, read_documents
from hyplink.errors import InputError
from hyplink.ontology import read_ontology
from hyplink.reading.csv_rows import advice_on_headings

ADVICE = "If this row is a title, delete it, so that the headings come first"


@pytest.fixture(params=["t.csv", "t.xlsx"])
def titled(request, tmp_path):
    """A table with the headings of every kind of table in its second row."""
    path, rows = tmp_path / request.param, [["Parts 2026", "", ""], ["id", "label", "mention"], ["B1", "bell", "bell"]]
    if path.suffix == ".xlsx":
        workbook = openpyxl.Workbook()
        for row in rows:
            workbook.active.append(row)
        workbook.save(path)
    else:
        path.write_text("".join(",".join(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "read",
    [
        read_ontology,
        lambda path: list(read_documents([path], "mentions")),
        lambda path: list(read_documents([path], columns=TextColumns("mention", None))),
    ],
    ids=["ontology", "mentions", "texts"],
)
def test_a_title_above_the_headings_is_refused_with_what_to_do(titled, read):
    with pytest.raises(InputError, match=rf"{titled.name}:1: no column .*'Parts 2026'.*{ADVICE}"):
        read(titled)


def test_headings_of_another_name_are_no_title():
    assert advice_on_headings(["Code", "Title"]) == ""
