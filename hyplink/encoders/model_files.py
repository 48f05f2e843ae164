"""Checks the files of a Hugging Face model before transformers opens the folder, so that no code in it is executed."""

from collections.abc import Iterator
from pathlib import Path, PurePath

from hyplink.errors import InputError
from hyplink.run.files import read_json

_INDEX = "model.safetensors.index.json"
_VOCABULARIES = ("tokenizer.json", "vocab.txt", "vocab.json", "*.model")
_IMPLEMENTATIONS = ("attn_implementation", "experts_implementation")
_INCLUDED = {"eager", "sdpa", "flex_attention", "batched_mm", "grouped_mm"}


def check_model_files(folder: Path) -> None:
    """Checks that a folder holds a model that can be loaded without executing code and without files outside it.

    Raises:
        InputError: the folder holds no model, or no tokenizer; it comes with code of its own, or names code or weights
            elsewhere; it has no weights in safetensors format; or one of its settings files is damaged.
    """
    if not (folder / "config.json").is_file():
        raise InputError(
            f"{folder}: not the folder of a Hugging Face model; expected config.json, a tokenizer and weights"
        )
    for script in folder.rglob("*.py"):
        raise InputError(f"{script}: the model comes with code, which hyplink does not execute; use another model")
    # config.json may name another file of settings, whose name begins with `config.`
    for path in sorted(folder.glob("*config*.json")):
        for key, value in _entries(read_json(path)):
            _check_entry(path, key, value)
    if (folder / "adapter_config.json").exists():
        raise InputError(f"{folder}: an adapter, which loads a model elsewhere; merge it into its model first")
    _check_weights(folder)
    if not any(each.is_file() for name in _VOCABULARIES for each in folder.glob(name)):
        # transformers would make a tokenizer to which all words are unknown.
        raise InputError(f"{folder}: no tokenizer; expected tokenizer.json, as `save_pretrained` writes it")


def _entries(value: object) -> Iterator[tuple[str, object]]:
    """The keys and values of all objects in a JSON value."""
    pending = [value]
    while pending:
        each = pending.pop()
        if isinstance(each, dict):
            yield from each.items()
            pending.extend(each.values())
        elif isinstance(each, list):
            pending.extend(each)


def _check_entry(path: Path, key: str, value: object) -> None:
    if key == "auto_map":
        raise InputError(f"{path}: auto_map names code, which hyplink does not execute; use another model")
    # Other implementations than those of transformers itself are compiled code, which may be downloaded.
    if key.lstrip("_").startswith(_IMPLEMENTATIONS) and not _INCLUDED.issuperset(_texts(value)):
        raise InputError(f"{path}: {key} names code that transformers does not include; remove the setting")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    yield from (each for _, each in _entries(value) if isinstance(each, str))


def _check_weights(folder: Path) -> None:
    """Checks that the weights are safetensors files of this folder: other formats may be pickled."""
    index = folder / _INDEX
    if not index.is_file():
        if not (folder / "model.safetensors").is_file():
            raise InputError(
                f"{folder}: no weights in safetensors format; convert them with `save_pretrained` of transformers"
            )
        return
    shards = read_json(index)
    names = shards.get("weight_map") if isinstance(shards, dict) else None
    if not isinstance(names, dict) or not names:
        raise InputError(f"{index}: damaged: it has no weight_map")
    for name in names.values():
        if not isinstance(name, str) or PurePath(name).name != name or not name.endswith(".safetensors"):
            raise InputError(f"{index}: {name!r} is not a safetensors file of this folder")
