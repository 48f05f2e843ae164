"""SSSOM/TSV, the Simple Standard for Sharing Ontological Mappings: each mention is a string mapped to a concept.

The file declares the prefixes of its rows with the IRI prefixes that the ontology declares or that are well known. A
concept id that is an IRI gets a generated prefix `ns1`, `ns2`, …, and any other id that is not a CURIE gets the prefix
`concept`. A NIL mention, and one with the relation `none`, is mapped to `sssom:NoTermFound`. A mention with the
relation `broader` is mapped to its broader concept as `skos:broadMatch`.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote

import yaml

import hyplink
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.ontology import Ontology
from hyplink.ontology.prefixes import UNKNOWN, PrefixMap
from hyplink.placement.relation import RELATIONS

COLUMNS = (
    "subject_label",
    "subject_type",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "confidence",
)
LITERAL = "rdfs literal"
UNSPECIFIED_LICENCE = "https://w3id.org/sssom/license/unspecified"
_CURIE = re.compile(r"([A-Za-z_][\w.-]*):[\w.-]+")
_IRI = re.compile(r"(https?://\S*[/#])([\w.-]+)")


def sssom_lines(linked: Iterable[LinkedDocument], ontology: Ontology) -> Iterator[str]:
    """The text of an SSSOM/TSV file in chunks: metadata as comments, a header, one row per link.

    The first chunk is returned after all documents are linked, because the metadata declare the prefixes of the rows.
    """
    references = _References(PrefixMap(ontology.prefixes))
    out = io.StringIO()
    rows = csv.writer(out, delimiter="\t", lineterminator="\n")
    rows.writerow(COLUMNS)
    for each in linked:
        rows.writerows(_row(link, references) for link in each.links)
    metadata = _metadata(ontology, references.addresses)
    yield "".join(f"#{line}\n" for line in metadata.splitlines())
    yield out.getvalue()


class _References:
    """Writes concept ids as CURIEs and collects the prefixes that they use.

    Attributes:
        addresses: IRI prefix of each prefix used so far.
    """

    def __init__(self, prefixes: PrefixMap) -> None:
        self._prefixes = prefixes
        self._namespaces: dict[str, str] = {}
        self.addresses: dict[str, str] = {}

    def curie(self, concept_id: str) -> str:
        """The CURIE of a concept."""
        if found := _CURIE.fullmatch(concept_id):
            prefix, curie = found[1], concept_id
            address = self._prefixes.address(prefix) or f"{UNKNOWN}{prefix}:"
        elif found := _IRI.fullmatch(self._prefixes.iri(concept_id)):
            address = found[1]
            prefix = self._namespaces.setdefault(address, f"ns{len(self._namespaces) + 1}")
            curie = f"{prefix}:{found[2]}"
        else:
            prefix, address = "concept", UNKNOWN
            curie = f"{prefix}:{quote(concept_id, safe='')}"
        self.addresses[prefix] = address
        return curie


def _metadata(ontology: Ontology, addresses: Mapping[str, str]) -> str:
    source = f"{ontology.source} {ontology.release or ''}".strip()
    metadata = {
        "mapping_set_id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'hyplink {source}')}",
        "mapping_set_title": f"strings linked to {source}",
        "license": UNSPECIFIED_LICENCE,
        "mapping_tool": "hyplink",
        "mapping_tool_version": hyplink.__version__,
        **({"object_source_version": ontology.release} if ontology.release else {}),
        "curie_map": dict(sorted(addresses.items())),
    }
    return yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True, width=1000)


def _row(link: Link, references: _References) -> tuple[str, ...]:
    predicate, mapped, confidence = _mapping(link)
    return (
        " ".join(link.text.split()),
        LITERAL,
        predicate,
        references.curie(mapped.concept) if mapped else "sssom:NoTermFound",
        mapped.label if mapped else "",
        "semapv:CompositeMatching",
        "" if confidence is None else f"{confidence:.4f}",
    )


def _mapping(link: Link) -> tuple[str, Candidate | None, float | None]:
    """The predicate, the concept and the confidence of a link; an answer that was backed off to is given as it is."""
    if link.back_off_of or link.answer is None or link.relation in (None, "exact"):
        return ("skos:broadMatch" if link.back_off_of else "skos:exactMatch"), link.answer, link.confidence
    probability = dict(zip(RELATIONS, link.relation_probabilities or (), strict=True))[link.relation]
    return ("skos:broadMatch" if link.broader else "skos:exactMatch"), link.broader, probability
