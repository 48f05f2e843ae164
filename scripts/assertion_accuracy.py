r"""Accuracy of assertion status (negated, uncertain, affirmed) on sentences with right answers.

    python scripts/assertion_accuracy.py tests/mentions/assertions.txt

A line of a file is a sentence whose mentions stand in brackets, each followed by the right letter: A affirmed,
N negated, U uncertain. `\n` is a line end, `\t` a tab; lines that begin with `#` are comments. Sentences with a wrong
answer are printed, with the answers in place of the right letters; then the shares of right sentences and mentions.
"""

import argparse
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from hyplink.mentions.assertion import Assertion, assertions_of

DEFAULT = Path(__file__).parents[1] / "tests/mentions/assertions.txt"
_MARKED = re.compile(r"\[([^\]]+)\]([ANU])")


class MarkedSentence(NamedTuple):
    """A text, the characters of its mentions, and the right letter of each."""

    text: str
    spans: list[tuple[int, int]]
    letters: str


def read_sentences(path: Path) -> list[MarkedSentence]:
    """The sentences of a file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [_sentence(line) for line in lines if line and not line.startswith("#")]


def _sentence(line: str) -> MarkedSentence:
    line = line.replace("\\n", "\n").replace("\\t", "\t")
    text, spans, letters, end = "", [], "", 0
    for mark in _MARKED.finditer(line):
        text += line[end : mark.start()]
        spans.append((len(text), len(text) + len(mark[1])))
        text, letters, end = text + mark[1], letters + mark[2], mark.end()
    return MarkedSentence(text + line[end:], spans, letters)


def letter(assertion: Assertion) -> str:
    """The letter of an assertion status: N if negated, whether uncertain or not."""
    if assertion.negated:
        return "N"
    return "U" if assertion.uncertain else "A"


def answers(sentence: MarkedSentence) -> str:
    """The letters that hyplink gives the mentions of a sentence."""
    return "".join(map(letter, assertions_of(sentence.text, sentence.spans)))


def main(words: Sequence[str] | None = None) -> None:
    """Reads the command line; prints the wrong sentences of each file, and the shares that are right."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "files", type=Path, nargs="*", default=[DEFAULT], metavar="FILE", help="default: tests/mentions/assertions.txt"
    )
    arguments = parser.parse_args(words)
    for path in arguments.files:
        if not path.is_file():
            parser.error(f"{path}: no such file")
        sentences = read_sentences(path)
        given = [answers(sentence) for sentence in sentences]
        for sentence, answer in zip(sentences, given, strict=True):
            if answer != sentence.letters:
                print(f"{answer} instead of {sentence.letters}: {sentence.text!r}")
        right = [sum(map(str.__eq__, answer, each.letters)) for each, answer in zip(sentences, given, strict=True)]
        whole = sum(n == len(each.letters) for n, each in zip(right, sentences, strict=True))
        n_mentions = sum(len(each.letters) for each in sentences)
        if not n_mentions:
            raise SystemExit(f"{path}: no mention in brackets with its letter, as in `No [asthma]N`")
        print(
            f"{path}: {whole} of {len(sentences)} sentences ({whole / len(sentences):.1%}), "
            f"{sum(right)} of {n_mentions} mentions ({sum(right) / n_mentions:.1%})"
        )


if __name__ == "__main__":
    main()
