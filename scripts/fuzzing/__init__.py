"""The processes that `scripts/fuzz.py` runs harnesses in."""
