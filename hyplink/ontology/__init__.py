"""Concepts, the is-a hierarchy that orders them, and the readers of ontology files."""

from hyplink.ontology.concept import Concept, Synonym
from hyplink.ontology.ontology import Ontology
from hyplink.ontology.problems import Problem

__all__ = ["Concept", "Ontology", "Problem", "Synonym"]
