import numpy as np
import pytest
import torch

from hyplink.encoders import FastTextEncoder, Passage, RecursiveEncoder, load_encoder
from hyplink.encoders.merging import Composer
from hyplink.encoders.recursive import MOST_WORDS
from hyplink.encoders.recursive_training import WORDS_A_TEXT, drawn_pieces, train_composer
from hyplink.encoders.word_vectors import VectorTable
from hyplink.errors import RunError
from hyplink.run import SilentReporter

WORDS = ["rod", "cone", "cell", "of", "the", "eye", "red", "light", "dark", "retina"]
LINES = ["rod cell of the eye", "the cone cell", "red light", "the dark retina of the eye", "cell"] * 40


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """Vectors of six numbers for ten words; of other words nothing is known."""
    path = tmp_path_factory.mktemp("table") / "words.vec"
    table = np.random.default_rng(0).normal(size=(len(WORDS), 6))
    path.write_text("".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(WORDS, table, strict=True)))
    return FastTextEncoder(VectorTable.open(path), path, window=3, by_reference=False)


def _composer(words, merge="neighbours", lines=LINES):
    with SilentReporter().progress("training", 1) as progress:
        return train_composer(words, drawn_pieces(words, lines), merge, progress)


@pytest.fixture(params=["neighbours", "any"])
def encoder(words, request):
    return RecursiveEncoder(words, _composer(words, request.param), request.param)


def test_training_makes_the_errors_smaller(words):
    def error_of(composer):
        tree = RecursiveEncoder(words, composer, "neighbours").merge_tree("rod cell of the eye")
        return tree.error

    assert error_of(_composer(words)) < error_of(Composer(6))


def test_training_again_gives_the_same_composer(words):
    first, again = _composer(words).state_dict(), _composer(words).state_dict()
    assert all((first[name] == again[name]).all() for name in first)


def test_what_is_learned_from_are_pieces_of_known_words(words):
    long = ["rod"] * (WORDS_A_TEXT + 1) + ["eye"]
    pieces = drawn_pieces(words, ["rod", "the unheard cell", "", " ".join(long)])
    assert pieces == [["the", "cell"], long[:WORDS_A_TEXT], long[WORDS_A_TEXT:]]


def test_training_on_single_and_unknown_words_leaves_the_mean(words):
    weights = _composer(words, lines=["rod", "unheard words", ""]).state_dict()
    assert all(torch.equal(weights[name], weight) for name, weight in Composer(6).state_dict().items())


def test_a_passage_is_three_blocks_of_unit_length(encoder):
    vectors = encoder.encode([Passage("rod cell", "the eye of ", " in the dark")])
    assert vectors.shape == (1, encoder.dim)
    assert encoder.blocks == (6, 6, 6)
    assert np.linalg.norm(vectors.reshape(3, 6), axis=1) == pytest.approx([1, 1, 1], rel=1e-5)


def test_a_single_word_is_its_own_vector_and_a_bare_name_has_no_context(encoder, words):
    vector = encoder.encode([Passage("rod")])[0]
    assert vector[:6].tolist() == pytest.approx(words.unit("rod").tolist())
    assert not vector[6:].any()


def test_the_first_block_depends_on_the_words_of_the_mention_alone(encoder):
    alone, within = encoder.encode([Passage("rod cell"), Passage("rod cell", "the ", " of the eye")])
    assert (alone[:6] == within[:6]).all()
    assert (alone[6:] != within[6:]).any()


def test_no_more_words_of_context_than_the_window_are_read(encoder):
    near, far = encoder.encode([Passage("rod", "the red light "), Passage("rod", "dark eye the red light ")])
    assert (near == far).all()


def test_passages_are_encoded_one_by_one_as_they_are_together(encoder):
    passages = [Passage("rod"), Passage("cone cell", "the ", " of the eye"), Passage("…"), Passage("cell cell cell")]
    together = encoder.encode(passages)
    assert together == pytest.approx(np.concatenate([encoder.encode([each]) for each in passages]), abs=1e-6)
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_words_that_nothing_is_known_of_count_for_nothing(encoder):
    unknown, mixed, known = encoder.encode([Passage("unheard of? no"), Passage("rod xyz cell"), Passage("rod cell")])
    assert unknown[:6].tolist() == pytest.approx(encoder.encode([Passage("of")])[0, :6].tolist())
    assert (mixed == known).all()
    assert not encoder.encode([Passage("xyz")]).any()


def test_a_mention_of_very_many_words_is_read_to_a_limit(encoder):
    longest, longer = encoder.encode([Passage("rod " * MOST_WORDS), Passage("rod " * MOST_WORDS + "eye")])
    assert (longest == longer).all()


@pytest.mark.parametrize("by_reference", [False, True])
def test_what_is_saved_and_loaded_encodes_the_same(encoder, words, tmp_path, by_reference):
    words = FastTextEncoder(VectorTable.open(words.source), words.source, 3, by_reference)
    saved = RecursiveEncoder(words, encoder.composer, encoder.merge)
    saved.save(tmp_path)
    assert (tmp_path / "vectors.vec").exists() != by_reference
    passages = [Passage("rod cell", "the ", " of the dark eye")]
    loaded = load_encoder(tmp_path)
    assert (loaded.encode(passages) == saved.encode(passages)).all()
    assert loaded.merge_tree("rod cell of the eye") == saved.merge_tree("rod cell of the eye")


def test_weights_that_are_damaged_are_named(encoder, tmp_path):
    encoder.save(tmp_path)
    (tmp_path / "recursive.safetensors").write_bytes(b"no weights")
    with pytest.raises(RunError, match=r"recursive.safetensors: cannot be read .*hyplink encode --force"):
        load_encoder(tmp_path)


def test_the_tree_of_words_has_all_of_them_that_are_known(encoder):
    tree = encoder.merge_tree("the rod, xyz of eye")
    assert sorted(tree.words) == ["eye", "of", "rod", "the"]
    assert encoder.merge_tree("xyz") is None
