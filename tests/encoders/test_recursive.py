"""Training, encoding, saving and loading with the recursive encoder."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from hyplink.encoders import FastTextEncoder, Passage, RecursiveEncoder, load_encoder
from hyplink.encoders.merging import Composer, merge_greedily
from hyplink.encoders.recursive import MAX_WORDS
from hyplink.encoders.recursive_training import WORDS_PER_SEGMENT, sample_segments, train_composer
from hyplink.encoders.vector_files import read_table
from hyplink.errors import InputError, RunError
from hyplink.run import SilentReporter

WORDS = ["rod", "cone", "cell", "of", "the", "eye", "red", "light", "dark", "retina"]
LINES = ["rod cell of the eye", "the cone cell", "red light", "the dark retina of the eye", "cell"] * 40


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """A table with vectors of dimension 6 for ten words."""
    path = tmp_path_factory.mktemp("table") / "words.vec"
    table = np.random.default_rng(0).normal(size=(len(WORDS), 6))
    path.write_text("".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(WORDS, table, strict=True)))
    return FastTextEncoder(read_table(path), 3)


def _composer(words, merge="neighbours", lines=LINES):
    with SilentReporter().progress("training", 1) as progress:
        return train_composer(words, sample_segments(words, lines), merge, progress)


@pytest.fixture(params=["neighbours", "any"])
def encoder(words, request):
    return RecursiveEncoder(words, _composer(words, request.param), request.param)


def test_training_reduces_the_reconstruction_error(words):
    def error_of(composer):
        tree = RecursiveEncoder(words, composer, "neighbours").merge_tree("rod cell of the eye")
        return tree.error

    assert error_of(_composer(words)) < error_of(Composer(6))


def test_training_is_reproducible_bit_for_bit(words):
    first, again = _composer(words).state_dict(), _composer(words).state_dict()
    assert all((first[name] == again[name]).all() for name in first)


def test_segments_consist_of_words_with_vectors_and_have_a_maximum_length(words):
    long = ["rod"] * (WORDS_PER_SEGMENT + 1) + ["eye"]
    segments = sample_segments(words, ["rod", "the unheard cell", "", " ".join(long)])
    assert segments == [["the", "cell"], long[:WORDS_PER_SEGMENT], long[WORDS_PER_SEGMENT:]]


def test_training_on_single_and_unknown_words_leaves_the_initial_weights(words):
    weights = _composer(words, lines=["rod", "unheard words", ""]).state_dict()
    assert all(torch.equal(weights[name], weight) for name, weight in Composer(6).state_dict().items())


def test_the_three_blocks_of_a_passage_are_normalised(encoder):
    vectors = encoder.encode([Passage("rod cell", "the eye of ", " in the dark")])
    assert vectors.shape == (1, encoder.dim)
    assert encoder.blocks == (6, 6, 6)
    assert np.linalg.norm(vectors.reshape(3, 6), axis=1) == pytest.approx([1, 1, 1], rel=1e-5)


def test_a_single_word_has_its_own_vector_and_zero_context(encoder, words):
    vector = encoder.encode([Passage("rod")])[0]
    assert vector[:6].tolist() == pytest.approx(words.unit_vector("rod").tolist())
    assert not vector[6:].any()


def test_the_first_block_depends_only_on_the_mention(encoder):
    name, mention = encoder.encode([Passage("rod cell"), Passage("rod cell", "the ", " of the eye")])
    assert (name[:6] == mention[:6]).all()
    assert (name[6:] != mention[6:]).any()


def test_context_words_outside_the_window_are_ignored(encoder):
    near, far = encoder.encode([Passage("rod", "the red light "), Passage("rod", "dark eye the red light ")])
    assert (near == far).all()


def test_a_vector_does_not_depend_on_its_batch(encoder):
    passages = [Passage("rod"), Passage("cone cell", "the ", " of the eye"), Passage("…"), Passage("cell cell cell")]
    together = encoder.encode(passages)
    assert together == pytest.approx(np.concatenate([encoder.encode([each]) for each in passages]), abs=1e-6)
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_words_without_vectors_are_ignored(encoder):
    unknown, mixed, known = encoder.encode([Passage("unheard of? no"), Passage("rod xyz cell"), Passage("rod cell")])
    assert unknown[:6].tolist() == pytest.approx(encoder.encode([Passage("of")])[0, :6].tolist())
    assert (mixed == known).all()
    assert not encoder.encode([Passage("xyz")]).any()


def test_words_beyond_the_maximum_number_are_ignored(encoder):
    longest, longer = encoder.encode([Passage("rod " * MAX_WORDS), Passage("rod " * MAX_WORDS + "eye")])
    assert (longest == longer).all()


@pytest.mark.parametrize("by_reference", [False, True])
def test_a_loaded_encoder_encodes_as_the_saved_one(encoder, words, tmp_path, by_reference):
    lines = (f"{word} {' '.join(map(str, words.vectors.vector(word)))}\n" for word in WORDS)
    (tmp_path / "words.vec").write_text("".join(lines))
    words = FastTextEncoder(read_table(tmp_path / "words.vec"), 3, tmp_path / "words.vec" if by_reference else None)
    saved = RecursiveEncoder(words, encoder.composer, encoder.merge)
    saved.save(tmp_path)
    assert (tmp_path / "vectors.safetensors").exists() != by_reference
    passages = [Passage("rod cell", "the ", " of the dark eye")]
    loaded = load_encoder(tmp_path, follow_references=by_reference)
    assert (loaded.encode(passages) == saved.encode(passages)).all()
    assert loaded.merge_tree("rod cell of the eye") == saved.merge_tree("rod cell of the eye")


def test_the_merge_error_reaches_training_and_is_saved(words, tmp_path):
    segments = sample_segments(words, LINES)
    with SilentReporter().progress("training", 1) as progress:
        composer = train_composer(words, segments, "any", progress, "unweighted")
    assert not torch.equal(composer.encoder.weight, _composer(words, "any").encoder.weight)
    RecursiveEncoder(words, composer, "any").save(tmp_path)
    assert load_encoder(tmp_path).composer.merge_error == "unweighted"


def test_the_errors_of_runs_without_the_setting_are_weighted(encoder, tmp_path):
    encoder.save(tmp_path)
    settings = json.loads((tmp_path / "encoder.json").read_text(encoding="utf-8"))
    del settings["merge_error"]
    (tmp_path / "encoder.json").write_text(json.dumps(settings), encoding="utf-8")
    assert load_encoder(tmp_path).composer.merge_error == "weighted"


def test_weights_of_earlier_runs_are_loaded_by_their_former_names(encoder, tmp_path):
    encoder.save(tmp_path)
    weights = load_file(tmp_path / "recursive.safetensors")
    former = {"encoder.weight": "joining.weight", "encoder.bias": "joining.bias"}
    former |= {"decoder.weight": "parting.weight", "decoder.bias": "parting.bias"}
    save_file({former[name]: weight for name, weight in weights.items()}, tmp_path / "recursive.safetensors")
    passages = [Passage("rod cell", "the ", " of the dark eye")]
    assert (load_encoder(tmp_path).encode(passages) == encoder.encode(passages)).all()


def test_damaged_weights_are_an_error_that_names_the_file(encoder, tmp_path):
    encoder.save(tmp_path)
    (tmp_path / "recursive.safetensors").write_bytes(b"no weights")
    with pytest.raises(RunError, match=r"recursive.safetensors: damaged: .*re-run its stage with --force"):
        load_encoder(tmp_path)


def test_the_merge_tree_contains_the_words_with_vectors(encoder):
    tree = encoder.merge_tree("the rod, xyz of eye")
    assert sorted(tree.words) == ["eye", "of", "rod", "the"]
    assert encoder.merge_tree("xyz") is None


def test_an_unknown_way_of_merging_is_refused():
    with pytest.raises(InputError, match="merge must be neighbours or any, not 'all'"):
        merge_greedily(Composer(4), torch.zeros(1, 2, 4, dtype=torch.float64), "all")
