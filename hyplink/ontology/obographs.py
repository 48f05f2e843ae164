"""OBO Graphs, the JSON form of OBO and OWL: read and written."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hyplink.errors import InputError
from hyplink.ontology.concept import Concept, Scope, Synonym
from hyplink.ontology.lines import read_text
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.prefixes import OBO, OBO_IN_OWL, PrefixMap, context_prefixes, obo_prefixes, used_prefixes
from hyplink.ontology.problems import ProblemLog
from hyplink.ontology.repair import with_genus_parents, with_merged_ids, without_stubs

IS_A = frozenset({"is_a", "subClassOf", "http://www.w3.org/2000/01/rdf-schema#subClassOf"})
ALTERNATIVE_ID = OBO_IN_OWL + "hasAlternativeId"
REPLACED_BY = OBO + "IAO_0100001"
SCOPES: dict[str, Scope] = {
    "hasExactSynonym": "EXACT",
    "hasNarrowSynonym": "NARROW",
    "hasBroadSynonym": "BROAD",
    "hasRelatedSynonym": "RELATED",
}


class _Part(BaseModel):
    """A part of the document. Absent values may be null or missing, because tools differ in that."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


class _Value(_Part):
    val: str | None = None
    pred: str | None = None
    kind: str | None = Field(None, alias="synonymType")


class _Meta(_Part):
    definition: _Value | None = None
    synonyms: list[_Value] | None = None
    xrefs: list[_Value] | None = None
    properties: list[_Value] | None = Field(None, alias="basicPropertyValues")
    version: str | None = None
    deprecated: bool | None = None

    def ids(self, predicate: str, prefixes: PrefixMap) -> tuple[str, ...]:
        """The values of a property as CURIEs."""
        return tuple(prefixes.curie(each.val) for each in self.properties or () if each.pred == predicate and each.val)


class _Node(_Part):
    id: str
    label: str | None = Field(None, alias="lbl")
    type: str | None = None
    meta: _Meta | None = None


class _Edge(_Part):
    sub: str
    pred: str
    obj: str


class _Definition(_Part):
    concept: str = Field(alias="definedClassId")
    genera: list[str] | None = Field(None, alias="genusIds")


class _Graph(_Part):
    nodes: list[_Node] | None = None
    edges: list[_Edge] | None = None
    definitions: list[_Definition] | None = Field(None, alias="logicalDefinitionAxioms")
    meta: _Meta | None = None


class _Document(_Part):
    graphs: list[_Graph]
    context: Any = Field(None, alias="@context")


def read_obographs(path: Path) -> Ontology:
    """The ontology of an OBO Graphs file. Several graphs are read as one.

    Of all relations only is_a is used. A class without one has the genera of its logical definition as parents.

    Raises:
        InputError: the file cannot be read or is not OBO Graphs.
    """
    try:
        document = _Document.model_validate_json(read_text(path))
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        field = ".".join(map(str, fault["loc"]))
        raise InputError.at(
            path, None, f'not OBO Graphs: {field + ": " if field else ""}{fault["msg"]}; expected {{"graphs": [{{…}}]}}'
        ) from None
    declared = context_prefixes(document.context)
    prefixes = PrefixMap(declared)
    parents: defaultdict[str, list[str]] = defaultdict(list)
    for graph in document.graphs:
        for edge in graph.edges or ():
            if edge.pred in IS_A:
                parents[prefixes.curie(edge.sub)].append(prefixes.curie(edge.obj))
    nodes = [each for graph in document.graphs for each in graph.nodes or () if each.type in ("CLASS", None)]
    concepts = [_concept(node, parents.pop(prefixes.curie(node.id), []), prefixes) for node in nodes]
    if not concepts:
        raise InputError.at(path, None, "contains no node of type CLASS; expected an ontology")
    log = ProblemLog()
    for child, its_parents in parents.items():
        for parent in its_parents:
            log.add("dangling-child", f"{child} is_a {parent}")
    definitions = (each for graph in document.graphs for each in graph.definitions or ())
    genera = {prefixes.curie(each.concept): [*map(prefixes.curie, each.genera or ())] for each in definitions}
    kept = with_merged_ids(without_stubs(with_genus_parents(concepts, genera, log), log))
    return Ontology(
        kept,
        source=path.name,
        release=_release(document.graphs),
        prefixes=used_prefixes(kept, obo_prefixes(node.id for node in nodes) | declared),
        problems=log.problems(),
    )


