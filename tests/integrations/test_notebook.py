"""A notebook that links texts, run and made a page by nbconvert as `jupyter nbconvert --execute --to html` does."""

import re

import pytest

REASON = "a notebook is run with nbconvert and ipykernel: pip install nbconvert ipykernel"
nbformat = pytest.importorskip("nbformat", reason=REASON)
nbconvert = pytest.importorskip("nbconvert", reason=REASON)
pytest.importorskip("ipykernel", reason=REASON)
pytest.importorskip("pandas")
pytest.importorskip("polars")

CELLS = """\
from hyplink import Linker
linker = Linker.load({run!r})
linker
%%
linker.link("No photoreceptor cells <here>, and a photoreceptor cell.")
%%
for links in linker.link_many(["A photoreceptor cell.", "Nothing of interest."]):
    display(links)
%%
import pandas as pd
notes = pd.DataFrame({{"note": ["A photoreceptor cell.", None, "Two photoreceptor cells."]}})
frame = linker.to_frame(notes["note"])[["doc", "text", "concept"]]
frame
%%
import polars as pl
found = [[link.answer.concept for link in links] for links in linker.link_many(pl.Series(notes["note"]))]
pl.from_pandas(frame).with_columns(pl.Series("again", [ids[0] for ids in found if ids]))
"""


@pytest.fixture(scope="module")
def page(tiny_run):
    """The page of the notebook after all cells were run."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in CELLS.format(run=str(tiny_run)).split("%%\n")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    nbconvert.preprocessors.ExecutePreprocessor(timeout=600, kernel_name="python3").preprocess(notebook, {})
    return nbconvert.HTMLExporter(template_name="classic").from_notebook_node(notebook)[0]


def tables_of(page):
    """The cells of each row of each table, without their tags."""
    for table in re.findall(r"<table.*?</table>", page, re.DOTALL):
        rows = re.findall(r"<tr.*?</tr>", table, re.DOTALL)
        yield [[re.sub("<[^>]*>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)] for row in rows]


@pytest.mark.slow
def test_linkers_links_and_frames_are_shown_as_tables(page):
    linker, links, one, pandas, polars = tables_of(page)
    assert ["concepts", "70"] in linker
    found = ["CL:0000210", "photoreceptor cell", ""]
    assert links[1:] == [["photoreceptor cells", *found, "negated"], ["photoreceptor cell", *found, ""]]
    assert one[1:] == [["photoreceptor cell", *found, ""]]
    assert "<p>no links</p>" in page
    assert [row[1:] for row in pandas[1:]] == [
        ["0", "photoreceptor cell", "CL:0000210"],
        ["2", "photoreceptor cells", "CL:0000210"],
    ]
    assert [row[-1].strip('"') for row in polars[2:]] == ["CL:0000210"] * 2
