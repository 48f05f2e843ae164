"""hyplink links mentions in text to the concepts of an ontology, in hyperbolic space."""

__version__ = "0.1.0"
