"""The transformer encoder: mean hidden states of a local Hugging Face model.

The package transformers is imported only when a model is loaded, because it is optional.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from hyplink.encoders.model_files import check_model_files
from hyplink.encoders.passage import Passage
from hyplink.errors import InputError, RunError
from hyplink.run.files import sha256_of_tree

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

TOKENS_PER_BATCH = 4096
"""Maximum number of tokens of a batch, including padding."""

MODEL_FOLDER = "transformer"
"""Name of the model's folder in a run."""

HUB_FILES = ("*.json", "*.txt", "*.model", "*.safetensors")
"""Files downloaded from the hub: settings, tokenizer and weights. Weights in pickle format are not downloaded."""

MISSING_PACKAGE = "encode.encoder transformer needs transformers, which is missing: pip install transformers"

MAX_TOKENS = 512
"""Maximum number of tokens of a sequence, even if the model accepts more."""

_WORD = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|\n\s*\n")


class _Input(NamedTuple):
    """A token sequence, with the mentions in it, for one forward pass of the model.

    Attributes:
        tokens: token ids, without special tokens.
        mentions: row of each mention's passage, position of its first token and position after its last token.
    """

    tokens: list[int]
    mentions: list[tuple[int, int, int]]


class TransformerEncoder:
    """Encodes a passage as three blocks, each a normalised mean of hidden states of the model's last layer.

    The blocks are the means over the mention encoded without context, over the mention's tokens in context, and over
    all tokens of mention and context. The context is the part of the mention's sentence inside the window. Mentions of
    the same sentence share a forward pass. If mention and context exceed the maximum length of the model, the tokens
    farthest from the mention are cut off.

    Args:
        folder: folder of a model with weights in safetensors and a fast tokenizer, as written by `save_pretrained`.
        window: number of context words on each side.
        by_reference: whether `save` stores the path and hash of the folder instead of a copy.

    Raises:
        InputError: transformers is not installed, or the folder contains no such model.
    """

    def __init__(self, folder: Path, window: int, by_reference: bool) -> None:
        self._tokenizer, self._model = _load(folder)
        self._folder = folder
        self.window = window
        self._by_reference = by_reference
        self._state_dim = int(self._model.config.hidden_size)
        self._special_tokens = _special_tokens(self._tokenizer)
        self._max_tokens = _max_tokens(self._tokenizer, self._model) - sum(map(len, self._special_tokens))

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> "TransformerEncoder":
        """The encoder that `save` wrote to a folder.

        Raises:
            RunError: the folder of a model kept by reference is missing or has changed.
        """
        if not settings["by_reference"]:
            return cls(folder / MODEL_FOLDER, settings["window"], by_reference=False)
        source = Path(settings["model"])
        if not source.is_dir():
            raise RunError(
                f"{source}: the folder of the model is missing; restore it, or re-run `hyplink encode RUN --force`"
            )
        if sha256_of_tree([source]) != settings["sha256"]:
            raise RunError(f"{source}: the model has changed since it was used; re-run `hyplink encode RUN --force`")
        return cls(source, settings["window"], by_reference=True)

    @property
    def dim(self) -> int:
        """Three times the hidden size of the model."""
        return 3 * self._state_dim

    @property
    def blocks(self) -> tuple[int, ...]:
        """Lengths of the blocks of mention, mention in context, and mention with context: the hidden size each."""
        return (self._state_dim,) * 3

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors, float32 (n, 3·d), of n passages, where d is the hidden size of the model."""
        rows = np.zeros((len(passages), 3, self._state_dim), np.float32)
        mentions = {mention: row for row, mention in enumerate(dict.fromkeys(passage.mention for passage in passages))}
        without_context = self._states([Passage(mention) for mention in mentions])[:, 0]
        rows[:, 0] = without_context[[mentions[passage.mention] for passage in passages]]
        in_context = [row for row, passage in enumerate(passages) if self.window and (passage.left or passage.right)]
        rows[in_context, 1:] = self._states([passages[row] for row in in_context])
        return rows.reshape(len(passages), self.dim)

    @torch.no_grad()
    def topics(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The topic vectors, float32 (n, t): normalised means of the input embeddings of a text's distinct tokens.

        Without a forward pass, the time is linear in the length of a text, however long it is.
        """
        embeddings = self._model.get_input_embeddings().weight
        rows = torch.zeros(len(texts), embeddings.shape[1])
        for row, text in zip(rows, texts, strict=True):
            tokens = self._tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
            if distinct := sorted(set(tokens)):
                row[:] = torch.nn.functional.normalize(embeddings[distinct].float().mean(0), dim=0)
        return rows.numpy()

    def save(self, folder: Path) -> None:
        """Writes `encoder.json` and, unless `by_reference`, a copy of the model."""
        settings: dict[str, Any] = {
            "encoder": "transformer",
            "blocks": self.blocks,
            "window": self.window,
            "by_reference": self._by_reference,
        }
        if self._by_reference:
            settings |= {"model": str(self._folder.resolve()), "sha256": sha256_of_tree([self._folder])}
        else:
            self._model.save_pretrained(folder / MODEL_FOLDER)
            self._tokenizer.save_pretrained(folder / MODEL_FOLDER)
        (folder / "encoder.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")

    def _inputs(self, passages: Sequence[Passage]) -> Iterator[_Input]:
        """The inputs of the model: one for all passages with the same text, or one per passage if it is too long."""
        spans_of: dict[str, list[tuple[int, int, int]]] = {}
        for row, passage in enumerate(passages):
            left = _sentence_start(passage.left, passage.mention, self.window)
            right = _rest_of_sentence(passage.right, self.window)
            span = (row, len(left), len(left) + len(passage.mention))
            spans_of.setdefault(left + passage.mention + right, []).append(span)
        for text, spans in spans_of.items():
            tokenized = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            offsets = np.array(tokenized["offset_mapping"]).reshape(-1, 2)
            mentions = [(row, *_token_span(offsets, start, end)) for row, start, end in spans]
            if len(offsets) <= self._max_tokens:
                yield _Input(tokenized["input_ids"], mentions)
            else:
                yield from (self._truncated(tokenized["input_ids"], mention) for mention in mentions)

    def _truncated(self, tokens: list[int], mention: tuple[int, int, int]) -> _Input:
        """At most `_max_tokens` tokens: the mention and as much context as fits, balanced between both sides."""
        row, start, end = mention
        end = min(end, start + self._max_tokens)
        n_context = self._max_tokens - (end - start)
        n_after = min(len(tokens) - end, max(n_context // 2, n_context - start))
        first = max(0, start - (n_context - n_after))
        return _Input(tokens[first : end + n_after], [(row, start - first, end - first)])

    @torch.inference_mode()
    def _states(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The normalised mean states of the mention and of all tokens of each passage, float32 (n, 2, d)."""
        states = np.zeros((len(passages), 2, self._state_dim), np.float32)
        inputs = sorted(self._inputs(passages), key=lambda each: len(each.tokens))
        for batch in _batches(inputs):
            rows = [row for each in batch for row, _, _ in each.mentions]
            states[rows] = self._states_of_batch(batch).numpy()
        return states

    def _states_of_batch(self, batch: Sequence[_Input]) -> Tensor:
        """The mean states of the M mentions of B inputs, in their order, (M, 2, d)."""
        before, after = self._special_tokens
        sequences = [[*before, *each.tokens, *after] for each in batch]
        padded = self._tokenizer.pad({"input_ids": sequences}, padding_side="right", return_tensors="pt")
        hidden: Tensor = self._model(**padded).last_hidden_state  # (B, T, d)
        positions = torch.arange(hidden.shape[1]) - len(before)  # (T,)
        spans = [[(start, end), (0, len(each.tokens))] for each in batch for _, start, end in each.mentions]
        bounds = torch.tensor(spans)  # (M, 2, 2)
        inside = (positions >= bounds[..., :1]) & (positions < bounds[..., 1:])  # (M, 2, T)
        sequence_of = torch.tensor([number for number, each in enumerate(batch) for _ in each.mentions])  # (M,)
        return torch.nn.functional.normalize(inside.to(hidden.dtype) @ hidden[sequence_of], dim=-1)  # (M, 2, d)


def folder_of_hub_model(model_id: str, allow_download: bool) -> Path:
    """The local folder of a model of the Hugging Face hub.

    Args:
        model_id: id of the model, `owner/name`.
        allow_download: whether to download the model; otherwise only the local cache is searched.

    Raises:
        InputError: transformers is not installed, or the model is not in the cache and is not or cannot be downloaded.
    """
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise InputError(MISSING_PACKAGE) from None
    try:
        return Path(snapshot_download(model_id, local_files_only=not allow_download, allow_patterns=list(HUB_FILES)))
    except (OSError, ValueError) as error:
        remedy = (
            "check the id and the connection to the hub"
            if allow_download
            else "set encode.allow_download to true to download it"
        )
        reason = str(error).splitlines()[0]
        raise InputError(f"encode.hub_model {model_id}: not in the local cache; {remedy} ({reason})") from None


def _load(folder: Path) -> "tuple[PreTrainedTokenizerFast, PreTrainedModel]":
    """The tokenizer and the model of a folder, loaded without network access, unpickling or code of the model."""
    try:
        from transformers import AutoModel, AutoTokenizer, logging
    except ImportError:
        raise InputError(MISSING_PACKAGE) from None
    check_model_files(folder)
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModel.from_pretrained(folder, local_files_only=True, trust_remote_code=False, use_safetensors=True)
    except Exception as error:  # transformers raises errors of any type for a damaged folder
        reason = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise InputError(f"{folder}: cannot load the model ({reason})") from error
    if not tokenizer.is_fast:
        raise InputError(f"{folder}: a slow tokenizer, which gives no token offsets; expected tokenizer.json")
    return tokenizer, model.eval()


def _special_tokens(tokenizer: "PreTrainedTokenizerFast") -> tuple[list[int], list[int]]:
    """The ids of the special tokens that the tokenizer adds before and after a sequence."""
    tokenized = tokenizer("a", return_special_tokens_mask=True)
    ids, is_special = tokenized["input_ids"], tokenized["special_tokens_mask"]
    ordinary = [position for position, special in enumerate(is_special) if not special]
    return ids[: ordinary[0]], ids[ordinary[-1] + 1 :]


def _max_tokens(tokenizer: "PreTrainedTokenizerFast", model: "PreTrainedModel") -> int:
    """The maximum length of a sequence, including special tokens; at most `MAX_TOKENS`."""
    positions = getattr(model.config, "max_position_embeddings", None) or MAX_TOKENS
    return min(int(tokenizer.model_max_length), int(positions), MAX_TOKENS)


def _batches(inputs: Iterable[_Input]) -> Iterator[list[_Input]]:
    """Batches of at most `TOKENS_PER_BATCH` tokens, including padding, of inputs in ascending order of length."""
    batch: list[_Input] = []
    for each in inputs:
        if batch and (len(batch) + 1) * len(each.tokens) > TOKENS_PER_BATCH:
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _token_span(offsets: NDArray[np.int64], start: int, end: int) -> tuple[int, int]:
    """The token positions [first, last) of the characters [start, end), given the tokens' offsets (n_tokens, 2)."""
    first = int((offsets[:, 1] <= start).sum())
    return first, max(first, int((offsets[:, 0] < end).sum()))


def _sentence_start(text: str, mention: str, n: int) -> str:
    """The part of a text that belongs to the sentence of the mention after it, at most its last n words."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text + mention[:1]) if found.end() <= len(text)]
    words = list(_WORD.finditer(text, ends[-1] if ends else 0))[-n:]
    return text[words[0].start() :] if words else ""


def _rest_of_sentence(text: str, n: int) -> str:
    """The part of a text that belongs to its first sentence, at most its first n words."""
    found = _SENTENCE_END.search(text)
    words = list(islice(_WORD.finditer(text[: found.start() + 1] if found else text), n))
    return text[: words[-1].end()] if words else ""
