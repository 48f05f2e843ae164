"""SSSOM/TSV, the Simple Standard for Sharing Ontological Mappings: each mention is a string mapped to a concept.

Prefixes expand to OBO Foundry IRIs: `CL:0000057` to `http://purl.obolibrary.org/obo/CL_0000057`. An id that is not a
CURIE gets the prefix `concept`. A NIL mention is mapped to `sssom:NoTermFound`.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import yaml

import hyplink
from hyplink.export.linked_document import LinkedDocument
from hyplink.linking.link import Link
from hyplink.ontology import Ontology

COLUMNS = (
    "subject_label",
    "subject_type",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "confidence",
)
OBO = "http://purl.obolibrary.org/obo/"
LITERAL = "rdfs literal"
UNSPECIFIED_LICENCE = "https://w3id.org/sssom/license/unspecified"
_CURIE = re.compile(r"([A-Za-z_][\w.-]*):[\w.-]+")


def sssom_lines(linked: Iterable[LinkedDocument], ontology: Ontology) -> Iterator[str]:
    """The text of an SSSOM/TSV file in chunks: metadata as comments, a header, one row per link."""
    metadata = yaml.safe_dump(_metadata(ontology), sort_keys=False, allow_unicode=True, width=1000)
    yield "".join(f"#{line}\n" for line in metadata.splitlines())
    buffer = io.StringIO()
    rows = csv.writer(buffer, delimiter="\t", lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in linked:
        rows.writerows(map(_row, each.links))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _metadata(ontology: Ontology) -> dict[str, object]:
    found = (_CURIE.fullmatch(concept_id) for concept_id in ontology.concept_ids)
    prefixes = sorted({match[1] for match in found if match})
    source = f"{ontology.source} {ontology.release or ''}".strip()
    return {
        "mapping_set_id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'hyplink {source}')}",
        "mapping_set_title": f"strings linked to {source}",
        "license": UNSPECIFIED_LICENCE,
        "mapping_tool": "hyplink",
        "mapping_tool_version": hyplink.__version__,
        **({"object_source_version": ontology.release} if ontology.release else {}),
        "curie_map": {**{prefix: f"{OBO}{prefix}_" for prefix in prefixes}, "concept": "urn:hyplink:"},
    }


def _row(link: Link) -> tuple[str, ...]:
    fields = link.as_json()
    concept = fields["concept"]
    confidence = "" if fields["confidence"] is None else f"{fields['confidence']:.4f}"
    return (
        " ".join(link.text.split()),
        LITERAL,
        "skos:broadMatch" if fields["back_off_of"] else "skos:exactMatch",
        _reference(concept) if concept else "sssom:NoTermFound",
        fields["label"] or "",
        "semapv:CompositeMatching",
        confidence,
    )


def _reference(concept_id: str) -> str:
    return concept_id if _CURIE.fullmatch(concept_id) else f"concept:{quote(concept_id, safe='')}"
