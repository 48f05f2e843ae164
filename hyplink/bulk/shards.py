"""Links in shards: a folder of files of so many documents each, and a manifest by which an interrupted run continues.

The manifest is JSON Lines: what was linked and how, then a line for each finished shard in their order, then one that
says that all are finished. A shard gets its name when it is complete, and its line after that; a shard without a line
is linked again, and so are one whose file is missing and those after it.
"""

import hashlib
import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from hyplink.config import LinkFormat
from hyplink.corpus import CorpusReport, Document
from hyplink.errors import InputError
from hyplink.export.formats import suffix_of
from hyplink.export.parts import LinkWriter, Part, chunks_of_parts
from hyplink.run.files import LOCK_FILES, locked, sync
from hyplink.run.outputs import output_file, remove_unfinished

MANIFEST = "manifest.jsonl"
_VERSION = 1


@dataclass(frozen=True)
class ShardPlan:
    """What is linked and how; shards continue under an equal plan only.

    Attributes:
        run: a hash of the files of the run.
        inputs: the input files in their order, each with its number of bytes; -1 for a stream.
        options: how mentions are linked and written.
        link_format: of the shards.
        shard_size: documents in a shard.
    """

    run: str
    inputs: tuple[tuple[str, int], ...]
    options: dict[str, Any]
    link_format: LinkFormat
    shard_size: int


class Shard(NamedTuple):
    """A finished shard, as its line of the manifest says.

    Attributes:
        shard: name of its file.
        documents: how many it has.
        links: how many links.
        last: id of its last document.
        sha256: of the file.
        without_links: documents that were given up, or that the format cannot represent.
    """

    shard: str
    documents: int
    links: int
    last: str
    sha256: str
    without_links: int = 0


