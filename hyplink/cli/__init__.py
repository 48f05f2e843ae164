"""The command line: parses, opens the run, calls one stage or the linker, and prints. Nothing else prints.

torch, gensim and fastText take seconds to import: a command imports what it needs, so that --help answers at once.
"""

from hyplink.cli import building, using, writing
from hyplink.cli.app import app, main

__all__ = ["app", "building", "main", "using", "writing"]
