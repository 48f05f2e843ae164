"""Reads an ontology in any supported format into a sound `Ontology` of concepts ordered by is-a, and writes it."""

from hyplink.ontology.artifact import load_ontology, write_ontology
from hyplink.ontology.concept import Concept, Sense, Synonym
from hyplink.ontology.formats import ontology_format_of
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.problems import Problem
from hyplink.ontology.readers import configured_ontology, read_ontology
from hyplink.ontology.writers import text_of_ontology

__all__ = [
    "Concept",
    "Ontology",
    "Problem",
    "Sense",
    "Synonym",
    "configured_ontology",
    "load_ontology",
    "ontology_format_of",
    "read_ontology",
    "text_of_ontology",
    "write_ontology",
]
