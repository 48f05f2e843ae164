import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from hyplink.candidates.examples import read_examples
from hyplink.encoders.encoder import read_settings
from hyplink.errors import RunError
from hyplink.linking.index_bundle import INDEX_FOLDER, IndexBundle
from hyplink.linking.linker import Linker
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.mentions.name_index import NameIndex
from hyplink.names.name_variants import known_names
from hyplink.ontology import load_ontology
from hyplink.run import Run, read_json, write_json
from hyplink.run.manifest import MANIFEST, Output
from hyplink.run.tables import ARRAYS, TABLES
from hyplink.senses.candidates import CandidateGenerator

TEXT = "A photoreceptor cell is no olfactory receptor neuron. Retinal cone cells, cells of rods, auditory hair cells."


def prepared_anew(folder):
    """What the linker of a run knows of words, worked out again from the run's names, mentions and vectors."""
    run = Run.open(folder)
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    vectors = {split: np.load(run.path("encode", f"{split}.npy")) for split in ("names", "train", "glosses")}
    blocks = read_settings(run.path("encode", "encoder.json"))["blocks"]
    examples = read_examples(run.path("encode", "mentions.jsonl"))
    return IndexBundle.from_examples(ontology, NameIndex.from_names(known_names(ontology)), examples, vectors, blocks)


@pytest.mark.parametrize("top_k", [None, 5])
def test_links_are_those_of_what_is_worked_out_anew(tiny_run, top_k):
    stored, new = Linker.load(tiny_run), prepared_anew(tiny_run)
    evidence = CandidateGenerator(new.names, stored.evidence.regressor, new.senses)
    detector = DictionaryDetector(new.index)
    worked_out = Linker(stored.ontology, stored.encoder, evidence, stored.ranker, stored.calibration, detector, None)
    links = stored.link(TEXT, top_k)
    assert links == worked_out.link(TEXT, top_k)
    assert len(links) > 2


def test_the_files_are_the_same_in_every_process(tiny_run, tmp_path):
    program = (
        "import sys; from pathlib import Path; from hyplink.run.tables import write_tables;"
        "from tests.linking.test_index_bundle import prepared_anew;"
        "write_tables(prepared_anew(Path(sys.argv[1])), Path(sys.argv[2]))"
    )
    # Python gives strings other hashes in each process, and so sets another order.
    environment = {**os.environ, "PYTHONHASHSEED": "7"}
    subprocess.run([sys.executable, "-c", program, tiny_run, tmp_path / "new"], check=True, env=environment)
    for name in (TABLES, ARRAYS):
        assert (tmp_path / "new" / name).read_bytes() == (tiny_run / "encode" / INDEX_FOLDER / name).read_bytes()


def test_a_linker_reads_neither_mentions_nor_vectors(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    names = ["mentions.jsonl", "names.npy", "train.npy", "glosses.npy"]
    for name in names:
        (run / "encode" / name).write_bytes(b"")
    rewrite_manifest(run, lambda outputs: outputs.update({name: as_json(run / "encode" / name) for name in names}))
    assert Linker.load(run).link(TEXT) == Linker.load(tiny_run).link(TEXT)


def test_a_run_in_which_nothing_is_prepared_is_one_line_that_says_what_to_do(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    shutil.rmtree(run / "encode" / INDEX_FOLDER)
    rewrite_manifest(run, lambda outputs: [outputs.pop(f"{INDEX_FOLDER}/{name}") for name in (TABLES, ARRAYS)])
    with pytest.raises(RunError, match=r"encode has no prepared; run `hyplink encode .* --force` to make it"):
        Linker.load(run)


def test_damage_is_found_when_a_linker_is_loaded(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    file = run / "encode" / INDEX_FOLDER / ARRAYS
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(RunError, match=r"tables\.safetensors: the file is damaged"):
        Linker.load(run)


def as_json(path):
    return Output.of(path).model_dump(mode="json")


def rewrite_manifest(run, change):
    manifest = read_json(run / "encode" / MANIFEST)
    change(manifest["outputs"])
    write_json(run / "encode" / MANIFEST, manifest)
