"""The transformer encoder, on a tiny model with random weights."""

import json
import shutil

import numpy as np
import pytest
import torch

from hyplink.encoders import Passage, load_encoder
from hyplink.encoders.transformer import TransformerEncoder, folder_of_hub_model
from hyplink.errors import InputError, RunError

transformers = pytest.importorskip("transformers")

DIM = 16
WORDS = [
    "the",
    "a",
    "bank",
    "of",
    "river",
    "money",
    "in",
    "on",
    "sat",
    "she",
    "he",
    "green",
    "##s",
    "##y",
    "steep",
    "water",
    ".",
]


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A folder as `save_pretrained` writes it: two layers, room for 24 tokens."""
    folder = tmp_path_factory.mktemp("model")
    vocabulary = {word: i for i, word in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(0)
    config = transformers.BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=DIM,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        max_position_embeddings=24,
    )
    transformers.BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def encoder(model):
    return TransformerEncoder(model, window=50, by_reference=False)


def blocks(encoder, *passages):
    return encoder.encode(passages).reshape(len(passages), 3, DIM)


def test_a_passage_is_three_blocks_of_unit_length(encoder):
    vectors = blocks(encoder, Passage("bank", "she sat on the ", " of the river."))
    assert encoder.blocks == (DIM, DIM, DIM)
    assert np.linalg.norm(vectors, axis=2) == pytest.approx(np.ones((1, 3)), rel=1e-5)


def test_the_same_word_differs_by_its_context_and_its_first_block_does_not(encoder):
    river, money = blocks(encoder, Passage("bank", "the river ", ""), Passage("bank", "money in the ", ""))
    assert river[0] == pytest.approx(money[0], abs=1e-6)
    assert not np.allclose(river[1], money[1], atol=1e-3)
    assert not np.allclose(river[2], money[2], atol=1e-3)


def test_a_bare_name_has_no_context(encoder):
    name = blocks(encoder, Passage("bank"))[0]
    assert name[0].any()
    assert not name[1:].any()


def test_the_target_has_the_states_of_its_own_tokens(encoder, model):
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    network = transformers.AutoModel.from_pretrained(model).eval()
    with torch.no_grad():
        states = network(**tokenizer("she sat on the green banks of the river", return_tensors="pt")).last_hidden_state
    # [CLS] she sat on the green bank ##s of the river [SEP]: the target is tokens 5 to 7
    expected = [states[0, 5:8].mean(0).numpy(), states[0, 1:11].mean(0).numpy()]
    found = blocks(encoder, Passage("green banks", "she sat on the ", " of the river"))[0]
    for row, mean in zip(found[1:], expected, strict=True):
        assert row == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def test_a_vector_does_not_depend_on_its_batch(encoder):
    passages = [Passage("bank", "the " * n, " of" * n) for n in range(8)]
    together = encoder.encode(passages)
    alone = np.concatenate([encoder.encode([passage]) for passage in passages])
    assert together == pytest.approx(alone, abs=1e-5)


@pytest.mark.parametrize(("n_left", "n_right"), [(40, 0), (0, 40), (40, 40), (3, 40), (40, 3)])
def test_truncation_never_cuts_the_target_away(encoder, n_left, n_right):
    (piece,) = encoder._pieces([Passage("steep bank", "river " * n_left, " money" * n_right)])
    ((_, start, end),) = piece.targets
    assert [WORDS[token - 5] for token in piece.tokens[start:end]] == ["steep", "bank"]
    assert len(piece.tokens) == 22  # with two marks all of the model's 24


def test_a_target_longer_than_the_model_reads_is_read_from_its_beginning(encoder):
    (piece,) = encoder._pieces([Passage("green " + "bank " * 60, "the ", " of")])
    assert (len(piece.tokens), piece.targets) == (22, [(0, 0, 22)])
    assert WORDS[piece.tokens[0] - 5] == "green"


def test_the_mentions_of_one_sentence_go_through_the_model_together(encoder):
    text = "He sat. She sat on the bank of the river. The river"
    spans = [(text.index(word), word) for word in ("bank", "She", "of", "He")]
    (together, alone) = encoder._pieces(
        [Passage(word, text[:start], text[start + len(word) :]) for start, word in spans]
    )
    words = ["she", "sat", "on", "the", "bank", "of", "the", "river", "."]
    assert [WORDS[token - 5] for token in together.tokens] == words
    assert together.targets == [(0, 4, 5), (1, 0, 1), (2, 5, 6)]
    assert ([WORDS[token - 5] for token in alone.tokens], alone.targets) == (["he", "sat", "."], [(3, 0, 1)])


def test_no_more_words_of_context_than_the_window_are_read(model):
    encoder = TransformerEncoder(model, window=2, by_reference=False)
    near, far = encoder.encode(
        [Passage("bank", "on the ", " of the"), Passage("bank", "she sat on the ", " of the river")]
    )
    assert near == pytest.approx(far, abs=1e-6)


@pytest.mark.parametrize("by_reference", [False, True])
def test_it_comes_back_from_a_run_as_it_was(encoder, model, tmp_path, by_reference):
    TransformerEncoder(model, 50, by_reference).save(tmp_path)
    passage = Passage("bank", "she sat on the ", " of the river")
    again = load_encoder(tmp_path)
    assert again.window == 50
    assert (again.encode([passage]) == encoder.encode([passage])).all()
    assert (tmp_path / "transformer").exists() != by_reference


def test_a_model_kept_by_reference_must_be_what_it_was(model, tmp_path):
    copy = shutil.copytree(model, tmp_path / "model")
    TransformerEncoder(copy, 50, by_reference=True).save(tmp_path)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    with pytest.raises(RunError, match="the model has changed"):
        load_encoder(tmp_path)
    shutil.rmtree(copy)
    with pytest.raises(RunError, match="the model of this run is gone"):
        load_encoder(tmp_path)


def test_a_model_of_the_hub_is_looked_for_on_this_machine_alone_unless_a_download_is_allowed(
    model, tmp_path, monkeypatch
):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    copy = tmp_path / "models--someone--tiny"
    shutil.copytree(model, copy / "snapshots" / "abc")
    (copy / "refs").mkdir()
    (copy / "refs" / "main").write_text("abc")
    assert folder_of_hub_model("someone/tiny", allow_download=False) == copy / "snapshots" / "abc"
    with pytest.raises(InputError, match=r"someone/other: no copy .*; set encode\.allow_download"):
        folder_of_hub_model("someone/other", allow_download=False)


def test_a_folder_without_a_model_is_refused_in_one_line(tmp_path):
    with pytest.raises(InputError, match="no folder of a Hugging Face model"):
        TransformerEncoder(tmp_path, 10, by_reference=False)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(InputError, match="cannot load the model") as caught:
        TransformerEncoder(tmp_path, 10, by_reference=False)
    assert "\n" not in str(caught.value)
