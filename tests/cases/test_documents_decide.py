"""Names that several concepts share, decided by the document, in a run that knows nothing but the ontology."""

import pytest

from hyplink import Document, Linker, Mention
from tests.conftest import exit_status_of

CONCEPTS = [
    ("cell", None, (), None),
    ("neuron", "cell", ("nerve cell",), "A cell of the brain that fires along an axon."),
    ("Purkinje cell", "neuron", ("PCL",), "A neuron of the cerebellum whose dendrites branch in the brain cortex."),
    ("granule cell", "neuron", (), "A small neuron of the cerebellum in the brain cortex."),
    ("basket cell", "neuron", (), "A neuron of the brain whose axon embraces another neuron."),
    ("mossy neuron", "neuron", (), "A neuron whose axon enters the cerebellum."),
    ("leukocyte", "cell", ("white blood cell",), "A cell of the blood and of the immune defence."),
    ("plasma cell", "leukocyte", ("PCL",), "A leukocyte of the blood that secretes antibodies of the immune defence."),
    ("B cell", "leukocyte", (), "A leukocyte of the immune defence that matures and secretes antibodies."),
    ("T cell", "leukocyte", (), "A leukocyte of the immune defence from the thymus."),
    ("monocyte", "leukocyte", (), "A leukocyte of the blood that eats antigens."),
]
NUMBER = {label: f"X:{number}" for number, (label, *_) in enumerate(CONCEPTS)}
SETTINGS = ("--set=train_ontology.dim=5", "--set=fit.epochs=2")
VECTORS = {
    (0.9, 0.1, 0.0): "neuron nerve brain axon fires cerebellum cortex dendrites purkinje granule basket mossy",
    (0.1, 0.9, 0.0): "leukocyte blood immune defence antibodies matures thymus antigens plasma monocyte",
    (0.3, 0.3, 0.9): "cell a b t pcl of the and that",
}
BRAIN = "Each granule cell and basket cell of the brain reaches a mossy neuron. The PCL fires. PCLs fire."
BLOOD = "A T cell, a B cell and a monocyte of the blood serve the immune defence. The PCL matures. PCLs mature."


def stanza(label, parent, synonyms, definition):
    lines = [f"[Term]\nid: {NUMBER[label]}\nname: {label}"]
    lines += [f'def: "{definition}" []'] if definition else []
    lines += [f'synonym: "{each}" EXACT []' for each in synonyms]
    return "\n".join([*lines, *([f"is_a: {NUMBER[parent]}"] if parent else [])]) + "\n\n"


@pytest.fixture(scope="module")
def linker(tmp_path_factory):
    folder = tmp_path_factory.mktemp("shared")
    (folder / "names.obo").write_text("format-version: 1.2\n\n" + "".join(stanza(*each) for each in CONCEPTS), "utf-8")
    rows = [(word, *vector) for vector, words in VECTORS.items() for word in words.split()]
    (folder / "vectors.txt").write_text("".join(" ".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    files = (f"--set=data.ontology={folder / 'names.obo'}", f"--set=encode.vectors={folder / 'vectors.txt'}")
    assert exit_status_of("run", folder / "run", *files, *SETTINGS, "--quiet") == 0
    return Linker.load(folder / "run")


def answers(links):
    return [link.answer.label for link in links if link.text.startswith("PCL")]


def given(doc, text, *words):
    return Document(doc, text, tuple(Mention(text.index(each), text.index(each) + len(each), each) for each in words))


@pytest.mark.parametrize("search_all", [False, True])
def test_the_names_around_a_shared_name_decide_in_plain_text(linker, search_all):
    brain, blood = linker.link_many([BRAIN, BLOOD], search_all=search_all)
    assert answers(brain) == ["Purkinje cell"] * 2
    assert answers(blood) == ["plasma cell"] * 2
    assert answers(linker.link(BLOOD, search_all=search_all)) == ["plasma cell"] * 2


def test_given_mentions_are_decided_likewise(linker):
    documents = [given("1", BRAIN, "granule cell", "PCL"), given("1", BLOOD, "T cell", "PCL")]
    assert [answers(links) for links in linker.link_many(documents)] == [["Purkinje cell"], ["plasma cell"]]


def test_the_words_of_the_document_decide_if_there_is_no_other_mention(linker):
    documents = [given("1", BRAIN, "PCL"), given("2", BLOOD, "PCL")]
    assert [answers(links) for links in linker.link_many(documents)] == [["Purkinje cell"], ["plasma cell"]]
