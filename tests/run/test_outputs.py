import io
import os
import stat
import sys
import threading
from pathlib import Path

import pytest

from hyplink.errors import InputError
from hyplink.run.outputs import check_not_input, output_file, output_folder


def _write(path, text="new", error=None):
    with output_file(path) as temporary:
        temporary.write_text(text)
        if error:
            raise error


def test_a_file_is_written_completely_or_not_at_all(tmp_path):
    path = tmp_path / "links.jsonl"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt):
        _write(path, "half", KeyboardInterrupt())
    assert path.read_text() == "old"
    _write(path)
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_of_the_user_beside_the_output_is_kept_whatever_its_name(tmp_path):
    for name in ("out.partial", "out.tmp", ".out.partial"):
        (tmp_path / name).write_text("precious")
    _write(tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.partial", "out", "out.partial", "out.tmp"]
    assert (tmp_path / "out.partial").read_text() == "precious"


def test_the_last_of_two_writers_of_one_file_leaves_its_whole_text(tmp_path):
    path = tmp_path / "out"
    with output_file(path) as first, output_file(path) as second:
        first.write_text("first" * 1000)
        second.write_text("second")
    assert path.read_text() == "first" * 1000
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_that_a_symbolic_link_leads_to_is_replaced_and_the_link_stays(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link").symlink_to("there/file")
    for text in ("one", "two"):  # at first the link leads nowhere
        _write(tmp_path / "link", text)
        assert (tmp_path / "link").is_symlink()
        assert (tmp_path / "there" / "file").read_text() == text


def test_a_pipe_is_written_through(tmp_path):
    pipe, read = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    _write(pipe)
    reader.join()
    assert read == ["new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert list(tmp_path.iterdir()) == [pipe]


def test_a_terminal_is_written_through_also_by_a_link(tmp_path):
    controller, terminal = os.openpty()
    try:
        (tmp_path / "link").symlink_to(os.ttyname(terminal))
        _write(tmp_path / "link")
        assert os.read(controller, 100) == b"new"
        assert (tmp_path / "link").is_symlink()
        assert stat.S_ISCHR((tmp_path / "link").stat().st_mode)
    finally:
        os.close(controller)
        os.close(terminal)


def test_a_folder_is_no_output_file(tmp_path):
    with pytest.raises(IsADirectoryError):
        _write(tmp_path)
    assert not list(tmp_path.iterdir())


def test_an_error_names_the_output_and_not_the_temporary_file(tmp_path):
    with pytest.raises(FileNotFoundError) as caught:
        _write(tmp_path / "missing" / "out")
    assert caught.value.filename == str(tmp_path / "missing" / "out")


@pytest.mark.parametrize("mask", [0o022, 0o027, 0o077])
def test_a_new_file_has_the_mode_of_the_umask_and_a_replaced_one_keeps_its_own(tmp_path, mask):
    before = os.umask(mask)
    try:
        _write(tmp_path / "new")
        (tmp_path / "old").touch()
        (tmp_path / "old").chmod(0o640)
        _write(tmp_path / "old")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o666 & ~mask
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o640


def _write_folder(folder, names, error=None):
    with output_folder(folder) as new:
        for name in names:
            (new / name).parent.mkdir(exist_ok=True)
            (new / name).write_text("new")
        if error:
            raise error


def test_a_new_folder_appears_when_it_is_complete(tmp_path):
    (tmp_path / "m.partial").mkdir()
    (tmp_path / "m.partial" / "mine").write_text("precious")
    with pytest.raises(KeyboardInterrupt):
        _write_folder(tmp_path / "m", ["a"], KeyboardInterrupt())
    assert [path.name for path in tmp_path.iterdir()] == ["m.partial"]
    _write_folder(tmp_path / "m", ["a", "b/c"])
    assert (tmp_path / "m" / "b" / "c").read_text() == "new"
    assert (tmp_path / "m.partial" / "mine").read_text() == "precious"


def test_the_files_of_an_existing_folder_change_only_when_all_are_complete(tmp_path):
    for name in ("a", "kept"):
        (tmp_path / name).write_text("old")
    with pytest.raises(KeyboardInterrupt):
        _write_folder(tmp_path, ["a", "b/c"], KeyboardInterrupt())
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old", "kept": "old"}
    _write_folder(tmp_path, ["a", "b/c"])
    assert (tmp_path / "a").read_text() == (tmp_path / "b" / "c").read_text() == "new"
    assert (tmp_path / "kept").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 3


def test_an_output_that_is_an_input_is_rejected_by_whatever_path_it_is_named(tmp_path):
    note = tmp_path / "note.txt"
    note.write_text("words")
    (tmp_path / "link").symlink_to(note)
    (tmp_path / "hard").hardlink_to(note)
    (tmp_path / "sub").mkdir()
    for output in (note, tmp_path / "link", tmp_path / "hard", tmp_path / "sub" / ".." / "note.txt"):
        with pytest.raises(InputError, match="it is one of the inputs"):
            check_not_input(output, [note])
    with pytest.raises(InputError, match=r"the input .* is in this folder"):
        check_not_input(tmp_path, [note])
    check_not_input(tmp_path / "other", [note])
    check_not_input(tmp_path / "sub", [note, tmp_path / "missing"])


def test_an_output_that_is_standard_input_is_rejected(tmp_path, monkeypatch):
    note = tmp_path / "note.txt"
    note.write_text("words")
    with note.open() as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(InputError, match="it is one of the inputs"):
            check_not_input(note, [Path("-")])
    monkeypatch.setattr(sys, "stdin", io.StringIO("words"))
    check_not_input(note, [Path("-")])
