"""Training, encoding, saving and loading with fastText vectors and with tables of vectors."""

import gzip

import numpy as np
import pytest

from hyplink.encoders import FastTextEncoder, Passage, load_encoder
from hyplink.encoders.training import default_epochs, train_vectors
from hyplink.encoders.word_vectors import VectorTable, open_vectors, text_lines
from hyplink.errors import HyplinkError, InputError, RunError

WORDS = "the rod cell and the cone cell of the eye see red light in the dark retina"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A trained model of dimension 8 and its file, beside the corpus."""
    folder = tmp_path_factory.mktemp("vectors")
    (folder / "corpus.txt").write_text(f"{WORDS}\n" * 30)
    return train_vectors(folder / "corpus.txt", folder / "vectors.bin", 8, 3, 1), folder / "vectors.bin"


@pytest.fixture
def encoder(trained):
    return FastTextEncoder(*trained, window=3, by_reference=False)


def test_training_is_reproducible_bit_for_bit(trained, tmp_path):
    corpus = trained[1].with_name("corpus.txt")
    train_vectors(corpus, tmp_path / "again.bin", 8, 3, 1)
    assert (tmp_path / "again.bin").read_bytes() == trained[1].read_bytes()


def test_training_on_an_empty_corpus_is_an_error_of_one_line(tmp_path):
    (tmp_path / "corpus.txt").touch()
    with pytest.raises(HyplinkError, match="fastText cannot train word vectors: ") as caught:
        train_vectors(tmp_path / "corpus.txt", tmp_path / "vectors.bin", 8, 1, 1)
    assert "\n" not in str(caught.value)


def test_the_three_blocks_of_a_passage_are_normalised(encoder):
    vectors = encoder.encode([Passage("rod cell", "the eye of ", " in the dark")])
    assert vectors.shape == (1, encoder.dim)
    assert encoder.blocks == (8, 8, 8)
    assert np.linalg.norm(vectors.reshape(3, 8), axis=1) == pytest.approx([1, 1, 1], rel=1e-5)


def test_the_context_blocks_of_a_name_are_zero(encoder):
    vector = encoder.encode([Passage("rod")])[0]
    assert vector[:8].any()
    assert not vector[8:].any()


def test_the_first_block_depends_only_on_the_mention(encoder):
    name, mention = encoder.encode([Passage("rod cell"), Passage("rod cell", "see the ", " of the eye")])
    assert (name[:8] == mention[:8]).all()
    assert (name[8:] != mention[8:]).any()


def test_context_words_outside_the_window_are_ignored(encoder):
    near, far = encoder.encode([Passage("rod", "red light in "), Passage("rod", "cone cell dark red light in ")])
    assert (near == far).all()


def test_an_unknown_word_is_similar_to_a_word_of_similar_spelling(encoder):
    unknown, similar, other = encoder.encode([Passage("retinas"), Passage("retina"), Passage("light")])[:, :8]
    assert np.linalg.norm(unknown) == pytest.approx(1, rel=1e-5)
    assert unknown @ similar > unknown @ other


def test_case_is_ignored_if_the_vectors_are_those_of_lower_cased_text(encoder):
    lower, upper = encoder.encode([Passage("rod cell"), Passage("Rod CELL")])
    assert (lower == upper).all()


def test_a_vector_does_not_depend_on_its_batch(encoder):
    passages = [Passage("rod"), Passage("cone cell", "the ", " of the eye"), Passage("…")]
    together = encoder.encode(passages)
    assert (together == np.concatenate([encoder.encode([each]) for each in passages])).all()
    assert encoder.encode([]).shape == (0, encoder.dim)


@pytest.mark.parametrize("by_reference", [False, True])
def test_a_loaded_encoder_encodes_as_the_saved_one(trained, tmp_path, by_reference):
    encoder = FastTextEncoder(*trained, window=3, by_reference=by_reference)
    encoder.save(tmp_path)
    assert (tmp_path / "vectors.bin").exists() != by_reference
    passages = [Passage("rod cell", "the ", " of the eye")]
    assert (load_encoder(tmp_path).encode(passages) == encoder.encode(passages)).all()


def test_a_changed_or_missing_file_kept_by_reference_is_an_error(trained, tmp_path):
    source = tmp_path / "mine.bin"
    source.write_bytes(trained[1].read_bytes())
    (tmp_path / "encode").mkdir()
    FastTextEncoder(open_vectors(source), source, 3, by_reference=True).save(tmp_path / "encode")
    with source.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
    with pytest.raises(RunError, match="have changed"):
        load_encoder(tmp_path / "encode")
    source.unlink()
    with pytest.raises(RunError, match="is missing"):
        load_encoder(tmp_path / "encode")


def test_a_table_is_read_with_and_without_header(tmp_path):
    (tmp_path / "a.vec").write_text("2 3\nrod 1 2 3\ncone 4 5 6\n")
    (tmp_path / "b.vec").write_text("rod 1 2 3 \r\ncone 4 5 6\r\n")
    for name in ("a.vec", "b.vec"):
        table = VectorTable.open(tmp_path / name)
        assert table.dim == 3
        assert table.vector("cone").tolist() == [4, 5, 6]
        assert table.vector("unknown").tolist() == [0, 0, 0]
        assert table.weight("rod") < table.weight("cone") < table.weight("unknown") <= 1


@pytest.mark.parametrize(
    ("content", "place"),
    [(b"rod 1 2\ncone 1\n", ":2:"), (b"rod 1 2\ncone 1 x\n", ":2:"), (b"rod 1 2\ncone 1 2\n\xff 1 2\n", ":3:")],
)
def test_an_invalid_line_of_a_table_is_an_error_that_names_the_line(tmp_path, content, place):
    (tmp_path / "v.vec").write_bytes(content)
    with pytest.raises(InputError, match=f"v.vec{place}"):
        VectorTable.open(tmp_path / "v.vec")


def test_an_incomplete_compressed_file_is_an_error_that_names_the_line(tmp_path):
    (tmp_path / "t.gz").write_bytes(gzip.compress(b"a rod\n" * 10_000)[:-20])
    with pytest.raises(InputError, match=r"t.gz:\d+: the compressed file is damaged"):
        list(text_lines([tmp_path / "t.gz"]))


@pytest.mark.parametrize(("n_words", "n_epochs"), [(0, 1), (4_000, 1), (17_617, 284), (439_585, 11), (10**9, 2)])
def test_default_epochs_reach_the_target_number_of_words_except_for_a_tiny_corpus(n_words, n_epochs):
    assert default_epochs(n_words) == n_epochs
