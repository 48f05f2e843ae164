"""SSSOM/TSV, the Simple Standard for Sharing Ontological Mappings: each mention is a string mapped to a concept.

A row tells where the mention stands (`subject_id`), which name of the concept is most similar to it (`match_string`,
`object_match_field`), how it was matched (`mapping_justification`), and the columns of the table that it was read from,
as extension slots. A NIL mention, and one with the relation `none`, is mapped to `sssom:NoTermFound`; one with the
relation `broader` is mapped to its broader concept as `skos:broadMatch`. The confidence of both relations is
`relation_confidence`.

The file declares the prefixes of its rows with the IRI prefixes that the ontology declares or that are well known. A
concept id that is an IRI gets a generated prefix `ns1`, `ns2`, …, and any other id that is not a CURIE gets the prefix
`concept`.
"""

import csv
import io
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from urllib.parse import quote

import yaml

import hyplink
from hyplink.corpus import CorpusReport
from hyplink.export.parts import LinkWriter
from hyplink.linking.link import Candidate, Link
from hyplink.linking.linked_document import LinkedDocument
from hyplink.linking.table import cells_of_mentions
from hyplink.names.normal_forms import normal_text
from hyplink.ontology import Ontology
from hyplink.ontology.prefixes import OBO_IN_OWL, UNKNOWN, PrefixMap

COLUMNS = (
    "subject_id",
    "subject_label",
    "subject_type",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "object_source",
    "object_source_version",
    "mapping_date",
    "confidence",
    "match_string",
    "object_match_field",
)
LITERAL = "rdfs literal"
UNSPECIFIED_LICENCE = "https://w3id.org/sssom/license/unspecified"
MATCH_FIELDS = {
    "LABEL": "rdfs:label",
    "EXACT": "oboInOwl:hasExactSynonym",
    "NARROW": "oboInOwl:hasNarrowSynonym",
    "BROAD": "oboInOwl:hasBroadSynonym",
    "RELATED": "oboInOwl:hasRelatedSynonym",
    "ANNOTATED": "",
}
"""The property by which a concept has its matched name; none for a wording of annotated text."""

_Row = dict[str, str | None]

_CURIE = re.compile(r"([A-Za-z_][\w.-]*):[\w.-]+")
_IRI = re.compile(r"(https?://\S*[/#])([\w.-]+)")


class Sssom(LinkWriter[list[_Row]]):
    """An SSSOM/TSV file. The metadata declare the prefixes of the rows, so it is a single chunk.

    The columns of the table that the first document was read from follow those of SSSOM.

    Args:
        ontology: the ontology of the concepts.
    """

    def __init__(self, ontology: Ontology) -> None:
        self._ontology = ontology
        self._today = datetime.now(UTC).date().isoformat()

    def content(self, linked: LinkedDocument, columns: Sequence[str], report: CorpusReport) -> list[_Row]:
        """The rows of a document, with ids that are not CURIEs yet."""
        own, rows = _slots(columns), []
        for link, cells in zip(linked.links, cells_of_mentions(linked), strict=True):
            carried = {slot: " ".join(cells.get(name, "").split()) for name, slot in own.items()}
            rows.append({**_row(link, self._ontology), "mapping_date": self._today, **carried})
        return rows

    def chunks(self, contents: Iterable[list[_Row]], columns: Sequence[str], report: CorpusReport) -> Iterator[bytes]:
        """Metadata as comments, a header, one row per link."""
        references, own = _References(PrefixMap(self._ontology.prefixes)), _slots(columns)
        out = io.StringIO()
        rows = csv.DictWriter(out, [*COLUMNS, *own.values()], delimiter="\t", lineterminator="\n")
        rows.writeheader()
        for row in chain.from_iterable(contents):
            rows.writerow(references.resolved(row))
        metadata = _metadata(self._ontology, references.addresses, own)
        yield "".join(f"#{line}\n" for line in metadata.splitlines()).encode()
        yield out.getvalue().encode()


def _slots(names: Iterable[str]) -> dict[str, str]:
    """The slot of each column of the input: its heading with underscores for symbols, and no name that SSSOM has."""
    slots: dict[str, str] = {}
    taken = set(COLUMNS)
    for name in names:
        slot = re.sub(r"\W+", "_", name) or "_"
        while slot in taken:
            slot = f"input_{slot}"
        taken.add(slot)
        slots[name] = slot
    return slots


