"""Reads ontologies in RDF: OWL classes and SKOS concepts, in any RDF syntax, with names in several languages."""

import logging
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Scope
from hyplink.ontology.jsonld import checked_context
from hyplink.ontology.lines import read_text
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.prefixes import OBO, OBO_IN_OWL, PrefixMap, context_prefixes, obo_prefixes, used_prefixes
from hyplink.ontology.problems import ProblemLog
from hyplink.ontology.rdf_names import Name, NameSelector
from hyplink.ontology.repair import with_genus_parents, with_merged_ids, without_stubs
from hyplink.reading.surrogates import without_surrogates
from hyplink.reading.xml_entities import checked_xml

if TYPE_CHECKING:
    from rdflib import Graph
    from rdflib.term import Node, URIRef

RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
SKOS_XL = "http://www.w3.org/2008/05/skos-xl#"
DCTERMS = "http://purl.org/dc/terms/"

LABELS = (SKOS + "prefLabel", RDFS + "label")
SYNONYMS: dict[str, Scope] = {
    OBO_IN_OWL + "hasExactSynonym": "EXACT",
    OBO_IN_OWL + "hasNarrowSynonym": "NARROW",
    OBO_IN_OWL + "hasBroadSynonym": "BROAD",
    OBO_IN_OWL + "hasRelatedSynonym": "RELATED",
    SKOS + "altLabel": "EXACT",
    SKOS + "hiddenLabel": "EXACT",
    OBO + "IAO_0000118": "EXACT",  # alternative term
}
DEFINITIONS = (SKOS + "definition", OBO + "IAO_0000115")
PARENTS = (RDFS + "subClassOf", SKOS + "broader", SKOS + "broaderGeneric")
CROSS_REFERENCES = (OBO_IN_OWL + "hasDbXref", SKOS + "exactMatch")
ALTERNATIVE_IDS = (OBO_IN_OWL + "hasAlternativeId",)
REPLACED_BY = (OBO + "IAO_0100001", DCTERMS + "isReplacedBy")
RELEASES = (OWL + "versionInfo", OWL + "versionIRI", DCTERMS + "issued", DCTERMS + "modified")

LINE_SYNTAXES = ("nt", "nquads")
LONGEST_LINE = 2**18
"""Characters of a line of N-Triples or N-Quads: the time in which rdflib reads one grows with its length squared."""

_BAD_SYNTAX = re.compile(r"at line (\d+) of <.*?>: Bad syntax \((.*?)\) at")


def read_rdf(path: Path, language: str | None = None) -> Ontology:
    """The ontology of an RDF file: its SKOS concepts or, if there are none, its OWL classes.

    Is-a edges are `rdfs:subClassOf` between named classes and `skos:broader`. A class without one has the named classes
    of its logical definition as parents, an `owl:equivalentClass` that is an `owl:intersectionOf`. Ids are CURIEs: the
    `oboInOwl:id` of the concept, or its IRI shortened by `PrefixMap` with the file's prefixes. Nothing is imported or
    downloaded.

    Args:
        path: RDF/XML, Turtle, N-Triples, N3, TriG or JSON-LD, plain or gzip-compressed.
        language: names with another language tag are dropped; None keeps all languages.

    Raises:
        InputError: the file cannot be read, is not RDF, or contains no concept, or no name in the language.
    """
    text = read_text(path)
    syntax = _syntax(path, text)
    context = checked_context(path, text) if syntax == "json-ld" else None
    graph = _graph(path, syntax, checked_xml(path, text) if syntax == "xml" else text)
    declared = {prefix: str(address) for prefix, address in graph.namespaces()}
    declared |= context_prefixes(context)  # rdflib does not bind a prefix whose definition is an object
    reader = _Reader(graph, declared, language)
    subjects = reader.subjects()
    concepts = [reader.concept(subject) for subject in subjects]
    if not concepts:
        raise InputError.at(path, None, "contains no skos:Concept and no owl:Class; expected an ontology")
    reader.names.check(path)
    pairs = zip(concepts, subjects, strict=True)
    genera = {each.concept_id: reader.genera(subject) for each, subject in pairs if not each.parents}
    kept = with_merged_ids(without_stubs(with_genus_parents(concepts, genera, reader.log), reader.log))
    prefixes = used_prefixes(kept, obo_prefixes(map(str, subjects)) | declared)
    problems = reader.log.problems()
    return Ontology(kept, source=path.name, release=reader.release(), prefixes=prefixes, problems=problems)


