"""The documents that `hyplink link` reads: they are counted, and invalid files are reported and skipped."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from typing import NamedTuple

from hyplink.bulk.shards import ShardedOutput
from hyplink.config import InputFormat
from hyplink.corpus import CorpusReport, Document, InputFile, TextColumns, read_file
from hyplink.errors import InputError
from hyplink.export.parts import Part
from hyplink.run import counted


class Source(NamedTuple):
    """What is linked.

    Attributes:
        paths: files, folders, addresses, or `-` for standard input.
        input_format: their format.
        columns: of tables of texts.
        sheet: of workbooks; None for the first one.
    """

    paths: Sequence[str]
    input_format: InputFormat = "auto"
    columns: TextColumns | None = None
    sheet: str | None = None


class LinkInputs:
    """The documents of files. An invalid file is reported on standard error and skipped, unless it is the only one.

    Of an archive, the invalid files are reported and skipped.

    Args:
        files: the files.
        source: how they are read.
        report: collects what readers and writers ignore or tolerate.

    Attributes:
        shards: the output whose finished shards are skipped; None if there are none.
        n_documents, n_links: documents and links that were written.
        n_bad, n_bad_members: invalid files, and invalid files of archives.
        n_given_up: documents that could not be linked.
        n_before: documents of finished shards that could not be linked or written.
    """

    def __init__(self, files: Sequence[InputFile], source: Source, report: CorpusReport) -> None:
        self.source, self.report = source, report
        self.n_documents = self.n_links = self.n_bad = self.n_bad_members = self.n_given_up = self._n_read = 0
        self.shards: ShardedOutput | None = None
        self.n_before = 0
        self._files, self._kept_messages = files, list[str]()
        self._is_elsewhere = False
        self._share: float | None = None
        report.skip, report.skip_document = self._skip_member, lambda error: self._say(str(error))

    def __len__(self) -> int:
        return len(self._files)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The number of bytes of each file by its name; -1 for standard input and what is no file."""
        return {each.name: each.size() for each in self._files}

    def share(self) -> float | None:
        """The share of the input that was read; None if it is not known, as of standard input."""
        if self._share is not None:
            return self._share
        total = sum(self.sizes.values())
        return min(1.0, self._n_read / total) if total > 0 and min(self.sizes.values()) >= 0 else None

    def counted(self, parts: Iterable[Part]) -> Iterator[Part]:
        """The parts unchanged, whose documents and links are counted."""
        for each in parts:
            self.n_documents += 1
            self.n_links += each.n_links
            if each.given_up is not None:
                self.n_given_up += 1
                self._say(f"{each.doc_id}: {each.given_up}; it has no links")
            yield each

    def continue_shards(self, shards: ShardedOutput | None) -> None:
        """Sets the output whose finished shards are skipped; None if there are none."""
        self.shards = shards
        self.n_before = 0 if shards is None else sum(each.without_links for each in shards.finished)

    def check_complete(self) -> None:
        """Raises an InputError if a file was not read, or a document not linked or written."""
        n_files, of = self.n_bad + self.n_bad_members, "" if self.n_bad_members else f" of {len(self)}"
        now = [f"{counted(n_files, 'file')}{of} skipped"] if n_files else []
        for n, what in [(self.n_given_up, "without links"), (self.report.n_unwritten, "not written")]:
            now += [f"{counted(n, 'document')} {what}"] if n else []
        faults = [f"{', '.join(now)}; see above"] if now else []
        if self.n_before:
            faults.append(f"{counted(self.n_before, 'document')} of earlier shards without links or not written")
        if faults:
            raise InputError("; ".join(faults))

    def documents(self) -> Iterator[Document]:
        """The documents of all files after those of finished shards; invalid files are reported and skipped."""
        return self._all() if self.shards is None else self.shards.skipped(self._all())

    def elsewhere(self) -> "LinkInputs":
        """A copy that another process may read, whatever its working directory; its messages come back with it."""
        other = copy(self)
        other._files = [each if each.address else replace(each, path=each.path.absolute()) for each in self._files]
        other.sizes = dict(zip((each.name for each in other._files), self.sizes.values(), strict=True))
        other._is_elsewhere, other._kept_messages, other.report = True, [], CorpusReport()
        other.report.skip = other._skip_member
        return other

    def add(self, other: "LinkInputs") -> None:
        """Adds what a copy has counted that another process has read, and writes its messages."""
        self.n_bad += other.n_bad
        self.n_bad_members += other.n_bad_members
        self.report.notices.update(other.report.notices)
        for message in other._kept_messages:
            self._say(message)

    def set_share(self, share: float | None) -> None:
        """Sets the share of the input that another process has read."""
        self._share = share

    def _say(self, message: str) -> None:
        if self._is_elsewhere:
            self._kept_messages.append(message)
        else:
            sys.stderr.write(f"hyplink: {' '.join(message.splitlines())}\n")  # ids may have line ends

    def _skip_member(self, error: InputError, n_before: int) -> None:
        self.n_bad_members += 1
        self._say_skipped(error, n_before)

    def _say_skipped(self, error: InputError, n_before: int) -> None:
        """Writes that a file is skipped, but for so many documents before its fault."""
        before = "the document before it is" if n_before == 1 else f"the {n_before:,} documents before it are"
        self._say(f"skipped in part: {error}; {before} linked" if n_before else f"skipped: {error}")

    def _all(self) -> Iterator[Document]:
        n_before, (_, input_format, columns, sheet) = 0, self.source
        for file in self._files:
            n_documents = 0
            try:
                for document in read_file(file, input_format, self.report, columns=columns, sheet=sheet):
                    self._n_read += len(document.text)
                    n_documents += 1
                    yield document
            except InputError as error:
                if len(self) == 1:
                    raise
                self.n_bad += 1
                self._say_skipped(error, n_documents)
            n_before += max(0, self.sizes[file.name])
            self._n_read = n_before
