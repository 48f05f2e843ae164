"""The decisions of a reviewer: one JSON Lines file beside the run, appended to, which `data.train` reads as it is.

Each line is the state of one document after a decision: its text, the mentions that were decided with their concepts
(`checked`) and what they were linked to (`proposed`), and the links that nobody has decided on, so that a span detector
trained on the file does not take them for text that nobody marked. A rejected link is a mention without a concept. The
last line of a document counts.
"""

import hashlib
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

from hyplink.errors import InputError
from hyplink.run import Run

if TYPE_CHECKING:
    from filelock import FileLock

Span = tuple[int, int]

Undecided = dict[Span, str]
"""The concept of each link that is shown and not decided."""
Action = Literal["accept", "correct", "mark", "reject", "undo"]


@dataclass(frozen=True)
class Decision:
    """A decision about a span of a text.

    Attributes:
        action: `accept` or `correct` a link, `mark` a mention that was not found, `reject` a link, `undo` a decision.
        start: first character.
        end: character after the last.
        concept: id of the concept that was decided on; None if the span is no mention.
        was: id of the concept that the run had linked; None if it had linked nothing.
        confidence: of that link; None without one.
    """

    action: Action
    start: int
    end: int
    concept: str | None
    was: str | None = None
    confidence: float | None = None


@dataclass
class ReviewedText:
    """A text with its decisions by span, and the links that were not decided."""

    text: str
    decisions: dict[Span, Decision] = field(default_factory=dict)
    undecided: Undecided = field(default_factory=dict)


def decisions_path(run: Run) -> Path:
    """The file of decisions of a run, beside it."""
    return run.folder.resolve().with_name(f"{run.folder.resolve().name}.decisions.jsonl")


def id_of(name: str, text: str) -> str:
    """The id of a text in the file: the name of its document, and a hash, since a text may change under one name."""
    return f"{name}#{hashlib.sha256(text.encode()).hexdigest()[:12]}"


class Decisions:
    """The decisions in a file, which are kept in memory and appended to.

    The first decision takes the file for this process: a line is the state of a whole text, so that the lines of two
    processes would undo each other's decisions. The file is free again when the process ends.

    Args:
        path: the file; it need not exist.

    Raises:
        InputError: the file is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.texts: dict[str, ReviewedText] = {}
        self._made: list[tuple[str, Span, Decision | None]] = []  # what each decision of this process replaced
        self._lock = Lock()
        self._owned: FileLock | None = None
        self._read()

    @property
    def n_decisions(self) -> int:
        """The number of spans that are decided."""
        return sum(len(each.decisions) for each in self.texts.values())

    def of(self, doc: str) -> dict[Span, Decision]:
        """The decisions about a text by span."""
        found = self.texts.get(doc)
        return dict(found.decisions) if found else {}

    def decide(self, doc: str, text: str, decision: Decision, undecided: Undecided) -> None:
        """Adds a decision, which replaces earlier ones of overlapping spans. It is on the disk when this returns.

        Args:
            doc: id of the text (`id_of`).
            text: the text.
            decision: about a span of it.
            undecided: the links of the text that are shown and not decided.

        Raises:
            InputError: another process writes decisions of this run.
            OSError: the file cannot be written; the decision is then not made.
        """
        span = (decision.start, decision.end)
        with self._lock:
            self._own()
            known = self.texts.get(doc, ReviewedText(text)).decisions
            kept = {each: made for each, made in known.items() if each == span or not _overlap(each, span)}
            self._append(doc, text, {**kept, span: decision}, decision, undecided)
            self._made.append((doc, span, known.get(span)))

    def undo(self) -> tuple[str, Span] | None:
        """Takes back the last decision that was made since the file was opened; its text and span, or None.

        Raises:
            OSError: the file cannot be written.
        """
        with self._lock:
            if not self._made:
                return None
            doc, span, before = self._made[-1]
            reviewed = self.texts[doc]
            decisions = {each: made for each, made in reviewed.decisions.items() if each != span}
            was = reviewed.decisions[span].was
            if before is not None:
                decisions[span] = before
            taken = Decision("undo", *span, None)
            undecided = {**reviewed.undecided, **({} if was is None else {span: was})}
            self._append(doc, reviewed.text, decisions, taken, undecided)
            self._made.pop()
            return doc, span

    def _own(self) -> None:
        """Takes the file for this process, and reads what others wrote to it before."""
        if self._owned is not None:
            return
        from filelock import FileLock, Timeout  # slow to import

        lock = FileLock(self.path.with_name(f".{self.path.name}.lock"))
        try:
            lock.acquire(blocking=False)
        except Timeout:
            raise InputError(
                f"{self.path}: another server writes decisions of this run; review there, or stop it first"
            ) from None
        self._owned = lock
        if self.path.exists():
            content = self.path.read_bytes()
            whole = content.rfind(b"\n") + 1
            if whole != len(content):  # a line that was cut short was never confirmed
                os.truncate(self.path, whole)
        self.texts.clear()
        self._read()

    def _append(
        self, doc: str, text: str, decisions: dict[Span, Decision], made: Decision, undecided: Undecided
    ) -> None:
        mentions = [_mention(each) for each in decisions.values()]
        left = {span: was for span, was in undecided.items() if not any(_overlap(span, each) for each in decisions)}
        mentions += [
            {"start": start, "end": end, "concepts": [was], "proposed": [was]} for (start, end), was in left.items()
        ]
        line = {
            "doc": doc,
            "text": text,
            "mentions": sorted(mentions, key=lambda each: (each["start"], each["end"])),
            "decision": {
                **vars(made),
                "time": datetime.now(UTC).isoformat(timespec="seconds"),
                "n_decided": len(decisions),
                "decided": [vars(each) for each in decisions.values()],
            },
        }
        append_line(self.path, json.dumps(line, ensure_ascii=False))
        self.texts[doc] = ReviewedText(text, decisions, left)

    def _read(self) -> None:
        if not self.path.exists():
            return
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        for number, line in enumerate(whole.splitlines(), start=1):
            try:
                self._take(json.loads(line))
            except (ValueError, KeyError, TypeError) as error:
                raise InputError.at(
                    self.path, number, f"no line of decisions ({error}); move the file away to begin a new one"
                ) from None

    def _take(self, line: dict[str, Any]) -> None:
        decided = [Decision(**each) for each in line["decision"]["decided"]]
        self.texts[line["doc"]] = ReviewedText(line["text"], {(each.start, each.end): each for each in decided})


def _mention(decision: Decision) -> dict[str, Any]:
    """The mention of a decision, as a line of the file has it."""
    mention: dict[str, Any] = {"start": decision.start, "end": decision.end, "checked": True}
    mention["concepts"] = [] if decision.concept is None else [decision.concept]
    return mention if decision.was is None else {**mention, "proposed": [decision.was]}


def append_line(path: Path, line: str) -> None:
    """Appends a line and waits until it is on the disk; after an error the file is as before."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(descriptor).st_size
        data = f"{line}\n".encode()
        try:
            if os.write(descriptor, data) != len(data):
                raise OSError(None, "the disk is full", str(path))
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def _overlap(a: Span, b: Span) -> bool:
    return a[0] < b[1] and b[0] < a[1]
