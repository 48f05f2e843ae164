import json
import mmap
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pytest
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file
from scipy import sparse

from hyplink.errors import HyplinkError, RunError
from hyplink.run import array_files
from hyplink.run.array_files import map_tensors, write_tensors
from hyplink.run.tables import ARRAYS, TABLES, in_file, read_tables, write_tables


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


def test_arrays_put_aside_in_a_file_are_equal_and_the_file_is_gone(outer, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    aside = in_file(outer)
    assert list(tmp_path.iterdir()) == []
    assert (aside.names, aside.third) == (outer.names, None)
    np.testing.assert_array_equal(aside.sums, outer.sums)
    assert not aside.sums.flags.writeable
    write_tables(outer, tmp_path / "one")
    write_tables(aside, tmp_path / "other")
    assert [
        (tmp_path / "one" / each).read_bytes() == (tmp_path / "other" / each).read_bytes() for each in (TABLES, ARRAYS)
    ]


def test_arrays_are_written_as_the_library_reads_them(tmp_path):
    arrays = {
        "bytes": np.arange(3, dtype=np.uint8),
        "big-endian": np.arange(4, dtype=">i4"),
        "empty": np.zeros((0, 3), np.float32),
        "flags": np.array([[True], [False]]),
        "columns": np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        "": np.float64(3.5) * np.ones(()),
    }
    write_tensors(tmp_path / "file", arrays)
    for read in (load_file(tmp_path / "file"), map_tensors(tmp_path / "file")):
        assert read.keys() == arrays.keys()
        for name, array in arrays.items():
            assert (read[name].shape, read[name].tolist()) == (array.shape, array.tolist())
            assert read[name].flags.aligned


def test_a_full_disk_is_an_error_of_one_line(tmp_path):
    with pytest.raises(HyplinkError, match=r"no/file: cannot write the arrays \(.*\); is the disk full\?"):
        write_tensors(tmp_path / "no" / "file", {"a": np.zeros(2)})
