"""Trigger phrases of negation and uncertainty, and where they stand in a text."""

from collections.abc import Container, Iterable, Sequence, Set
from itertools import compress
from typing import NamedTuple

from hyplink.mentions.assertion.clauses import Break, ClauseText
from hyplink.mentions.assertion.patterns import Node, first_words, may_begin, patterns, word_classes

CONJUNCTIONS = frozenset(["and", "or", "but"])
_OF_VERBS = frozenset(["not", "cannot", "never"])
NEGATORS = _OF_VERBS | frozenset(["no", "without", "unable", "neither", "nor"])
_SIMPLE = {"excluded": "negated", "denied": "negated"}
"""What exclusions and denials mean if they are not negated themselves."""

_WORDS_BEFORE_EXCLUSION, _WORDS_BETWEEN_COMMAS, _WORDS_COMPARED, _WORDS_AROUND_VERSUS = 6, 6, 4, 9
_PHRASES = ("phrase", "part")


class Trigger(NamedTuple):
    """A trigger in a text.

    Attributes:
        start, end: its first token, and the token after its last.
        meanings: by what it acts on: `negated`, `uncertain` or `none` for the mentions `before` it, those `after` it,
            those in the noun phrase after it (`phrase`), also if it may be about a part of the body (`part`), the one
            directly before or after it (`previous`, `next`), or those within it (`within`).
            Those of `-` act on no mention; `stop`, `cause` and `verb` end the scopes of others.
    """

    start: int
    end: int
    meanings: dict[str, str]

    @property
    def meaning_after(self) -> str | None:
        """The meaning for mentions after it, such as `negated`; None if it does not act on them."""
        return next((self.meanings[each] for each in ("after", *_PHRASES) if each in self.meanings), None)

    @property
    def is_phrase(self) -> bool:
        """Whether it acts on no more than the noun phrase after it."""
        return any(each in self.meanings for each in _PHRASES)

    @property
    def is_stop(self) -> bool:
        """Whether it ends the scopes of others."""
        return self.meanings.get("-") in ("stop", "cause", "verb")


class _MentionTokens(set[int]):
    """The tokens of mentions.

    Attributes:
        ends: by the first token of a mention, the token after the last one of the longest that begins there.
    """

    def __init__(self) -> None:
        super().__init__()
        self.ends: dict[int, int] = {}


def triggers_in(text: ClauseText, mentions: Iterable[tuple[int, int]]) -> list[Trigger]:
    """The triggers of a text, the longest at each position, without overlaps, in text order.

    A negation of an exclusion or denial (`does not rule out`, `did not deny`), and one in a clause that is denied or
    doubted (`it is not true that he has no …`), makes uncertain what would be negated. Words of a mention are no
    trigger, nor an open part of one (`*ed`): the finding is denied in `did not vomit`. But a mention that is a trigger
    as a whole, as where an ontology has a concept `Excluded`, is none here.

    Args:
        text: the text.
        mentions: the first token of each mention, and the token after its last.
    """
    found: list[Trigger] = []
    mentioned = _MentionTokens()
    words, first = text.words, patterns()
    following_words, end = [*words[1:], ""], 0
    for start, last in mentions:
        if start < last and words[start] in first_words() and _is_trigger(text, start, last):
            continue
        mentioned.update(range(start, last))
        mentioned.ends[start] = max(last, mentioned.ends.get(start, 0))
    for i in compress(range(len(words)), map(first_words().__contains__, words)):
        if i >= end and i not in mentioned and may_begin(words[i], following_words[i]):
            trigger = _longest(text, mentioned, (i, i), first)
            if trigger is not None:
                _add(text, found, _in_context(text, trigger, mentioned), mentioned)
                end = trigger.end
    return found


def _is_trigger(text: ClauseText, start: int, last: int) -> bool:
    """Whether the tokens of a mention are a trigger that acts on others, though they are a name: `Family history`."""
    trigger = _longest(text, _MentionTokens(), (start, start), patterns())
    return trigger is not None and trigger.end >= last and "-" not in trigger.meanings


def _longest(text: ClauseText, mentioned: _MentionTokens, tokens: tuple[int, int], node: Node) -> Trigger | None:
    """The longest pattern that matches from the first of two tokens on, given what may follow at the second."""
    start, i = tokens
    if i >= len(text.words):
        return None
    if i > start and text.gap(i) is not Break.NONE:
        behind = _behind_commas(text, i) if "~" in node.following else None
        return None if behind is None else _continued(text, mentioned, (start, behind), node.following["~"])
    return _continued(text, mentioned, tokens, node)


