"""Protocols of other tools: the Reconciliation Service API for OpenRefine, and INCEpTION's external recommender."""
