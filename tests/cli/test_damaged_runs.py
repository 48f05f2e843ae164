"""Every file of a run, damaged in many ways: each command answers in one line, whether or not the hashes betray it."""

import gzip
import io
import json
import random
import shutil
import struct

import numpy as np
import pytest

from hyplink.run.files import files_under, sha256_of
from tests.conftest import CELL

ARTICLE = CELL / "dev" / "17608565.txt"
STAGES = ("train-ontology", "encode", "fit", "evaluate")
UNREAD = ("poincare.kv", "concepts.txt", "report.html", "found.jsonl")
COMMANDS = {
    "link": ("link", "{run}", ARTICLE, "-o", "{out}.jsonl"),
    "info": ("info", "{run}"),
    "explain": ("explain", "{run}", "A photoreceptor cell of the nerve."),
    "plot": ("plot", "{run}", "--output", "{out}.html"),
    "export": ("export", "{run}", "{out}"),
    "evaluate": ("evaluate", "{run}", "--data", ARTICLE, "--report", "{out}.html"),
    "evaluate again": ("evaluate", "{run}"),
    "find-threshold": ("find-threshold", "{run}"),
}
NAMES = (
    "config.yaml",
    "run.json",
    "encode/encoder.json",
    "encode/abbreviations.json",
    "encode/mode.json",
    "encode/mentions.jsonl",
    "encode/names.npy",
    "encode/train.npy",
    "encode/dev.npy",
    "encode/topics.npy",
    "encode/vectors.safetensors",
    "encode/index/tables.json",
    "encode/index/tables.safetensors",
    "encode/span-detector/span_detector.json",
    "fit/calibration.json",
    "fit/history.jsonl",
    "fit/placement/tables.json",
    "fit/placement/tables.safetensors",
    "fit/points.npy",
    "fit/ranker/first_weights.json",
    "fit/ranker/weights.json",
    "fit/regressor.json",
    "fit/regressor.safetensors",
    "evaluate/metrics.json",
    "evaluate/mistakes.jsonl",
    "evaluate/predictions.jsonl",
    "train-ontology/history.jsonl",
    "train-ontology/ontology/tables.json",
    "train-ontology/ontology/tables.safetensors",
    "train-ontology/points.npy",
    *(f"{stage}/manifest.json" for stage in STAGES),
)
"""The files that hyplink reads; the test below asserts that there are no others."""

DEEP = b"[" * 200_000 + b"]" * 200_000
DEEP_OBJECTS = b'{"a":' * 100_000 + b"1" + b"}" * 100_000
OTHER_TYPES = (None, True, -1, 2**70, 1e308, "x", [], {}, [[]])


def with_header(content, shape, dtype="<f4"):
    """A `.npy` file that claims this shape."""
    header = repr({"descr": dtype, "fortran_order": False, "shape": shape}).encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) + header + content[128:]


def objects():
    """A `.npy` file of pickled objects."""
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}, None], dtype=object), allow_pickle=True)
    return file.getvalue()


def retyped(value, rng):
    """A JSON value, one random part of which is of another type."""
    if isinstance(value, dict) and value and rng.random() < 0.9:
        key = rng.choice(sorted(value))
        return value | {key: retyped(value[key], rng)}
    if isinstance(value, list) and value and rng.random() < 0.9:
        place = rng.randrange(len(value))
        return [*value[:place], retyped(value[place], rng), *value[place + 1 :]]
    return rng.choice(
        [each for each in (None, True, -1, 2**70, 1e308, "x", [], {}, [[]]) if type(each) is not type(value)]
    )


def changed_bytes(content, rng):
    content = bytearray(content)
    for _ in range(rng.randint(1, 40)):
        content[rng.randrange(len(content))] = rng.randrange(256)
    return bytes(content)


def damaged(name, content, rng):
    """Damaged contents of a file."""
    yield from (b"{}", b"", content[: rng.randrange(1, len(content))], b"[]", b"null", DEEP, DEEP_OBJECTS)
    yield from (b"\xff\xfe\x00" * 50, rng.randbytes(len(content)))
    yield from (changed_bytes(content, rng) for _ in range(4))
    if name.endswith((".json", ".jsonl", ".gz")):
        yield from retyped_files(name, content, rng)
    if name.endswith(".npy"):
        shapes = [(10**12, 100), (2**62, 2**62), (3, 4), (-1, 5), (0, 0), 7, (2.5,), ("a",)]
        yield from (with_header(content, shape) for shape in shapes)
        yield objects()
        yield with_header(content, (4,), "|O")


def retyped_files(name, content, rng):
    """JSON files with a value of another type, packed like the file."""
    pack, unpack = (gzip.compress, gzip.decompress) if name.endswith(".gz") else (bytes, bytes)
    yield pack(DEEP)
    for _ in range(12):
        if name.endswith(".jsonl"):
            lines = content.splitlines()
            row = rng.randrange(len(lines))
            lines[row] = json.dumps(retyped(json.loads(lines[row]), rng)).encode()
            yield b"\n".join(lines) + b"\n"
        else:
            yield pack(json.dumps(retyped(json.loads(unpack(content)), rng)).encode())


def rehashed(run):
    """Makes the manifests agree with the files, as a stranger's would."""
    for stage in STAGES:
        path = run / stage / "manifest.json"
        try:
            manifest = json.loads(path.read_text())
            for key in manifest["outputs"]:
                file = run / stage / key
                manifest["outputs"][key] = {"size": file.stat().st_size, "sha256": sha256_of(file)}
            path.write_text(json.dumps(manifest))
        except (ValueError, RecursionError, TypeError, KeyError):
            continue


def test_every_file_of_a_run_is_damaged_below(trusted):
    read = {name for name in files_under(trusted) if not name.endswith(UNREAD) and not name.startswith(".")}
    assert read - {"encode/glosses.npy", "encode/unlabelled.npy"} == set(NAMES)


def check(hyplink, run, tmp_path, name):
    """Calls the commands that may read a file, each of which must succeed or refuse the run in one line."""
    for command, words in COMMANDS.items():
        if command == "evaluate again" and not name.startswith("evaluate/"):
            continue  # it would evaluate again, which takes long
        out = tmp_path / "out"
        answer = hyplink(*(str(word).format(run=run, out=out) for word in words))
        assert answer.status in (0, 1, 2)
        assert "Traceback" not in answer.err
        if answer.status:
            assert answer.err.splitlines()[-1].startswith("hyplink: "), command
        shutil.rmtree(out, ignore_errors=True)


PARTS = 8
"""The damages are shared out among so many tests for each file, all but one of which are slow."""


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("part", [0, *(pytest.param(part, marks=pytest.mark.slow) for part in range(1, PARTS))])
def test_a_damaged_file_is_refused_in_one_line_even_if_its_hash_is_right(hyplink, trusted, tmp_path, name, part):
    rng = random.Random(name)
    run = shutil.copytree(trusted, tmp_path / "run")
    for number, content in enumerate(damaged(name, (trusted / name).read_bytes(), rng)):
        if number % PARTS == part:
            (run / name).write_bytes(content)
            if not name.endswith("manifest.json"):
                rehashed(run)
            check(hyplink, run, tmp_path, name)


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("encode", "fit", "train"))])
def test_a_file_that_differs_from_its_manifest_is_refused(hyplink, trusted, tmp_path, name):
    run = shutil.copytree(trusted, tmp_path / "run")
    (run / name).write_bytes((run / name).read_bytes()[:-3])
    answer = hyplink("export", run, tmp_path / "model")
    assert (answer.status, len(answer.err.splitlines())) == (2, 1)
    assert name in answer.err
