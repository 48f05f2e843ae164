import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest

from hyplink.errors import InputError
from hyplink.export.disk import DiskPlot, disk_plot
from hyplink.export.interactive_disk import write_interactive_disk
from hyplink.export.static_disk import write_static_disk
from hyplink.regressor import load_regressor
from hyplink.run import Run
from tests.conftest import exit_status_of


@pytest.fixture(scope="module")
def plot(tiny_run):
    return disk_plot(Run.open(tiny_run))


def test_mentions_are_inside_the_disk_and_correct_ones_have_the_gold_concept_as_answer(plot):
    assert plot.mentions
    for mention in plot.mentions:
        assert abs(mention.position) < 1
        assert (mention.gold == mention.answer) is mention.correct


def test_a_correct_mention_is_nearer_to_its_concept_than_to_the_median_concept(plot):
    correct = [each for each in plot.mentions if each.correct]
    own = [abs(each.position - plot.positions[each.answer]) for each in correct]
    others = [np.median(np.abs(each.position - plot.positions)) for each in correct]
    assert np.mean(np.array(own) < others) > 0.7


def test_a_branch_shows_only_its_own_concepts(tiny_run):
    branch = disk_plot(Run.open(tiny_run), "CL:0000210")
    assert branch.labels[branch.concept_ids.index("CL:0000210")] == "photoreceptor cell"
    assert 1 < len(branch.concept_ids) < 70
    assert len(branch.edges) == len(branch.concept_ids) - 1


def test_a_concept_is_not_counted_among_its_own_descendants(plot):
    n_children = np.bincount(plot.edges[:, 1], minlength=len(plot.concept_ids))
    assert [count == 0 for count in plot.n_descendants] == (n_children == 0).tolist()


def test_an_unknown_branch_is_an_error(tiny_run):
    with pytest.raises(InputError, match="CL:1"):
        disk_plot(Run.open(tiny_run), "CL:1")


def test_the_points_of_a_two_dimensional_model_are_plotted_unchanged(tiny_config, tmp_path):
    run = tmp_path / "plane"
    overrides = ["--set", "train_ontology.dim=2", "--set", "fit.epochs=1"]
    assert exit_status_of("run", run, "--config", tiny_config, *overrides, "--quiet") == 0
    plot = disk_plot(Run.open(run))
    points = load_regressor(run / "fit").space.concept_points()
    np.testing.assert_array_equal(np.column_stack((plot.positions.real, plot.positions.imag)), points)
    assert plot.caption.startswith("Points of the model's two-dimensional")


def test_labels_are_embedded_in_the_page_without_becoming_markup(tmp_path):
    hostile = "</script><script>alert(1)</script><!--"
    plot = DiskPlot(
        title=hostile,
        caption="<b>",
        concept_ids=("X:1",),
        labels=(hostile,),
        depths=(0,),
        n_descendants=(0,),
        positions=np.zeros(1, np.complex128),
        edges=np.zeros((0, 2), np.int64),
        mentions=(),
    )
    write_interactive_disk(plot, tmp_path / "disk.html")
    page = (tmp_path / "disk.html").read_text(encoding="utf-8")
    (embedded,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert json.loads(embedded)["labels"] == [hostile]
    assert page.count("<script") == 2
    assert "alert(1)" in embedded
    assert hostile not in page


def test_the_suffix_of_a_static_plot_determines_its_format(plot, tmp_path):
    write_static_disk(plot, tmp_path / "disk.png", "png")
    assert (tmp_path / "disk.png").read_bytes().startswith(b"\x89PNG")
    write_static_disk(plot, tmp_path / "disk.svg", "svg")
    root = ElementTree.parse(tmp_path / "disk.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_long_labels_are_truncated_in_a_static_plot(plot, tmp_path):
    labels = tuple(f"other and unspecified {label} of the whole animal" for label in plot.labels)
    write_static_disk(replace(plot, labels=labels), tmp_path / "disk.svg", "svg")
    shown = re.findall(r"<!-- (other and .*?) -->", (tmp_path / "disk.svg").read_text(encoding="utf-8"))
    assert shown
    assert all(len(label) <= 40 and label.endswith("…") for label in shown)
