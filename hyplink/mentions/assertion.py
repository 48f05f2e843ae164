"""Assertion: whether a text negates a mention or is uncertain of it (`no sign of ataxia`, `possible ataxia`).

The method is that of NegEx (Chapman et al., "A simple algorithm for identifying negated findings and diseases in
discharge summaries", 2001) and ConText (Harkema et al., "ConText: An algorithm for determining negation, experiencer,
and temporal status from clinical reports", 2009). Trigger phrases (`triggers.tsv`) act on the mentions before or after
them. Their scope ends

- with the clause: at a full stop, semicolon, colon or blank line;
- at a phrase that starts another clause (`but`, `which`, `due to`);
- where `and` or a comma introduces another subject or verb (`no ataxia, and her asthma …`, `no ataxia and has asthma`),
  not another item of a list (`no ataxia and asthma`);
- after ten words forwards, six backwards.

Of overlapping phrases the longest counts; some (`not only`) have no effect except to suppress a shorter one. A phrase
inside a mention is part of it: `absence of tears` may itself be a name.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import NamedTuple

from hyplink.corpus.document import Span
from hyplink.mentions.tokens import Gap, document_tokens, gap_of
from hyplink.names.normal_forms import Token

_WORDS_FORWARDS, _WORDS_BACKWARDS = 10, 6
_OPENINGS = {"you", "he", "she", "it", "we", "they", "there", "this", "these"}
_OPENINGS |= {"my", "your", "his", "her", "its", "our", "their"}
_VERBS = {"is", "are", "was", "were", "has", "have", "had", "does", "did"}


class Assertion(NamedTuple):
    """The assertion status of a mention; neither flag means that it is affirmed."""

    negated: bool
    uncertain: bool


class _Trigger(NamedTuple):
    """The effect of a phrase (negated, uncertain, none or stop) on mentions before and after it."""

    words: tuple[str, ...]
    meanings: dict[str, str]


class _Found(NamedTuple):
    """A trigger in a text: its first token, the token after its last, and its effect on either side."""

    start: int
    end: int
    meanings: dict[str, str]


def assertions_of(text: str, spans: Sequence[Span]) -> list[Assertion]:
    """The assertion status of each mention of a text.

    Args:
        text: the text.
        spans: the characters of each mention, from its first to its last.
    """
    if not spans:
        return []
    tokens = document_tokens(text)
    scopes = list(_scopes(text, tokens)) if tokens else []
    return [_assertion(span, scopes) for span in spans]


class _Scope(NamedTuple):
    meaning: str
    trigger: Span
    reach: Span


def _assertion(mention: Span, scopes: Sequence[_Scope]) -> Assertion:
    meanings = {
        scope.meaning
        for scope in scopes
        if scope.reach[0] <= mention[0]
        and mention[1] <= scope.reach[1]
        and (scope.trigger[1] <= mention[0] or mention[1] <= scope.trigger[0])
    }
    return Assertion("negated" in meanings, "uncertain" in meanings)


def _scopes(text: str, tokens: Sequence[Token]) -> Iterator[_Scope]:
    """The scope of each trigger of a text, in characters."""
    found = list(_triggers_in(tokens))
    if all(set(each.meanings.values()) <= {"none", "stop"} for each in found):
        return
    clause_starts = {0} | {
        i for i in range(1, len(tokens)) if gap_of(text[tokens[i - 1].end : tokens[i].start]) is Gap.HARD
    }
    stops = {i for each in found if "stop" in each.meanings.values() for i in range(each.start, each.end)}
    stops.update(_other_clauses(text, tokens))
    for each in found:
        trigger = tokens[each.start].start, tokens[each.end - 1].end
        if "after" in each.meanings:
            last = _reach_forwards(each.end, len(tokens), clause_starts, stops)
            yield _Scope(each.meanings["after"], trigger, (trigger[1], tokens[last - 1].end))
        if "before" in each.meanings:
            first = _reach_backwards(each.start, clause_starts, stops)
            yield _Scope(each.meanings["before"], trigger, (tokens[first].start, trigger[0]))


def _other_clauses(text: str, tokens: Sequence[Token]) -> Iterator[int]:
    """The tokens that start another clause: an `and` before a subject or verb, a subject after a comma."""
    for i, (before, token) in enumerate(pairwise(tokens)):
        word = token.text.lower()
        if before.text.lower() == "and" and word in _OPENINGS | _VERBS:
            yield i
        elif word in _OPENINGS and gap_of(text[before.end : token.start]) is Gap.COMMA:
            yield i + 1


def _reach_forwards(start: int, n_tokens: int, clause_starts: set[int], stops: set[int]) -> int:
    end = start
    while end < min(n_tokens, start + _WORDS_FORWARDS) and end not in clause_starts and end not in stops:
        end += 1
    return end


def _reach_backwards(end: int, clause_starts: set[int], stops: set[int]) -> int:
    start = end
    while start > max(0, end - _WORDS_BACKWARDS) and start not in clause_starts and start - 1 not in stops:
        start -= 1
    return start


def _triggers_in(tokens: Sequence[Token]) -> Iterator[_Found]:
    """The triggers of a text, the longest at each position, without overlaps."""
    by_first_word = _triggers()
    words = [token.text.lower() for token in tokens]
    i = 0
    while i < len(words):
        end = i + 1
        for trigger in by_first_word.get(words[i], ()):
            if tuple(words[i : i + len(trigger.words)]) == trigger.words:
                end = i + len(trigger.words)
                yield _Found(i, end, trigger.meanings)
                break
        i = end


@lru_cache(maxsize=1)
def _triggers() -> dict[str, list[_Trigger]]:
    """The triggers by their first word, longest first."""
    meanings: dict[tuple[str, ...], dict[str, str]] = {}
    lines = files("hyplink.mentions").joinpath("triggers.tsv").read_text(encoding="utf-8").splitlines()
    for line in lines[1:]:
        phrase, meaning, acts_on = line.split("\t")
        meanings.setdefault(tuple(phrase.split()), {})[acts_on] = meaning
    by_first_word: dict[str, list[_Trigger]] = {}
    for words in sorted(meanings, key=len, reverse=True):
        by_first_word.setdefault(words[0], []).append(_Trigger(words, meanings[words]))
    return by_first_word
