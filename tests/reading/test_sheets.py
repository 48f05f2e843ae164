"""The sheet of a workbook that is read: the one that is named, or else the first with cells, which is said."""

import openpyxl
import pytest

from hyplink.config import DataSettings
from hyplink.corpus import CorpusReport, TextColumns, read_documents
from hyplink.errors import InputError
from hyplink.ontology import configured_ontology
from hyplink.reading.sheets import sheet_rows
from hyplink.run import SilentReporter
from hyplink.stages.texts import Texts, plain_lines

SHEETS = {
    "Cover": [],
    "Old": [["Code", "Title"], ["O1", "skin"]],
    "Terms": [["id", "label", "parents"], ["T1", "hair", ""], ["T2", "red hair", "T1"]],
    "Notes": [["No", "Note"], [7, "red hair"], [8, "hair"]],
    "Gold": [["mention", "concepts"], ["red hair", "T2"]],
}
"""Rows by the name of the sheet. The first has no cells, the second is hidden."""


@pytest.fixture
def book(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in SHEETS.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook["Old"].sheet_state = "hidden"
    workbook.save(tmp_path / "book.xlsx")
    return tmp_path / "book.xlsx"


def cells_of(path, *sheet):
    return [cells for _, cells in sheet_rows(path, *sheet)]


def test_without_a_name_the_first_visible_sheet_with_cells_is_read_and_the_others_are_named(book):
    unread = []
    assert cells_of(book, None, unread) == SHEETS["Terms"]
    assert unread == ["Notes", "Gold"]


def test_any_sheet_is_read_by_its_name_letter_case_aside(book):
    unread = []
    assert cells_of(book, " notes", unread) == [["No", "Note"], ["7", "red hair"], ["8", "hair"]]
    assert unread == []
    assert cells_of(book, "Old") == SHEETS["Old"]
    assert cells_of(book, "Cover") == []


def test_a_sheet_that_the_workbook_lacks_is_an_error_that_lists_the_sheets(book):
    with pytest.raises(InputError) as caught:
        cells_of(book, "Codes")
    assert str(caught.value) == (f"{book}: no sheet 'Codes'; the workbook has 'Cover', 'Old', 'Terms', 'Notes', 'Gold'")


def test_a_workbook_whose_sheets_are_all_empty_has_no_rows(tmp_path):
    openpyxl.Workbook().save(tmp_path / "empty.xlsx")
    assert cells_of(tmp_path / "empty.xlsx") == []


def test_cells_far_below_the_top_of_the_only_sheet_are_read(tmp_path):
    workbook = openpyxl.Workbook()
    workbook.active["A1500"] = "late"
    workbook.save(tmp_path / "late.xlsx")
    assert cells_of(tmp_path / "late.xlsx")[-1] == ["late"]


def test_each_kind_of_data_has_a_sheet_of_its_own(book):
    data = DataSettings(
        ontology=book,
        ontology_sheet="Terms",
        train=book,
        train_sheet="Gold",
        unlabelled=book,
        texts=book,
        text_column="note",
        id_column="no",
        text_sheet="Notes",
    )
    assert configured_ontology(data).concept_ids == ("T1", "T2")
    texts = Texts.read(data, SilentReporter())
    assert [mention.parts for each in texts.train for mention in each.mentions] == [(("T2",),)]
    assert [(each.doc_id, each.text) for each in texts.unlabelled] == [("7", "red hair"), ("8", "hair")]
    assert list(plain_lines(data)) == ["red hair", "hair"]
    dev = DataSettings(dev=book, dev_sheet="gold")
    assert [mention.text for each in Texts.read(dev, SilentReporter()).dev for mention in each.mentions] == ["red hair"]


def test_an_ontology_from_the_first_sheet_says_which_sheets_were_passed_over(book):
    ontology = configured_ontology(DataSettings(ontology=book))
    [problem] = [each for each in ontology.problems if each.kind == "unread-sheet"]
    assert (problem.count, problem.examples) == (2, ("'Notes'", "'Gold'"))
    named = configured_ontology(DataSettings(ontology=book, ontology_sheet="Terms"))
    assert "unread-sheet" not in {each.kind for each in named.problems}


def test_texts_from_the_first_sheet_say_which_sheets_were_passed_over(book):
    report = CorpusReport()
    list(read_documents(book, report=report, columns=TextColumns("label")))
    [notice] = [each for each in report.notices if "sheets" in each]
    assert notice.startswith("sheets of book.xlsx beside the first ('Notes', 'Gold') passed over, choose one with")
    assert report.notices[notice] == 2


@pytest.mark.parametrize("columns", [None, TextColumns("Note")])
def test_a_column_that_stands_on_another_sheet_is_an_error_that_names_the_sheets(book, columns):
    with pytest.raises(InputError, match=r"'id', 'label', 'parents', and other sheets are 'Notes', 'Gold': choose one"):
        list(read_documents(book, columns=columns))
    with pytest.raises(InputError, match=r"other sheets are 'Notes', 'Gold': choose one with data\.ontology_sheet"):
        configured_ontology(DataSettings(ontology=book, columns={"id": "No", "label": "Note"}))


def test_a_sheet_is_chosen_of_workbooks_alone(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("id,label\n1,skin\n2,hair\n", encoding="utf-8")
    with pytest.raises(InputError, match="no input is a workbook"):
        list(read_documents(path, sheet="Notes"))
    with pytest.raises(
        InputError, match=r"data\.ontology_sheet is for workbooks \(\.xlsx\), and the ontology is t\.csv"
    ):
        configured_ontology(DataSettings(ontology=path, ontology_sheet="Terms"))
