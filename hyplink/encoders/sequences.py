"""Token sequences of passages, and the mean hidden states of the mentions in them.

The transformer encoder and the tuning of a transformer share them, so that a vector means the same in both.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyplink.encoders.passage import Passage

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

TOKENS_PER_BATCH = 4096
"""Maximum number of tokens of a batch, including padding."""

MAX_TOKENS = 512
"""Maximum number of tokens of a sequence, even if the model accepts more."""

_WORD = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|\n\s*\n")


class TokenSequence(NamedTuple):
    """A token sequence, with the mentions in it, for one forward pass of the model.

    Attributes:
        tokens: token ids, without special tokens.
        mentions: row of each mention's passage, position of its first token and position after its last token.
    """

    tokens: list[int]
    mentions: list[tuple[int, int, int]]


class PassageTokenizer:
    """Turns passages into token sequences, and these into the mean states of a model.

    The context of a mention is the part of its sentence inside the window. Mentions of the same sentence share a
    sequence. If mention and context exceed the maximum length, the tokens farthest from the mention are cut off.

    Args:
        tokenizer: a fast tokenizer.
        max_tokens: the maximum length of a sequence, including special tokens.
        window: number of context words on each side.
    """

    def __init__(self, tokenizer: "PreTrainedTokenizerFast", max_tokens: int, window: int) -> None:
        self.tokenizer = tokenizer
        self.window = window
        self._special_tokens = _special_tokens(tokenizer)
        self._max_tokens = max_tokens - sum(map(len, self._special_tokens))

    def sequences(self, passages: Sequence[Passage]) -> Iterator[TokenSequence]:
        """The sequences of passages: one for all with the same text, or one per passage if it is too long."""
        spans_of: dict[str, list[tuple[int, int, int]]] = {}
        for row, passage in enumerate(passages):
            left = sentence_start(passage.left, passage.mention, self.window)
            right = rest_of_sentence(passage.right, self.window)
            span = (row, len(left), len(left) + len(passage.mention))
            spans_of.setdefault(left + passage.mention + right, []).append(span)
        for text, spans in spans_of.items():
            tokenized = self.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            offsets = np.array(tokenized["offset_mapping"]).reshape(-1, 2)
            mentions = [(row, *_token_span(offsets, start, end)) for row, start, end in spans]
            if len(offsets) <= self._max_tokens:
                yield TokenSequence(tokenized["input_ids"], mentions)
            else:
                yield from (self._truncated(tokenized["input_ids"], mention) for mention in mentions)

    def mean_states(self, model: "PreTrainedModel", batch: Sequence[TokenSequence]) -> Tensor:
        """The normalised mean states of M mentions and of the whole sequence of each, in their order, (M, 2, d)."""
        before, after = self._special_tokens
        sequences = [[*before, *each.tokens, *after] for each in batch]
        padded = self.tokenizer.pad({"input_ids": sequences}, padding_side="right", return_tensors="pt")
        hidden: Tensor = model(**padded.to(model.device)).last_hidden_state  # (B, T, d)
        positions = torch.arange(hidden.shape[1]) - len(before)  # (T,)
        spans = [[(start, end), (0, len(each.tokens))] for each in batch for _, start, end in each.mentions]
        bounds = torch.tensor(spans)  # (M, 2, 2)
        inside = (positions >= bounds[..., :1]) & (positions < bounds[..., 1:])  # (M, 2, T)
        sequence_of = torch.tensor([number for number, each in enumerate(batch) for _ in each.mentions])  # (M,)
        sums = inside.to(hidden) @ hidden[sequence_of.to(hidden.device)]  # (M, 2, d)
        return torch.nn.functional.normalize(sums.float(), dim=-1)

    def _truncated(self, tokens: list[int], mention: tuple[int, int, int]) -> TokenSequence:
        """At most `_max_tokens` tokens: the mention and as much context as fits, balanced between both sides."""
        row, start, end = mention
        end = min(end, start + self._max_tokens)
        n_context = self._max_tokens - (end - start)
        n_after = min(len(tokens) - end, max(n_context // 2, n_context - start))
        first = max(0, start - (n_context - n_after))
        return TokenSequence(tokens[first : end + n_after], [(row, start - first, end - first)])


def max_tokens(tokenizer: "PreTrainedTokenizerFast", model: "PreTrainedModel") -> int:
    """The maximum length of a sequence, including special tokens; at most `MAX_TOKENS`."""
    positions = getattr(model.config, "max_position_embeddings", None) or MAX_TOKENS
    return min(int(tokenizer.model_max_length), int(positions), MAX_TOKENS)


def batches(sequences: Iterable[TokenSequence], n_tokens: int = TOKENS_PER_BATCH) -> Iterator[list[TokenSequence]]:
    """Batches of at most `n_tokens` tokens, including padding, of sequences in ascending order of length."""
    batch: list[TokenSequence] = []
    for each in sequences:
        if batch and (len(batch) + 1) * len(each.tokens) > n_tokens:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _special_tokens(tokenizer: "PreTrainedTokenizerFast") -> tuple[list[int], list[int]]:
    """The ids of the special tokens that the tokenizer adds before and after a sequence."""
    tokenized = tokenizer("a", return_special_tokens_mask=True)
    ids, is_special = tokenized["input_ids"], tokenized["special_tokens_mask"]
    ordinary = [position for position, special in enumerate(is_special) if not special]
    return ids[: ordinary[0]], ids[ordinary[-1] + 1 :]


def _token_span(offsets: NDArray[np.int64], start: int, end: int) -> tuple[int, int]:
    """The token positions [first, last) of the characters [start, end), given the tokens' offsets (n_tokens, 2)."""
    first = int((offsets[:, 1] <= start).sum())
    return first, max(first, int((offsets[:, 0] < end).sum()))


def sentence_start(text: str, mention: str, n: int) -> str:
    """The part of a text that belongs to the sentence of the mention after it, at most its last n words."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text + mention[:1]) if found.end() <= len(text)]
    words = list(_WORD.finditer(text, ends[-1] if ends else 0))[-n:]
    return text[words[0].start() :] if words else ""


def rest_of_sentence(text: str, n: int) -> str:
    """The part of a text that belongs to its first sentence, at most its first n words."""
    found = _SENTENCE_END.search(text)
    words = list(islice(_WORD.finditer(text[: found.start() + 1] if found else text), n))
    return text[: words[-1].end()] if words else ""