def _behind_commas(text: ClauseText, i: int) -> int | None:
    """The token behind the second of two commas, if the first is before token i; None if they are far apart."""
    if text.gap(i) is Break.COMMA:
        for j in range(i + 1, min(i + 1 + _WORDS_BETWEEN_COMMAS, len(text.words))):
            if text.gap(j) is not Break.NONE:
                return j if text.gap(j) is Break.COMMA else None
    return None


def _continued(text: ClauseText, mentioned: _MentionTokens, tokens: tuple[int, int], node: Node) -> Trigger | None:
    """The longest pattern of which some element matches at the second of two tokens, whatever separates this one."""
    start, i = tokens
    best = None
    if "[]" in node.following and i in mentioned.ends:
        best = _longest(text, mentioned, (start, mentioned.ends[i]), node.following["[]"])
    is_first = i == start and text.gap(i) is Break.END
    between = text.between(i + 1) if i + 1 < len(text.words) else " "
    has_colon = between != " " and between.lstrip()[:1] == ":"
    for following, is_open in node.matching(text.words[i], is_first, has_colon):
        if is_open and i in mentioned:
            continue
        found = _longest(text, mentioned, (start, i + 1), following) if following.following else None
        if found is None and following.meanings:
            found = Trigger(start, i + 1, following.meanings)
        if found is not None and (best is None or found.end > best.end):
            best = found
    return best


def _in_context(text: ClauseText, trigger: Trigger, mentioned: Set[int]) -> Trigger:
    """A trigger with the meanings that the words around it give it.

    - `did not` negates only verbs such as `have`, unless the next word is itself a mention: `did not vomit`.
    - What denies or excludes at the end of a clause is about what is before it: `diplopia never developed`. So does a
      `was not`: `tremor was present, but rigidity was not`.
    - An exclusion behind a finding, without a verb, is about this one, if its clause ends or is continued by how it was
      excluded: `stroke ruled out by MRI`.
    - `and excluded` before a mention is about this one: `confirmed gout and excluded arthritis`.
    - A comparison denies nothing (`no more severe than`), and doubts nothing (`patients with asthma versus controls`).
    """
    start, end, meanings = trigger
    if text.words[end - 1] == "more" and "than" in text.words[end : end + _WORDS_COMPARED]:
        return trigger._replace(meanings={"-": "none"})
    if text.words[start] in ("vs", "versus") and _compares_groups(text, start, mentioned):
        return trigger._replace(meanings={"-": "none"})
    if "-" in meanings and text.words[end - 1] in _OF_VERBS and end in mentioned:
        return trigger._replace(meanings={"after": "negated"})
    if meanings == {"after": "excluded"} and _is_excluded_before(text, (start, end), mentioned):
        return trigger._replace(meanings={"before": "excluded"})
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


def _compares_groups(text: ClauseText, versus: int, mentioned: Container[int]) -> bool:
    """Whether the `versus` at a token is between groups, not diagnoses: `in asthma versus COPD`."""
    start = max(0, versus - _WORDS_AROUND_VERSUS)
    start = next((i for i in range(versus, start, -1) if text.gap(i) is Break.END), start)
    end = min(len(text.words), versus + _WORDS_AROUND_VERSUS)
    end = next((i for i in range(versus + 1, end) if text.gap(i) is Break.END), end)
    if not word_classes()["group"].isdisjoint(text.words[start:end]):
        return True
    before = next((i for i in range(versus - 1, start - 1, -1) if i not in mentioned), versus)
    return before < versus - 1 and text.words[before] in ("among", "between", "in")


def _is_excluded_before(text: ClauseText, tokens: tuple[int, int], mentioned: Container[int]) -> bool:
    """Whether a participle at some tokens excludes what is before it: `stroke excluded.`, `stroke ruled out by MRI`."""
    start, end = tokens
    if start == 0 or text.words[start] not in ("ruled", "excluded"):
        return False
    if text.is_answer(start, end) or (_ends_clause(text, end) and text.gap(start) is not Break.END):
        return True
    is_behind = start - 1 in mentioned and text.gap(start) is Break.NONE
    return is_behind and (text.gap(end) is not Break.NONE or text.words[end] in word_classes()["means"])


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
        start = negator if mentioned.isdisjoint(range(negator, trigger.start)) else trigger.start
        trigger = Trigger(start, trigger.end, dict.fromkeys(acts_on, "uncertain"))
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
