"""Runs a command of hyplink as if Ctrl-C came while a library that every command needs is imported."""

import runpy
import sys


class Interrupted:
    """A finder of modules that is interrupted."""

    def find_spec(self, name, *_):
        """Raises KeyboardInterrupt for the library."""
        if name == "typer":
            raise KeyboardInterrupt


sys.meta_path.insert(0, Interrupted())
sys.argv = ["hyplink", "--version"]
runpy.run_module("hyplink", run_name="__main__", alter_sys=True)
