"""A tokenised text: tokens, the gaps between them, and the names detected in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hyplink.corpus import Document
from hyplink.corpus.document import Span
from hyplink.mentions.abbreviations import abbreviations_of
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.name_matches import DetectedMention
from hyplink.mentions.tokens import Gap, document_columns, document_tokens
from hyplink.names.normal_forms import Token, normal_word

LONGEST = 8
"""Maximum number of tokens of a proposed span; names may be longer."""

TokenSpan = tuple[int, int]
"""The first token of a span, and the one after its last."""


@dataclass(frozen=True, slots=True)
class TokenisedText:
    """A text with its tokens and names.

    Attributes:
        text: the text.
        tokens: its words and numbers.
        normal: their normal forms.
        gaps: the gap before each token, and after the last: one more than there are tokens.
        names: the name detected at each token span.
        discontinuous: the discontinuous names (`breast … cancer`).
        long_forms: the token span of the long form of each abbreviation.
        token_at_start: the token that starts at a character.
        token_at_end: the token that ends at a character (exclusive).
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

    def span_at(self, start: int, end: int) -> TokenSpan | None:
        """The tokens that cover exactly the characters [start, end); None if a token crosses an end."""
        first, last = self.token_at_start.get(start), self.token_at_end.get(end)
        return None if first is None or last is None or last < first else (first, last + 1)

    def span_ends(self, first: int) -> range:
        """The ends of spans that begin with a token: within its clause, and of at most `LONGEST` tokens."""
        end = first + 1
        while end < len(self.tokens) and end - first < LONGEST and self.gaps[end] is not Gap.HARD:
            end += 1
        return range(first + 1, end + 1)

    def characters(self, span: TokenSpan) -> Span:
        """The characters of a token span."""
        return self.tokens[span[0]].start, self.tokens[span[1] - 1].end

    def words(self, span: TokenSpan) -> tuple[str, ...]:
        """The normal forms of a token span."""
        return tuple(self.normal[slice(*span)])


def read(text: str, detector: DictionaryDetector) -> TokenisedText:
    """A text tokenised, with the names that the detector finds in it, nested ones included."""
    return read_many([text], detector)[0]


def read_many(texts: Sequence[str], detector: DictionaryDetector) -> list[TokenisedText]:
    """Texts tokenised, as `read` does it; several times faster than one text at a time."""
    return [_tokenised(*each) for each in zip(texts, detector.detect_many(texts, nested=True), strict=True)]


def _tokenised(text: str, found: Sequence[DetectedMention]) -> TokenisedText:
    tokens = document_tokens(text)
    gaps = [*document_columns(text).gaps, Gap.HARD]
    token_at_start = {token.start: number for number, token in enumerate(tokens)}
    token_at_end = {token.end: number for number, token in enumerate(tokens)}
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
    names = {tokenised.span_at(each.start, each.end): each for each in found if each.spans is None}
    long_forms = {
        each.short_text: span for each in reversed(abbreviations_of(text)) if (span := tokenised.span_at(*each.long))
    }
    return replace(tokenised, names={span: each for span, each in names.items() if span}, long_forms=long_forms)


def marked_spans(document: Document, tokenised: TokenisedText) -> frozenset[TokenSpan]:
    """The token spans of a document's contiguous mentions."""
    spans = (tokenised.span_at(each.start, each.end) for each in document.mentions or () if each.spans is None)
    return frozenset(span for span in spans if span is not None)
