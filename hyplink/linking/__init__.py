"""Linking: the public objects `Linker` and `Link`, explanations, and the evaluation of a linker against gold data."""
