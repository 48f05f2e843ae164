"""The transformer encoder, with a tiny model of random weights."""

import json
import shutil

import numpy as np
import pytest
import torch

from hyplink.encoders import Passage, load_encoder
from hyplink.encoders.transformer import TransformerEncoder, folder_of_hub_model
from hyplink.errors import InputError, RunError
from tests.tiny_transformer import DIM, write_transformer

transformers = pytest.importorskip("transformers")

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
    """A folder written by `save_pretrained`: a BERT model of two layers and at most 24 tokens."""
    return write_transformer(tmp_path_factory.mktemp("model"), WORDS, max_tokens=24)


@pytest.fixture(scope="module")
def encoder(model):
    return TransformerEncoder(model, window=50, by_reference=False)


def blocks(encoder, *passages):
    return encoder.encode(passages).reshape(len(passages), 3, DIM)


def test_the_three_blocks_of_a_passage_are_normalised(encoder):
    vectors = blocks(encoder, Passage("bank", "she sat on the ", " of the river."))
    assert encoder.blocks == (DIM, DIM, DIM)
    assert np.linalg.norm(vectors, axis=2) == pytest.approx(np.ones((1, 3)), rel=1e-5)


def test_the_context_changes_all_blocks_but_the_first(encoder):
    river, money = blocks(encoder, Passage("bank", "the river ", ""), Passage("bank", "money in the ", ""))
    assert river[0] == pytest.approx(money[0], abs=1e-6)
    assert not np.allclose(river[1], money[1], atol=1e-3)
    assert not np.allclose(river[2], money[2], atol=1e-3)


def test_the_context_blocks_of_a_name_are_zero(encoder):
    name = blocks(encoder, Passage("bank"))[0]
    assert name[0].any()
    assert not name[1:].any()


def test_the_second_block_is_the_mean_state_of_the_mentions_tokens(encoder, model):
    tokenizer = transformers.AutoTokenizer.from_pretrained(model)
    network = transformers.AutoModel.from_pretrained(model).eval()
    with torch.no_grad():
        states = network(**tokenizer("she sat on the green banks of the river", return_tensors="pt")).last_hidden_state
    # [CLS] she sat on the green bank ##s of the river [SEP]: the mention is tokens 5 to 7
    expected = [states[0, 5:8].mean(0).numpy(), states[0, 1:11].mean(0).numpy()]
    vectors = blocks(encoder, Passage("green banks", "she sat on the ", " of the river"))[0]
    for row, mean in zip(vectors[1:], expected, strict=True):
        assert row == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)


def test_a_vector_does_not_depend_on_its_batch(encoder):
    passages = [Passage("bank", "the " * n, " of" * n) for n in range(8)]
    together = encoder.encode(passages)
    one_by_one = np.concatenate([encoder.encode([passage]) for passage in passages])
    assert together == pytest.approx(one_by_one, abs=1e-5)


@pytest.mark.parametrize(("n_left", "n_right"), [(40, 0), (0, 40), (40, 40), (3, 40), (40, 3)])
def test_truncation_keeps_the_mention(encoder, n_left, n_right):
    (model_input,) = encoder.tokenizer.sequences([Passage("steep bank", "river " * n_left, " money" * n_right)])
    ((_, start, end),) = model_input.mentions
    assert [WORDS[token - 5] for token in model_input.tokens[start:end]] == ["steep", "bank"]
    assert len(model_input.tokens) == 22  # 24 with two special tokens


def test_a_mention_longer_than_the_maximum_is_truncated_at_its_end(encoder):
    (model_input,) = encoder.tokenizer.sequences([Passage("green " + "bank " * 60, "the ", " of")])
    assert (len(model_input.tokens), model_input.mentions) == (22, [(0, 0, 22)])
    assert WORDS[model_input.tokens[0] - 5] == "green"


