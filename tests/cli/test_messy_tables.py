"""A taxonomy and texts as people keep them in spreadsheets: nothing has to be repaired by hand."""

import csv
from itertools import zip_longest

import openpyxl
import pytest

from tests.cli.test_sssom_validator import VALIDATOR, complaints
from tests.conftest import exit_status_of

TAXONOMY = """\
 Code ,TITLE,Broader,Also known as,Owner
,,,,
T1,Vehicle,,,ann
T2,Bicycle,vehicle,push bike;pedal cycle,ann

T3,Tandem bicycle,Bicycle,tandem;two-seater cycle,
T4,Lorry,Vehicle,truck ; heavy goods vehicle,ben
T5,Fire engine,Lorry,fire truck,ben
,,,,
T6,Tractor,Vehicle,farm tractor,
T7,Cargo bicycle,Bicycle,freight bike;cargo bike,ann
"""

COLUMNS = "{id: code, label: title, parents: broader, synonyms: also known as}"
PHRASES = ["A push bike.", "Two FIRE TRUCKS came.", "", "The farm tractors and a tandem", "Nothing of interest."]
LABELS = [["Bicycle"], ["Fire engine"], [None], ["Tractor", "Tandem bicycle"], [None]]
N_ROWS = 2_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with a run of the taxonomy, and a workbook of texts with ids that repeat, and other columns."""
    folder = tmp_path_factory.mktemp("messy")
    (folder / "taxonomy.csv").write_text(TAXONOMY, encoding="utf-8")
    settings = ["data.ontology=" + str(folder / "taxonomy.csv"), f"data.columns={COLUMNS}", "encode.dim=8"]
    settings += ["train_ontology.dim=2", "train_ontology.epochs=5", "encode.epochs=1", "fit.hidden=8", "fit.epochs=1"]
    assert exit_status_of("run", folder / "run", *(word for each in settings for word in ("--set", each))) == 0
    workbook = openpyxl.Workbook()
    workbook.active.append(["Report", "No", "Cost", "Match"])
    for number in range(N_ROWS):
        workbook.active.append([PHRASES[number % 5] or None, number // 2, number / 4, "=not a formula"])
    workbook.active.insert_rows(100)
    workbook.save(folder / "reports.xlsx")
    return folder


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_two_thousand_rows_keep_their_order_and_their_other_columns(folder, suffix):
    out = folder / f"links.{suffix}"
    columns = ("--text-column", "report", "--id-column", "no")
    assert exit_status_of("link", folder / "run", folder / "reports.xlsx", *columns, "-o", out) == 0
    header, *rows = rows_of(out)
    assert header[:5] == ["Cost", "input_Match", "doc", "start", "end"]
    found = {}
    for row in rows:
        cells = dict(zip_longest(header, row))  # openpyxl leaves out empty cells at the end of a row
        found.setdefault(float(cells["Cost"]) * 4, []).append(cells["label"] or None)
    assert list(found) == list(range(N_ROWS))
    assert [found[number] for number in range(10)] == LABELS * 2
    assert len({row[header.index("doc")] for row in rows}) == N_ROWS


def rows_of(path):
    if path.suffix == ".xlsx":
        return [list(row) for row in openpyxl.load_workbook(path, read_only=True).active.values]
    return list(csv.reader(path.open(encoding="utf-8", newline="")))


@pytest.mark.skipif(not VALIDATOR.exists(), reason="scripts/setup.sh dev installs sssom-py")
def test_the_mappings_of_a_column_of_terms_are_valid(folder):
    terms = [["Term", "Owner"], *([f"{PHRASES[number % 2]} {number}", "ann"] for number in range(N_ROWS))]
    path, out = folder / "terms.csv", folder / "terms.sssom.tsv"
    path.write_text("".join(f"{','.join(cells)}\n" for cells in terms).replace("Term", "Mention"), encoding="utf-8")
    assert exit_status_of("link", folder / "run", path, "-o", out) == 0
    assert complaints(out).strip() == f"No attr for Owner [{N_ROWS} instances]"  # a slot of the input's own
    assert sum(not line.startswith("#") for line in out.open(encoding="utf-8")) == N_ROWS + 1


@pytest.mark.parametrize("name", ["links.xls", "links.csv.gz", "links.txt", "links.CSVV"])
def test_an_output_whose_ending_says_no_format_is_refused(hyplink, folder, name):
    answer = hyplink("link", folder / "run", folder / "reports.xlsx", "--text-column", "report", "-o", folder / name)
    assert answer.status == 2
    assert name in answer.err
    assert not (folder / name).exists()


def test_convert_replaces_a_file_only_on_request(hyplink, folder, tmp_path):
    out = tmp_path / "o.jsonl"
    source = tmp_path / "m.csv"
    source.write_text("mention\npush bike\n", encoding="utf-8")
    out.write_text("mine", encoding="utf-8")
    answer = hyplink("convert", source, out)
    assert (answer.status, out.read_text(encoding="utf-8")) == (2, "mine")
    assert "o.jsonl: the file exists; choose another name, or replace it with --force" in answer.err
    assert hyplink("convert", source, out, "--force").status == 0
