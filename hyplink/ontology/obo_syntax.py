r"""The syntax of OBO files: stanzas of `tag: value` lines, quoted texts, escapes, trailing modifiers and comments.

Written after the grammar of OBO 1.2 and 1.4, but it bears what real files do to it. Readers that follow the grammar
to the letter refuse a whole ontology over one citation; others lose what they do not understand without a word.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hyplink.errors import InputError
from hyplink.ontology.lines import numbered_lines

_HEADING = re.compile(r"\[(\w+)\]\s*(?:!.*)?")
_CLAUSE = re.compile(r"\s*([A-Za-z][\w-]*):\s*(.*?)\s*")
_TRAILING = re.compile(r"\s\{\w[^{}]*=[^{}]*\}$")
_COMMENT = re.compile(r"(?:^|\s)!.*$")
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "W": " "}

_SCOPE = r"\s*(?P<scope>EXACT|NARROW|BROAD|RELATED)\b"
_KIND = r"\s*(?P<kind>[^\s\"\[{!]+)"
_END = r"\s*(?:\{.*\})?\s*(?:!.*)?"
_QUOTED = re.compile(rf'"(?P<text>(?:[^"\\]|\\.)*)"(?:{_SCOPE})?(?:{_KIND})?\s*(?P<references>\[.*\])?{_END}')
_BENT = re.compile(rf'"?(?P<text>.*?)"?(?:{_SCOPE}(?:{_KIND})?)?\s*(?P<references>\[[^][]*\])?{_END}')
_REFERENCE = r'(?:[^\s\\,"]|\\.)+(?:\s+"(?:[^"\\]|\\.)*")?'
_REFERENCE_LIST = re.compile(rf"\s*(?:{_REFERENCE}(?:\s*,\s*{_REFERENCE})*)?\s*")


@dataclass(frozen=True, slots=True)
class Clause:
    """One `tag: value` line; the value as it stands in the file."""

    line: int
    tag: str
    value: str


@dataclass(frozen=True, slots=True)
class Stanza:
    """A heading and the clauses under it; the file's header has the heading ''."""

    line: int
    heading: str
    clauses: list[Clause] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted text, as in definitions and synonyms, and what follows it.

    Attributes:
        text: the text, unescaped.
        scope: one of OBO's four scopes, where it stands after the text.
        kind: the word after the scope: the synonym type.
        references: the inside of the reference list in brackets.
        well_formed: False where the quotation marks had to be guessed.
    """

    text: str
    scope: str | None
    kind: str | None
    references: str
    well_formed: bool


def read_stanzas(path: Path) -> Iterator[Stanza]:
    """The header and every stanza of an OBO file, in file order.

    Raises:
        InputError: the file cannot be read, or a line is neither a heading nor `tag: value` (file and line).
    """
    stanza = Stanza(1, "")
    for number, line in numbered_lines(path):
        if not line.strip() or line.lstrip().startswith("!"):
            continue
        if heading := _HEADING.fullmatch(line.strip()):
            yield stanza
            stanza = Stanza(number, heading[1])
        elif clause := _CLAUSE.fullmatch(line):
            stanza.clauses.append(Clause(number, clause[1], clause[2]))
        else:
            raise InputError.at(path, number, f"not OBO: expected 'tag: value' or '[Term]', found {line[:60]!r}")
    yield stanza


def plain(value: str) -> str:
    r"""An unquoted value without trailing modifier `{…}` and comment `! …`, unescaped."""
    return unescaped(_TRAILING.sub("", _COMMENT.sub("", value))).strip()


def first_word(value: str) -> str:
    """The id with which a value begins, unescaped; '' where there is none."""
    words = _COMMENT.sub("", value).split(maxsplit=1)
    return unescaped(words[0]) if words else ""


def quoted(value: str) -> Quoted:
    r"""The quoted text of a value, with its scope, type and references. Bent quotation marks are guessed."""
    match = _QUOTED.fullmatch(value)
    well_formed = match is not None
    match = match or _BENT.fullmatch(value)
    if match is None:
        return Quoted(unescaped(value), None, None, "", well_formed=False)
    references = (match["references"] or "")[1:-1]
    return Quoted(unescaped(match["text"]).strip(), match["scope"], match["kind"], references, well_formed)


def unescaped(text: str) -> str:
    r"""The text with `\n`, `\t` and `\W` turned into whitespace and any other `\x` into x."""
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), text)


def are_references(references: str) -> bool:
    """Whether the inside of a reference list follows the grammar: ids without bare spaces, between commas."""
    return _REFERENCE_LIST.fullmatch(references) is not None
