"""Training, encoding, saving and loading with fastText vectors and with tables of vectors."""

import gzip
import hashlib
import json

import numpy as np
import pytest

from hyplink.encoders import FastTextEncoder, Passage, load_encoder
from hyplink.encoders.training import default_epochs, train_vectors
from hyplink.encoders.vector_files import open_vectors, read_table, text_lines
from hyplink.encoders.word_vectors import WordVectors
from hyplink.errors import HyplinkError, InputError, RunError

WORDS = "the rod cell and the cone cell of the eye see red light in the dark retina"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A trained model of dimension 8 and its file, in the folder of the corpus."""
    folder = tmp_path_factory.mktemp("vectors")
    (folder / "corpus.txt").write_text(f"{WORDS}\n" * 30)
    return train_vectors(folder / "corpus.txt", folder / "vectors.bin", 8, 3, 1), folder / "vectors.bin"


@pytest.fixture
def encoder(trained):
    return FastTextEncoder(trained[0], window=3)


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


WORD_TABLE = ("the", "of", "rod", "cone", "cell", "red", "light")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    """A file of vectors that are at right angles and of different lengths: each number of a mean is one word's."""
    path = tmp_path_factory.mktemp("table") / "table.vec"
    rows = (np.eye(len(WORD_TABLE)) * np.arange(1, len(WORD_TABLE) + 1)).tolist()
    path.write_text("".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(WORD_TABLE, rows, strict=True)))
    return path


def encoder_of(table, window, by_reference=False):
    return FastTextEncoder(open_vectors(table), window, table if by_reference else None)


def mean_of(**weights):
    """The unit-length mean of words of the table."""
    mean = np.array([weights.get(word, 0.0) for word in WORD_TABLE])
    return mean / np.linalg.norm(mean)


def frequency_weight(word):
    """a/(a + p), p by Zipf's law: 1/rank over the sum of all."""
    harmonic = sum(1 / rank for rank in range(1, 8))
    return 1e-3 / (1e-3 + 1 / ((WORD_TABLE.index(word) + 1) * harmonic))


def test_the_words_of_a_mention_count_alike(table):
    encoder = encoder_of(table, 3)
    assert encoder.encode([Passage("the rod of rod")])[0, :7] == pytest.approx(mean_of(the=1, of=1, rod=2))


def test_context_words_have_less_weight_with_distance_from_the_mention_on_either_side(table):
    vector = encoder_of(table, 4).encode([Passage("of", "light rod cone ", " cell red the")])[0]
    weight = frequency_weight
    left = mean_of(cone=weight("cone"), rod=weight("rod") / 1.2, light=weight("light") / 1.4)
    right = mean_of(cell=weight("cell"), red=weight("red") / 1.2, the=weight("the") / 1.4)
    assert vector[:7] == pytest.approx(mean_of(of=1))
    assert vector[7:14] == pytest.approx(left)
    assert vector[14:] == pytest.approx(right)


def test_the_window_keeps_the_nearest_words_of_either_side(table):
    encoder = encoder_of(table, 2)
    assert encoder.context_words(Passage("of", "the light, rod cone (", ") cell red the")) == (
        ["rod", "cone"],
        ["cell", "red"],
    )
    assert encoder.context_words(Passage("of", "cone ", "")) == (["cone"], [])
    vector = encoder.encode([Passage("of", "the light rod cone ", " cell red the")])[0]
    assert np.flatnonzero(vector[7:14]).tolist() == [2, 3]
    assert np.flatnonzero(vector[14:]).tolist() == [4, 5]


def test_without_a_window_there_is_no_context(table):
    encoder = encoder_of(table, 0)
    assert encoder.context_words(Passage("of", "light rod ", " cell red")) == ([], [])
    assert not encoder.encode([Passage("of", "light rod ", " cell red")])[0, 7:].any()


def test_a_word_that_the_table_lacks_counts_for_nothing_but_its_place(table):
    near, far = (
        encoder_of(table, 5).encode([Passage("of", "", words)])[0, 14:] for words in ("zebra rod red", "rod red")
    )
    weight = frequency_weight
    assert near == pytest.approx(mean_of(rod=weight("rod") / 1.2, red=weight("red") / 1.4))
    assert far == pytest.approx(mean_of(rod=weight("rod"), red=weight("red") / 1.2))
    assert not encoder_of(table, 5).encode([Passage("zebra")]).any()


def test_passages_are_encoded_row_by_row(table):
    encoder = encoder_of(table, 5)
    passages = [Passage(word, f"{word} rod ", f" {word} the") for word in WORD_TABLE]
    together = encoder.encode(passages)
    assert together.dtype == np.float32
    for row, passage in zip(together, passages, strict=True):
        assert row.tolist() == encoder_of(table, 5).encode([passage])[0].tolist()


