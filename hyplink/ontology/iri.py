"""Concept ids and IRIs: RDF and OBO Graphs name a concept by its IRI, users and corpora by its CURIE."""

import re
from collections.abc import Mapping
from urllib.parse import quote, unquote

OBO = "http://purl.obolibrary.org/obo/"
OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"
_ANY = "urn:hyplink:"
"""For ids that no vocabulary turns into an IRI."""

_OBO_IRI = re.compile(re.escape(OBO) + r"([A-Za-z][A-Za-z0-9_.-]*)_([A-Za-z0-9.-]+)")
_OBO_CURIE = re.compile(r"([A-Za-z][A-Za-z0-9_.-]*):([A-Za-z0-9.-]+)")
_IS_IRI = re.compile(r"(?:https?://|urn:)\S+")


def curie_of(iri: str, prefixes: Mapping[str, str] | None = None) -> str:
    """The CURIE of an IRI: by the rule of the OBO Foundry, else by the file's own prefixes, else the IRI itself.

    Args:
        iri: `http://purl.obolibrary.org/obo/CL_0000057`; a CURIE is given back as it is.
        prefixes: prefix → the head of the IRIs that it stands for. The local name alone is given for prefix ''.
    """
    if found := _OBO_IRI.fullmatch(iri):
        return f"{found[1]}:{found[2]}"
    if iri.startswith(_ANY):
        return unquote(iri.removeprefix(_ANY))
    known = [(len(head), prefix, head) for prefix, head in (prefixes or {}).items() if iri.startswith(head)]
    for length, prefix, _ in sorted(known, reverse=True):
        local = iri[length:]
        if local and not set("/#?") & set(local):
            return f"{prefix}:{local}" if prefix else local
    return iri


def iri_of(concept_id: str) -> str:
    """An IRI from which `curie_of` makes the same id again."""
    if found := _OBO_CURIE.fullmatch(concept_id):
        return f"{OBO}{found[1]}_{found[2]}"
    return concept_id if _IS_IRI.fullmatch(concept_id) else _ANY + quote(concept_id, safe=":")
