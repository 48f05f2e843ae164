"""The Poincaré ball: its geometry, an ontology's points in it, and the concepts nearest to a point."""
