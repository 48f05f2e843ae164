"""Trains points on pairs of the hierarchy: with the compiled kernel, or with gensim."""
