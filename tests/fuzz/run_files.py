"""Readers of the files of a run, of embeddings and of word vectors; what is read is used once."""

import json
import struct
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from hyplink.candidates.examples import Example, examples_of_names, read_examples
from hyplink.candidates.features import FEATURES
from hyplink.confidence.calibration import Calibration, Uncalibrated, load_calibration
from hyplink.config import Config, read_config, write_config
from hyplink.config.yaml_file import read_resolved_config
from hyplink.encoders.encoder import load_encoder
from hyplink.encoders.fasttext import FastTextEncoder
from hyplink.encoders.model_files import check_model_files
from hyplink.encoders.passage import Passage
from hyplink.encoders.subwords import Subwords
from hyplink.encoders.vector_files import open_vectors
from hyplink.encoders.word_vectors import WordVectors
from hyplink.export.disk import _Prediction
from hyplink.export.report.training import _Epoch
from hyplink.linking.error_analysis import Mistake
from hyplink.linking.index_bundle import IndexBundle
from hyplink.linking.metrics_file import read_metrics
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.learned.detector import _shapes as detector_shapes
from hyplink.mentions.learned.detector import load_span_detector
from hyplink.ontology import load_ontology, write_ontology
from hyplink.poincare.pretrained import read_embedding
from hyplink.poincare.trainers.checkpoint import Checkpoint
from hyplink.ranking.ranker import load_ranker
from hyplink.regressor.regressor import load_regressor
from hyplink.run import Run, read_records
from hyplink.run.array_files import read_array
from hyplink.run.manifest import Manifest
from hyplink.run.mode import Mode
from hyplink.run.tables import read_tables, write_tables
from tests.fuzz.harness import Harness, words
from tests.fuzz.ontologies import JSON
from tests.fuzz.samples import small_ontology
from tests.hand_made import identity_regressor

SEEDS = Path(__file__).parent / "seeds"

TOKENS = (*JSON, *words('"format":4 "size":-1 "sha256":"0" "outputs":{"../x":{}} 1e400 -0.0 "source":"names" 0.5'))
YAML = words(
    r"data: train: research: encode: \n\s\s :\s {} [] ~ null !!python/object:os.system &a *a <<: | > - ? 2001-99-99 0x "
    r"1e5 "
    r"'a' \"a .inf !!binary !!set !!timestamp %TAG --- ... ~/x ~no/x \t#x 1:2:3 [*a,*a] ontology: !!int"
)
NPY = (
    b"'fortran_order': True",
    b"'shape': (2, 3)",
    b"'descr': '|O'",
    b"'<f8'",
    b"(9999999999, 99)",
    b"(2,)",
    b"\x93NUMPY\x02\x00",
    b"NaN",
)
TENSORS = (
    *JSON,
    *words(
        '"dtype":"F64" "BF16" "I64" "F8_E4M3" "data_offsets":[0,0] "shape":[0] "shape":[9999999999,9999999999] '
        '"__metadata__":{}'
    ),
)
PICKLE = (
    b"\x80\x04",
    b"\x95" + b"\xff" * 8,
    b"(",
    b")",
    b"]",
    b"}",
    b"cos\nsystem\n",
    b"R",
    b".",
    b"b",
    b"\x94",
    b"h\x00",
    b"\x85",
    b"u",
    b"\x81",
    b"B\xff\xff\xff\x7f",
    b"\x8f",
    b"\x90",
    b"\x91",
    b"I9999\n",
    b"L" + b"9" * 9000 + b"L\n",
    b"P1\n",
    b"Q",
    b"\x96" + b"\xff" * 8,
)


@cache
def _saved(save: Callable[[Path], object], *names: str) -> tuple[bytes, ...]:
    """The files that a function writes to a folder."""
    with tempfile.TemporaryDirectory() as folder:
        save(Path(folder))
        return tuple((Path(folder) / name).read_bytes() for name in names)


def word_vectors() -> WordVectors:
    """Four words of three numbers, with subwords."""
    rows = np.arange(27, dtype=np.float32).reshape(9, 3) / 10
    return WordVectors(["the", "nerve", "\u00e9\udcff", "</s>"], np.full(4, 0.25), rows, Subwords(2, 3, 5), 40)


