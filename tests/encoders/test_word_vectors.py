"""fastText files read without fastText, hashes of subwords, and the file that a run stores word vectors in."""

import struct
import tracemalloc

import fasttext
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from hyplink.encoders.fasttext_file import read_fasttext
from hyplink.encoders.subwords import Subwords
from hyplink.encoders.vector_files import open_vectors
from hyplink.encoders.word_vectors import SIF_PARAMETER, WordVectors
from hyplink.errors import InputError, RunError

TEXT = "the naïve Ärzte of 東京 saw 12 größere cells in the retina and the café 🙂 x\n"
KNOWN = ["the", "naïve", "Ärzte", "東京", "größere", "café", "🙂", "x", "12", "</s>"]
UNKNOWN = [
    "retinas",
    "ärztlich",
    "東京都",
    "ß",
    "日",
    "🙂🙂",
    "ÿþ",
    "é",
    "a",
    "Ω-3",
    "e\u0301",
    "",
    "w" * 5000,
    "Ünïcödé" * 900,
]


def trained(folder, **arguments):
    """A model trained by fastText, and its file."""
    (folder / "corpus.txt").write_text(TEXT * 20, encoding="utf-8")
    # fastText leaves memory that its threads do not fill uninitialised: ten threads fill any multiple of ten numbers
    settings = {"model": "skipgram", "dim": 10, "epoch": 2, "minCount": 1, "bucket": 1000, "thread": 10, "verbose": 0}
    model = fasttext.train_unsupervised(str(folder / "corpus.txt"), **settings | arguments)
    model.save_model(str(folder / "model.bin"))
    return model, folder / "model.bin"


@pytest.fixture(scope="module")
def model_file(tmp_path_factory):
    return trained(tmp_path_factory.mktemp("model"), minn=2, maxn=4)[1]


@pytest.mark.parametrize(
    "arguments",
    [
        {"minn": 3, "maxn": 5},
        {"minn": 1, "maxn": 2},
        {"minn": 0, "maxn": 3, "bucket": 7},
        {"minn": 5, "maxn": 5, "bucket": 2_000_000},
        {"minn": 0, "maxn": 0},
        {"minn": 3, "maxn": 6, "model": "cbow", "loss": "softmax"},
    ],
)
def test_vectors_of_known_and_unknown_words_equal_those_of_fasttext_to_the_last_bit(tmp_path, arguments):
    model, path = trained(tmp_path, **arguments)
    vectors = read_fasttext(path)
    vectors.save(tmp_path / "stored.safetensors")
    stored = WordVectors.open(tmp_path / "stored.safetensors")
    assert set(KNOWN) <= set(vectors.words)
    assert not set(UNKNOWN) & set(vectors.words)
    for word in [*vectors.words, *UNKNOWN]:
        expected = model.get_word_vector(word).tolist()
        assert vectors.vector(word).tolist() == expected, word
        assert stored.vector(word).tolist() == expected, word


def test_hashes_are_fnv_1a_with_sign_extended_bytes():
    def bucket(data):
        value = 2166136261
        for byte in struct.unpack(f"{len(data)}b", data):
            value = (value ^ (byte & 0xFFFFFFFF)) * 16777619 % 2**32
        return value % 1000

    expected = [bucket(gram.encode()) for gram in ("<é", "é", "é東", "東", "東>")]
    assert Subwords(1, 2, 1000).buckets("é東") == expected


def test_weights_are_those_of_the_counts_in_the_training_text(model_file):
    vectors = read_fasttext(model_file)
    n_tokens = 20 * (len(TEXT.split()) + 1)  # with the end of each line
    assert vectors.n_tokens == n_tokens
    assert vectors.weight("the") == pytest.approx(SIF_PARAMETER / (SIF_PARAMETER + 60 / n_tokens))
    assert vectors.weight("unseen") == 1


def test_words_that_are_not_utf8_are_kept_and_harm_no_other(model_file, tmp_path):
    content = model_file.read_bytes().replace("naïve".encode() + b"\0", b"na\xff\xfeve\0")
    (tmp_path / "model.bin").write_bytes(content)
    vectors, sound = read_fasttext(tmp_path / "model.bin"), read_fasttext(model_file)
    vectors.save(tmp_path / "stored.safetensors")
    stored = WordVectors.open(tmp_path / "stored.safetensors")
    assert len(stored.words) == len(sound.words)
    for word in ("the", "retina", "Ärzte"):
        assert stored.vector(word).tolist() == sound.vector(word).tolist()


