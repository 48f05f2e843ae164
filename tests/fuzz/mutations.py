"""Mutations of files. An edit is four numbers, which Hypothesis can draw and shrink, and a script can draw fast."""

import gzip
import json
import re
import struct
from typing import NamedTuple

LIMIT = 2**16
"""The numbers of an edit are below this."""

LONGEST = 2**20
"""Mutated files are cut to this many bytes."""

HOSTILE = (
    b"\xff\xfe",
    b"\xc3",
    b"\xed\xa0\xbd",  # half of a surrogate pair
    b"\xc0\x80",
    b"\xf4\x90\x80\x80",  # beyond Unicode
    b"\0",
    b"\0" * 40,
    b"\x1a",
    b"\r",
    b"\r\n\r\n",
    b"\t\t\t",
    "\ufeff".encode(),
    "\u2028\x85\x0b\x0c".encode(),
    "\u202e\u200d\u0301\u00ad".encode(),
    "İßſ㎖ﬁ".encode(),
    "\U0001f469\u200d\U0001f52c\U0010ffff\ufffe".encode(),
    b"\\ud83d",
    b"\\",
    b'"',
    b"&#0;&#xD83D;&#x110000;&no;",
    b"<!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]>&b;",
    b"x" * 140_000,
    b" " * 5_000,
    b"%s%n{0}{a!r}",
    b"../../..//",
)
"""Inserted in any format."""

NESTING = ((b"[", b"]"), (b'{"a":', b"}"), (b"<a>", b"</a>"), (b"(", b")"), (b"- ", b""), (b"{a: ", b"}"))
DEPTHS = (3, 60, 300, 1_100, 30_000)

NUMBERS = (
    *("0", "-1", "1", "7", "-0", "00", "+1", "٣", "²", "1_0", "0x10", "1e3", "0.5", "NaN", "Infinity", "-inf", "1e400"),
    *(str(2**bits + more) for bits in (7, 8, 15, 31, 32, 53, 62, 63, 64) for more in (-1, 0)),
    *("-2147483649", "9" * 30, "9" * 5_000, "1000000000000"),
)
BINARY_NUMBERS = (
    0,
    1,
    2,
    127,
    255,
    2**15,
    2**16,
    2**20,
    10**7,
    2**31 - 1,
    2**31,
    2**32 - 1,
    2**40,
    2**62,
    2**63,
    2**64 - 1,
)

OTHER_VALUES = (
    None,
    True,
    False,
    -1,
    0,
    2**70,
    1e308,
    0.5,
    "",
    "x",
    "\ud800",
    "\0",
    [],
    {},
    [[]],
    [None],
    {"a": 1},
    ["a"],
)


class Edit(NamedTuple):
    """One change of a file.

    Attributes:
        kind: which change, modulo their number.
        place: where, as a share of the file.
        size: how much.
        choice: which of several values.
    """

    kind: int
    place: int
    size: int
    choice: int


def mutated(seeds: list[bytes], choice: int, edits: list[Edit], tokens: tuple[bytes, ...]) -> bytes:
    """One of the seeds after these edits; `tokens` belong to the format, and are inserted."""
    data = seeds[choice % len(seeds)]
    for edit in edits:
        data = EDITS[edit.kind % len(EDITS)](data, edit, tokens, seeds)[:LONGEST]
    return data