class _Reader:
    """Reads concepts from a graph."""

    def __init__(self, graph: "Graph", declared: Mapping[str, str], language: str | None) -> None:
        from rdflib import RDF, URIRef

        self.log = ProblemLog()
        self.names = NameSelector(language, self.log)
        self._graph, self._ref, self._type = graph, URIRef, RDF.type
        self._prefixes = PrefixMap(declared)
        self._narrower: defaultdict[Node, list[Node]] = defaultdict(list)
        for broader, narrower in graph.subject_objects(URIRef(SKOS + "narrower")):
            self._narrower[narrower].append(broader)
        self._kinds = self._synonym_kinds()

    def subjects(self) -> "list[URIRef]":
        """The subjects that are concepts, in file order."""
        skos, owl = (
            dict.fromkeys(each for name in types for each in self._of_type(name) if self._is_named(each))
            for types in ((SKOS + "Concept",), (OWL + "Class", RDFS + "Class"))
        )
        if skos:
            for each in owl:
                if each not in skos:
                    self.log.add("other-classes", self._id(each))
        return [each for each in skos or owl if isinstance(each, self._ref)]

    def _is_named(self, node: "Node") -> bool:
        return isinstance(node, self._ref) and str(node) != OWL + "Thing"

    def concept(self, subject: "URIRef") -> Concept:
        """The concept of a subject."""
        label, synonyms = self.names.select(self._id(subject), list(self._names(subject)))
        parents = [*self._objects(subject, PARENTS), *self._narrower[subject]]
        return Concept(
            concept_id=self._id(subject),
            label=label,
            synonyms=synonyms,
            definition=self.names.text([self._name(each) for each in self._objects(subject, DEFINITIONS)]),
            parents=self._ids(filter(self._is_named, parents)),
            alternative_ids=self._ids(self._objects(subject, ALTERNATIVE_IDS)),
            cross_references=self._ids(self._objects(subject, CROSS_REFERENCES)),
            obsolete=any(str(each) in ("true", "1") for each in self._objects(subject, (OWL + "deprecated",))),
            replaced_by=self._ids(self._objects(subject, REPLACED_BY)),
        )

    def genera(self, subject: "URIRef") -> tuple[str, ...]:
        """The named classes of which a class is an intersection by its logical definition."""
        from rdflib.collection import Collection

        heads = (
            head
            for definition in self._objects(subject, (OWL + "equivalentClass",))
            for head in self._objects(definition, (OWL + "intersectionOf",))
        )
        classes = (each for head in heads for each in Collection(self._graph, head))
        return self._ids(each for each in classes if isinstance(each, self._ref))

    def release(self) -> str | None:
        """The version or date of the ontology or the concept scheme."""
        for name in (OWL + "Ontology", SKOS + "ConceptScheme"):
            for subject in self._of_type(name):
                for found in self._objects(subject, RELEASES):
                    return without_surrogates(str(found)).strip().partition("\n")[0].rstrip()
        return None

    def _of_type(self, name: str) -> "Iterator[Node]":
        return self._graph.subjects(self._type, self._ref(name))

    def _objects(self, subject: "Node", predicates: Iterable[str]) -> "Iterator[Node]":
        for predicate in predicates:
            yield from self._graph.objects(subject, self._ref(predicate))

    def _names(self, subject: "Node") -> Iterator[Name]:
        for predicate in LABELS:
            for each in self._objects(subject, (predicate, predicate.replace(SKOS, SKOS_XL))):
                yield self._name(each, is_label=True)
        for predicate, scope in SYNONYMS.items():
            for each in self._objects(subject, {predicate: 0, predicate.replace(SKOS, SKOS_XL): 0}):
                yield self._name(each, scope, kind=self._kinds.get((subject, predicate, str(each))))

    def _name(self, node: "Node", scope: Scope = "EXACT", kind: str | None = None, is_label: bool = False) -> Name:
        """The text of a literal, or of the literal form of a SKOS-XL label."""
        literal = next(self._objects(node, (SKOS_XL + "literalForm",)), node)
        return Name(without_surrogates(str(literal)).strip(), getattr(literal, "language", None), scope, kind, is_label)

    def _ids(self, nodes: "Iterable[Node]") -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(self._id, nodes)))

    def _id(self, node: "Node") -> str:
        given = next(self._objects(node, (OBO_IN_OWL + "id",)), None)
        return without_surrogates(str(given) if given is not None else self._prefixes.curie(str(node)))

    def _synonym_kinds(self) -> "dict[tuple[Node, str, str], str]":
        """The synonym type by (concept, predicate, text), which OWL states by an axiom about the annotation."""
        kinds = {}
        for axiom, kind in self._graph.subject_objects(self._ref(OBO_IN_OWL + "hasSynonymType")):
            parts = [
                next(self._objects(axiom, (OWL + part,)), None)
                for part in ("annotatedSource", "annotatedProperty", "annotatedTarget")
            ]
            if parts[0] is not None:
                name = str(kind).rpartition("#")[2]
                kinds[parts[0], str(parts[1]), str(parts[2])] = self._prefixes.curie(name).rpartition(":")[2]
        return kinds