# Places of the numbers in a file, after which the dictionary and the matrices follow
PLACES = {
    "magic": (0, "i"),
    "version": (4, "i"),
    "dim": (8, "i"),
    "model": (36, "i"),
    "bucket": (40, "i"),
    "minn": (44, "i"),
    "maxn": (48, "i"),
    "size": (64, "i"),
    "nwords": (68, "i"),
    "nlabels": (72, "i"),
    "pruneidx_size": (84, "q"),
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *(("dim", each) for each in (0, -1, 9, 11, 2**31 - 1)),
        *(("bucket", each) for each in (0, -1, 999, 1001, 2**31 - 1)),
        *(("minn", each) for each in (5, 2**31 - 1)),
        *(("maxn", each) for each in (-1, 1, 33, 2**31 - 1)),
        *((name, each) for name in ("nwords", "size") for each in (-1, 0, 3, 10**7, 2**31 - 1)),
        *(("nlabels", each) for each in (-1, 1, 2**31 - 1)),
        *(("pruneidx_size", each) for each in (-2, 0, 1, 2**62)),
        *(("model", each) for each in (0, 4, -1)),
        ("magic", 0),
        ("version", 13),
    ],
)
def test_a_wrong_number_in_the_header_is_an_error_of_one_line(model_file, tmp_path, field, value):
    content = bytearray(model_file.read_bytes())
    place, kind = PLACES[field]
    struct.pack_into(f"<{kind}", content, place, value)
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(InputError, match=r"model\.bin: not a fastText model, or a damaged one") as caught:
        open_vectors(tmp_path / "model.bin")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_cut_short_or_goes_on_is_an_error(model_file, tmp_path):
    content = model_file.read_bytes()
    lengths = [1, 4, 8, 60, 64, 80, 92, 93, 100, 200, len(content) // 10, len(content) // 2, len(content) - 1]
    for length in lengths:
        (tmp_path / "model.bin").write_bytes(content[:length])
        with pytest.raises(InputError, match="cut short"):
            open_vectors(tmp_path / "model.bin")
    (tmp_path / "model.bin").write_bytes(content + b"\0")
    with pytest.raises(InputError, match="1 bytes after its end"):
        open_vectors(tmp_path / "model.bin")


def test_a_quantised_matrix_is_refused(model_file, tmp_path):
    content, vectors = bytearray(model_file.read_bytes()), read_fasttext(model_file)
    end_of_words = 92 + sum(len(word.encode()) + 10 for word in vectors.words)
    content[end_of_words] = 1
    (tmp_path / "model.bin").write_bytes(content)
    with pytest.raises(InputError, match="quantised"):
        open_vectors(tmp_path / "model.bin")


@pytest.mark.parametrize(
    "changed",
    [
        *({"settings": np.array([360, 2, 4, each])} for each in (0, 999, 1001, -1000)),
        *({"settings": np.array([360, 2, each, 1000])} for each in (0, 1, -1, 2**62)),
        {"settings": np.array([360, -1, 4, 1000])},
        {"settings": np.array([360, 0, 0, 0])},
        {"settings": np.array([360, 2, 4])},
        {"words": None},
        {"more": np.zeros(3)},
        {"words": np.zeros((2, 2), np.uint8)},
        {"words": np.frombuffer(b"one\ntwo", np.uint8)},
        {"rows": np.zeros((1016, 0), np.float32)},
        {"rows": np.zeros(1016, np.float32)},
        {"rows": np.zeros((1016, 10))},
        {"probabilities": np.full(16, np.nan)},
        {"probabilities": np.full(16, -1.0)},
    ],
)
def test_a_stored_file_that_contradicts_itself_is_an_error_of_one_line(model_file, tmp_path, changed):
    path = tmp_path / "vectors.safetensors"
    read_fasttext(model_file).save(path)
    sound = load_file(path)
    assert sound["settings"].tolist() == [360, 2, 4, 1000]
    assert sound["rows"].shape == (1016, 10)
    save_file({name: each for name, each in (sound | changed).items() if each is not None}, path)
    with pytest.raises(RunError, match=r"vectors\.safetensors: cannot read the word vectors") as caught:
        WordVectors.open(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("n_bytes", [0, 1, 7, 8, 100, 1000, -1])
def test_a_stored_file_that_is_cut_short_is_an_error(model_file, tmp_path, n_bytes):
    path = tmp_path / "vectors.safetensors"
    read_fasttext(model_file).save(path)
    path.write_bytes(path.read_bytes()[:n_bytes])
    with pytest.raises(RunError, match="cannot read the word vectors"):
        WordVectors.open(path)


def test_equal_vectors_give_equal_bytes(model_file, tmp_path):
    for name in ("a", "b"):
        read_fasttext(model_file).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("offset", [0, 1])
def test_the_vector_of_a_word_copies_only_its_rows_wherever_they_begin_in_a_file(tmp_path, offset):
    rows = np.random.default_rng(0).normal(size=(20_000, 10)).astype("<f4")
    (tmp_path / "rows").write_bytes(b"x" * offset + rows.tobytes())
    mapped = np.asarray(np.memmap(tmp_path / "rows", "<f4", "r", offset, rows.shape))
    vectors = WordVectors(["skin"], np.ones(1), mapped, Subwords(3, 6, len(rows) - 1), 1)
    tracemalloc.start()
    found = vectors.vector("skin")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    expected = rows[[0, *(1 + bucket for bucket in vectors.subwords.buckets("skin"))]].mean(axis=0)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert peak < rows.nbytes / 10
