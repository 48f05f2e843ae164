"""Trigger phrases of negation and uncertainty, and where they stand in a text.

`triggers.tsv` has a pattern a line. Its elements are words; `a|b` is either word, `@class` any word of a class of
`trigger_words.tsv`, `*ed` any word with that ending, `#` a number, `x?` an optional element, and `^x` a word at the
start of a clause.
"""

from collections.abc import Container, Iterable, Sequence, Set
from functools import lru_cache
from importlib.resources import files
from itertools import compress, product
from typing import NamedTuple

from hyplink.mentions.assertion.clauses import Break, ClauseText

CONJUNCTIONS = frozenset(["and", "or", "but"])
NEGATORS = frozenset(["not", "cannot", "never", "no", "without", "unable", "neither", "nor"])
_SIMPLE = {"excluded": "negated", "denied": "negated"}
"""What exclusions and denials mean if they are not negated themselves."""

_WORDS_BEFORE_EXCLUSION = 6
_ENDINGS = ("ed", "ly")
_PHRASES = ("phrase", "part")


class Trigger(NamedTuple):
    """A trigger in a text.

    Attributes:
        start, end: its first token, and the token after its last.
        meanings: by what it acts on: `negated`, `uncertain` or `none` for the mentions `before` it, those `after` it,
            those in the noun phrase after it (`phrase`), also if it may be about a part of the body (`part`), or the
            one directly before or after it (`previous`, `next`).
            Those of `-` act on no mention; `stop`, `cause` and `verb` end the scopes of others.
    """

    start: int
    end: int
    meanings: dict[str, str]

    @property
    def meaning_after(self) -> str | None:
        """What it says of mentions after it; None for nothing."""
        return next((self.meanings[each] for each in ("after", *_PHRASES) if each in self.meanings), None)

    @property
    def is_phrase(self) -> bool:
        """Whether it acts on no more than the noun phrase after it."""
        return any(each in self.meanings for each in _PHRASES)

    @property
    def is_stop(self) -> bool:
        """Whether it ends the scopes of others."""
        return self.meanings.get("-") in ("stop", "cause", "verb")


class _Node:
    """The elements that may follow in a pattern, and what the pattern means if it ends here."""

    def __init__(self) -> None:
        self.following: dict[str, _Node] = {}
        self.meanings: dict[str, str] = {}


def triggers_in(text: ClauseText, mentions: Iterable[tuple[int, int]]) -> list[Trigger]:
    """The triggers of a text, the longest at each position, without overlaps, in text order.

    A negation of an exclusion or denial (`does not rule out`, `did not deny`), and one in a clause that is denied or
    doubted (`it is not true that he has no …`), makes uncertain what would be negated. Words of a mention are no
    trigger, nor an open part of one (`*ed`): the finding is denied in `did not vomit`.

    Args:
        text: the text.
        mentions: the first token of each mention, and the token after its last.
    """
    found: list[Trigger] = []
    mentioned = {i for start, end in mentions for i in range(start, end)}
    words, first, first_words = text.words, _patterns().following, _first_words()
    following_words, end = [*words[1:], ""], 0
    for i in compress(range(len(words)), map(first_words.__contains__, words)):
        if i >= end and i not in mentioned and _may_begin(words[i], following_words[i]):
            trigger = _longest(text, mentioned, (i, i), first)
            if trigger is not None:
                _add(text, found, _in_context(text, trigger, mentioned), mentioned)
                end = trigger.end
    return found


def _longest(
    text: ClauseText, mentioned: Set[int], tokens: tuple[int, int], following: dict[str, _Node]
) -> Trigger | None:
    """The longest pattern that matches from the first of two tokens on, given those that may follow at the second."""
    start, i = tokens
    if i >= len(text.words) or (i > start and text.gap(i) is not Break.NONE):
        return None
    best = None
    if i == start and f"^{text.words[i]}" in following and text.gap(i) is Break.END:
        best = Trigger(i, i + 1, following[f"^{text.words[i]}"].meanings)
    for element in _elements_of(text.words[i]):
        if element not in following or (element[0] == "*" and i in mentioned):
            continue
        node = following[element]
        found = _longest(text, mentioned, (start, i + 1), node.following) if node.following else None
        if found is None and node.meanings:
            found = Trigger(start, i + 1, node.meanings)
        if found is not None and (best is None or found.end > best.end):
            best = found
    return best


def _in_context(text: ClauseText, trigger: Trigger, mentioned: Set[int]) -> Trigger:
    """A trigger with the meanings that the words around it give it.

    - `did not` negates only verbs such as `have`, unless the next word is itself a mention: `did not vomit`.
    - What denies or excludes at the end of a clause is about what is before it: `diplopia never developed`. So does a
      `was not`: `tremor was present, but rigidity was not`.
    - `and excluded` before a mention is about this one: `confirmed gout and excluded arthritis`.
    """
    start, end, meanings = trigger
    if "-" in meanings and text.words[end - 1] in NEGATORS and end in mentioned:
        return trigger._replace(meanings={"after": "negated"})
    if start > 0 and text.gap(start) is not Break.END and _ends_clause(text, end):
        if text.words[start:end] == ["not"]:
            is_predicate = text.words[start - 1] in word_classes()["be"]
            return Trigger(start - 1, end, {"before": "negated"}) if is_predicate else trigger
        is_verb = text.words[end - 1] not in NEGATORS
        meaning = trigger.meaning_after
        if is_verb and meaning in ("negated", "denied"):
            return trigger._replace(meanings={"before": meaning})
    joins = meanings == {"before": "excluded"} and text.words[start] in CONJUNCTIONS
    if joins and end in mentioned and text.gap(end) is Break.NONE:
        return trigger._replace(meanings={"after": "excluded"})
    return trigger


