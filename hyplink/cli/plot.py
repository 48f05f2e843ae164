"""`hyplink plot`: the Poincaré disk of a run, as an interactive page or a picture."""

from pathlib import Path

from hyplink.cli.outputs import write_errors_explained
from hyplink.export.disk import disk_plot
from hyplink.export.interactive_disk import write_interactive_disk
from hyplink.export.static_disk import write_static_disk
from hyplink.run import Run


def draw(run: Run, output: Path, branch: str | None) -> None:
    """Draws a run, or a branch of its ontology, in the format of the output's suffix.

    Raises:
        InputError: the ontology has no concept `branch`.
        HyplinkError: the file cannot be written, or matplotlib is not installed.
    """
    write = write_interactive_disk if output.suffix == ".html" else write_static_disk
    picture = disk_plot(run, branch)
    with write_errors_explained(output):
        write(picture, output)
