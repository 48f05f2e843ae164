"""Runs a command of hyplink as if Ctrl-C came while exec() runs a string, as it can while libraries are imported."""

import sys

from hyplink.cli import app, main


@app.callback()
def _interrupted() -> None:
    exec("raise KeyboardInterrupt")


sys.argv = ["hyplink", "info", "run"]
main()