def _release(graphs: Iterable[_Graph]) -> str | None:
    return next((graph.meta.version for graph in graphs if graph.meta and graph.meta.version), None)


def _concept(node: _Node, parents: list[str], prefixes: PrefixMap) -> Concept:
    meta = node.meta or _Meta()
    return Concept(
        concept_id=prefixes.curie(node.id),
        label=(node.label or "").strip(),
        synonyms=tuple(_synonyms(meta.synonyms or ())),
        definition=(meta.definition.val or None) if meta.definition else None,
        parents=tuple(parents),
        alternative_ids=meta.ids(ALTERNATIVE_ID, prefixes),
        cross_references=tuple(prefixes.curie(each.val) for each in meta.xrefs or () if each.val),
        obsolete=bool(meta.deprecated),
        replaced_by=meta.ids(REPLACED_BY, prefixes),
    )


def _synonyms(given: Iterable[_Value]) -> Iterator[Synonym]:
    for each in given:
        if text := (each.val or "").strip():
            scope = SCOPES.get((each.pred or "").rpartition("#")[2], "RELATED")
            yield Synonym(text, scope, each.kind and each.kind.rpartition("#")[2])


def obographs_text(ontology: Ontology) -> str:
    """The ontology as an OBO Graphs document; `read_obographs` reads the same ontology back."""
    concepts = (*ontology.concepts.values(), *ontology.obsolete.values())
    used = PrefixMap(ontology.prefixes).used_by(concept.concept_id for concept in concepts)
    iri_of = PrefixMap(used).iri
    edges = ((concept.concept_id, parent) for concept in concepts for parent in concept.parents)
    graph = {
        "id": iri_of(ontology.source or "ontology"),
        "meta": {"version": ontology.release} if ontology.release else {},
        "nodes": [
            {"id": iri_of(each.concept_id), "lbl": each.label, "type": "CLASS", "meta": _meta(each, iri_of)}
            for each in concepts
        ],
        "edges": [{"sub": iri_of(child), "pred": "is_a", "obj": iri_of(parent)} for child, parent in edges],
    }
    context = {prefix or "@base": _definition(prefix, address) for prefix, address in used.items()}
    return json.dumps({"@context": context, "graphs": [graph]}, ensure_ascii=False, indent=1) + "\n"


def _definition(prefix: str, address: str) -> str | dict[str, Any]:
    """The definition of a prefix in `@context`; JSON-LD 1.1 requires an object for an address that ends in `_`."""
    return {"@id": address, "@prefix": True} if prefix else address


def _meta(concept: Concept, iri_of: Callable[[str], str]) -> dict[str, Any]:
    pred_of = {scope: pred for pred, scope in SCOPES.items()}
    properties = [{"pred": ALTERNATIVE_ID, "val": each} for each in concept.alternative_ids]
    properties += [{"pred": REPLACED_BY, "val": iri_of(each)} for each in concept.replaced_by]
    meta = {
        "definition": concept.definition and {"val": concept.definition},
        "synonyms": [
            {"pred": pred_of[each.scope], "val": each.text, **({"synonymType": each.kind} if each.kind else {})}
            for each in concept.synonyms
        ],
        "xrefs": [{"val": each} for each in concept.cross_references],
        "basicPropertyValues": properties,
        "deprecated": concept.obsolete,
    }
    return {key: value for key, value in meta.items() if value}