def test_a_topic_is_the_mean_of_all_words_of_a_text_in_which_frequent_words_count_less(table):
    encoder = encoder_of(table, 1)
    topics = encoder.topics(["rod, of cone! rod 3", "zebra", "", "cone"])
    weights = {word: encoder.vectors.weight(word) for word in ("rod", "of", "cone")}
    assert weights["of"] < weights["rod"]
    total = sum(n * weights[word] * encoder.unit_vector(word) for word, n in (("rod", 2), ("of", 1), ("cone", 1)))
    np.testing.assert_allclose(topics[0], total / np.linalg.norm(total), rtol=1e-5, atol=1e-6)
    assert topics.dtype == np.float32
    assert not topics[1:3].any()
    np.testing.assert_allclose(topics[3], encoder.unit_vector("cone"), rtol=1e-6)
    assert encoder.topics([]).shape == (0, encoder.vectors.dim)


def test_case_counts_where_the_vectors_know_it(tmp_path):
    (tmp_path / "cased.vec").write_text("Rod 1 0\nrod 0 1\n")
    encoder = encoder_of(tmp_path / "cased.vec", 3)
    assert encoder.encode([Passage("Rod"), Passage("rod")])[:, :2].tolist() == [[1, 0], [0, 1]]


def test_what_is_saved_names_the_file_beside_it_or_the_file_that_it_came_from(table, tmp_path):
    for folder in ("copied", "referred"):
        (tmp_path / folder).mkdir()
    encoder_of(table, 4).save(tmp_path / "copied")
    settings = json.loads((tmp_path / "copied" / "encoder.json").read_text())
    expected = {
        "encoder": "fasttext",
        "blocks": [7, 7, 7],
        "window": 4,
        "by_reference": False,
    }
    assert settings == expected
    copied = WordVectors.open(tmp_path / "copied" / "vectors.safetensors")
    assert [copied.vector(word).tolist() for word in WORD_TABLE] == (np.eye(7) * np.arange(1, 8)).tolist()
    encoder_of(table, 4, by_reference=True).save(tmp_path / "referred")
    settings = json.loads((tmp_path / "referred" / "encoder.json").read_text())
    sha256 = hashlib.sha256(table.read_bytes()).hexdigest()
    assert settings == {**expected, "by_reference": True, "vectors": str(table.resolve()), "sha256": sha256}
    assert [each.name for each in (tmp_path / "referred").iterdir()] == ["encoder.json"]
    for folder in ("copied", "referred"):
        loaded = load_encoder(tmp_path / folder, follow_references=folder == "referred")
        assert (loaded.window, loaded.blocks, loaded.dim) == (4, (7, 7, 7), 21)


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
    encoder = FastTextEncoder(trained[0], 3, trained[1] if by_reference else None)
    encoder.save(tmp_path)
    assert (tmp_path / "vectors.safetensors").exists() != by_reference
    passages = [Passage("rod cell", "the ", " of the eye")]
    assert (load_encoder(tmp_path, follow_references=by_reference).encode(passages) == encoder.encode(passages)).all()


def test_a_changed_or_missing_file_kept_by_reference_is_an_error(trained, tmp_path):
    source = tmp_path / "mine.bin"
    source.write_bytes(trained[1].read_bytes())
    (tmp_path / "encode").mkdir()
    FastTextEncoder(open_vectors(source), 3, source).save(tmp_path / "encode")
    with source.open("r+b") as file:
        file.seek(-1, 2)
        file.write(b"\x7f")
    with pytest.raises(RunError, match="have changed"):
        load_encoder(tmp_path / "encode", follow_references=True)
    source.unlink()
    with pytest.raises(RunError, match="is missing"):
        load_encoder(tmp_path / "encode", follow_references=True)


def test_a_table_is_read_with_and_without_header(tmp_path):
    (tmp_path / "a.vec").write_text("2 3\nrod 1 2 3\ncone 4 5 6\n")
    (tmp_path / "b.vec").write_text("rod 1 2 3 \r\ncone 4 5 6\r\n")
    for name in ("a.vec", "b.vec"):
        table = read_table(tmp_path / name)
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
        read_table(tmp_path / "v.vec")


def test_an_incomplete_compressed_file_is_an_error_that_names_the_line(tmp_path):
    (tmp_path / "t.gz").write_bytes(gzip.compress(b"a rod\n" * 10_000)[:-20])
    with pytest.raises(InputError, match=r"t.gz:\d+: the compressed file is damaged"):
        list(text_lines([tmp_path / "t.gz"]))


@pytest.mark.parametrize(("n_words", "n_epochs"), [(0, 1), (4_000, 1), (17_617, 284), (439_585, 11), (10**9, 2)])
def test_default_epochs_reach_the_target_number_of_words_except_for_a_tiny_corpus(n_words, n_epochs):
    assert default_epochs(n_words) == n_epochs
