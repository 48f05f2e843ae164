"""Writes an ontology as SKOS, for thesaurus and vocabulary tools."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from hyplink.errors import InputError
from hyplink.ontology.concept import Concept
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.prefixes import OBO, OBO_IN_OWL, PrefixMap
from hyplink.ontology.rdf import OWL, SKOS, SYNONYMS

if TYPE_CHECKING:
    from rdflib.term import Node

REPLACED_BY = OBO + "IAO_0100001"


def skos_text(ontology: Ontology) -> str:
    """The ontology as a SKOS concept scheme in Turtle; `read_rdf` reads the same concepts, names and edges back.

    SKOS has no synonym scopes: all synonyms are `skos:altLabel`, and those that are not exact are repeated as the
    synonym property of OBO for their scope. Synonym types are dropped.

    Raises:
        InputError: rdflib is not installed.
    """
    try:
        from rdflib import RDF, Graph, Literal, URIRef
    except ModuleNotFoundError:
        raise InputError("SKOS is written with rdflib, which is missing: pip install rdflib") from None
    graph = Graph(bind_namespaces="none")
    concepts = (*ontology.concepts.values(), *ontology.obsolete.values())
    used = PrefixMap(ontology.prefixes).used_by(concept.concept_id for concept in concepts)
    for prefix, address in (*used.items(), ("skos", SKOS), ("obo", OBO), ("oboInOwl", OBO_IN_OWL), ("owl", OWL)):
        graph.bind(prefix, address)
    iri_of = PrefixMap(used).iri
    scheme = URIRef(iri_of(ontology.source or "ontology"))
    graph.add((scheme, RDF.type, URIRef(SKOS + "ConceptScheme")))
    if ontology.release:
        graph.add((scheme, URIRef(OWL + "versionInfo"), Literal(ontology.release)))
    for concept in concepts:
        subject = URIRef(iri_of(concept.concept_id))
        graph.add((subject, RDF.type, URIRef(SKOS + "Concept")))
        graph.add((subject, URIRef(SKOS + "inScheme"), scheme))
        for predicate, value, is_id in _statements(concept, iri_of):
            node: Node = URIRef(iri_of(value)) if is_id else Literal(value)
            graph.add((subject, URIRef(predicate), node))
    return str(graph.serialize(format="turtle"))


def _statements(concept: Concept, iri_of: Callable[[str], str]) -> Iterator[tuple[str, str, bool]]:
    """(predicate, value, whether the value is a concept id) for everything that is known about a concept."""
    if PrefixMap().curie(iri_of(concept.concept_id)) != concept.concept_id:  # Turtle may not declare the prefix
        yield OBO_IN_OWL + "id", concept.concept_id, False
    yield SKOS + "prefLabel", concept.label, False
    for synonym in concept.synonyms:
        yield SKOS + "altLabel", synonym.text, False
        if synonym.scope != "EXACT":
            yield next(name for name, scope in SYNONYMS.items() if scope == synonym.scope), synonym.text, False
    if concept.definition:
        yield SKOS + "definition", concept.definition, False
    yield from ((SKOS + "broader", parent, True) for parent in concept.parents)
    yield from ((OBO_IN_OWL + "hasAlternativeId", each, False) for each in concept.alternative_ids)
    yield from ((OBO_IN_OWL + "hasDbXref", each, False) for each in concept.cross_references)
    if concept.obsolete:
        yield OWL + "deprecated", "true", False
    yield from ((REPLACED_BY, each, True) for each in concept.replaced_by)
