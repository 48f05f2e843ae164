import os
import shutil
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from hyplink.candidates.decisions import corrections_of
from hyplink.candidates.examples import read_examples
from hyplink.candidates.topics import ConceptTopics
from hyplink.encoders import load_encoder
from hyplink.errors import RunError
from hyplink.linking.consistency import check_parts
from hyplink.linking.index_bundle import INDEX_FOLDER, MODE, IndexBundle
from hyplink.linking.linker import Linker
from hyplink.mentions.abbreviations import NO_ABBREVIATIONS
from hyplink.mentions.dictionary import DictionaryDetector
from hyplink.ontology import load_ontology
from hyplink.ranking.document_features import DocumentFeatures
from hyplink.ranking.ranker import FIRST_WEIGHTS, load_ranker
from hyplink.run import Run, read_json, write_json
from hyplink.run.manifest import MANIFEST, Output
from hyplink.run.mode import Mode
from hyplink.run.tables import ARRAYS, TABLES, read_tables
from hyplink.senses.candidates import CandidateGenerator

TEXT = "A photoreceptor cell is no olfactory receptor neuron. Retinal cone cells, cells of rods, auditory hair cells."


def prepared_anew(folder):
    """What the linker of a run knows of words, worked out again from the run's names, mentions and vectors."""
    run = Run.open(folder)
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    vectors = {split: np.load(run.path("encode", f"{split}.npy")) for split in ("names", "train", "glosses")}
    encoder = load_encoder(run.path("encode"))
    examples = read_examples(run.path("encode", "mentions.jsonl"))
    corrections = corrections_of(ontology, examples["train"], Mode.read(run.path("encode", MODE)))
    detector = DictionaryDetector.from_ontology(ontology, corrections)
    return IndexBundle.from_examples(ontology, detector, examples, vectors, encoder, corrections)


@pytest.mark.parametrize("search_all", [False, True])
def test_links_are_those_of_indices_built_anew(tiny_run, search_all):
    stored, new = Linker.load(tiny_run), prepared_anew(tiny_run)
    generator = CandidateGenerator(new.names, stored.generator.regressor, new.senses, stored.mode)
    finder = replace(stored.span_finder, detector=new.detector(NO_ABBREVIATIONS))
    first = load_ranker(tiny_run / "fit" / "ranker" / FIRST_WEIGHTS)
    features = DocumentFeatures(first, stored.generator.regressor, new.topics)
    parts = (stored.encoder, generator, stored.ranker, stored.calibration, finder, stored.mode, features)
    rebuilt = Linker(stored.ontology, *parts)
    links = stored.link(TEXT, search_all=search_all)
    assert links == rebuilt.link(TEXT, search_all=search_all)
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


def test_a_run_without_its_indices_gives_one_line_that_says_what_to_run(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    shutil.rmtree(run / "encode" / INDEX_FOLDER)
    rewrite_manifest(run, lambda outputs: [outputs.pop(f"{INDEX_FOLDER}/{name}") for name in (TABLES, ARRAYS)])
    with pytest.raises(RunError, match=r"encode/index is missing; run `hyplink encode .* --force` to write it"):
        Linker.load(run)


def test_damage_is_found_when_a_linker_is_loaded(tiny_run, tmp_path):
    run = shutil.copytree(tiny_run, tmp_path / "run")
    file = run / "encode" / INDEX_FOLDER / ARRAYS
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(RunError, match=r"tables\.safetensors: the file is damaged"):
        Linker.load(run)


def test_topics_of_another_encoder_or_ontology_are_refused(tiny_run):
    run, linker = Run.open(tiny_run), Linker.load(tiny_run)
    regressor = linker.generator.regressor
    stored = read_tables(IndexBundle, tiny_run / "encode" / INDEX_FOLDER)
    vectors, centre = stored.topics.vectors, stored.topics.centre
    wrong = (vectors[1:], centre), (vectors[:, 1:], centre), (vectors, centre[1:])
    for topics in (ConceptTopics(*each) for each in wrong):
        with pytest.raises(RunError, match="encode: damaged: the index has topics of shape"):
            check_parts(
                linker.ontology, linker.encoder, replace(stored, topics=topics), linker.generator.regressor, run
            )
    check_parts(linker.ontology, linker.encoder, stored, regressor, run)


def as_json(path):
    return Output.of(path).model_dump(mode="json")


def rewrite_manifest(run, change):
    manifest = read_json(run / "encode" / MANIFEST)
    change(manifest["outputs"])
    write_json(run / "encode" / MANIFEST, manifest)
