"""`hyplink plot`: the Poincaré disk of a run, as an interactive page or a picture."""

from pathlib import Path

from hyplink.cli.outputs import check_output, write_errors_explained
from hyplink.export.disk import disk_plot
from hyplink.export.interactive_disk import write_interactive_disk
from hyplink.export.static_disk import write_static_disk
from hyplink.run import Run
from hyplink.run.outputs import output_file


def draw(run: Run, output: Path, branch: str | None) -> None:
    """Draws a run, or a branch of its ontology, in the format of the output's suffix.

    Raises:
        InputError: the ontology has no concept `branch`, or the output is a file of the run.
        HyplinkError: the file cannot be written, or matplotlib is not installed.
    """
    check_output(output, (), run)
    picture = run.snapshot(lambda: disk_plot(run, branch))
    with write_errors_explained(output), output_file(output) as path:
        if output.suffix == ".html":
            write_interactive_disk(picture, path)
        else:
            write_static_disk(picture, path, output.suffix.removeprefix("."))