def _save_regressor(folder: Path) -> None:
    identity_regressor([0.5, 1.0, -1.0]).save(folder)
    if not (folder / "points.npy").exists():
        np.save(folder / "points.npy", np.zeros((3, 2)))


def _save_encoder(folder: Path) -> None:
    FastTextEncoder(word_vectors(), 3).save(folder)


def _save_ontology(folder: Path) -> None:
    write_ontology(small_ontology(), folder / "ontology")
    _move_up(folder / "ontology")


def _save_index(folder: Path) -> None:
    ontology, encoder = small_ontology(), FastTextEncoder(word_vectors(), 3)
    names = examples_of_names(ontology)
    shapes = {"names": (len(names), 3), "train": (0, encoder.dim), "glosses": (len(ontology), encoder.dim)}
    vectors = {split: np.ones(shape, np.float32) for split, shape in shapes.items()}
    detector = DictionaryDetector.from_ontology(ontology)
    examples: dict[str, list[Example]] = {"names": names, "train": []}
    write_tables(IndexBundle.from_examples(ontology, detector, examples, vectors, encoder), folder / "index")
    _move_up(folder / "index")


def _move_up(folder: Path) -> None:
    for path in folder.iterdir():
        path.rename(folder.parent / path.name)


def _save_config(folder: Path) -> None:
    write_config(Config(), folder / "config.yaml")


def _save_keyed_vectors(folder: Path) -> None:
    """Files of gensim in three protocols of pickle."""
    from gensim.models.poincare import PoincareKeyedVectors

    vectors = PoincareKeyedVectors(2, 3, dtype=np.float64)
    vectors.index_to_key = ["X:1", "X:2", "\u00e9 x"]
    vectors.key_to_index = {key: row for row, key in enumerate(vectors.index_to_key)}
    vectors.vectors = np.array([[0.1, 0.2], [0.3, -0.4], [0.0, 0.9]])
    for protocol in (2, 4, 5):
        vectors.save(str(folder / f"{protocol}.kv"), pickle_protocol=protocol)


def _fasttext_bin() -> bytes:
    """A `.bin` file of three words and two buckets of two numbers."""
    head = struct.pack("<2i", 793712314, 12) + struct.pack("<12id", 2, 5, 5, 1, 5, 1, 1, 2, 2, 2, 3, 100, 1e-4)
    entries = b"".join(word + b"\0" + struct.pack("<qb", 3, 0) for word in (b"the", "n\u00e9rve".encode(), b"\xff"))
    rows = struct.pack("<?2q", False, 5, 2) + struct.pack("<10f", *range(10))
    return head + struct.pack("<3i2q", 3, 3, 0, 9, -1) + entries + rows + struct.pack("<?2q6f", False, 3, 2, *range(6))


VEC = "3 2\nthe 0.1 0.2\nn\u00e9rve -1 2e-3\nx 0 0\n".encode()

WORD2VEC = "3 2\nX:1 0.1 0.2\nX:2 0.3 -0.4\n\u00e9 x 0.0 9e-1\n".encode()

MODEL = {
    "architectures": ["BertModel"],
    "hidden_size": 8,
    "model_type": "bert",
    "attn_implementation": "eager",
    "x": {"y": [1]},
}
CALIBRATION = Calibration("documents", 200, 9, 1.5, -0.2, 0.25, 1.0, 0.9, None, 0.5)


def _json(value: object) -> bytes:
    return json.dumps(value, indent=1).encode()


def _seed(name: str) -> Callable[[], list[bytes]]:
    return lambda: [(SEEDS / name).read_bytes()]


def _records(kind: Any) -> Callable[[Path], object]:
    return lambda path: list(read_records(kind, path))


def _use_vectors(vectors: WordVectors) -> None:
    for word in ("the", "nerves", "", "\u00e9", "x" * 300):
        vectors.vector(word)
        vectors.weight(word)


def _encoder(path: Path) -> object:
    encoder = load_encoder(path.parent)
    return encoder.encode([Passage("The nerve", "left of", "right of"), Passage("", "", "")])