def _span(data: bytes, edit: Edit) -> tuple[int, int]:
    """Start and end of a span; most are short."""
    start = len(data) * edit.place // LIMIT
    longest = (4, 40, 400, len(data))[edit.size % 4]
    return start, min(len(data), start + 1 + edit.size // 4 % max(1, longest))


def _flipped(data, edit, tokens, seeds):
    start = _span(data, edit)[0]
    return data[:start] + bytes(each ^ 1 << edit.choice % 8 for each in data[start : start + 1]) + data[start + 1 :]


def _set(data, edit, tokens, seeds):
    start = _span(data, edit)[0]
    return data[:start] + bytes([edit.choice % 256]) + data[start + 1 :]


def _deleted(data, edit, tokens, seeds):
    start, end = _span(data, edit)
    return data[:start] + data[end:]


def _duplicated(data, edit, tokens, seeds):
    start, end = _span(data, edit)
    to = len(data) * edit.choice // LIMIT
    return data[:to] + data[start:end] + data[to:]


def _repeated(data, edit, tokens, seeds):
    start, end = _span(data, edit)
    return data[:start] + data[start:end] * (2, 9, 100, 2_000)[edit.choice % 4] + data[end:]


def _truncated(data, edit, tokens, seeds):
    return data[: _span(data, edit)[0]]


def _with_token(data, edit, tokens, seeds):
    start, end = _span(data, edit)
    return data[:start] + tokens[edit.choice % len(tokens)] + data[start if edit.size % 2 else end :]


def _hostile(data, edit, tokens, seeds):
    start, end = _span(data, edit)
    return data[:start] + HOSTILE[edit.choice % len(HOSTILE)] + data[start if edit.size % 2 else end :]


def _nested(data, edit, tokens, seeds):
    start, end = _span(data, edit)
    (opening, closing), depth = NESTING[edit.choice % len(NESTING)], DEPTHS[edit.size // 8 % len(DEPTHS)]
    return data[:start] + opening * depth + data[start:end] + closing * (depth if edit.size % 8 else 0) + data[end:]


def _renumbered(data, edit, tokens, seeds):
    """Replaces the next number in digits."""
    found = re.compile(rb"-?\d+(\.\d+)?").search(data, _span(data, edit)[0])
    number = NUMBERS[edit.choice % len(NUMBERS)].encode()
    return data[: found.start()] + number + data[found.end() :] if found else data


def _binary_number(data, edit, tokens, seeds):
    start = _span(data, edit)[0] & ~3 if edit.size % 2 else _span(data, edit)[0]
    number = struct.pack("<Q", BINARY_NUMBERS[edit.choice % len(BINARY_NUMBERS)])[: 8 if edit.size % 4 < 2 else 4]
    return data[:start] + number + data[start + len(number) :]


def _in_header(data, edit, tokens, seeds):
    """Sets a byte among the first, where binary formats have sizes."""
    start = edit.place % 100
    return data[:start] + bytes([edit.choice % 256]) + data[start + 1 :]


def _spliced(data, edit, tokens, seeds):
    other = seeds[edit.choice % len(seeds)]
    return data[: _span(data, edit)[0]] + other[len(other) * edit.size // LIMIT :]


def _lines_swapped(data, edit, tokens, seeds):
    lines = data.split(b"\n")
    first, second = len(lines) * edit.place // LIMIT, len(lines) * edit.size // LIMIT
    lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


def _retyped(data, edit, tokens, seeds):
    """A JSON text, or a line of JSON Lines, one part of which has another value."""
    lines = [data] if edit.size % 2 else data.splitlines()
    place = len(lines) * edit.place // LIMIT
    try:
        value = json.loads(lines[place])
    except (ValueError, IndexError, RecursionError):
        return _with_token(data, edit, tokens, seeds)
    parts = list(_parts(value))
    holder, key = parts[edit.size // 2 % len(parts)] if parts else (None, None)
    other = OTHER_VALUES[edit.choice % len(OTHER_VALUES)]
    if holder is None:
        value = other
    elif isinstance(holder, dict) and edit.choice // len(OTHER_VALUES) % 8 == 0:
        del holder[key]
    else:
        holder[key] = other
    lines[place] = json.dumps(value).encode()
    return b"\n".join(lines)


def _parts(value):
    """The (holder, key) of all parts of a JSON value."""
    pending = [value]
    while pending:
        each = pending.pop()
        keys = each if isinstance(each, dict) else range(len(each)) if isinstance(each, list) else ()
        for key in keys:
            yield each, key
            pending.append(each[key])


def _packed(data, edit, tokens, seeds):
    if edit.choice % 8:  # now and then only, or most inputs would be compressed
        return _renumbered(data, edit, tokens, seeds)
    packed = gzip.compress(data, mtime=0)
    return packed if edit.size % 2 else packed[: len(packed) * edit.place // LIMIT + 3]


EDITS = (
    *(_flipped, _set, _deleted, _duplicated, _repeated, _truncated, _with_token, _with_token, _hostile, _hostile),
    *(_nested, _renumbered, _renumbered, _binary_number, _in_header, _spliced, _lines_swapped, _retyped, _retyped),
    _packed,
)
