import json
import mmap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import save_file
from scipy import sparse

from hyplink.errors import RunError
from hyplink.run import array_files
from hyplink.run.tables import ARRAYS, TABLES, read_tables, write_tables


@dataclass(frozen=True)
class Inner:
    rows: NDArray[np.int64]
    matrix: sparse.csr_matrix


@dataclass(frozen=True)
class Outer:
    names: Sequence[str]
    times: Mapping[str, float]
    words: frozenset[str]
    sums: NDArray[np.float32]
    first: Inner
    second: Inner | None
    third: Inner | None


def inner(n):
    return Inner(np.arange(n), sparse.csr_matrix(np.eye(n, dtype=np.float32)))


@pytest.fixture
def outer():
    sums = np.array([[0.1, -0.0], [1e-30, 3]], dtype=np.float32).T  # not contiguous
    return Outer(["naïve", "a\tb", ""], {"x": 0.1}, frozenset(["b", "a"]), sums, inner(2), inner(0), None)


def test_tables_read_back_as_written(outer, tmp_path):
    write_tables(outer, tmp_path / "new")
    read = read_tables(Outer, tmp_path / "new")
    assert (read.names, read.times, read.words, read.third) == (outer.names, outer.times, outer.words, None)
    assert read.sums.dtype == np.float32
    np.testing.assert_array_equal(read.sums, outer.sums)
    for part, before in ((read.first, outer.first), (read.second, outer.second)):
        assert part.rows.tolist() == before.rows.tolist()
        assert part.matrix.dtype == before.matrix.dtype
        assert part.matrix.toarray().tolist() == before.matrix.toarray().tolist()


@pytest.mark.parametrize("file", [TABLES, ARRAYS])
@pytest.mark.parametrize("content", [None, b"", b"{}"])
def test_a_missing_or_damaged_file_is_an_error_of_one_line_that_names_the_folder(file, content, outer, tmp_path):
    write_tables(outer, tmp_path / "new")
    (tmp_path / "new" / file).unlink() if content is None else (tmp_path / "new" / file).write_bytes(content)
    with pytest.raises(RunError, match="new") as caught:
        read_tables(Outer, tmp_path / "new")
    assert "\n" not in str(caught.value)


def test_a_matrix_with_an_index_out_of_range_is_an_error(outer, tmp_path):
    write_tables(outer, tmp_path / "new")
    tables = json.loads((tmp_path / "new" / TABLES).read_text(encoding="utf-8"))
    tables["first"]["matrix"] = [2, 1]
    (tmp_path / "new" / TABLES).write_text(json.dumps(tables), encoding="utf-8")
    with pytest.raises(RunError, match="not in the format of this version"):
        read_tables(Outer, tmp_path / "new")


def test_arrays_are_mapped_to_the_file_and_cannot_be_written_to(outer, tmp_path):
    write_tables(outer, tmp_path / "new")
    read = read_tables(Outer, tmp_path / "new")
    for each in (read.sums, read.first.rows, read.first.matrix.data, read.first.matrix.indices):
        base = each
        while isinstance(base, np.ndarray):
            base = base.base
        assert isinstance(base.obj, mmap.mmap)
        assert not each.flags.writeable


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_are_an_error(value, outer, tmp_path, monkeypatch):
    monkeypatch.setattr(array_files, "_NUMBERS_CHECKED", 2)
    sums = np.zeros((2, 2), np.float32)
    sums[1, 1] = value
    write_tables(replace(outer, sums=sums), tmp_path / "new")
    with pytest.raises(RunError, match=r"tables.safetensors: damaged: /sums holds numbers that are not finite"):
        read_tables(Outer, tmp_path / "new")


def test_numbers_of_a_type_that_no_run_has_are_an_error(outer, tmp_path):
    write_tables(outer, tmp_path / "new")
    save_file({"/sums": np.zeros(2, np.uint16)}, tmp_path / "new" / ARRAYS)
    with pytest.raises(RunError, match=r"tables.safetensors: damaged: not tensors \('U16'\)"):
        read_tables(Outer, tmp_path / "new")


def test_both_files_may_be_read_by_the_same_users(outer, tmp_path):
    write_tables(outer, tmp_path / "new")
    modes = {(tmp_path / "new" / each).stat().st_mode for each in (TABLES, ARRAYS)}
    assert len(modes) == 1