class _References:
    """Writes concept ids as CURIEs and collects the prefixes that they use.

    Attributes:
        addresses: IRI prefix of each prefix used so far.
    """

    def __init__(self, prefixes: PrefixMap) -> None:
        self._prefixes = prefixes
        self._namespaces: dict[str, str] = {}
        self.addresses: dict[str, str] = {}

    def resolved(self, row: _Row) -> _Row:
        """A row with CURIEs for the ids of its mention, its concept, its ontology and the property of its name."""
        concept_id, source = row["object_id"], row["object_source"]
        return {
            **row,
            "subject_id": self.own("mention", row["subject_id"] or ""),
            "object_id": self.curie(concept_id) if concept_id is not None else "sssom:NoTermFound",
            "object_source": self.own("ontology", source) if source else "",
            "object_match_field": self.match_field(row["object_match_field"]),
        }

    def own(self, prefix: str, local_id: str) -> str:
        """A CURIE with one of hyplink's own prefixes."""
        self.addresses[prefix] = f"{UNKNOWN}{prefix}:"
        return f"{prefix}:{quote(local_id, safe='')}"

    def match_field(self, scope: str | None) -> str:
        """The property by which a concept has a name of this scope; empty for none."""
        field = MATCH_FIELDS[scope] if scope else ""
        if field.startswith("oboInOwl:"):
            self.addresses["oboInOwl"] = OBO_IN_OWL
        return field

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


def _metadata(ontology: Ontology, addresses: Mapping[str, str], own: Mapping[str, str]) -> str:
    source = f"{ontology.source} {ontology.release or ''}".strip()
    metadata = {
        "mapping_set_id": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'hyplink {source}')}",
        "mapping_set_title": f"strings linked to {source}",
        "license": UNSPECIFIED_LICENCE,
        "mapping_tool": "hyplink",
        "mapping_tool_version": hyplink.__version__,
        **({"extension_definitions": _extensions(own)} if own else {}),
        "curie_map": dict(sorted(addresses.items())),
    }
    return yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True, width=1000)


def _extensions(own: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"slot_name": slot, "property": f"{UNKNOWN}column:{quote(name, safe='')}"} for name, slot in own.items()]


def _row(link: Link, ontology: Ontology) -> _Row:
    """The row of a link before its ids are CURIEs: no `object_id` is NIL, `object_match_field` is a scope."""
    predicate, mapped, confidence = _mapping(link)
    is_answer = mapped is not None and mapped is link.answer
    spans = "_".join(f"{start}-{end}" for start, end in link.spans or [(link.start, link.end)])
    return {
        "subject_id": f"{link.doc}_{spans}",
        "subject_label": " ".join(link.text.split()),
        "subject_type": LITERAL,
        "predicate_id": predicate,
        "object_id": mapped.concept if mapped else None,
        "object_label": mapped.label if mapped else "",
        "mapping_justification": _justification(link) if is_answer else "semapv:CompositeMatching",
        "object_source": ontology.source,
        "object_source_version": ontology.release or "",
        "confidence": "" if confidence is None else f"{confidence:.4f}",
        "match_string": " ".join((mapped.matched_name or "").split()) if mapped and is_answer else "",
        "object_match_field": mapped.scope if mapped and is_answer else None,
    }


def _mapping(link: Link) -> tuple[str, Candidate | None, float | None]:
    """The predicate, the concept and the confidence of a link; an answer that was backed off to is given as it is.

    In a run that tells no relations, only words that are a name of the concept are known to be an exact match.
    """
    if link.back_off_of and link.answer:
        return "skos:broadMatch", link.answer, link.confidence
    if link.relation == "none":
        return "skos:exactMatch", None, link.relation_confidence
    if link.answer is None or link.relation in (None, "exact"):
        is_exact = link.answer is None or link.relation == "exact" or _is_name(link)
        return ("skos:exactMatch" if is_exact else "skos:closeMatch"), link.answer, link.confidence
    return "skos:broadMatch", link.broader, link.relation_confidence


def _justification(link: Link) -> str:
    """`LexicalMatching` where the words are a name of the concept, spelling and number aside, else `CompositeMatching`.

    The latter combines the similarity of names, the context and the distance in the ball.
    """
    return f"semapv:{'Lexical' if _is_name(link) else 'Composite'}Matching"


def _is_name(link: Link) -> bool:
    name = link.answer.matched_name if link.answer else None
    return name is not None and normal_text(name) == normal_text(link.text)
