"""The command line: parses, opens the run, calls one stage or the linker, and prints. Nothing else prints."""

from hyplink.cli.commands import app, main

__all__ = ["app", "main"]
