"""The similarities of gensim's documentation, reproduced on the command line."""

import pytest
from gensim.models.poincare import PoincareKeyedVectors

RELATIONS = "kangaroo\tmarsupial\nkangaroo\tmammal\ngib\tcat\ncow\tmammal\ncat\tpet\n"


@pytest.fixture
def vectors(hyplink, tmp_path):
    (tmp_path / "relations.tsv").write_text(RELATIONS)
    settings = [
        *("train_ontology.trainer=gensim", "train_ontology.dim=2", "train_ontology.negatives=2"),
        *("train_ontology.epochs=10", "research.gensim_clip=true", "research.embedding_pairs=parents"),
    ]
    chosen = [word for setting in settings for word in ("--set", setting)]
    answer = hyplink("train-ontology", tmp_path / "run", "--set", f"data.ontology={tmp_path}/relations.tsv", *chosen)
    assert answer.status == 0
    assert "7 concepts, 5 (child, parent) pairs" in answer.err
    return PoincareKeyedVectors.load(str(tmp_path / "run" / "train-ontology" / "poincare.kv"))


def test_kangaroo_and_marsupial_have_the_similarity_that_gensim_documents(vectors):
    assert vectors.similarity("kangaroo", "marsupial") == pytest.approx(0.94812, abs=5e-6)


def test_gib_and_mammal_have_the_similarity_that_gensim_documents(vectors):
    assert vectors.similarity("gib", "mammal") == pytest.approx(0.53258, abs=5e-6)
