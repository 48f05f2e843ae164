"""The code blocks of the documentation: the list of pages, and the content of each block.

A block of the language `sh` holds commands. One of the language `console` holds commands after `$ `, each with its
output below it. A block with a title, as in ```` ```yaml title="my.yaml" ````, is a file that the page's lines read.
"""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

PAGES = sorted(["README.md", "CONTRIBUTING.md", *(str(page.relative_to(ROOT)) for page in ROOT.glob("docs/**/*.md"))])
"""All pages, from the root of the repository."""

PROMPT = "$ "

_FENCE = re.compile(
    r"""^(?P<indent>\ *)```(?P<language>\w*)(?:[ ]title="(?P<title>[^"]+)")?\n  # what it is
        (?P<text>.*?)
        ^(?P=indent)```$""",
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


@dataclass(frozen=True)
class Block:
    """One fenced block.

    Attributes:
        language: the word after the fence; empty where there is none.
        title: the name of the file that it shows, else None.
        text: what stands between the fences, without their indentation.
        span: where in the page the text stands.
    """

    language: str
    title: str | None
    text: str
    span: tuple[int, int]

    def commands(self) -> Iterator[str]:
        """The command lines of a block of shell, without lines that are comments; none in other blocks."""
        lines = self.text.replace("\\\n", " ").splitlines()
        if self.language == "console":
            yield from (line.removeprefix(PROMPT) for line in lines if line.startswith(PROMPT))
        elif self.language == "sh":
            yield from (line for line in lines if line.strip() and not line.startswith("#"))


def blocks_of(text: str) -> Iterator[Block]:
    """The fenced blocks of a page in their order."""
    for found in _FENCE.finditer(text):
        lines = found["text"].splitlines(keepends=True)
        inner = "".join(line.removeprefix(found["indent"]) for line in lines)
        yield Block(found["language"], found["title"], inner, found.span("text"))


def words_of(command: str) -> list[str]:
    """The words of a command line, without a comment at its end."""
    return shlex.split(command, comments=True)