class ShardedOutput:
    """A folder of shards.

    Args:
        folder: is created; it is empty or, to resume, was begun under the same plan.
        plan: what is linked and how.
        resume: whether finished shards are kept.

    Attributes:
        finished: the shards that are kept, in order.
        is_complete: whether there is nothing left to link.

    Raises:
        InputError: the folder has files and `resume` is not set, or what it has was linked by another plan or is
            damaged.
    """

    def __init__(self, folder: Path, plan: ShardPlan, *, resume: bool) -> None:
        self.folder, self._plan = folder, plan
        self._manifest = folder / MANIFEST
        self.finished: list[Shard] = []
        self.is_complete = False
        has_files = folder.exists() and (not folder.is_dir() or self._has_files())
        self._is_new = not has_files
        if has_files and not resume:
            raise InputError(f"{folder}: it exists and is not empty; choose another folder, or continue with --resume")
        if has_files and self._manifest.is_file():
            self._read()
        elif has_files:
            raise InputError(f"{folder}: has no {MANIFEST}, so there is nothing to continue; choose another folder")

    def _has_files(self) -> bool:
        """Whether the folder has more than a run left that ended before its first shard."""
        names = {each.name for each in self.folder.iterdir()} - LOCK_FILES
        if names != {MANIFEST}:
            return bool(names)
        content = self._manifest.read_bytes()
        return content.count(b"\n") > 1 or not content.startswith(b'{"version"')

    def _begin(self) -> None:
        """Removes what a run left that ended before its first shard.

        Raises:
            InputError: another process has written shards meanwhile.
        """
        if self._has_files():
            raise InputError(f"{self.folder}: another process has written to it; choose another folder")
        self._manifest.unlink(missing_ok=True)

    def skipped(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents after those of finished shards.

        Raises:
            InputError: the documents before them are others than those of the shards.
        """
        remaining = iter(documents)
        for shard in self.finished:
            passed = deque(islice(remaining, shard.documents), maxlen=1)
            if not passed or passed[0].doc_id != shard.last:
                raise InputError(f"{self.folder / shard.shard}: was linked from other documents; the input has changed")
        return remaining

    def write(self, parts: Iterable[Part], writer: LinkWriter[Any], report: CorpusReport) -> Iterator[Shard]:
        """Writes the shards that are left, and gives each when it is complete.

        Args:
            parts: the documents after those of finished shards.
            writer: of the format of the links.
            report: counts what the format cannot represent.

        Raises:
            OSError: a file cannot be written.
            InputError: another process writes shards to the folder, or the format cannot represent a document and
                `report` does not pass it over.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with locked(self.folder):
            remove_unfinished(self.folder)
            if self._is_new:
                self._begin()
            if not self._manifest.is_file():
                self._append({"version": _VERSION} | _as_json(self._plan))
            remaining = iter(parts)
            while shard := list(islice(remaining, self._plan.shard_size)):
                yield self._written(shard, writer, report)
            self._append({"finished": True})
            self.is_complete = True

    def _written(self, parts: Sequence[Part], writer: LinkWriter[Any], report: CorpusReport) -> Shard:
        name = f"part-{len(self.finished):05}{suffix_of(self._plan.link_format)}"
        digest, n_unwritten = hashlib.sha256(), report.n_unwritten
        with output_file(self.folder / name) as temporary, temporary.open("wb") as out:
            for chunk in chunks_of_parts(parts, writer, report):
                digest.update(chunk)
                out.write(chunk)
        n_links = sum(each.n_links for each in parts)
        n_without_links = report.n_unwritten - n_unwritten + sum(each.given_up is not None for each in parts)
        shard = Shard(name, len(parts), n_links, parts[-1].doc_id, digest.hexdigest(), n_without_links)
        self._append(shard._asdict())
        self.finished.append(shard)
        return shard

    def _append(self, line: dict[str, Any]) -> None:
        """Adds a line to the manifest, and waits until it is on the disk."""
        with self._manifest.open("ab") as file:
            file.write((json.dumps(line, ensure_ascii=False) + "\n").encode())
            file.flush()
            os.fsync(file.fileno())
        sync(self.folder)

    def _read(self) -> None:
        """Reads the manifest; a last line that was cut off by the end of its process is removed.

        Raises:
            InputError: it is damaged, or of another plan.
        """
        content = self._manifest.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        try:
            lines = [json.loads(line) for line in whole.splitlines()]
            given, *rows = lines or [None]
            self.is_complete = bool(rows) and rows[-1] == {"finished": True}
            self.finished = [Shard(**row) for row in rows[: len(rows) - self.is_complete]]
        except (ValueError, TypeError) as error:
            raise InputError(f"{self._manifest}: damaged; remove the folder and begin anew") from error
        if given is not None:
            self._check(given)
        n_there = next((i for i, each in enumerate(self.finished) if not self._is_there(each)), None)
        if n_there is not None:  # shards are in order, so those after a missing one are linked again too
            self.finished, self.is_complete = self.finished[:n_there], False
            whole = b"".join(whole.splitlines(keepends=True)[: n_there + 1])
        if len(whole) < len(content):
            with self._manifest.open("r+b") as file:
                file.truncate(len(whole))
        if given is None:
            self._append({"version": _VERSION} | _as_json(self._plan))

    def _check(self, given: dict[str, Any]) -> None:
        wanted = {"version": _VERSION} | _as_json(self._plan)
        for key, value in wanted.items():
            if given.get(key) != value:
                other = _DIFFERENT.get(key, key.replace("_", " "))
                raise InputError(f"{self.folder}: begun with another {other}; use the same, or another folder")

    def _is_there(self, shard: Shard) -> bool:
        """Whether the file of a shard exists.

        Raises:
            InputError: it has changed.
        """
        path = self.folder / shard.shard
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() != shard.sha256:
            raise InputError(f"{path}: changed since it was linked; move it away, and --resume links it again")
        return path.is_file()


_DIFFERENT = {
    "run": "run, or before it was trained anew",
    "inputs": "input, or it has changed",
    "options": "set of options",
}


def _as_json(plan: ShardPlan) -> dict[str, Any]:
    """The plan as JSON gives it back."""
    value: dict[str, Any] = json.loads(json.dumps(asdict(plan)))
    return value
