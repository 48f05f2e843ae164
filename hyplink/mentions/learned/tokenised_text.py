"""A text as recognition reads it: its tokens, what stands between them, and the names that stand there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from hyplink.corpus import Document
from hyplink.corpus.document import Span
from hyplink.mentions.abbreviations import abbreviations_of
from hyplink.mentions.dictionary import DetectedMention, DictionaryDetector
from hyplink.mentions.tokens import Gap, gap_of
from hyplink.names.normal_forms import Token, normal_word, tokens_of

LONGEST = 8
"""Words of the longest mention that is proposed; names may have more."""

TokenSpan = tuple[int, int]
"""The first token of a run, and the one after its last."""


@dataclass(frozen=True, slots=True)
class TokenisedText:
    """A text taken apart.

    Attributes:
        text: the text.
        tokens: its words and numbers.
        normal: their normal forms.
        gaps: what stands before each token, and after the last: one more than there are tokens.
        names: the name that stands at a run of tokens.
        discontinuous: names whose words stand apart (`breast … cancer`).
        long_forms: the tokens that each abbreviation is defined by.
        token_at_start: the token that begins at a character.
        token_at_end: the token that ends before a character.
    """

    text: str
    tokens: Sequence[Token]
    normal: Sequence[str]
    gaps: Sequence[Gap]
    names: Mapping[TokenSpan, DetectedMention]
    discontinuous: Sequence[DetectedMention]
    long_forms: Mapping[str, TokenSpan]
    token_at_start: Mapping[int, int]
    token_at_end: Mapping[int, int]

    def run_at(self, start: int, end: int) -> TokenSpan | None:
        """The tokens that are exactly the characters [start, end); None where a token is cut."""
        first, last = self.token_at_start.get(start), self.token_at_end.get(end)
        return None if first is None or last is None or last < first else (first, last + 1)

    def runs_from(self, first: int) -> range:
        """Where the runs that begin with a token may end: within a clause, and of no more than `LONGEST` words."""
        end = first + 1
        while end < len(self.tokens) and end - first < LONGEST and self.gaps[end] is not Gap.HARD:
            end += 1
        return range(first + 1, end + 1)

    def characters(self, run: TokenSpan) -> Span:
        """The characters of a run of tokens."""
        return self.tokens[run[0]].start, self.tokens[run[1] - 1].end

    def words(self, run: TokenSpan) -> tuple[str, ...]:
        """The normal forms of a run of tokens."""
        return tuple(self.normal[slice(*run)])


def read(text: str, detector: DictionaryDetector) -> TokenisedText:
    """A text with the names that the detector finds in it, those within others among them."""
    tokens = tokens_of(text)
    between = (text[before.end : after.start] for before, after in pairwise(tokens))
    gaps = [Gap.HARD, *map(gap_of, between), Gap.HARD] if tokens else [Gap.HARD]
    token_at_start = {token.start: number for number, token in enumerate(tokens)}
    token_at_end = {token.end: number for number, token in enumerate(tokens)}
    found = detector.detect(text, nested=True)
    tokenised = TokenisedText(
        text,
        tokens,
        [normal_word(token.text) for token in tokens],
        gaps,
        {},
        [mention for mention in found if mention.spans is not None],
        {},
        token_at_start,
        token_at_end,
    )
    names = {tokenised.run_at(each.start, each.end): each for each in found if each.spans is None}
    long_forms = {
        each.short_text: run for each in reversed(abbreviations_of(text)) if (run := tokenised.run_at(*each.long))
    }
    return replace(tokenised, names={run: each for run, each in names.items() if run}, long_forms=long_forms)


def marked_runs(document: Document, tokenised: TokenisedText) -> frozenset[TokenSpan]:
    """The runs of tokens that are mentions of a document; discontinuous ones are none."""
    runs = (tokenised.run_at(each.start, each.end) for each in document.mentions or () if each.spans is None)
    return frozenset(run for run in runs if run is not None)
