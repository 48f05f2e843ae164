"""Glosses become training text and evaluation text."""

from pathlib import Path

import pytest

from hyplink.corpus import read_documents

TINY = Path(__file__).parents[1] / "ontology" / "tiny_wordnet"


@pytest.fixture
def written(tmp_path, monkeypatch):
    """What stands in the two files for the synsets below a root: (mention, concept ids, text) each."""
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts" / "studies")
    from wordnet_glosses import main

    def call(root):
        monkeypatch.setattr("sys.argv", ["wordnet_glosses", "--wordnet", str(TINY), "--root", root, str(tmp_path)])
        main()
        return [
            [(mention.text, mention.parts, document.text) for document in documents for mention in document.mentions]
            for documents in (read_documents([str(tmp_path / name)]) for name in ("train.jsonl", "dev.jsonl"))
        ]

    return call


def test_each_word_of_a_synset_is_followed_by_its_definition_and_an_example_uses_one(written):
    train, dev = written("WN:00000100-n")
    bank, house = (("WN:00000200-n",),), (("WN:00000300-n",),)
    assert train[1:5] == [
        ("bank", bank, "bank: land beside water"),
        ("waterside", bank, "waterside: land beside water"),
        ("bank", house, 'bank: a house that keeps money: a "bank" to all'),
        ("banking house", house, 'banking house: a house that keeps money: a "bank" to all'),
    ]
    assert ("bank", bank, "they sat on the bank") in dev
    assert ("bank", bank, "a steep bank") in dev
