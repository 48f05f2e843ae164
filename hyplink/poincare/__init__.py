"""Embeds the concepts of an ontology in the Poincaré ball and finds the exact nearest concepts of a point."""
