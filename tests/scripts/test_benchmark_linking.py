import json
from pathlib import Path

import pytest

from hyplink.corpus import Document, read_documents
from hyplink.errors import InputError
from hyplink.ontology import Concept, Ontology, Synonym

GSC = """\
1
Short fingers and a cleft palate.
0\t13\tShort fingers\tHP:1
20\t32\tcleft palate\tHP:2

2
Nothing to see.
"""


@pytest.fixture(autouse=True)
def _scripts_are_importable(monkeypatch):
    monkeypatch.syspath_prepend(Path(__file__).parents[2] / "scripts")


def test_the_corpus_of_phenotypes_is_read_with_its_mentions(tmp_path):
    from gsc import write_gsc_as_jsonl

    (tmp_path / "gsc.tsv").write_text(GSC)
    write_gsc_as_jsonl(tmp_path / "gsc.tsv", tmp_path / "gsc.jsonl")
    first, second = read_documents([tmp_path / "gsc.jsonl"])
    assert [(m.start, m.text, m.parts) for m in first.mentions] == [
        (0, "Short fingers", (("HP:1",),)),
        (20, "cleft palate", (("HP:2",),)),
    ]
    assert (second.doc_id, second.text, second.mentions) == ("2", "Nothing to see.", ())


def test_a_row_that_is_no_mention_is_named_by_its_line(tmp_path):
    from gsc import write_gsc_as_jsonl

    (tmp_path / "gsc.tsv").write_text(GSC + "3 5 x\n")
    with pytest.raises(InputError, match=r"gsc.tsv:8: '3 5 x' is no row"):
        write_gsc_as_jsonl(tmp_path / "gsc.tsv", tmp_path / "gsc.jsonl")


def test_the_plain_dictionary_finds_the_longest_names_of_whole_words_and_labels_win():
    from taggers import exact_names

    ontology = Ontology(
        [
            Concept("A", "palate", (Synonym("cleft"),)),
            Concept("B", "cleft palate"),
            Concept("C", "cleft", (Synonym("finger"),)),
            Concept("D", "short"),
        ]
    )
    tag = exact_names(ontology, frozenset("ABC"))
    links = tag(Document("d", "Short fingers, Cleft-palate, CLEFT  palate and a cleft."))
    assert [(link.text, link.answer.concept) for link in links] == [
        ("Cleft", "C"),
        ("palate", "A"),
        ("CLEFT  palate", "B"),
        ("cleft", "C"),
    ]
    assert json.dumps([link.as_json() for link in links])
