"""Small ontologies and annotated documents, whose files in each format are mutated."""

import gzip
from functools import cache
from itertools import islice
from pathlib import Path

from hyplink.corpus import Document, Mention
from hyplink.ontology import Concept, Ontology, Sense, Synonym

DATA = Path(__file__).parents[2] / "data"


@cache
def real_obo(name: str, n_stanzas: int) -> bytes:
    """The header and the first stanzas of an ontology in `data/`."""
    with gzip.open(DATA / name, "rt", encoding="utf-8") as stream:
        return "\n[".join(islice(stream.read().split("\n["), n_stanzas + 1)).encode()


@cache
def real_pubtator(n_documents: int) -> bytes:
    """The first documents of the disease corpus."""
    text = (DATA / "disease" / "ncbi_dev.pubtator").read_text(encoding="utf-8")
    return ("\n\n".join(text.strip().split("\n\n")[:n_documents]) + "\n\n").encode()


def small_ontology() -> Ontology:
    """Concepts with every field."""
    return Ontology(
        [
            Concept("X:1", "tissue", definition='What "cells" make up.', cross_references=("M:9", "http://a.b/c#d")),
            Concept(
                "X:2",
                "nerve; nervous tissue",
                (
                    Synonym("nerves", "EXACT", "PLURAL"),
                    Synonym("Nerv|enbündel", "NARROW"),
                    Synonym("tissue of a nerve", "BROAD"),
                    Synonym("fibre", "RELATED"),
                ),
                parents=("X:1",),
                alternative_ids=("X:20", "X:21"),
                examples=("the optic nerve",),
            ),
            Concept("X:3", "optic nerve", parents=("X:2", "X:1"), definition="It leaves the eye\\at the disc."),
            Concept("X:4", "old nerve", obsolete=True, replaced_by=("X:3", "Z:1")),
            Concept(
                "bare-id", "β-cell", parents=("X:1",), part_of_speech="n", senses=(Sense("b%1:03:00::", "b", 1, 4),)
            ),
        ],
        source="small.obo",
        release="2024-01-01",
        prefixes={"X": "http://purl.obolibrary.org/obo/X_", "M": "http://m.org/"},
    )


def small_documents() -> list[Document]:
    """Documents with nested, discontinuous, composite and unlinked mentions, and a plain one."""
    text = "Breast and ovarian cancer, \u00df\U0001f600 of the nerve.\n\nA second passage; no tumour."
    return [
        Document(
            "d1",
            text,
            (
                Mention(0, 25, "Breast cancer", (("X:1", "X:2"), ("X:3",)), ((0, 6), (19, 25))),
                Mention(11, 25, "ovarian cancer", (("X:1",),), mention_id="m1"),
                Mention(19, 25, "cancer", ()),
                Mention(37, 42, text[37:42], (("MESH:D1",),)),
            ),
        ),
        Document("d2", "Nothing here.", ()),
    ]


PLAIN = Document("d3", "A plain text of a nerve.")
