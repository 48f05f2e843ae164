"""Assertion: whether a text negates a mention or is uncertain of it (`no sign of ataxia`, `possible ataxia`).

The method is that of NegEx (Chapman et al., "A simple algorithm for identifying negated findings and diseases in
discharge summaries", 2001) and ConText (Harkema et al., "ConText: An algorithm for determining negation, experiencer,
and temporal status from clinical reports", 2009). Trigger phrases (`triggers.tsv`) act on the mentions before or after
them. Their scope ends

- with the clause: at a full stop, semicolon, colon, dash or blank line, or at the end of an item of a list;
- at a phrase that starts another clause (`but`, `which`, `due to`);
- where `and` or a comma introduces another subject or verb (`no ataxia, and her asthma …`, `no ataxia and has asthma`),
  not another item of a list (`no ataxia and asthma`); if negated, also where a comma and a finding introduce the verb
  of another clause (`without ataxia, asthma was …`), not the last item of a list (`no ataxia, tremor or asthma was …`);
- where a sentence begins behind a negated finding without any mark, as in dictation (`no fever he reports cough`);
- at the first comma, if no finding is before it and a part of the body may be absent (`absent thumbs, ataxia`);
- at a preposition, up to the next item of the list (`no pain in the chest`, `no fever after pneumonia`), unless the
  word before it only introduces the finding (`no signs of`), and altogether if what is denied is no finding (`no
  treatment for`);
- after ten words forwards, six backwards.

Of overlapping phrases the longest counts; some (`not only`) have no effect except to suppress a shorter one. A phrase
inside a mention is part of it: `absence of tears` may itself be a name. Answers (`Asthma: no`) and counts of zero
(`ataxia (0/5)`) act on what is before them, headings (`Patient denies:`) on the list below them.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from hyplink.corpus.document import Span
from hyplink.mentions.assertion.answers import Answer, answers_in
from hyplink.mentions.assertion.clauses import Break, ClauseText
from hyplink.mentions.assertion.counts import zero_counts
from hyplink.mentions.assertion.headings import heading_end, items_below
from hyplink.mentions.assertion.patterns import word_classes
from hyplink.mentions.assertion.triggers import Trigger, triggers_in

_WORDS_FORWARDS, _WORDS_BACKWARDS, _WORDS_QUERIED, _WORDS_OF_LIST = 10, 6, 3, 60
_CONJUNCTIONS = frozenset(["and", "or", "nor"])
_NOTHING: frozenset[str] = frozenset()


class Assertion(NamedTuple):
    """The assertion status of a mention; neither flag means that it is affirmed."""

    negated: bool
    uncertain: bool


_AFFIRMED = Assertion(negated=False, uncertain=False)


def assertions_of(text: str, spans: Sequence[Span]) -> list[Assertion]:
    """The assertion status of each mention of a text.

    Args:
        text: the text.
        spans: the characters of each mention, from its first to its last.
    """
    clauses = ClauseText.from_text(text) if spans else None
    if clauses is None or not clauses.words:
        return [_AFFIRMED] * len(spans)
    starts, ends = clauses.starts, clauses.ends
    first_tokens = [bisect_right(ends, start) for start, _ in spans]
    last_tokens = [bisect_left(starts, end) - 1 for _, end in spans]
    scopes = _Scopes(clauses, [(first, last + 1) for first, last in zip(first_tokens, last_tokens, strict=True)])
    return list(map(scopes.assertion, first_tokens, last_tokens))


class _Scopes:
    """What the triggers and answers of a text say of the mentions that begin or end at each token."""

    def __init__(self, text: ClauseText, mentions: Sequence[tuple[int, int]]) -> None:
        self._text, self._classes = text, word_classes()
        self._beginning: defaultdict[int, set[str]] = defaultdict(set)
        self._ending: defaultdict[int, set[str]] = defaultdict(set)
        answers = list(answers_in(text))
        self._affirmed = {each.token for each in answers if each.before and each.meaning == "none"}
        triggers = triggers_in(text, mentions)
        self._items: dict[str, int] = {}  # by meaning, the end of the last list that a heading acts on
        self._stops = {i: each for each in triggers if each.is_stop for i in range(each.start, each.end)}
        self._trigger_starts = {each.start for each in triggers if each.meaning_after is not None}
        self._mention_starts, self._mention_ends = {start for start, _ in mentions}, {end for _, end in mentions}
        self._triggered = self._stops.keys() | self._trigger_starts
        for answer in answers:
            self._add_answer(answer)
        for trigger in triggers:
            self._add_trigger(trigger)
        for token, is_direct in zero_counts(text):
            for i in [token - 1] if is_direct else self._backwards(token):
                self._ending[i].add("negated")

    def assertion(self, first_token: int, last_token: int) -> Assertion:
        """The assertion status of the mention of some tokens."""
        meanings = self._beginning.get(first_token, _NOTHING) | self._ending.get(last_token, _NOTHING)
        if not meanings:
            return _AFFIRMED
        return Assertion("negated" in meanings, "uncertain" in meanings)

    def _add_answer(self, answer: Answer) -> None:
        if answer.before:
            for i in self._backwards(answer.token, of_item=self._text.is_in_bracket(answer.span[0])):
                self._ending[i].add(answer.meaning)
            return
        if answer.end is not None:
            for i in range(answer.token, answer.end):
                self._beginning[i].add(answer.meaning)
            return
        for i in range(answer.token, min(answer.token + _WORDS_QUERIED, len(self._text.words))):
            if i > answer.token and (self._text.gap(i) is not Break.NONE or self._is_preposition(i)):
                return
            self._beginning[i].add(answer.meaning)

    def _add_trigger(self, trigger: Trigger) -> None:
        if (meaning := trigger.meaning_after) is not None:
            for i in chain(self._forwards(trigger, meaning), self._below(trigger, meaning)):
                self._beginning[i].add(meaning)
        is_behind = self._text.gap(trigger.start) < Break.END
        if (meaning := trigger.meanings.get("before")) is not None and (
            is_behind or self._text.is_answer(trigger.start, trigger.end)
        ):
            of_item = self._text.is_in_bracket(self._text.starts[trigger.start])
            for i in self._backwards(trigger.start, of_item=of_item):
                self._ending[i].add(meaning)
        if (meaning := trigger.meanings.get("within")) is not None:
            for i in range(trigger.start, trigger.end):
                self._beginning[i].add(meaning)
        if (meaning := trigger.meanings.get("next")) is not None:
            self._beginning[trigger.end].add(meaning)
        if (meaning := trigger.meanings.get("previous")) is not None and is_behind:
            self._ending[trigger.start - 1].add(meaning)

    def _below(self, trigger: Trigger, meaning: str) -> Iterator[int]:
        """The tokens of the list below a trigger that is a heading, without those behind a stop in their item."""
        if trigger.end <= self._items.get(meaning, 0):
            return  # in such a list itself
        items, is_stopped = items_below(self._text, trigger.start, trigger.end), False
        self._items[meaning] = items.stop
        for i in items:
            is_stopped = i in self._stops or (is_stopped and self._text.gap(i) is not Break.END)
            if not is_stopped:
                yield i

    def _forwards(self, trigger: Trigger, meaning: str) -> Iterator[int]:
        """The tokens at which the mentions begin that a trigger acts on."""
        words, is_skipped = self._text.words, False
        start = i = self._start_forwards(trigger, meaning)
        end = start + _WORDS_FORWARDS
        while i < min(len(words), end):
            gap = self._text.gap(i)
            if (gap is Break.END and i > start) or self._ends_forwards(i, trigger):
                return
            if gap is Break.COMMA and "part" in trigger.meanings and self._mention_starts.isdisjoint(range(start, i)):
                return
            if i > start and self._is_preposition(i) and words[i - 1] not in self._classes["evidence"]:
                if gap is Break.COMMA or words[i - 1] in self._classes["other"]:
                    return
                if trigger.is_phrase:
                    return
                is_skipped = True
            elif gap is Break.COMMA or words[i] in _CONJUNCTIONS:
                if self._is_second_part(i, start) or (meaning == "negated" and self._is_subject(i, trigger)):
                    return
                is_skipped = is_skipped and words[i] == "and"
                end = min(i + _WORDS_FORWARDS, start + _WORDS_OF_LIST)
            elif words[i] in self._classes["verb"]:
                if trigger.is_phrase:
                    return
                is_skipped = False
            if not is_skipped:
                yield i
            i += 1

    def _start_forwards(self, trigger: Trigger, meaning: str) -> int:
        """The first token on which a trigger may act; the end of the text if there is none in its clause.

        A colon behind it only introduces what it acts on: `Denies: fever`. So does a dash behind a heading, and a cause
        that is uncertain: `likely due to`.
        """
        start = trigger.end
        if start == len(self._text.words):
            return start
        heading = heading_end(self._text, start)
        if heading > start and heading < len(self._text.words) and self._text.between(heading).strip() == ":":
            return heading
        introducing = (":", "-", "–", "—") if self._text.words[start - 1] in self._classes["heading"] else (":",)
        if self._text.gap(start) is Break.END and self._text.between(start).strip() not in introducing:
            return len(self._text.words)
        stop = self._stops.get(start)
        return stop.end if meaning == "uncertain" and stop is not None and stop.meanings["-"] == "cause" else start

    def _ends_forwards(self, i: int, trigger: Trigger) -> bool:
        """Whether the scope of a trigger ends at token i, before any break of the text."""
        words, stop = self._text.words, self._stops.get(i)
        if i not in self._triggered and not _has_role(words[i]):
            return False  # as at most tokens
        if stop is not None:
            is_denied = stop.meanings["-"] == "verb" and not self._classes["person"].isdisjoint(
                words[trigger.start : i]
            )
            return not is_denied  # `no patient developed ataxia`
        if self._starts_clause(i) or self._is_transitive(i) or self._starts_sentence(i, trigger):
            return True
        joined = i > trigger.end and (self._text.gap(i) is Break.COMMA or words[i - 1] in _CONJUNCTIONS)
        is_affirmed = words[i] in self._classes["slight"] and "negated" in trigger.meanings.values()
        return joined and (i in self._trigger_starts or is_affirmed)  # `no fever, mild cough`

    def _backwards(self, end: int, *, of_item: bool = False) -> range:
        """The tokens before `end` at which the mentions end that a trigger or answer acts on.

        Args:
            end: the token after them.
            of_item: whether it acts on the last item of a list only, as in a bracket: `gout, stroke (no)`.
        """
        words, item_start, start = self._text.words, None, end
        while start > max(0, end - _WORDS_BACKWARDS):
            if start < end and self._text.gap(start) is Break.END:
                break
            if start - 1 in self._stops or self._starts_clause(start - 1):
                break
            if words[start - 1] in self._classes["finite"] and item_start is not None:
                start = item_start  # `cough was present, fever and pain were absent`
                break
            if start < end and (self._text.gap(start) is Break.COMMA or words[start - 1] in _CONJUNCTIONS):
                if of_item:
                    break
                item_start = start
            start -= 1
        if any(self._is_preposition(i) and words[i - 1] in self._classes["other"] for i in range(start + 1, end)):
            return range(0)  # `the cause of the asthma was not found`
        return range(start, end)

    def _is_preposition(self, i: int) -> bool:
        return self._text.words[i] in self._classes["preposition"]

    def _starts_clause(self, i: int) -> bool:
        """Whether a clause starts at token i: an `and` before a subject or verb, or one of these after a comma."""
        words = self._text.words
        if words[i] == "and":
            following = words[i + 1] if i + 1 < len(words) else ""
            return following in self._classes["subject"] or following in self._classes["verb"]
        is_start = words[i] in self._classes["subject"] or words[i] in self._classes["verb"]
        return is_start and self._text.gap(i) is Break.COMMA

    def _starts_sentence(self, i: int, trigger: Trigger) -> bool:
        """Whether token i begins a sentence directly behind a negated finding, without any mark: `no fever he has`."""
        words, classes = self._text.words, self._classes
        if i not in self._mention_ends or i <= trigger.end or "negated" not in trigger.meanings.values():
            return False
        verb = i + (words[i] in classes["speaker"])
        is_apart = verb > i or words[verb] == "also"
        verb += words[verb : verb + 1] == ["also"]
        if verb >= len(words) or self._text.gap(verb) is not Break.NONE:
            return False
        if is_apart and words[verb] in classes["verb"]:
            return True
        is_no_subject = classes["person"].isdisjoint(words[trigger.start : i])  # `no patient with fever reports cough`
        has_finding = words[verb] in ("has", "had") and verb + 1 in self._mention_starts
        return is_no_subject and (has_finding or words[verb] in classes["tells"])

    def _is_second_part(self, i: int, start: int) -> bool:
        """Whether a comma and `and` at token i continue no list from `start` on: `no fever or cough, and rash`."""
        if self._text.words[i] != "and" or self._text.gap(i) is not Break.COMMA:
            return False
        return all(self._text.gap(j) is not Break.COMMA for j in range(start + 1, i))

    def _is_subject(self, i: int, trigger: Trigger) -> bool:
        """Whether a comma at token i ends a negated phrase before a main clause: `without fever, cough developed`.

        What is denied by `no`, which may be a list without a conjunction, is itself the subject of a verb after it: `no
        cough, fever, rash was seen`.
        """
        words = self._text.words
        if self._text.gap(i) is not Break.COMMA:
            return False
        listed = [j for j in range(trigger.end + 1, i) if self._text.gap(j) is Break.COMMA]
        if not trigger.is_phrase and listed and _CONJUNCTIONS.isdisjoint(words[trigger.end : i]):
            return False
        for j in range(i, min(i + _WORDS_FORWARDS, len(words))):
            stop = self._stops.get(j)
            if j > i and j in self._mention_ends and self._is_predicate(j):
                return True
            if j > i and self._text.gap(j) is not Break.NONE:
                return False
            if j > i and (words[j] in self._classes["finite"] or (stop is not None and stop.meanings["-"] == "verb")):
                return True
            if stop is not None or words[j] in _CONJUNCTIONS or words[j] in self._classes["subject"]:
                return False
        return False

    def _is_predicate(self, i: int) -> bool:
        """Whether token i, directly behind a finding, affirms it without an auxiliary: `present`, `seen since`."""
        words = self._text.words
        is_since = words[i] in self._classes["seen"] and words[i + 1 : i + 2] == ["since"]
        return (
            is_since
            or i in self._affirmed
            or (words[i] in self._classes["predicate"] and self._text.gap(i) is Break.NONE)
        )

    def _is_transitive(self, i: int) -> bool:
        """Whether token i is a verb with an object (`no drug relieved the asthma`) that denies no finding."""
        words = self._text.words
        return (
            words[i].endswith("ed")
            and i + 1 < len(words)
            and words[i + 1] in self._classes["determiner"]
            and words[i] not in self._classes["have"]
        )


@lru_cache(maxsize=1 << 16)
def _has_role(word: str) -> bool:
    """Whether the scope of a trigger may end at a word, if no other trigger is there."""
    classes = word_classes()
    in_class = any(word in classes[name] for name in ("slight", "speaker", "subject", "tells", "verb"))
    return in_class or word in ("also", "and") or word.endswith("ed")
