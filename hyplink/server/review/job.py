"""Learning in the background: a process refits the run while the server answers with the former model."""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from hyplink.errors import HyplinkError
from hyplink.linking.linker import Linker
from hyplink.run import Run
from hyplink.server.model import ServedModel


class LearningJob:
    """The refitting of a run, at most one at a time.

    Args:
        run: the run that is served.
        decisions: the file to learn from.
        served: takes the new linker once the run is whole.
    """

    def __init__(self, run: Run, decisions: Path, served: ServedModel) -> None:
        self._run = run
        self._decisions = decisions
        self._served = served
        self._lock = Lock()
        self._state: dict[str, Any] = {"state": "idle", "line": "", "done": 0, "total": 0, "changes": []}

    @property
    def state(self) -> dict[str, Any]:
        """`state` (idle, running, done or failed), the last `line`, `done` of `total` steps, and the `changes`."""
        return dict(self._state)

    def start(self) -> bool:
        """Begins to learn; False if that is going on already."""
        with self._lock:
            if self._state["state"] == "running":
                return False
            self._state = {"state": "running", "line": "starting", "done": 0, "total": 0, "changes": []}
            receiver, sender = multiprocessing.Pipe(duplex=False)
            arguments = (str(self._run.folder), self._run.follow_references, str(self._decisions), sender)
            # A new interpreter: a fork of a process with threads may deadlock.
            # As a daemon, it ends with the server; the run then stays as it was.
            process = multiprocessing.get_context("spawn").Process(target=_learn, args=arguments, daemon=True)
            process.start()
            sender.close()
            Thread(target=self._follow, args=(receiver,), daemon=True).start()
            return True

    def _follow(self, receiver: Connection) -> None:
        """Takes over what the process reports, and its model at the end."""
        outcome: dict[str, Any] = {"state": "failed", "line": "the process that learned was ended"}
        try:
            while True:
                message = receiver.recv()
                if message["state"] == "running":
                    self._state.update(message)
                else:
                    outcome = message
        except EOFError:
            pass
        if outcome["state"] == "done":
            try:
                self._served.replace(Linker.load(self._run.folder, follow_references=self._run.follow_references))
            except HyplinkError as error:
                outcome = {"state": "failed", "line": str(error)}
        self._state.update(outcome)


def _learn(folder: str, follow_references: bool, decisions: str, sender: Connection) -> None:
    """The process: learns, and sends messages, progress and the outcome."""
    from hyplink.pipeline.learning import learn

    try:
        run = Run.open(Path(folder), follow_references=follow_references)
        learned = learn(run, Path(decisions), _PipeReporter(sender))
    except (HyplinkError, OSError) as error:
        sender.send({"state": "failed", "line": str(error)})
    else:
        sender.send({"state": "done", "line": "learned", "changes": list(learned.sentences())})
    sender.close()


class _PipeReporter:
    """A reporter that sends messages and progress to another process."""

    def __init__(self, sender: Connection) -> None:
        self._sender = sender

    def line(self, text: str) -> None:
        self._sender.send({"state": "running", "line": text, "done": 0, "total": 0})

    @contextmanager
    def progress(self, description: str, total: int) -> Iterator["_PipeProgress"]:
        yield _PipeProgress(self._sender, description, total)


class _PipeProgress:
    def __init__(self, sender: Connection, description: str, total: int) -> None:
        self._sender, self._description, self._total, self._done = sender, description, total, 0

    def advance(self, n: int = 1, note: str = "") -> None:
        self._done += n
        line = f"{self._description}, {note}" if note else self._description
        self._sender.send({"state": "running", "line": line, "done": self._done, "total": self._total})