def _regressor(path: Path) -> object:
    regressor = load_regressor(path.parent)
    vectors = np.zeros((2, sum(regressor.whitening.blocks)), np.float32)
    return regressor.rank(vectors, 2)


def _span_detector(path: Path) -> object:
    return load_span_detector(path.parent, FastTextEncoder(word_vectors(), 3))


def _save_span_detector(folder: Path) -> None:
    """The weights alone, which are all zero."""
    shapes = detector_shapes(3)
    arrays = {name: np.zeros([each or 4 for each in shape], kind) for name, (kind, shape) in shapes.items()}
    save_file(arrays, folder / "span_detector.safetensors")
    (folder / "span_detector.json").write_bytes((SEEDS / "span_detector.json").read_bytes())


def _run(path: Path) -> object:
    run = Run.open(path.parent)
    return run.has("fit")


def _manifest(path: Path) -> object:
    manifest = Manifest.read(path.parent)
    return list(manifest.damaged(path.parent, check_large_files=True)), manifest.outputs_of("index")


def _checkpoint(path: Path) -> object:
    return Checkpoint(path, "f").read()


def _save_checkpoint(folder: Path) -> None:
    Checkpoint(folder / "checkpoint.npz", "f").write({"points": np.zeros((2, 2)), "epoch": np.array(3)})


def _npy(array: Any) -> bytes:
    import io

    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def _array(path: Path) -> object:
    return read_array(path, np.float32, (None, None))


def _in_folder(
    name: str, call: Callable[[Path], object], save: Callable[[Path], None], *names: str, tokens=TOKENS
) -> Harness:
    """A harness for the first of some files that a function writes, the others lying beside it."""

    def others() -> dict[str, bytes]:
        return dict(zip(names, _saved(save, *names), strict=True))

    return Harness(name, names[0], call, lambda: [others()[names[0]]], tokens, Later(others))


class Later(dict):  # type: ignore[type-arg]
    """Files that are made when they are asked for, not when this module is imported."""

    def __init__(self, make: Callable[[], dict[str, bytes]]) -> None:
        super().__init__()
        self._make = make

    def items(self):
        return self._make().items()


def _in_index(file: str, other: str, tokens: tuple[bytes, ...]) -> Harness:
    def read(path: Path) -> object:
        return read_tables(IndexBundle, path.parent)

    return _in_folder(f"run-index-{file}", read, _save_index, file, other, tokens=tokens)


def _in_ontology(file: str, other: str, tokens: tuple[bytes, ...]) -> Harness:
    def read(path: Path) -> object:
        ontology = load_ontology(path.parent)
        return [*ontology.concepts.values(), *ontology.obsolete.values()]

    return _in_folder(f"run-ontology-{file}", read, _save_ontology, file, other, tokens=tokens)


RUN_JSON = _json({"format": 6, "hyplink": "0.1.0"})
RANKS = {"mean_average_precision": 0.5, "mean_rank": 2.0, "n_concepts": 3}
FIGURES = {"reconstruction": RANKS, "prediction": None, "norm_depth_correlation": 0.5, "sibling_ratio": 1.5}
HISTORY = b"".join(
    json.dumps(
        {"epoch": epoch, "loss": 2.5, "seconds": 0.25, "figures": FIGURES | {"radius_quantiles": {"0.5": 1.5}}}
    ).encode()
    + b"\n"
    for epoch in (1, 2)
)

