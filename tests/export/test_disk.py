import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import numpy as np
import pytest

from hyplink.errors import InputError
from hyplink.export.disk import DiskPicture, disk_of_run
from hyplink.export.interactive_disk import write_interactive_disk
from hyplink.export.static_disk import write_static_disk
from hyplink.regressor import load_regressor
from hyplink.run import Run
from tests.conftest import exit_status_of


@pytest.fixture(scope="module")
def picture(tiny_run):
    return disk_of_run(Run.open(tiny_run))


def test_mentions_stand_inside_the_disk_and_right_ones_at_their_own_concept(picture):
    assert picture.mentions
    for mention in picture.mentions:
        assert abs(mention.place) < 1
        assert (mention.gold == mention.answer) is mention.right


def test_a_mention_stands_nearer_to_its_nearest_concepts_than_others_do(picture):
    """Otherwise the picture would say nothing of the model."""
    right = [each for each in picture.mentions if each.right]
    own = [abs(each.place - picture.places[each.answer]) for each in right]
    others = [np.median(np.abs(each.place - picture.places)) for each in right]
    assert np.mean(np.array(own) < others) > 0.7


def test_a_branch_shows_its_concepts_alone(tiny_run):
    branch = disk_of_run(Run.open(tiny_run), "CL:0000210")
    assert branch.labels[branch.concept_ids.index("CL:0000210")] == "photoreceptor cell"
    assert 1 < len(branch.concept_ids) < 70
    assert len(branch.edges) == len(branch.concept_ids) - 1


def test_a_branch_that_is_not_there_is_refused(tiny_run):
    with pytest.raises(InputError, match="CL:1"):
        disk_of_run(Run.open(tiny_run), "CL:1")


def test_a_model_of_two_dimensions_is_drawn_as_it_is(tiny_config, tmp_path):
    run = tmp_path / "plane"
    overrides = ["--set", "train_ontology.dim=2", "--set", "fit.epochs=1"]
    assert exit_status_of("run", run, "--config", tiny_config, *overrides, "--quiet") == 0
    picture = disk_of_run(Run.open(run))
    points = load_regressor(run / "fit").space.concept_points()
    np.testing.assert_array_equal(np.column_stack((picture.places.real, picture.places.imag)), points)
    assert picture.caption.startswith("The model's own points")


def test_a_page_holds_every_concept_and_no_name_can_break_out_of_it(tmp_path):
    evil = "</script><script>alert(1)</script><!--"
    picture = DiskPicture(
        title=evil,
        caption="<b>",
        concept_ids=("X:1",),
        labels=(evil,),
        depths=(0,),
        n_below=(0,),
        places=np.zeros(1, np.complex128),
        edges=np.zeros((0, 2), np.int64),
        mentions=(),
    )
    write_interactive_disk(picture, tmp_path / "disk.html")
    page = (tmp_path / "disk.html").read_text(encoding="utf-8")
    (embedded,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert json.loads(embedded)["labels"] == [evil]
    assert page.count("<script") == 2
    assert "alert(1)" in embedded
    assert evil not in page


def test_still_pictures_are_of_the_kind_that_their_suffix_says(picture, tmp_path):
    write_static_disk(picture, tmp_path / "disk.png")
    assert (tmp_path / "disk.png").read_bytes().startswith(b"\x89PNG")
    write_static_disk(picture, tmp_path / "disk.svg")
    root = ElementTree.parse(tmp_path / "disk.svg").getroot()
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_a_still_picture_shows_the_beginning_of_a_long_label(picture, tmp_path):
    labels = tuple(f"other and unspecified {label} of the whole animal" for label in picture.labels)
    write_static_disk(replace(picture, labels=labels), tmp_path / "disk.svg")
    shown = re.findall(r"<!-- (other and .*?) -->", (tmp_path / "disk.svg").read_text(encoding="utf-8"))
    assert shown
    assert all(len(label) <= 40 and label.endswith("…") for label in shown)