def _graph(path: Path, syntax: str, text: str) -> "Graph":
    try:
        from rdflib import Dataset, Graph
        from rdflib.namespace import NamespaceManager
    except ModuleNotFoundError:
        raise InputError.at(path, None, "RDF is read with rdflib, which is missing: pip install rdflib") from None
    if syntax in LINE_SYNTAXES:
        _check_lines(path, text)
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)  # it logs each malformed literal; these are kept as text
    graph = Dataset(default_union=True) if syntax in ("trig", "nquads") else Graph()
    graph.namespace_manager = NamespaceManager(graph, bind_namespaces="none")  # the file's own prefixes alone
    try:
        graph.parse(data=text, format=syntax, publicID=path.resolve().as_uri())
    except Exception as error:
        raise _unreadable(path, syntax, error) from None
    return graph


def _check_lines(path: Path, text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if len(line) > LONGEST_LINE:
            raise InputError.at(path, number, f"a line of {len(line):,} characters; at most {LONGEST_LINE:,} are read")


def _unreadable(path: Path, syntax: str, error: Exception) -> InputError:
    """The error for a file that rdflib cannot parse, with the line if rdflib names it."""
    message = " ".join(str(error).split())
    if found := _BAD_SYNTAX.match(message):
        return InputError.at(path, int(found[1]), f"not {syntax}: {found[2]}")
    return InputError.at(path, None, f"cannot be read as {syntax}: {message[:200]}")


def _syntax(path: Path, text: str) -> str:
    """The syntax of the text, by its name in rdflib."""
    head = text[:4000].lstrip()
    suffix = Path(path.name.removesuffix(".gz")).suffix.lower()
    is_xml = head.startswith(("<?xml", "<!DOCTYPE", "<!--", "<rdf:RDF", "<Ontology"))
    is_owl_xml = is_xml and "<Ontology" in head and "rdf:RDF" not in head
    if is_owl_xml or head.startswith(("Prefix(", "Ontology(", "Prefix:", "Ontology:")):
        raise InputError.at(path, None, "OWL in functional, Manchester or OWL/XML syntax; save it as RDF/XML or Turtle")
    if head.startswith(("{", "[")) and suffix in (".jsonld", ".json"):
        return "json-ld"
    if is_xml:
        return "xml"
    return {".nt": "nt", ".n3": "n3", ".trig": "trig", ".nq": "nquads"}.get(suffix, "turtle")
