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


CORPORA = """\
shapes:
  ontology: shapes.tsv
  train: "marked.jsonl[:2]"
  settings: {fit.epochs: 1}
  evaluated: {given: "marked.jsonl[2:]", all: marked.jsonl}
"""


def _corpora_in(folder):
    (folder / "corpora.yaml").write_text(CORPORA)
    (folder / "shapes.tsv").write_text("a\tb\n")
    (folder / "marked.jsonl").write_text("".join(f'{{"doc": "{i}"}}\n' for i in range(3)))
    return folder / "corpora.yaml"


def test_a_corpus_has_its_settings_and_its_cut_files(tmp_path):
    from corpora import read_corpora

    (corpus,) = read_corpora(_corpora_in(tmp_path), tmp_path, tmp_path)
    train = corpus.settings[1].removeprefix("data.train=")
    assert corpus.settings[0] == f'data.ontology="{tmp_path}/shapes.tsv"'
    assert corpus.settings[2] == "fit.epochs=1"
    assert [json.loads(line)["doc"] for line in Path(json.loads(train)[0]).read_text().splitlines()] == ["0", "1"]
    assert [len(path.read_text().splitlines()) for path in corpus.evaluated.values()] == [1, 3]


def test_a_missing_file_of_a_corpus_is_named(tmp_path):
    from corpora import read_corpora

    path = _corpora_in(tmp_path)
    with pytest.raises(InputError, match=r"shapes.tsv: no such file; --data"):
        list(read_corpora(path, tmp_path / "elsewhere", tmp_path))


def test_tables_of_all_corpora_hold_each_figure_in_its_column():
    from benchmark_tables import all_given_table, all_raw_table

    def estimate(value):
        return {"value": value, "low": value - 0.1, "high": value + 0.1}

    def model(accuracy):
        figures = {"accuracy_at_1": estimate(accuracy), "mean_reciprocal_rank": estimate(0.5)}
        return {"every_mention": {"n_mentions": 1200, "figures": figures}}

    def result(accuracy, f1):
        names = ["hyplink", "exact name", "character n-gram TF-IDF", "nearest name by fastText"]
        models = {name: model(accuracy - 0.01 * i) for i, name in enumerate(names)}
        raw = {"mentions": {"every_mention": {"strict": {"f1": estimate(f1)}}}}
        raw["documents"] = {"micro": {"f1": estimate(f1 + 0.02)}}
        confidence = {"calibration": {"expected_calibration_error": 0.04}}
        return {
            "metrics": {"models": models, "raw_text": raw, "confidence": confidence},
            "taggers": {"FastHPOCR": {"documents": {"micro": {"f1": estimate(0.6)}}}},
        }

    def row(table):
        return [next(iter(column.cells)) for column in table.columns]

    results, before = {"shapes": result(0.8, 0.7)}, {"shapes": result(0.75, 0.65)}
    assert row(all_given_table(results, before)) == [
        *("shapes", "1,200", "0.800", "0.700–0.900", "0.750", "0.790", "0.780", "0.770", "0.500", "0.040", "0.040")
    ]
    assert row(all_raw_table(results, before)) == [
        "shapes",
        *["0.700", "0.650", "0.720", "0.620–0.820", "0.670", "0.600"],
    ]
    assert row(all_raw_table(results, {}))[2] == "–"
