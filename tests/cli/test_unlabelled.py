"""Text without concept ids, and the recursive encoder, in commands on a copy of the tiny run."""

import json

import numpy as np

from hyplink.encoders.word_vectors import WordVectors
from tests.conftest import CELL

ARTICLE = CELL / "dev" / "17608565.txt"
SHORT = ["--set=fit.epochs=1", "--set=research.clustering_weight=0.1"]


def _splits(run):
    lines = (run / "encode/mentions.jsonl").read_text().splitlines()
    return [each for each in map(json.loads, lines) if each["split"] == "unlabelled"]


def test_mentions_detected_in_plain_text_and_marked_mentions_take_part_in_fit(hyplink, run, tmp_path):
    marked = {"doc": "m", "text": "odd nerve cells", "mentions": [{"start": 0, "end": 9}]}
    (tmp_path / "plain.txt").write_text("A photoreceptor cell (PRC) dies. The PRC is gone.")
    (tmp_path / "marked.jsonl").write_text(json.dumps(marked) + "\n")
    paths = f"--set=data.unlabelled=[{tmp_path}/plain.txt, {tmp_path}/marked.jsonl]"
    answer = hyplink("encode", run, paths)
    assert "unlabelled: 2 documents" in answer.err
    found = [(each["doc"], each["text"], each["read_as"], each["gold"]) for each in _splits(run)]
    assert ("plain", "PRC", "photoreceptor cell", []) in found
    assert ("m", "odd nerve", "odd nerve", []) in found
    vectors = np.load(run / "encode/unlabelled.npy")
    assert len(vectors) == len(found)
    before = (run / "fit/regressor.safetensors").read_bytes()
    assert f"fit: {len(found)} unlabelled mentions not used, research.clustering_weight is 0" in hyplink("fit", run).err
    assert (run / "fit/regressor.safetensors").read_bytes() == before
    assert f"fit: {len(found)} unlabelled mentions beside them" in hyplink("fit", run, *SHORT).err
    assert (run / "fit/regressor.safetensors").read_bytes() != before


def test_text_without_mentions_is_an_error(hyplink, run, tmp_path):
    (tmp_path / "plain.txt").write_text("Nothing of the kind.")
    answer = hyplink("encode", run, f"--set=data.unlabelled={tmp_path}/plain.txt")
    assert answer.status == 2
    assert "data.unlabelled: none of the ontology's names occurs in its 1 document" in answer.err


def test_a_clustering_weight_without_text_is_an_error(hyplink, run):
    answer = hyplink("fit", run, *SHORT)
    assert answer.status == 2
    assert "research.clustering_weight is 0.1 and there is no unlabelled text; set data.unlabelled" in answer.err


def test_dev_text_cannot_be_unlabelled_text(hyplink, run):
    answer = hyplink("encode", run, f"--set=data.unlabelled={ARTICLE}")
    assert answer.status == 2
    assert "data.dev in data.train or data.unlabelled" in answer.err


def test_a_run_with_the_recursive_encoder_stores_its_weights_and_links(hyplink, run):
    given = [f"--set=encode.vectors={run.parent}/given.vec", "--set=encode.encoder=recursive", "--set=fit.epochs=5"]
    vectors = WordVectors.open(run / "encode/vectors.safetensors")
    lines = (f"{word} {' '.join(map(str, vectors.vector(word).tolist()))}\n" for word in vectors.words)
    (run.parent / "given.vec").write_text("".join(lines))
    assert hyplink("run", run, *given).status == 0
    assert (run / "encode/recursive.safetensors").is_file()
    answer = hyplink("link", run, "-", stdin=b"A photoreceptor cell.")
    assert json.loads(answer.out)["concept"] == "CL:0000210"
