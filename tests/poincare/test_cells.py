"""Cells limit the search to some of the concepts: few of the nearest are lost, and what is found is ranked exactly."""

import dataclasses

import numpy as np
import pytest
import torch
from safetensors.numpy import load_file, save_file

from hyplink.errors import RunError
from hyplink.poincare import geometry, index
from hyplink.poincare.cells import Cells
from hyplink.poincare.index import ConceptIndex


@pytest.fixture(scope="module")
def sample():
    """Points of a tree of three levels below the origin, with radii of 2, 4 and 6."""
    random = np.random.default_rng(0)
    vectors = [random.standard_normal((12, 8))]
    vectors += [np.repeat(vectors[0], 15, axis=0) + random.standard_normal((180, 8))]
    vectors += [np.repeat(vectors[1], 20, axis=0) + 0.5 * random.standard_normal((3600, 8))]
    radii = zip(vectors, (2, 4, 6), strict=True)
    scaled = [x / np.linalg.norm(x, axis=1, keepdims=True) * radius / 2 for x, radius in radii]
    return geometry.expmap0(torch.from_numpy(np.concatenate(scaled))).numpy()


@pytest.fixture(scope="module")
def queries(sample):
    random = np.random.default_rng(1)
    return sample[random.choice(len(sample), 100)] * random.uniform(0.9, 1, (100, 1))


def with_cells(points):
    return ConceptIndex(points, [""] * len(points), Cells.from_points(points))


def exact(points):
    return ConceptIndex(points, [""] * len(points))


def recall_of(found, points, queries):
    expected, _ = exact(points).nearest(queries, 20)
    return np.mean([len(np.intersect1d(*rows)) / 20 for rows in zip(found, expected, strict=True)])


def test_cells_are_a_partition_and_the_same_each_time(sample):
    cells, again = Cells.from_points(sample), Cells.from_points(sample)
    cells.check(*sample.shape)
    assert len(cells.centres) == 4 * 61
    for name, array in dataclasses.asdict(cells).items():
        assert array.tobytes() == getattr(again, name).tobytes()


def test_almost_all_of_the_nearest_concepts_are_found(sample, queries):
    assert recall_of(with_cells(sample).nearest(queries, 20)[0], sample, queries) >= 0.99


def test_fewer_cells_lose_some_of_the_nearest_but_what_is_found_is_ranked_exactly(sample, queries, monkeypatch):
    monkeypatch.setattr(index, "COMPARED_SHARE", 0.01)
    found, distances = with_cells(sample).nearest(queries, 20)
    assert 0.5 < recall_of(found, sample, queries) < 0.99
    for query, row, row_distances in zip(queries, found, distances, strict=True):
        some = geometry.dist(torch.from_numpy(query), torch.from_numpy(sample[row])).numpy()
        assert row_distances.tolist() == some.tolist()
        assert np.lexsort((row, some)).tolist() == list(range(20))


def test_all_cells_together_give_the_exact_ranking(sample, queries, monkeypatch):
    monkeypatch.setattr(index, "COMPARED_SHARE", 1.0)
    for mine, expected in zip(with_cells(sample).nearest(queries, 7), exact(sample).nearest(queries, 7), strict=True):
        assert mine.tolist() == expected.tolist()


def test_a_query_is_answered_alone_as_among_others(sample, queries):
    searched = with_cells(sample)
    together = searched.nearest(queries, 5)[0]
    assert together.tolist() == [searched.nearest(query[None], 5)[0][0].tolist() for query in queries]


def test_a_search_among_some_concepts_is_exact(sample, queries):
    among = np.arange(5, len(sample), 7)
    for mine, expected in zip(
        with_cells(sample).nearest(queries, 9, among), exact(sample).nearest(queries, 9, among), strict=True
    ):
        assert mine.tolist() == expected.tolist()


def test_more_concepts_than_the_share_are_found_if_asked_for(sample, queries):
    found, _ = with_cells(sample).nearest(queries[:2], len(sample))
    assert np.sort(found, axis=1).tolist() == [list(range(len(sample)))] * 2


def test_coincident_points_are_ranked_by_index():
    points = np.repeat([[0.3, 0.4], [0.5, 0.0]], 1500, axis=0)
    found, distances = with_cells(points).nearest(np.array([[0.5, 0.0]]), 3)
    assert found.tolist() == [[1500, 1501, 1502]]
    assert distances.tolist() == [[0.0, 0.0, 0.0]]


def test_cells_come_back_from_a_file(sample, tmp_path):
    cells = Cells.from_points(sample)
    cells.write(tmp_path / "cells")
    back = Cells.read(tmp_path / "cells", sample.shape)
    assert all(np.array_equal(array, getattr(back, name)) for name, array in dataclasses.asdict(cells).items())


@pytest.mark.parametrize(
    ("name", "place", "value", "message"),
    [
        ("members", 0, 10**12, "each concept once"),
        ("members", 0, -1, "each concept once"),
        ("starts", 0, -5, "overlap"),
        ("starts", 3, 10**9, "overlap"),
        ("starts", -1, 7, "overlap"),
        ("centres", 0, 1.0, "not inside the ball"),
        ("centres", 0, 1e300, "not inside the ball"),
        ("centres", 0, np.nan, "not finite"),
    ],
)
def test_a_wrong_file_is_refused(sample, tmp_path, name, place, value, message):
    path = tmp_path / "cells"
    Cells.from_points(sample).write(path)
    arrays = load_file(path)
    arrays[name][place] = value
    save_file(arrays, path)
    with pytest.raises(RunError, match=f"cells: damaged.*{message}"):
        Cells.read(path, sample.shape)


def test_cells_of_other_points_are_refused(sample, tmp_path):
    path = tmp_path / "cells"
    Cells.from_points(sample).write(path)
    for shape in ((len(sample) - 1, 8), (len(sample), 7)):
        with pytest.raises(RunError, match="cells: damaged"):
            Cells.read(path, shape)
