"""Links that a reviewer corrected in a spreadsheet and gives back as training data."""

import csv
import json

import pytest

from hyplink.names.corrections import key_of
from tests.conftest import CELL, exit_status_of

SMALL = (
    *("--set", f"data.ontology={CELL}/cl.obo.gz", "--set", "data.roots=CL:0000211"),
    *("--set", f"data.dev={CELL}/dev/17608565.txt", "--set", "train_ontology.dim=5"),
    *("--set", "train_ontology.epochs=20", "--set", "encode.dim=16", "--set", "encode.epochs=5"),
    *("--set", "fit.hidden=32", "--set", "fit.epochs=5"),
)
"""The settings of a run that trains in seconds on the names of 356 kinds of cell."""

CORRECTED = {
    "hair cells": ("CL:0000589", "cochlear inner hair cell"),
    "sensory neurons": ("CL:0000530", "primary neuron"),
    "muscle fiber": ("CL:0008002", "skeletal muscle fiber"),
    "Muscle Fiber": ("CL:0008002", "skeletal muscle fiber"),
    "muscle fibers": ("skeletal muscle fiber", "skeletal muscle fiber"),  # a label in place of an id
    "hair cell": ("CL:0000589", "cochlear inner hair cell"),
    "outer hair cell": ("CL:0000609", "vestibular hair cell"),
    "primary neurons": ("CL:0000101", "sensory neuron"),
    "nerve fiber": ("", None),
    "cardiomyocytes": ("NIL", None),
}
"""What a reviewer writes in the column `concept`, once for each of ten surface forms; the label that is meant."""

NEW_TEXT = """\
The sensory neuron lies beside a hair cell and many outer hair cells.
One primary neuron reaches a muscle fiber; muscle fibers differ.
A nerve fiber ends at the cardiomyocyte, and an inner ear hair cell ends elsewhere.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of a user who has linked a table of texts, corrected ten links, and trained a second run with them."""
    folder = tmp_path_factory.mktemp("loop")
    with (folder / "notes.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["ID", "Text"])
        for path in sorted((CELL / "train").glob("*.txt"))[:4]:
            lines = path.read_text(encoding="utf-8").splitlines()
            table.writerows([f"{path.stem}-{n}", line] for n, line in enumerate(lines))
    (folder / "new.txt").write_text(NEW_TEXT, encoding="utf-8")
    run(folder, "before")
    link(folder, "before", folder / "notes.csv", "links.csv", "--text-column", "text", "--id-column", "id")
    correct(folder / "links.csv")
    run(folder, "after", f"data.train={folder / 'links.csv'}")
    return folder


def run(folder, name, *settings):
    sets = [word for each in settings for word in ("--set", each)]
    assert exit_status_of("run", folder / name, *SMALL, *sets) == 0


def link(folder, name, source, output, *options):
    assert exit_status_of("link", folder / name, source, "-o", folder / output, "--quiet", *options) == 0
    return folder / output


def correct(path):
    """Changes the cell `concept` of the first row with each of ten surface forms, as a reviewer does."""
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    left = dict(CORRECTED)
    for row in rows:
        if row["text"] in left:
            row["concept"] = left.pop(row["text"])[0]
    assert not left
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, list(rows[0]))
        table.writeheader()
        table.writerows(rows)


def links_of(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def labels_in_new_text(folder, name):
    links = links_of(link(folder, name, folder / "new.txt", f"new-{name}.jsonl", "--force"))
    return {each["text"]: each["label"] for each in links}


def test_the_same_surface_forms_and_their_plurals_get_the_corrected_concepts(folder):
    before, after = (labels_in_new_text(folder, name) for name in ("before", "after"))
    assert after == {
        "sensory neuron": "primary neuron",
        "hair cell": "cochlear inner hair cell",
        "outer hair cells": "vestibular hair cell",
        "primary neuron": "sensory neuron",
        "muscle fiber": "skeletal muscle fiber",
        "muscle fibers": "skeletal muscle fiber",
        "inner ear hair cell": "auditory hair cell",
    }
    same = {text for text, label in before.items() if after.get(text) == label}
    assert (same, before.keys() - after) == ({"inner ear hair cell"}, {"nerve fiber", "cardiomyocyte"})


def test_given_mentions_get_the_corrected_concepts_too(folder):
    (folder / "given.csv").write_text("mention\nsensory neuron\nouter hair cells\nnerve fiber\n", encoding="utf-8")
    links = links_of(link(folder, "after", folder / "given.csv", "given.jsonl"))
    assert [each["label"] for each in links] == ["primary neuron", "vestibular hair cell", None]


def test_nothing_else_changes_in_the_dev_document(folder):
    document = CELL / "dev" / "17608565.txt"
    (folder / "dev.txt").write_bytes(document.read_bytes())
    before, after = (
        {
            (each["start"], each["end"]): (each["text"], each["label"])
            for each in links_of(link(folder, name, folder / "dev.txt", f"dev-{name}.jsonl"))
        }
        for name in ("before", "after")
    )
    changed = {span for span in before.keys() | after if before.get(span) != after.get(span)}
    meant = {key_of(text): label for text, (_, label) in CORRECTED.items()}
    assert 0 < len(changed) < len(before) / 2
    for span in changed:
        text, _ = before.get(span) or after[span]
        label = meant[key_of(text)]  # such as that of `muscle fibres`; nothing else changed
        assert after.get(span) == (label and (text, label))


def test_the_log_says_that_ten_corrections_are_used_as_names(folder, capsys):
    assert exit_status_of("encode", folder / "after", "--force") == 0
    log = " ".join(capsys.readouterr().err.split())
    assert "train: 10 corrected links, 0 checked, 187 left as linked, of which nothing is learned" in log
    assert "8 annotated mentions (8 corrections) of known concepts" in log  # the other two have none
    assert "used as names; at least 100 in 5 documents are needed to train on them" in log
