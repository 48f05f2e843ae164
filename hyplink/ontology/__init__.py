"""Concepts, the is-a hierarchy that orders them, and the readers of ontology files."""

from hyplink.ontology.concept import Concept, Synonym
from hyplink.ontology.ontology import Ontology

__all__ = ["Concept", "Ontology", "Synonym"]
