"""Folders of transformer models that come with code, or with files that hyplink must not open."""

import json
import os
import shutil
import subprocess
import sys
from itertools import product

import pytest

from hyplink.encoders.transformer import TransformerEncoder
from hyplink.errors import InputError

transformers = pytest.importorskip("transformers")

CODE = "open({marker!r}, 'w').close()\nfrom transformers import BertModel as Model, BertConfig as Config\n"


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A tiny model with random weights, written by `save_pretrained`."""
    folder = tmp_path_factory.mktemp("sound")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "bank"]
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary), hidden_size=4, num_hidden_layers=1, num_attention_heads=1, intermediate_size=4
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture
def model(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "model")


def change(path, **settings):
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


def refused(model, match):
    with pytest.raises(InputError, match=match) as caught:
        TransformerEncoder(model, 10, by_reference=False)
    assert "\n" not in str(caught.value)


def test_a_model_with_code_is_refused_and_nothing_is_asked_on_standard_input(model, tmp_path):
    marker = tmp_path / "executed"
    change(model / "config.json", auto_map={"AutoConfig": "code.Config", "AutoModel": "code.Model"}, model_type="own")
    (model / "code.py").write_text(CODE.format(marker=str(marker)))
    program = (
        "import sys; from pathlib import Path; from hyplink.encoders.transformer import TransformerEncoder\n"
        "TransformerEncoder(Path(sys.argv[1]), 10, by_reference=False)"
    )
    answers = "y\n" * 20
    for script in (model / "code.py", model / "config.json"):
        ended = subprocess.run(
            [sys.executable, "-c", program, str(model)], input=answers, capture_output=True, text=True, check=False
        )
        assert str(script) in ended.stderr.splitlines()[-1]
        assert "does not execute" in ended.stderr.splitlines()[-1]
        assert "[y/N]" not in ended.stdout + ended.stderr
        assert not marker.exists()
        (model / "code.py").unlink(missing_ok=True)


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "preprocessor_config.json", "config.4.json"])
def test_auto_map_is_refused_in_any_file_of_settings_and_at_any_depth(model, name):
    (model / name).touch()
    content = json.loads((model / name).read_text() or "{}")
    (model / name).write_text(json.dumps(content | {"text_config": [{"auto_map": {"AutoModel": "owner/code--x.Y"}}]}))
    refused(model, f"{name}: auto_map")


@pytest.mark.parametrize("implementation", ["someone/kernel", "flash_attention_2", {"": "someone/kernel"}])
def test_an_attention_implementation_that_would_be_downloaded_is_refused(model, implementation):
    change(model / "config.json", attn_implementation=implementation)
    refused(model, "attn_implementation names code")


def test_an_attention_implementation_of_transformers_is_accepted(model):
    change(model / "config.json", attn_implementation="eager")
    assert TransformerEncoder(model, 10, by_reference=False).dim == 12


def test_weights_in_pickle_format_are_never_opened(model, tmp_path):
    class Payload:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "executed"),)

    import torch

    (model / "model.safetensors").unlink()
    torch.save(Payload(), model / "pytorch_model.bin")
    refused(model, "no weights in safetensors format")
    for name in ("pytorch_model.bin", "../model.safetensors", "/etc/model.safetensors", None, 3):
        (model / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"weight": name}}))
        refused(model, "not a safetensors file of this folder")
    assert not (tmp_path / "executed").exists()


def test_an_adapter_is_refused_because_it_names_another_model(model):
    (model / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": "/somewhere"}))
    refused(model, "an adapter")


UNREADABLE = [b"", b"{", b"[]", b"null", b"\xff"]
FILES = ["config.json", "tokenizer_config.json", "tokenizer.json", "model.safetensors"]
EMPTY = [(name, b"{}") for name in FILES if name != "tokenizer_config.json"]  # the tokenizer needs no settings


@pytest.mark.parametrize(("name", "content"), [*product(FILES, UNREADABLE), *EMPTY])
def test_a_damaged_file_of_a_model_is_an_error_of_one_line(model, name, content):
    (model / name).write_bytes(content)
    refused(model, "model|damaged|read")