HARNESSES = (
    _in_folder("run-config", lambda path: read_resolved_config(path), _save_config, "config.yaml", tokens=YAML),
    Harness(
        "config",
        "config.yaml",
        read_config,
        lambda: [
            *_saved(_save_config, "config.yaml"),
            b"data:\n  ontology: a.obo\n  train: [a, ~/b]\nfit: {epochs: 1e1}\n",
        ],
        YAML,
    ),
    Harness("run-json", "run.json", _run, lambda: [RUN_JSON], TOKENS, {"config.yaml": b"fit: {epochs: 3}\n"}),
    Harness("run-manifest", "manifest.json", _manifest, _seed("manifest.json"), TOKENS, {"dev.npy": b"x"}),
    Harness("run-mode", "mode.json", Mode.read, lambda: [_json({"trained_on": "names", "is_lexicon": False})], TOKENS),
    Harness(
        "run-calibration",
        "calibration.json",
        load_calibration,
        lambda: [_json(CALIBRATION.__dict__), _json(Uncalibrated("few").__dict__)],
        TOKENS,
    ),
    Harness(
        "run-ranker",
        "weights.json",
        load_ranker,
        lambda: [_json(dict.fromkeys(FEATURES, 0.5))],
        TOKENS,
    ),
    Harness("run-metrics", "metrics.json", read_metrics, _seed("metrics.json"), TOKENS),
    _in_folder("run-encoder-json", _encoder, _save_encoder, "encoder.json", "vectors.safetensors"),
    _in_folder("run-encoder-vectors", _encoder, _save_encoder, "vectors.safetensors", "encoder.json", tokens=TENSORS),
    _in_folder(
        "run-regressor-json", _regressor, _save_regressor, "regressor.json", "regressor.safetensors", "points.npy"
    ),
    _in_folder(
        "run-regressor-safetensors",
        _regressor,
        _save_regressor,
        "regressor.safetensors",
        "regressor.json",
        "points.npy",
        tokens=TENSORS,
    ),
    _in_folder(
        "run-points", _regressor, _save_regressor, "points.npy", "regressor.safetensors", "regressor.json", tokens=NPY
    ),
    _in_folder(
        "run-span-detector", _span_detector, _save_span_detector, "span_detector.json", "span_detector.safetensors"
    ),
    _in_index("tables.json", "tables.safetensors", TOKENS),
    _in_index("tables.safetensors", "tables.json", TENSORS),
    Harness("run-npy", "dev.npy", _array, lambda: [_npy(np.ones((4, 3), np.float32))], NPY),
    _in_folder(
        "run-checkpoint",
        _checkpoint,
        _save_checkpoint,
        "checkpoint.npz",
        tokens=(*NPY, b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"),
    ),
    Harness("run-mentions", "mentions.jsonl", read_examples, _seed("mentions.jsonl"), TOKENS),
    Harness("run-predictions", "predictions.jsonl", _records(_Prediction), _seed("predictions.jsonl"), TOKENS),
    Harness("run-mistakes", "mistakes.jsonl", _records(Mistake), _seed("mistakes.jsonl"), TOKENS),
    Harness("run-history", "history.jsonl", _records(_Epoch), lambda: [HISTORY], TOKENS),
    _in_ontology("tables.json", "tables.safetensors", TOKENS),
    _in_ontology("tables.safetensors", "tables.json", TENSORS),
    Harness(
        "embedding", "a.kv", read_embedding, lambda: list(_saved(_save_keyed_vectors, "2.kv", "4.kv", "5.kv")), PICKLE
    ),
    Harness("embedding-text", "a.kv", read_embedding, lambda: [WORD2VEC], words(r"\n \s 0.1 nan inf 1e999 3\s2")),
    Harness(
        "vectors-bin",
        "a.bin",
        lambda path: _use_vectors(open_vectors(path)),
        lambda: [_fasttext_bin()],
        (b"\0", b"the\0", b"\xff" * 8, struct.pack("<qb", 3, 1)),
    ),
    Harness(
        "vectors-vec",
        "a.vec",
        lambda path: _use_vectors(open_vectors(path)),
        lambda: [VEC, b"the 0.5 1\nof 1 2\n"],
        words(r"\n \s \s\s 0.1 nan 1e999 "),
    ),
    Harness(
        "model-config",
        "config.json",
        lambda path: check_model_files(path.parent),
        lambda: [_json(MODEL)],
        (*TOKENS, *words('"auto_map":{}')),
        {"model.safetensors": b"", "tokenizer.json": b"{}"},
    ),
    Harness(
        "model-index",
        "model.safetensors.index.json",
        lambda path: check_model_files(path.parent),
        lambda: [_json({"metadata": {}, "weight_map": {"a": "model-1.safetensors", "b": "model-1.safetensors"}})],
        TOKENS,
        {"config.json": _json(MODEL), "tokenizer.json": b"{}"},
    ),
)
