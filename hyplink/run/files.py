"""Atomic writing, hashes, JSON, the lock of a run directory, and messages for a disk that fails."""

import errno
import hashlib
import json
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hyplink.errors import HyplinkError, RunError

_LOCK, _HOLDER = ".lock", ".lock.pid"

LOCK_FILES = frozenset({_LOCK, _HOLDER})
"""The lock of a run directory, and the id of the process that holds it."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A new empty file next to a file of a run, which replaces that file when the context ends without an error.

    For a file that the user names as an output, use `outputs.output_file`.

    Raises:
        OSError: the disk is full or the folder cannot be written to; `path` is then unchanged.
    """
    temporary = path.with_name(path.name + ".partial")  # the lock of the run keeps other writers away
    temporary.unlink(missing_ok=True)  # left by a process that was killed; whatever it is, it is not written through
    with moved_when_written(temporary, path):
        yield temporary


@contextmanager
def moved_when_written(temporary: Path, path: Path) -> Iterator[None]:
    """Creates a file that takes the place of `path` when the context ends without an error, and is deleted otherwise.

    Raises:
        FileExistsError: `temporary` exists.
        OSError: the disk is full or the folder cannot be written to; `path` is then unchanged.
    """
    temporary.touch(exist_ok=False)
    try:
        yield
        sync(temporary)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync(path.parent)


def sync(path: Path) -> None:
    """Waits until the content of a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_json(path: Path, value: object) -> None:
    """Writes a value as indented JSON, atomically.

    Raises:
        ValueError: the value holds NaN or an infinity.
        OSError: the file cannot be written.
    """
    with replacing(path) as temporary:
        temporary.write_text(json_text(value), encoding="utf-8", newline="")


def json_text(value: object) -> str:
    """A value as indented JSON, which ends with a line break.

    Raises:
        ValueError: the value holds NaN or an infinity.
    """
    return json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2) + "\n"


def read_json(path: Path) -> Any:  # noqa: ANN401 (JSON holds anything)
    """Reads a JSON file of a run.

    Raises:
        RunError: the file cannot be read or is not JSON.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise RunError(f"{path}: damaged: not JSON: {error}") from error


def write_json_lines(path: Path, rows: Iterable[object]) -> None:
    """Writes JSON Lines, one value per line, atomically.

    Raises:
        ValueError: a value holds NaN or an infinity.
        OSError: the file cannot be written.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")


def read_json_lines(path: Path) -> Iterator[Any]:
    """Reads a JSON Lines file of a run, one value at a time.

    Raises:
        RunError: the file cannot be read or a line is not JSON.
    """
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from (_row(path, number, line) for number, line in enumerate(file, start=1))
    except OSError as error:
        raise RunError(f"{path}: cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise RunError(f"{path}: damaged: not UTF-8 text") from error


def _row(path: Path, number: int, line: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise RunError.at(path, number, "damaged: the line is not JSON") from error


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of_tree(paths: Iterable[Path]) -> str:
    """The SHA-256 of the names and contents of files and folders, in hexadecimal.

    A file counts with its own name; a folder counts with the names of all files in it, relative to it and sorted.
    Parent folders do not count. Each name ends with a zero byte, which no name contains, and each content is hashed
    to a fixed length first, so that different trees never give the same bytes to hash.
    """
    total = hashlib.sha256()
    for path in paths:
        for name, file in sorted(files_under(path).items()) if path.is_dir() else [(path.name, path)]:
            total.update(os.fsencode(name) + b"\0" + bytes.fromhex(sha256_of(file)))
    return total.hexdigest()


def files_under(folder: Path) -> dict[str, Path]:
    """All files in a folder and its subfolders, by their names relative to it."""
    return {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}


def give_mode_of_new_files(paths: Iterable[Path], folder: Path) -> None:
    """Gives files the permissions that a new file in `folder` has. Some libraries let only the user read theirs.

    Raises:
        OSError: the folder cannot be written to.
    """
    probe = folder / "mode.partial"
    probe.touch()
    mode = stat.S_IMODE(probe.stat().st_mode)
    probe.unlink()
    for path in paths:
        if stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)


def check_regular(folder: Path) -> None:
    """Checks that a folder holds nothing but files and folders, so that every path below it stays inside.

    Raises:
        RunError: it holds a symbolic link, a device or a pipe.
    """
    for parent, folders, names in os.walk(folder):
        for name in (*folders, *names):
            path = Path(parent, name)
            try:
                mode = path.lstat().st_mode
            except FileNotFoundError:  # another process has just replaced it
                continue
            if stat.S_ISLNK(mode):
                raise RunError(
                    f"{path}: a symbolic link, and a run may not lead out of its folder; if you trust where the link "
                    "leads, use a copy made with `cp -rL`"
                )
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise RunError(f"{path}: neither a file nor a folder; remove it from the run")


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keeps all other processes from writing to a folder. The system releases the lock of a process that dies.

    Raises:
        HyplinkError: another process holds the lock.
        OSError: the lock file cannot be written.
    """
    from filelock import FileLock, Timeout  # its import takes longer than the rest of this package

    lock, holder = FileLock(folder / _LOCK), folder / _HOLDER
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise HyplinkError(
            f"{folder}: another hyplink process (pid {_process_id(holder)}) is writing to this run; wait for it to "
            "finish, or stop it"
        ) from error
    try:
        holder.write_text(f"{os.getpid()}\n", encoding="utf-8")
        yield
    finally:
        holder.unlink(missing_ok=True)
        lock.release()


def _process_id(holder: Path) -> str:
    """The process id that the holder of the lock wrote; the lock itself cannot be read on every system."""
    try:
        return holder.read_text(encoding="utf-8").strip() or "unknown"
    except OSError:
        return "unknown"


@contextmanager
def disk_errors_explained(action: str) -> Iterator[None]:
    """Turns an error of the file system into a message of one line that says what to do.

    Raises:
        HyplinkError: instead of any OSError.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        place = f" ({error.filename})" if error.filename else ""
        hints = dict.fromkeys((errno.ENOSPC, errno.EDQUOT), "free some disk space")
        hints |= dict.fromkeys((errno.EACCES, errno.EPERM, errno.EROFS), "check the permissions")
        hint = hints.get(error.errno or 0, "check the free disk space and the permissions")
        raise HyplinkError(f"{action}: {reason}{place}; {hint}, then run it again: finished stages are kept") from error
