import numpy as np
import pytest

from hyplink.encoders import Passage, load_encoder
from hyplink.encoders.static import StaticEncoder
from hyplink.errors import InputError
from hyplink.tuning import TunedModel
from hyplink.tuning.distillation import distil_model, fitted_vectors, means_matrix
from tests.tiny_transformer import DIM, write_transformer

WORDS = ["red", "green", "blue", "cell", "the", "of", "seen", "."]


@pytest.fixture(scope="module")
def student(tmp_path_factory):
    pytest.importorskip("model2vec")
    folder = tmp_path_factory.mktemp("models")
    model = TunedModel(write_transformer(folder / "tiny", WORDS), 4, "cpu")
    names = list(model.tokenizer.sequences([Passage("red cell"), Passage("green cell"), Passage("blue")]))
    distil_model(model, names, folder / "student")
    return folder / "student"


def test_the_fit_is_the_solution_of_the_ridge_regression():
    draw = np.random.default_rng(0)
    start = draw.normal(size=(6, 3)).astype(np.float32)
    targets = draw.normal(size=(4, 3)).astype(np.float32)
    means = means_matrix([[0, 1], [1, 1, 2], [3], [0, 3, 4]], 6)
    dense = means.toarray().astype(np.float64)
    change = np.linalg.solve(dense.T @ dense + 0.1 * np.eye(6), dense.T @ (targets - dense @ start))
    assert fitted_vectors(start, means, targets, 0.1) == pytest.approx(start + change, abs=1e-3)


def test_a_token_of_no_name_keeps_its_vector():
    start = np.ones((3, 2), np.float32)
    fitted = fitted_vectors(start, means_matrix([[0], [0, 1]], 3), np.zeros((2, 2), np.float32))
    assert np.array_equal(fitted[2], start[2])
    assert not np.allclose(fitted[:2], start[:2], atol=0.1)


def test_a_name_is_closer_to_its_teachers_vector_than_to_those_of_other_names(student):
    teacher = TunedModel(student.parent / "tiny", 4, "cpu")
    passages = [Passage("red cell"), Passage("green cell"), Passage("blue")]
    wanted = teacher.encode(list(teacher.tokenizer.sequences(passages)), 3).numpy()
    similarity = StaticEncoder(student, 4).encode(passages)[:, :DIM] @ wanted.T
    assert similarity.argmax(1).tolist() == [0, 1, 2]


def test_the_blocks_are_the_mention_and_both_sides_of_its_sentence(student):
    encoder = StaticEncoder(student, 4)
    (vector,) = encoder.encode([Passage("red cell", "seen. The ", " of blue. Green")])
    alone = encoder.encode([Passage("red cell"), Passage("the"), Passage("of blue.")])[:, :DIM]
    assert vector.reshape(3, DIM) == pytest.approx(alone, abs=1e-6)


def test_a_text_of_unknown_words_has_the_zero_vector(student):
    assert not StaticEncoder(student, 4).encode([Passage(" "), Passage("xyzzy")])[0].any()


def test_an_encoder_is_read_back(student, tmp_path):
    encoder = StaticEncoder(student, 3)
    encoder.save(tmp_path)
    passages = [Passage("red cell", "the ", " seen")]
    loaded = load_encoder(tmp_path)
    assert loaded.window == 3
    assert np.array_equal(loaded.encode(passages), encoder.encode(passages))


def test_a_folder_with_code_is_refused(student, tmp_path):
    StaticEncoder(student, 3).save(tmp_path)
    (tmp_path / "static" / "model.py").write_text("raise SystemExit\n")
    with pytest.raises(InputError, match="comes with code"):
        load_encoder(tmp_path)