def _ends_clause(text: ClauseText, end: int) -> bool:
    """Whether a clause ends before token `end`, and no colon introduces what follows."""
    if end == len(text.words):
        return True
    return text.gap(end) is Break.END and ":" not in text.between(end)


def _add(text: ClauseText, found: list[Trigger], trigger: Trigger, mentioned: Set[int]) -> None:
    values = trigger.meanings.values()
    excludes = "excluded" in values or text.words[trigger.start] in word_classes()["exclusion"]
    denies = not excludes and "denied" in values
    negator = None
    if excludes or denies:
        negator = _negator_before(text, trigger.start, mentioned if denies else ())
    elif "negated" in values:
        negator = _denied_clause(text, found, trigger.start)
    if negator is not None:
        while found and found[-1].end > negator:
            found.pop()
        acts_on = ("before", "after") if excludes else trigger.meanings
        trigger = trigger._replace(meanings=dict.fromkeys(acts_on, "uncertain"))
    elif excludes or denies:
        negated = {acts_on: _SIMPLE.get(each, each) for acts_on, each in trigger.meanings.items()}
        trigger = trigger._replace(meanings=negated)
    found.append(trigger)


def _negator_before(text: ClauseText, end: int, mentioned: Container[int]) -> int | None:
    """The negation that applies to an exclusion or denial at a token; None if there is none in its clause.

    Nothing mentioned is between them: `no fever, denies cough`, `no fever and denies cough`.
    """
    for i in range(end - 1, max(-1, end - 1 - _WORDS_BEFORE_EXCLUSION), -1):
        if text.gap(i + 1) is not Break.NONE or i in mentioned:
            return None
        if text.words[i] in NEGATORS:
            return i
    return None


def _denied_clause(text: ClauseText, found: Sequence[Trigger], end: int) -> int | None:
    """The phrase that denies or doubts the clause of a token (`it is not true that`); None if there is none."""
    start = found[-1].end if found else 0
    if start == 0 or end - start > _WORDS_BEFORE_EXCLUSION or text.words[start - 1] != "that":
        return None
    is_clause = not found[-1].is_stop and all(text.gap(i) is Break.NONE for i in range(start, end + 1))
    return found[-1].start if is_clause and "after" in found[-1].meanings else None


@lru_cache(maxsize=1)
def word_classes() -> dict[str, frozenset[str]]:
    """The words of each class."""
    return {name: frozenset(words.split()) for name, words in _rows("trigger_words.tsv")}


@lru_cache(maxsize=1 << 14)
def _elements_of(word: str) -> tuple[str, ...]:
    """The elements of patterns that match a word, the most specific first."""
    classes = [f"@{name}" for name, words in word_classes().items() if word in words]
    is_open = {"@exclusion", "@denial"}.isdisjoint(classes)  # `never denied` is a negated denial
    endings = [f"*{ending}" for ending in _ENDINGS if word.endswith(ending) and is_open]
    return word, *classes, *endings, *(["#"] if word.isdigit() else [])


@lru_cache(maxsize=1)
def _first_words() -> frozenset[str]:
    """The words with which triggers begin."""
    elements = _patterns().following
    words = {element.lstrip("^") for element in elements if element[0] != "@"}
    return frozenset(words.union(*(word_classes()[element[1:]] for element in elements if element[0] == "@")))


@lru_cache(maxsize=1 << 16)
def _may_begin(word: str, following: str) -> bool:
    """Whether any pattern begins with two words, or is the first one alone."""
    elements = _patterns().following
    nodes = [elements[each] for each in (*_elements_of(word), f"^{word}") if each in elements]
    return any(node.meanings or not node.following.keys().isdisjoint(_elements_of(following)) for node in nodes)


@lru_cache(maxsize=1)
def _patterns() -> _Node:
    """All patterns, as a tree of their elements."""
    root = _Node()
    for pattern, meaning, acts_on in _rows("triggers.tsv"):
        for elements in product(*map(_alternatives, pattern.split())):
            node = root
            for element in filter(None, elements):
                node = node.following.setdefault(element, _Node())
            node.meanings[acts_on] = meaning
    return root


def _alternatives(element: str) -> Sequence[str]:
    """The elements that `a|b?` stands for; an empty one if it is optional."""
    return [*element.rstrip("?").split("|"), *([""] if element.endswith("?") else [])]


def _rows(name: str) -> list[list[str]]:
    lines = files("hyplink.mentions.assertion").joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines[1:]]
