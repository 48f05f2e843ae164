"""The transformer encoder: mean hidden states of a local Hugging Face model.

The package transformers is imported only when a model is loaded, because it is optional.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray

from hyplink.encoders.model_files import check_model_files
from hyplink.encoders.passage import Passage
from hyplink.encoders.sequences import PassageTokenizer, batches, max_tokens
from hyplink.errors import InputError, RunError
from hyplink.run.files import sha256_of_tree

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

MODEL_FOLDER = "transformer"
"""Name of the model's folder in a run."""

HUB_FILES = ("*.json", "*.txt", "*.model", "*.safetensors")
"""Files downloaded from the hub: settings, tokenizer and weights. Weights in pickle format are not downloaded."""

MISSING_PACKAGE = "encode.encoder transformer needs transformers, which is missing: pip install transformers"


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
        device: PyTorch's name of the device that the model runs on.

    Raises:
        InputError: transformers is not installed, or the folder contains no such model.
    """

    def __init__(self, folder: Path, window: int, by_reference: bool, device: str = "cpu") -> None:
        tokenizer, model = load_transformer(folder)
        self._model = model.eval().to(device)
        self._folder = folder
        self.window = window
        self._by_reference = by_reference
        self._state_dim = int(model.config.hidden_size)
        self.tokenizer = PassageTokenizer(tokenizer, max_tokens(tokenizer, model), window)

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
            tokens = self.tokenizer.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
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
            self.tokenizer.tokenizer.save_pretrained(folder / MODEL_FOLDER)
        (folder / "encoder.json").write_text(json.dumps(settings, indent=1) + "\n", encoding="utf-8")

    @torch.inference_mode()
    def _states(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """The normalised mean states of the mention and of all tokens of each passage, float32 (n, 2, d)."""
        states = np.zeros((len(passages), 2, self._state_dim), np.float32)
        sequences = sorted(self.tokenizer.sequences(passages), key=lambda each: len(each.tokens))
        for batch in batches(sequences):
            rows = [row for each in batch for row, _, _ in each.mentions]
            states[rows] = self.tokenizer.mean_states(self._model, batch).cpu().numpy()
        return states


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


def load_transformer(folder: Path) -> "tuple[PreTrainedTokenizerFast, PreTrainedModel]":
    """The tokenizer and the model of a folder, loaded without network access, unpickling or code of the model.

    Raises:
        InputError: transformers is not installed, or the folder contains no model with safetensors and fast tokenizer.
    """
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
    return tokenizer, model
