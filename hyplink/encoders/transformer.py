"""The transformer encoder: states of a local Hugging Face model, of the mention alone, in its context, and of both.

transformers is imported where a model is loaded, so that hyplink runs without it.
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

from hyplink.encoders.passage import Passage
from hyplink.errors import InputError, RunError
from hyplink.run.files import sha256_of_tree

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

BATCH_TOKENS = 4096
"""Tokens that go through the model at a time, padding included."""

MODEL = "transformer"
"""The folder of the model in a run."""

HUB_FILES = ("*.json", "*.txt", "*.model", "*.safetensors")
"""What is wanted of a model on the hub: settings, tokenizer and weights that need no unpickling."""

WANTS_EXTRA = "encode.encoder transformer needs more: pip install 'hyplink[transformer]'"

LONGEST = 512
"""Tokens that a model reads at most, whatever it could."""

_WORD = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9])|\n\s*\n")


class _Piece(NamedTuple):
    """A text that goes through the model once, for all the targets in it.

    Attributes:
        tokens: its token ids, without the model's own marks.
        targets: of each its row, its first token and the one after its last.
    """

    tokens: list[int]
    targets: list[tuple[int, int, int]]


class TransformerEncoder:
    """Encodes a passage as three blocks, each a unit-length mean of the model's last states.

    The mention alone; the mention's tokens in their context; all tokens of mention and context. The context is what the
    window holds of the mention's sentence, and the mentions of one sentence go through the model together. Where
    mention and context are longer than the model reads, what is farthest from the mention is left out.

    Args:
        folder: a model and its fast tokenizer, as `save_pretrained` writes them, with weights in safetensors.
        window: words of context on each side.
        by_reference: `save` keeps path and hash of the folder instead of a copy.

    Raises:
        InputError: transformers is not installed, or the folder holds no such model.
    """

    def __init__(self, folder: Path, window: int, by_reference: bool) -> None:
        self._tokenizer, self._model = _load(folder)
        self._folder = folder
        self.window = window
        self._by_reference = by_reference
        self._state_dim = int(self._model.config.hidden_size)
        self._marks = _marks(self._tokenizer)
        self._most_tokens = _most_positions(self._tokenizer, self._model) - sum(map(len, self._marks))

    @classmethod
    def load(cls, folder: Path, settings: dict[str, Any]) -> "TransformerEncoder":
        """The encoder that `save` wrote to a folder.

        Raises:
            RunError: a model kept by reference is gone or has changed.
        """
        if not settings["by_reference"]:
            return cls(folder / MODEL, settings["window"], by_reference=False)
        source = Path(settings["model"])
        if not source.is_dir():
            raise RunError(f"{source}: the model of this run is gone; put it back or encode again")
        if sha256_of_tree([source]) != settings["sha256"]:
            raise RunError(f"{source}: the model has changed since this run was encoded; encode again")
        return cls(source, settings["window"], by_reference=True)

    @property
    def dim(self) -> int:
        """Three times the length of a state."""
        return 3 * self._state_dim

    @property
    def blocks(self) -> tuple[int, ...]:
        """The mention alone, the mention in its context, and both, each as long as a state."""
        return (self._state_dim,) * 3

    def encode(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The vectors (n, 3·d) of n passages, where d is the length of a state; a bare name fills the first block."""
        rows = np.zeros((len(passages), 3, self._state_dim), np.float32)
        names = {name: row for row, name in enumerate(dict.fromkeys(passage.mention for passage in passages))}
        alone = self._states([Passage(name) for name in names])[:, 0]
        rows[:, 0] = alone[[names[passage.mention] for passage in passages]]
        within = [row for row, passage in enumerate(passages) if self.window and (passage.left or passage.right)]
        rows[within, 1:] = self._states([passages[row] for row in within])
        return rows.reshape(len(passages), self.dim)

    def save(self, folder: Path) -> None:
        """Writes `encoder.json` and, unless it is kept by reference, the model."""
        settings: dict[str, Any] = {
            "encoder": "transformer",
            "blocks": self.blocks,
            "window": self.window,
            "by_reference": self._by_reference,
        }
        if self._by_reference:
            settings |= {"model": str(self._folder.resolve()), "sha256": sha256_of_tree([self._folder])}
        else:
            self._model.save_pretrained(folder / MODEL)
            self._tokenizer.save_pretrained(folder / MODEL)
        (folder / "encoder.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")

    def _pieces(self, passages: Sequence[Passage]) -> Iterator[_Piece]:
        """The texts of passages: one for those that read the same, as far as it fits."""
        among: dict[str, list[tuple[int, int, int]]] = {}
        for row, passage in enumerate(passages):
            left = _begun_sentence(passage.left, passage.mention, self.window)
            right = _rest_of_sentence(passage.right, self.window)
            target = (row, len(left), len(left) + len(passage.mention))
            among.setdefault(left + passage.mention + right, []).append(target)
        for text, targets in among.items():
            read = self._tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)
            offsets = np.array(read["offset_mapping"]).reshape(-1, 2)
            spans = [(row, *_token_span(offsets, start, end)) for row, start, end in targets]
            if len(offsets) <= self._most_tokens:
                yield _Piece(read["input_ids"], spans)
            else:
                yield from (self._cut(read["input_ids"], span) for span in spans)

    def _cut(self, tokens: list[int], target: tuple[int, int, int]) -> _Piece:
        """What the model can read of a text: the target, and of its context as much as fits."""
        row, start, end = target
        end = min(end, start + self._most_tokens)
        spare = self._most_tokens - (end - start)
        n_after = min(len(tokens) - end, max(spare // 2, spare - start))
        first = max(0, start - (spare - n_after))
        return _Piece(tokens[first : end + n_after], [(row, start - first, end - first)])

    @torch.inference_mode()
    def _states(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """For each passage the unit-length means of the target's states and of all, float32 (n, 2, d)."""
        states = np.zeros((len(passages), 2, self._state_dim), np.float32)
        pieces = sorted(self._pieces(passages), key=lambda piece: len(piece.tokens))
        for batch in _batches(pieces):
            rows = [row for piece in batch for row, _, _ in piece.targets]
            states[rows] = self._states_of_batch(batch).numpy()
        return states

    def _states_of_batch(self, pieces: Sequence[_Piece]) -> Tensor:
        """The states of all targets of a batch of B pieces, in their order, (M, 2, d)."""
        before, after = self._marks
        marked = [[*before, *piece.tokens, *after] for piece in pieces]
        inputs = self._tokenizer.pad({"input_ids": marked}, padding_side="right", return_tensors="pt")
        hidden: Tensor = self._model(**inputs).last_hidden_state  # (B, T, d)
        positions = torch.arange(hidden.shape[1]) - len(before)  # (T,)
        spans = [[(start, end), (0, len(piece.tokens))] for piece in pieces for _, start, end in piece.targets]
        bounds = torch.tensor(spans)  # (M, 2, 2)
        inside = (positions >= bounds[..., :1]) & (positions < bounds[..., 1:])  # (M, 2, T)
        owners = torch.tensor([place for place, piece in enumerate(pieces) for _ in piece.targets])  # (M,)
        return torch.nn.functional.normalize(inside.to(hidden.dtype) @ hidden[owners], dim=-1)  # (M, 2, d)


def folder_of_hub_model(model_id: str, allow_download: bool) -> Path:
    """The folder of a model of Hugging Face's hub on this machine.

    Args:
        model_id: its id, `owner/name`.
        allow_download: whether the hub may be asked for it; else only what was downloaded before is looked through.

    Raises:
        InputError: transformers is not installed, or the model is not here and may not or cannot be downloaded.
    """
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        raise InputError(WANTS_EXTRA) from None
    try:
        return Path(snapshot_download(model_id, local_files_only=not allow_download, allow_patterns=list(HUB_FILES)))
    except (OSError, ValueError) as error:
        remedy = (
            "see whether the id is right and the hub in reach"
            if allow_download
            else ("set encode.allow_download to true to get it from the hub")
        )
        reason = str(error).splitlines()[0]
        raise InputError(f"encode.hub_model {model_id}: no copy of it on this machine; {remedy} ({reason})") from None


def _load(folder: Path) -> "tuple[PreTrainedTokenizerFast, PreTrainedModel]":
    """The tokenizer and the model of a folder; nothing is asked of the network, and nothing is unpickled."""
    try:
        from transformers import AutoModel, AutoTokenizer, logging
    except ImportError:
        raise InputError(WANTS_EXTRA) from None
    if not (folder / "config.json").is_file():
        raise InputError(
            f"{folder}: no folder of a Hugging Face model; config.json, a tokenizer and weights are wanted"
        )
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: cannot load the model ({str(error).splitlines()[0]})") from None
    if not tokenizer.is_fast:
        raise InputError(
            f"{folder}: a slow tokenizer, which cannot say where its tokens stand; tokenizer.json is wanted"
        )
    return tokenizer, model.eval()


def _marks(tokenizer: "PreTrainedTokenizerFast") -> tuple[list[int], list[int]]:
    """The ids of the marks that the model wants before and after a text."""
    read = tokenizer("a", return_special_tokens_mask=True)
    ids, is_mark = read["input_ids"], read["special_tokens_mask"]
    words = [place for place, mark in enumerate(is_mark) if not mark]
    return ids[: words[0]], ids[words[-1] + 1 :]


def _most_positions(tokenizer: "PreTrainedTokenizerFast", model: "PreTrainedModel") -> int:
    """How many tokens the model reads at most; models without a bound of their own read `LONGEST`."""
    positions = getattr(model.config, "max_position_embeddings", None) or LONGEST
    return min(int(tokenizer.model_max_length), int(positions), LONGEST)


def _batches(pieces: Iterable[_Piece]) -> Iterator[list[_Piece]]:
    """Pieces in their order, in batches of at most `BATCH_TOKENS` tokens when padded to the longest, the last."""
    batch: list[_Piece] = []
    for piece in pieces:
        if batch and (len(batch) + 1) * len(piece.tokens) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(piece)
    if batch:
        yield batch


def _token_span(offsets: NDArray[np.int64], start: int, end: int) -> tuple[int, int]:
    """The first token of the characters [start, end) and the one after their last, by the tokens' offsets (n, 2)."""
    first = int((offsets[:, 1] <= start).sum())
    return first, max(first, int((offsets[:, 0] < end).sum()))


def _begun_sentence(text: str, mention: str, n: int) -> str:
    """The end of a text from the beginning of the sentence that a mention after it is in, at most n words of it."""
    ends = [found.end() for found in _SENTENCE_END.finditer(text + mention[:1]) if found.end() <= len(text)]
    words = list(_WORD.finditer(text, ends[-1] if ends else 0))[-n:]
    return text[words[0].start() :] if words else ""


def _rest_of_sentence(text: str, n: int) -> str:
    """A text up to the end of its first sentence, at most n words of it."""
    found = _SENTENCE_END.search(text)
    words = list(islice(_WORD.finditer(text[: found.start() + 1] if found else text), n))
    return text[: words[-1].end()] if words else ""
