"""Converts between concept ids, which are CURIEs, and IRIs, by which RDF and OBO Graphs identify concepts."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote

from curies import Converter, Record

from hyplink.ontology.concept import Concept

OBO = "http://purl.obolibrary.org/obo/"
OBO_IN_OWL = "http://www.geneontology.org/formats/oboInOwl#"

UNKNOWN = "urn:hyplink:"
"""The IRI prefix of ids whose own prefix has no known address."""

WELL_KNOWN: Mapping[str, tuple[str, ...]] = {
    "http://aims.fao.org/aos/agrovoc/": ("AGROVOC", "agrovoc"),
    "http://eurovoc.europa.eu/": ("EUROVOC", "eurovoc"),
    "http://id.loc.gov/authorities/subjects/": ("LCSH", "lcsh"),
    "http://id.nlm.nih.gov/mesh/": ("MESH", "MeSH", "mesh", "MSH"),
    "http://id.who.int/icd/entity/": ("ICD11", "icd11"),
    "http://purl.bioontology.org/ontology/ICD10CM/": ("ICD10CM", "icd10cm"),
    "http://purl.bioontology.org/ontology/ICD9CM/": ("ICD9CM", "icd9cm"),
    "http://purl.bioontology.org/ontology/MEDDRA/": ("MEDDRA", "MedDRA", "meddra"),
    "http://purl.bioontology.org/ontology/RXNORM/": ("RXNORM", "RxNorm", "rxnorm"),
    "http://purl.uniprot.org/uniprot/": ("UniProtKB", "UniProt", "uniprot"),
    "http://snomed.info/id/": ("SNOMEDCT", "snomedct", "SCTID", "SNOMED"),
    "http://vocab.getty.edu/aat/": ("AAT", "aat"),
    "http://www.ebi.ac.uk/efo/EFO_": ("EFO", "efo"),
    "http://www.orpha.net/ORDO/Orphanet_": ("Orphanet", "ORPHA"),
    "http://www.wikidata.org/entity/": ("Wikidata", "WIKIDATA", "wikidata", "wd"),
    "https://d-nb.info/gnd/": ("GND", "gnd"),
    "https://go.drugbank.com/drugs/": ("DrugBank", "DRUGBANK", "drugbank"),
    "https://loinc.org/": ("LOINC", "loinc"),
    "https://omim.org/entry/": ("OMIM", "omim", "MIM"),
    "https://uts.nlm.nih.gov/uts/umls/concept/": ("UMLS", "umls"),
    "https://www.ensembl.org/id/": ("ENSEMBL", "Ensembl", "ensembl"),
    "https://www.ncbi.nlm.nih.gov/gene/": ("NCBIGene", "ncbigene"),
}
"""The prefixes of well-known vocabularies by IRI prefix, the preferred spelling first."""

_OBO_IRI = re.compile(re.escape(OBO) + r"([A-Za-z][A-Za-z0-9_.-]*)_([A-Za-z0-9.-]+)")
_IRI = re.compile(r"(?:https?://|urn:)[^\s<>\"{}|\\^`]+")
_LOCAL_ID = re.compile(r"[^/#?]+")
_ENDS_A_PREFIX = re.compile(r"[:/?#\[\]@_=]$")


class PrefixMap:
    """Converts between CURIEs and IRIs.

    The prefixes that an ontology's file declares take precedence over those of well-known vocabularies and of the OBO
    Foundry's ontologies. Nothing is downloaded.

    Args:
        declared: IRI prefix by CURIE prefix; '' is the prefix of ids without a colon.
    """

    def __init__(self, declared: Mapping[str, str] | None = None) -> None:
        self._declared = _converter(declared or {})

    def curie(self, iri: str) -> str:
        """The CURIE of an IRI, or the IRI itself if no prefix is known for it; a CURIE is returned unchanged.

        The PURLs of OBO are split at the last underscore, other IRIs after the longest known prefix.
        """
        if found := _OBO_IRI.fullmatch(iri):
            return f"{found[1]}:{found[2]}"
        if iri.startswith(UNKNOWN):
            return unquote(iri.removeprefix(UNKNOWN))
        for converter in (self._declared, _built_in()):
            parsed = converter.parse_uri(iri)
            if parsed and _LOCAL_ID.fullmatch(parsed.identifier):
                return f"{parsed.prefix}:{parsed.identifier}" if parsed.prefix else parsed.identifier
        return iri

    def iri(self, concept_id: str) -> str:
        """An IRI that `curie` converts back to the same id; below `urn:hyplink:` if the prefix is not known."""
        address = self.address(prefix_of(concept_id))
        local_id = concept_id.partition(":")[2] if ":" in concept_id else concept_id
        iri = f"{address}{local_id}" if address else concept_id
        is_sound = _IRI.fullmatch(iri) and self.curie(iri) == concept_id
        return iri if is_sound else UNKNOWN + quote(concept_id, safe=":")

    def address(self, prefix: str) -> str | None:
        """The IRI prefix that a CURIE prefix stands for, or None if it is not known."""
        return self._declared.expand_pair(prefix, "") or _built_in().expand_pair(prefix, "")

    def used_by(self, concept_ids: Iterable[str]) -> dict[str, str]:
        """The known prefixes of ids with their IRI prefixes; of two for one IRI prefix only the first."""
        addresses: dict[str, str] = {}
        for prefix in dict.fromkeys(map(prefix_of, concept_ids)):
            if address := self.address(prefix):
                addresses.setdefault(address, prefix)
        return {prefix: address for address, prefix in addresses.items()}


def prefix_of(concept_id: str) -> str:
    """The prefix of a CURIE; '' for an id without a colon."""
    return concept_id.partition(":")[0] if ":" in concept_id else ""


def used_prefixes(concepts: Iterable[Concept], declared: Mapping[str, str]) -> dict[str, str]:
    """Those of the declared prefixes that the ids of concepts use."""
    used = {prefix_of(concept_id) for each in concepts for concept_id in (each.concept_id, *each.alternative_ids)}
    return {prefix: address for prefix, address in declared.items() if prefix in used}


def obo_prefixes(iris: Iterable[str]) -> dict[str, str]:
    """The prefixes of those IRIs that are PURLs of OBO, with their IRI prefixes."""
    found = dict.fromkeys(match[1] for match in map(_OBO_IRI.fullmatch, iris) if match)
    return {prefix: f"{OBO}{prefix}_" for prefix in found}


def context_prefixes(context: Any) -> dict[str, str]:  # noqa: ANN401 - any JSON
    """The prefixes that the `@context` of a JSON document declares, `@base` as ''.

    Terms and references to other documents are left out. A name is a prefix if its definition says so by
    `"@prefix": true`, or if it is a plain IRI that ends in a delimiter.
    """
    if isinstance(context, list):
        return {prefix: address for part in context for prefix, address in context_prefixes(part).items()}
    if not isinstance(context, dict):
        return {}
    return dict(_context_prefixes(context))


def _context_prefixes(context: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in context.items():
        said_to_be = isinstance(value, dict) and value.get("@prefix") is True
        address = value.get("@id") if said_to_be else value
        if isinstance(address, str) and _IRI.fullmatch(address) and (said_to_be or _ENDS_A_PREFIX.search(address)):
            if name == "@base":
                yield "", address
            elif not name.startswith("@"):
                yield name, address


def _converter(prefixes: Mapping[str, str]) -> Converter:
    """Of several prefixes for one IRI prefix, the first is used to shorten IRIs."""
    by_address: dict[str, list[str]] = {}
    for prefix, address in prefixes.items():
        by_address.setdefault(address, []).append(prefix)
    return Converter(
        Record(prefix=first, prefix_synonyms=others, uri_prefix=address)
        for address, (first, *others) in by_address.items()
    )


@cache
def _built_in() -> Converter:
    lines = files("hyplink.ontology").joinpath("obo_prefixes.txt").read_text("utf-8").splitlines()
    obo = {prefix: f"{OBO}{prefix}_" for line in lines if not line.startswith("#") for prefix in line.split()}
    return _converter({prefix: address for address, names in WELL_KNOWN.items() for prefix in names} | obo)
