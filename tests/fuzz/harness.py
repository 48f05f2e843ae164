"""A harness: what is called with mutated files of one kind, and the files that are mutated."""

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hyplink.errors import HyplinkError


@dataclass(frozen=True)
class Harness:
    """One reader or writer, or one kind of file of a run.

    Attributes:
        name: for the command line, and of its folder of saved inputs.
        file: the name that an input is written to.
        call: what is called with the path of the file. Any exception but `HyplinkError` is a failure.
        seeds: makes the files that are mutated.
        tokens: what the format is made of.
        beside: other files of the same folder, by name.
    """

    name: str
    file: str
    call: Callable[[Path], object]
    seeds: Callable[[], list[bytes]]
    tokens: tuple[bytes, ...]
    beside: Mapping[str, bytes] = field(default_factory=dict)

    def prepare(self, folder: Path) -> None:
        """Writes the files beside the input."""
        for name, content in self.beside.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)

    def check(self, folder: Path, data: bytes) -> str:
        """Calls it with an input in a prepared folder; whether it was accepted or refused.

        Raises:
            Exception: whatever is raised that is not a `HyplinkError`.
        """
        path = folder / self.file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                self.call(path)
            except HyplinkError as error:
                refusal = str(error)
            else:
                return "accepted"
        assert len(refusal.splitlines()) == 1, f"a message of several lines: {refusal}"
        refusal.encode()
        return "refused"


def words(text: str) -> tuple[bytes, ...]:
    r"""Tokens, separated by spaces; `\n`, `\t`, `\s` and `\"` stand for the characters."""
    escapes = {r"\n": "\n", r"\t": "\t", r"\s": " ", r"\"": '"'}
    found = []
    for word in text.split():
        for escape, character in escapes.items():
            word = word.replace(escape, character)
        found.append(word.encode())
    return tuple(found)
