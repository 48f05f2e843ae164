"""Trains a run from Python."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from hyplink.errors import InputError
from hyplink.linking.arguments import check_path
from hyplink.linking.linker import Linker
from hyplink.pipeline.all_stages import run_all
from hyplink.run import SilentReporter, configured_run

LOGGER = logging.getLogger("hyplink")


def train(
    path: Path | str,
    settings: Mapping[str, object] | None = None,
    *,
    config: Path | str | None = None,
    force: bool = False,
) -> Linker:
    """Trains a run as `hyplink run` does, and returns its linker.

    Stages that are up to date are skipped, so a second call returns at once. Messages go to the logger `hyplink`.

    Args:
        path: the run directory; created if it is missing.
        settings: settings by `section.key`, such as `{"data.ontology": "my.obo"}`; relative paths are resolved against
            the working directory.
        config: a YAML configuration. Without one, an existing run keeps its own settings, apart from `settings`.
        force: whether all stages are run again.

    Raises:
        InputError: a setting or a file is invalid.
        HyplinkError: a stage fails; the stages before it are kept.
    """
    check_path(path)
    if not isinstance(settings or {}, Mapping):
        raise InputError(f"settings must be a mapping such as {{'fit.epochs': 5}}, not {settings!r}")
    overrides = [f"{name}={json.dumps(value, default=str)}" for name, value in (settings or {}).items()]
    run = configured_run(Path(path), Path(config) if config else None, overrides)
    run_all(run, _LogReporter(), force)
    return Linker.from_run(run)


class _LogReporter(SilentReporter):
    """A reporter that logs messages."""

    def line(self, text: str) -> None:
        LOGGER.info(text)
