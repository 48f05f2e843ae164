r"""The syntax of OBO files: stanzas of `tag: value` lines, quoted texts, escapes, trailing modifiers and comments.

The parser follows the grammar of OBO 1.2 and 1.4, but tolerates the deviations of real files. Strict parsers reject a
whole ontology because of one citation, and others silently drop what they do not understand.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hyplink.errors import InputError
from hyplink.ontology.lines import read_numbered_lines

_HEADING = re.compile(r"\[(\w+)\]\s*(?:!.*)?")
# Where a quantifier is possessive (`*+`), nothing that follows could match what it takes: trying would take long.
_CLAUSE = re.compile(r"\s*+([A-Za-z][\w-]*+):(.*)")
_TRAILING = re.compile(r"\s\{\w[^{}=]*+=[^{}]*+\}$")
_COMMENT = re.compile(r"(?:^|\s)!.*$")
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "t": "\t", "W": " "}

_SCOPE = r"\s*+(?P<scope>EXACT|NARROW|BROAD|RELATED)\b"
_KIND = r"\s*+(?P<kind>[^\s\"\[{!]++)"
_END = r"\s*+(?:\{(?:[^{}]|\{[^{}]*+\})*+\})?\s*+(?:!.*)?"
_QUOTED = re.compile(rf'"(?P<text>(?:[^"\\]|\\.)*+)"(?:{_SCOPE})?(?:{_KIND})?\s*+(?P<references>\[.*\])?{_END}')
_LENIENT = re.compile(rf'"?(?P<text>|.*?\S)"?(?:{_SCOPE}(?:{_KIND})?)?\s*+(?P<references>\[[^][]*+\])?{_END}')
_REFERENCE = r'(?:[^\s\\,"]|\\.)+(?:\s++"(?:[^"\\]|\\.)*+")?'
_REFERENCE_LIST = re.compile(rf"\s*+(?:{_REFERENCE}(?:\s*+,\s*+{_REFERENCE})*)?\s*+")


@dataclass(frozen=True, slots=True)
class Clause:
    """One `tag: value` line; the value is unparsed."""

    line: int
    tag: str
    value: str


@dataclass(frozen=True, slots=True)
class Stanza:
    """A heading and its clauses; the heading of the file's header is an empty string."""

    line: int
    heading: str
    clauses: list[Clause] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quoted text, as in definitions and synonyms, with what follows it.

    Attributes:
        text: the text, unescaped.
        scope: one of OBO's four scopes, if one follows the text.
        kind: the synonym type, if one follows the scope.
        references: the content of the reference list in brackets.
        well_formed: False if the text was parsed leniently because its quotation marks do not follow the grammar.
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
    for number, line in _logical_lines(path):
        if not line.strip() or line.lstrip().startswith("!"):
            continue
        if heading := _HEADING.fullmatch(line.strip()):
            yield stanza
            stanza = Stanza(number, heading[1])
        elif clause := _CLAUSE.fullmatch(line):
            stanza.clauses.append(Clause(number, clause[1], clause[2].strip()))
        else:
            raise InputError.at(path, number, f"not OBO: expected 'tag: value' or '[Term]', found {line[:60]!r}")
    yield stanza


def _logical_lines(path: Path) -> Iterator[tuple[int, str]]:
    """(number of the first line, text) of the lines; a backslash at the end of a line continues it on the next."""
    first, parts = 0, list[str]()
    for number, line in read_numbered_lines(path):
        first = first if parts else number
        is_continued = (len(line) - len(line.rstrip("\\"))) % 2 == 1
        parts.append(line[:-1] if is_continued else line)
        if not is_continued:
            yield first, "".join(parts)
            parts = []
    if parts:
        yield first, "".join(parts)


def plain(value: str) -> str:
    r"""An unquoted value without its trailing modifier `{…}` and comment `! …`, unescaped."""
    return unescaped(_TRAILING.sub("", _COMMENT.sub("", value))).strip()


def first_word(value: str) -> str:
    """The id at the beginning of a value, unescaped; an empty string if there is none."""
    words = _COMMENT.sub("", value).split(maxsplit=1)
    return unescaped(words[0]) if words else ""


def quoted(value: str) -> Quoted:
    r"""The quoted text of a value with its scope, type and references. Malformed quotation marks are tolerated."""
    match = _QUOTED.fullmatch(value)
    well_formed = match is not None
    match = match or _LENIENT.fullmatch(value)
    if match is None:
        return Quoted(unescaped(value), None, None, "", well_formed=False)
    references = (match["references"] or "")[1:-1]
    return Quoted(unescaped(match["text"]).strip(), match["scope"], match["kind"], references, well_formed)


def unescaped(text: str) -> str:
    r"""The text with `\n`, `\t` and `\W` replaced by whitespace and any other `\x` by x."""
    return _ESCAPED.sub(lambda match: _ESCAPES.get(match[1], match[1]), text)


def is_reference_list(references: str) -> bool:
    """Whether the content of a reference list follows the grammar: comma-separated ids without unescaped spaces."""
    return _REFERENCE_LIST.fullmatch(references) is not None
