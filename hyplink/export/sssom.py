"""SSSOM, the standard table of mappings: each mention is a string that is mapped to a concept.

Prefixes are expanded as the OBO Foundry does, `CL:0000057` to `http://purl.obolibrary.org/obo/CL_0000057`. An id that
is no CURIE gets the prefix `concept`. A mention without a concept is mapped to `sssom:NoTermFound`.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterable, Iterator
from urllib.parse import quote

import yaml

import hyplink
from hyplink.export.linked import Linked
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


def sssom_lines(linked: Iterable[Linked], ontology: Ontology) -> Iterator[str]:
    """The lines of an SSSOM/TSV file: metadata as comments, a header, and a row for each link."""
    metadata = yaml.safe_dump(_metadata(ontology), sort_keys=False, allow_unicode=True, width=1000)
    yield "".join(f"#{line}\n" for line in metadata.splitlines())
    out = io.StringIO()
    rows = csv.writer(out, delimiter="\t", lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in linked:
        rows.writerows(map(_row, each.links))
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


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
