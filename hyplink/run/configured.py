"""The run of a directory, with the settings of a configuration file or with its own."""

from collections.abc import Iterable
from pathlib import Path

from hyplink.config import read_config
from hyplink.run.directory import Run


def configured_run(path: Path, config: Path | None, overrides: Iterable[str] = ()) -> Run:
    """The run with the settings of a file, or else its own, and those of `overrides`; created if it is missing.

    Training reads the files that the settings name, so references of the run to files outside it are followed.

    Args:
        path: the run directory.
        config: a YAML configuration.
        overrides: texts `section.key=value`; see `read_config`.

    Raises:
        InputError: a setting or the configuration is invalid.
    """
    own = path / "config.yaml"
    if config is None and own.is_file():
        with Run.open(path).locked():  # completes a replacement of the configuration that was interrupted
            config = own
    return Run.create(path, read_config(config, overrides), follow_references=True)
