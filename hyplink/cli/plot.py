"""`hyplink plot`: a run's disk, as a page or as a still plot."""

from pathlib import Path

from hyplink.errors import HyplinkError
from hyplink.export.disk import disk_plot
from hyplink.export.interactive_disk import write_interactive_disk
from hyplink.export.static_disk import write_static_disk
from hyplink.run import Run


def draw(run: Run, output: Path, branch: str | None) -> None:
    """Draws a run, or one branch of its ontology, to a file whose suffix says how.

    Raises:
        InputError: the ontology has no such branch.
        HyplinkError: the file cannot be written, or matplotlib is missing.
    """
    write = write_interactive_disk if output.suffix == ".html" else write_static_disk
    plot = disk_plot(run, branch)
    try:
        write(plot, output)
    except OSError as error:
        raise HyplinkError(f"{output}: cannot be written: {error.strerror}") from error
