"""The files and folders that users name as outputs: written completely or not at all, and never over an input."""

import os
import secrets
import shutil
import stat
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from hyplink.errors import InputError
from hyplink.run.files import files_under, moved_when_written

STDIN = Path("-")


@contextmanager
def output_file(path: Path) -> Iterator[Path]:
    """The path of a file to write, which becomes the user's output when the context ends without an error.

    Of a symbolic link, the file that it leads to is replaced. A device, a pipe or a terminal is written to directly.
    A file that is replaced keeps its permissions.

    Raises:
        OSError: the file cannot be written, or `path` is a folder; an existing file is then unchanged.
    """
    kind = _kind(path)
    if stat.S_ISDIR(kind):
        raise IsADirectoryError(None, "it is a folder", str(path))
    if kind and not stat.S_ISREG(kind):
        yield path
        return
    target = path.resolve()
    temporary = temporary_path(target.parent)
    with _errors_naming(path, temporary), moved_when_written(temporary, target):
        if kind:
            temporary.chmod(stat.S_IMODE(kind))
        yield temporary


@contextmanager
def output_folder(folder: Path) -> Iterator[Path]:
    """A new empty folder, whose files are moved to the user's folder when the context ends without an error.

    The user's folder is created if it is missing; in an existing one, files of the same names are replaced.

    Raises:
        OSError: the folder cannot be written.
    """
    exists = os.path.lexists(folder)
    if not exists:
        folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = temporary_path(folder if exists else folder.parent)
    with _errors_naming(folder, temporary):
        temporary.mkdir()
        try:
            yield temporary
            if exists:
                _merge(temporary, folder)
            else:
                temporary.rename(folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def temporary_path(folder: Path) -> Path:
    """A path in a folder that no other process uses, and that the user has not given to a file."""
    return folder / f".hyplink-{secrets.token_hex(8)}.partial"


def remove_unfinished(folder: Path) -> None:
    """Removes the temporary files of killed processes from a folder to which no other process is writing."""
    for path in folder.glob(".hyplink-*.partial"):
        path.unlink()


def check_not_input(output: Path, inputs: Iterable[Path]) -> None:
    """Checks that writing an output overwrites no input.

    Args:
        output: a file or folder; it need not exist.
        inputs: files; `-` stands for standard input.

    Raises:
        InputError: the output is one of the inputs, or a folder that one of them is in.
    """
    kind = _kind(output)
    if not (stat.S_ISREG(kind) or stat.S_ISDIR(kind)):
        return
    for path in inputs:
        if stat.S_ISDIR(kind) and path != STDIN and output.resolve() in path.resolve().parents:
            raise InputError(f"{output}: the input {path} is in this folder; choose another folder for the output")
        if _is_same_file(output, path):
            raise InputError(f"{output}: it is one of the inputs, which would be lost; choose another output")


@contextmanager
def _errors_naming(output: Path, temporary: Path) -> Iterator[None]:
    """Makes an error of the file system that names a temporary path name the user's output."""
    try:
        yield
    except OSError as error:
        for name in (error.filename, error.filename2):  # of a copy, the second is the target
            if str(name).startswith(str(temporary)):
                error.filename, error.filename2 = str(output) + str(name).removeprefix(str(temporary)), None
        raise


def _merge(new: Path, folder: Path) -> None:
    for name, path in sorted(files_under(new).items()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        with output_file(folder / name) as target:
            shutil.copyfile(path, target)


def _kind(path: Path) -> int:
    """The mode of what a path leads to; 0 if it does not exist."""
    try:
        return path.stat().st_mode
    except FileNotFoundError:
        return 0


def _is_same_file(output: Path, path: Path) -> bool:
    try:
        status = os.fstat(sys.stdin.fileno()) if path == STDIN else path.stat()
    except (OSError, ValueError):  # a missing input is reported when it is read; there may be no standard input
        return False
    return os.path.samestat(status, output.stat())
