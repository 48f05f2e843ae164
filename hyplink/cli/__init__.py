"""The command line, the only package that prints: each command parses its arguments and calls a stage or the linker.

torch, gensim and fastText take seconds to import, so each command imports what it needs and `--help` stays fast.
"""

from hyplink.cli import building, placement, serving, using, writing
from hyplink.cli.app import app, main

__all__ = ["app", "building", "main", "placement", "serving", "using", "writing"]
