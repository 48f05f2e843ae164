"""Exact, broader or absent: where a concept belongs that the ontology lacks, and how an answer relates to a mention."""
