"""The points of mentions: row i belongs to link i, and distances from it are those of the links."""

import shutil

import numpy as np
import pytest
import torch

from hyplink.corpus import Document, Mention
from hyplink.errors import InputError
from hyplink.linking.arguments import LinkOptions
from hyplink.linking.linker import BATCH_SIZE, Linker
from hyplink.poincare.geometry import dist
from tests.conftest import exit_status_of

TEXT = "The photoreceptor cells of the fly. A photoreceptor cell (PRC) is lost; the PRC dies."
OTHER = "Nothing of the kind."
THIRD = "An olfactory receptor cell beside a retinal cone cell."
GIVEN = Document("given", TEXT, (Mention(0, 3, "The"), Mention(31, 34, "fly")))


@pytest.fixture(scope="module")
def linker(tiny_run):
    return Linker.load(tiny_run)


def links_of(linker, documents):
    return [link for links in linker.link_many(documents, search_all=True, top_k=30) for link in links]


def test_row_i_has_the_distances_of_link_i_from_its_candidates(linker, tiny_run):
    documents = [Document("a", TEXT), Document("b", OTHER), GIVEN, Document("c", THIRD)]
    links, points = links_of(linker, documents), linker.points(documents)
    assert points.shape == (len(links), 5)
    assert points.dtype == np.float64
    assert len(links) >= 8
    assert len(np.unique(points.round(6), axis=0)) > 4  # rows differ, so that their order shows
    concept_points = torch.from_numpy(np.load(tiny_run / "fit" / "points.npy"))
    for link, point in zip(links, torch.from_numpy(points), strict=True):
        for candidate in link.candidates:
            row = linker.ontology.index_of[candidate.concept]
            assert candidate.distance == pytest.approx(dist(point, concept_points[row]).item(), rel=1e-5)


def test_nearest_takes_the_points_and_finds_the_distances_of_the_links(linker):
    links, points = links_of(linker, [Document("a", TEXT)]), linker.points(TEXT)
    for link, found in zip(links, linker.nearest(points, len(linker.ontology)), strict=True):
        distance_of = {each.concept: each.distance for each in found}
        for candidate in link.candidates:
            assert distance_of[candidate.concept] == pytest.approx(candidate.distance, rel=1e-5)


def test_points_lie_in_the_ball_and_texts_and_documents_may_be_mixed(linker):
    mixed = linker.points([TEXT, GIVEN])
    assert (np.linalg.norm(mixed, axis=1) < 1).all()
    separate = np.vstack([linker.points(TEXT), linker.points(GIVEN)])
    assert mixed == pytest.approx(separate, abs=1e-6)


def test_a_point_does_not_depend_on_the_batch(linker):
    documents = [Document(str(i), THIRD if i % 3 else TEXT) for i in range(BATCH_SIZE + 7)]
    assert linker.points(documents) == pytest.approx(linker.points(documents, batch_size=5), abs=1e-6)


def test_mentions_within_others_have_points_too(linker):
    text = "a blue sensitive photoreceptor cell"
    assert len(linker.points(text, nested=True)) == len(linker.link(text, nested=True)) > len(linker.points(text))


@pytest.mark.parametrize("texts", [[], "", [OTHER], [Document("d", TEXT, ())]])
def test_texts_without_mentions_have_no_rows(linker, texts):
    assert linker.points(texts).shape == (0, 5)


def test_links_with_points_are_the_links_and_the_points(linker):
    documents = [Document(str(i), [TEXT, OTHER, THIRD][i % 3]) for i in range(BATCH_SIZE + 4)]
    options = LinkOptions(top_k=2, min_confidence=None, nested=False, search_all=True)
    found = list(linker.link_with_points(iter(documents), options))
    assert [links for links, _ in found] == list(linker.link_many(documents, top_k=2, search_all=True))
    assert [len(points) for _, points in found] == [len(links) for links, _ in found]
    assert np.vstack([points for _, points in found]) == pytest.approx(linker.points(documents), abs=1e-6)


@pytest.mark.parametrize("space", ["euclidean", "flat"])
def test_a_run_in_another_space_than_the_ball_has_no_points(tiny_run, tmp_path, space):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    assert exit_status_of("fit", run, "--set", f"research.space={space}", "--set", "fit.epochs=1", "--quiet") == 0
    linker = Linker.load(run)
    with pytest.raises(InputError, match=f"research.space of this run is {space}"):
        linker.points([])
    assert linker.link(TEXT)
