"""Links that were corrected, and tables of texts."""

import json

import pytest

from hyplink.corpus import CorpusReport, TextColumns, input_files, read_documents, read_file

LINKS = """\
doc,start,text,concept,context,context_start,proposed,checked
d,0,skin,A:1,skin or hair,0,A:1,
d,8,hair,A:2,skin or hair,0,A:1,
e,0,nail,,nail,0,A:3,
f,0,nail,NIL,nail,0,A:3,
g,0,nail,A:3,nail,0,A:3,x
h,0,nail,A:3,nail,0,,
"""

DECIDED = {
    "skin": (False, False),
    "hair": (True, True),
    "e": (True, True),
    "f": (True, True),
    "g": (False, True),
    "h": (True, True),
}
"""Whether the mention was corrected, and whether its concept is a decision, by its text or its document."""


def kinds(path):
    mentions = ((each.doc_id, mention) for each in read_documents([path]) for mention in each.mentions)
    return {mention.text if doc == "d" else doc: (mention.corrected, mention.decided) for doc, mention in mentions}


def test_a_table_of_links_tells_corrected_and_checked_links_from_those_left_as_they_were(write):
    assert kinds(write("links.csv", LINKS)) == DECIDED


def test_so_do_json_lines(write):
    rows = [line.split(",") for line in LINKS.splitlines()[1:]]
    lines = (
        {"doc": doc, "start": int(start), "text": text, "concept": concept or None, "proposed": proposed or None}
        | ({"checked": True} if checked else {})
        for doc, start, text, concept, _, _, proposed, checked in rows
    )
    assert kinds(write("links.jsonl", "".join(json.dumps(each) + "\n" for each in lines))) == DECIDED


def test_a_table_without_what_was_proposed_is_annotated_text(write):
    columns = [line.split(",")[:6] for line in LINKS.splitlines()]
    found = kinds(write("links.csv", "".join(",".join(cells) + "\n" for cells in columns)))
    assert set(found.values()) == {(False, True)}


@pytest.mark.parametrize("deleted", [("doc",), ("start",), ("context_start",), ("doc", "start", "context_start")])
def test_columns_that_a_reviewer_deleted_are_not_needed(write, deleted):
    header, *rows = (line.split(",") for line in LINKS.splitlines())
    kept = [number for number, name in enumerate(header) if name not in deleted]
    lines = (",".join(cells[number] for number in kept) for cells in (header, *rows))
    documents = list(read_documents([write("links.csv", "\n".join(lines) + "\n")]))
    mentions = [each for document in documents for each in document.mentions]
    assert [each.text for each in mentions] == ["skin", "hair", *["nail"] * 4]
    assert [each.corrected for each in mentions] == [corrected for corrected, _ in DECIDED.values()]
    assert len(documents) == (6 if "doc" in deleted else 5)


def test_offsets_may_have_the_decimals_that_pandas_gives_a_column_with_empty_cells(write, tmp_path):
    import pandas as pd

    frame = pd.read_csv(write("links.csv", LINKS + "i,,,,No link here.,0,,\n"))
    frame.to_csv(tmp_path / "saved.csv", index=False)
    assert "d,8.0,hair" in (tmp_path / "saved.csv").read_text(encoding="utf-8")
    saved, former = ([*read_documents([tmp_path / name])] for name in ("saved.csv", "links.csv"))
    assert [(each.text, each.mentions) for each in saved] == [(each.text, each.mentions) for each in former]


def test_the_mentions_that_nobody_decided_can_be_left_out(write):
    first = next(read_documents([write("links.csv", LINKS)]))
    assert [each.text for each in first.with_decided_mentions().mentions] == ["hair"]


def test_links_in_a_folder_are_passed_over_and_read_if_they_are_named(write):
    link = {"doc": "d", "start": 0, "text": "skin", "concept": "A:1"}
    path = write("links.jsonl", json.dumps(link) + "\n")
    write("note.txt", "A note.")
    report = CorpusReport()
    assert [each.doc_id for each in read_documents([path.parent], report=report)] == ["note"]
    assert report.notices == {"files of links in a folder, such as links.jsonl, passed over": 1}
    assert [each.doc_id for each in read_documents([path.parent, path])] == ["d", "note"]


def texts_of(path, report, doc_id=None):
    [file] = input_files([path])
    return [(each.doc_id, each.text) for each in read_file(file, report=report, columns=TextColumns("text", doc_id))]


def test_repeated_ids_of_texts_get_the_number_of_their_row(write):
    report = CorpusReport()
    path = write("t.csv", "id,text\n7,a\n8,b\n7,c\n,d\n 7,e\n")
    assert texts_of(path, report, "ID") == [("7", "a"), ("8", "b"), ("7:4", "c"), ("t:5", "d"), ("7:6", "e")]
    assert report.notices == {"rows with the id of another one, which the row number was added to": 2}


def test_the_number_of_a_row_is_that_of_the_spreadsheet_although_cells_have_several_lines(write):
    path = write("t.csv", 'id,text\n1,"a\nb\nc"\n\n1,d\n')
    assert [doc for doc, _ in texts_of(path, CorpusReport(), "ID")] == ["1", "1:4"]


@pytest.mark.parametrize("name", ["t.csv", "t.xlsx", "t.parquet"])
def test_an_empty_cell_is_an_empty_text_and_an_empty_row_is_none(tmp_path, name):
    import pandas as pd

    frame = pd.DataFrame({"text": ["a", None, float("nan"), None], "n": ["1", "2", "3", None]})
    write = {"t.csv": frame.to_csv, "t.xlsx": frame.to_excel, "t.parquet": frame.to_parquet}[name]
    write(tmp_path / name, index=False)
    report = CorpusReport()
    assert [text for _, text in texts_of(tmp_path / name, report)] == ["a", "", ""]
    assert report.notices == {"rows without a text": 2}