def test_mentions_of_the_same_sentence_share_a_forward_pass(encoder):
    text = "He sat. She sat on the bank of the river. The river"
    spans = [(text.index(word), word) for word in ("bank", "She", "of", "He")]
    (shared, single) = encoder.tokenizer.sequences(
        [Passage(word, text[:start], text[start + len(word) :]) for start, word in spans]
    )
    words = ["she", "sat", "on", "the", "bank", "of", "the", "river", "."]
    assert [WORDS[token - 5] for token in shared.tokens] == words
    assert shared.mentions == [(0, 4, 5), (1, 0, 1), (2, 5, 6)]
    assert ([WORDS[token - 5] for token in single.tokens], single.mentions) == (["he", "sat", "."], [(3, 0, 1)])


def test_context_words_outside_the_window_are_ignored(model):
    encoder = TransformerEncoder(model, window=2, by_reference=False)
    near, far = encoder.encode(
        [Passage("bank", "on the ", " of the"), Passage("bank", "she sat on the ", " of the river")]
    )
    assert near == pytest.approx(far, abs=1e-6)


@pytest.mark.parametrize("by_reference", [False, True])
def test_a_loaded_encoder_encodes_as_the_saved_one(encoder, model, tmp_path, by_reference):
    TransformerEncoder(model, 50, by_reference).save(tmp_path)
    passage = Passage("bank", "she sat on the ", " of the river")
    again = load_encoder(tmp_path, follow_references=by_reference)
    assert again.window == 50
    assert (again.encode([passage]) == encoder.encode([passage])).all()
    assert (tmp_path / "transformer").exists() != by_reference


def test_a_changed_or_missing_model_kept_by_reference_is_an_error(model, tmp_path):
    copy = shutil.copytree(model, tmp_path / "model")
    TransformerEncoder(copy, 50, by_reference=True).save(tmp_path)
    config = json.loads((copy / "config.json").read_text())
    (copy / "config.json").write_text(json.dumps(config | {"hidden_act": "relu"}))
    with pytest.raises(RunError, match="the model has changed"):
        load_encoder(tmp_path, follow_references=True)
    shutil.rmtree(copy)
    with pytest.raises(RunError, match="the folder of the model is missing"):
        load_encoder(tmp_path, follow_references=True)


def test_a_hub_model_is_only_searched_in_the_local_cache_unless_a_download_is_allowed(model, tmp_path, monkeypatch):
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path))
    copy = tmp_path / "models--someone--tiny"
    shutil.copytree(model, copy / "snapshots" / "abc")
    (copy / "refs").mkdir()
    (copy / "refs" / "main").write_text("abc")
    assert folder_of_hub_model("someone/tiny", allow_download=False) == copy / "snapshots" / "abc"
    with pytest.raises(InputError, match=r"someone/other: not in the local cache; set encode\.allow_download"):
        folder_of_hub_model("someone/other", allow_download=False)


def test_a_folder_without_a_model_is_an_error_of_one_line(tmp_path):
    with pytest.raises(InputError, match="not the folder of a Hugging Face model"):
        TransformerEncoder(tmp_path, 10, by_reference=False)
    (tmp_path / "config.json").write_text('{"model_type": "bert"}')
    with pytest.raises(InputError, match="no weights in safetensors format") as caught:
        TransformerEncoder(tmp_path, 10, by_reference=False)
    assert "\n" not in str(caught.value)


def test_a_topic_is_the_mean_input_embedding_of_the_distinct_tokens_of_a_text_however_long(model):
    encoder = TransformerEncoder(model, 3, by_reference=True)
    embeddings = encoder._model.get_input_embeddings().weight.detach().numpy()
    rows = [5 + WORDS.index(word) for word in ("river", "bank")]
    mean = embeddings[rows].mean(axis=0)
    topics = encoder.topics(["river bank bank", "river bank " * 50, ""])
    np.testing.assert_allclose(topics[:2], [mean / np.linalg.norm(mean)] * 2, rtol=1e-5, atol=1e-6)
    assert not topics[2].any()
    assert encoder.topics([]).shape == (0, DIM)


def test_a_folder_without_a_tokenizer_is_refused(model, tmp_path):
    for name in ("config.json", "model.safetensors"):
        (tmp_path / name).write_bytes((model / name).read_bytes())
    with pytest.raises(InputError, match="no tokenizer; expected"):
        TransformerEncoder(tmp_path, 10, by_reference=False)
