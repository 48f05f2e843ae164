"""Updates a finished run to a new release of its ontology, stage by stage."""

from collections.abc import Iterable
from pathlib import Path

from hyplink.config import Config, DataSettings
from hyplink.errors import InputError, RunError
from hyplink.ontology import Ontology, configured_ontology, load_ontology
from hyplink.ontology.changes import OntologyChanges
from hyplink.run import Reporter, Run
from hyplink.run.manifest import fingerprint_of_settings
from hyplink.stages import STAGES, asked_stages, update_stage

LEAST_KNOWN = 0.5
"""Minimum share of a new release's concepts that the run must know for an update to make sense."""


def changes_of(run: Run, release: Path) -> OntologyChanges:
    """The changes between a run's ontology and a new release, read with the run's configuration.

    Raises:
        InputError: the release cannot be read.
        RunError: the run's ontology is not trained yet, or damaged.
    """
    old = load_ontology(run.path("train-ontology", "ontology"))
    return OntologyChanges.between(old, configured_ontology(_config_for(run.config, release).data))


def update_run(run: Run, release: Path, changes: OntologyChanges, reporter: Reporter) -> None:
    """Updates a finished run to a new release: keeps unchanged concepts, places and trains new ones, re-evaluates.

    A run that is interrupted at any moment is either the old one or the new one.

    Args:
        run: the run.
        release: the file of the new release.
        changes: the result of `changes_of`.
        reporter: receives progress messages.

    Raises:
        InputError: the release cannot be read, or has too little in common with the run's.
        RunError: a stage of the run is not finished, or not up to date with its settings and texts.
    """
    n_known = len(changes.new) - len(changes.added)
    if n_known < LEAST_KNOWN * len(changes.new):
        raise InputError(
            f"{release}: of its {len(changes.new):,} concepts the run knows {n_known:,}, too few to go on from; "
            f"make a new run with `hyplink run NEW --config FILE --set data.ontology={release}`"
        )
    config = _config_for(run.config, release)
    with run.locked():
        _refuse_stale(run, config)
        with run.successor(config) as successor:
            for stage in asked_stages(config):
                if stage != "evaluate" or config.data.dev:
                    update_stage(stage, successor, run, reporter)


def _config_for(config: Config, release: Path) -> Config:
    """The configuration with the new release, and with current ids in place of replaced ones."""
    data = config.data.model_copy(update={"ontology": release.resolve()})
    if not (data.roots or data.exclude or config.evaluate.branch):
        return config.model_copy(update={"data": data})
    unrestricted = config.model_copy(update={"data": data.model_copy(update={"roots": (), "exclude": ()})})
    ontology = configured_ontology(unrestricted.data)
    data = data.model_copy(update={name: _current_ids(getattr(data, name), ontology) for name in ("roots", "exclude")})
    branch = next(iter(_current_ids(filter(None, (config.evaluate.branch,)), ontology)), None)
    evaluate = config.evaluate.model_copy(update={"branch": branch})
    return config.model_copy(update={"data": data, "evaluate": evaluate})


def _current_ids(concept_ids: Iterable[str], ontology: Ontology) -> tuple[str, ...]:
    """The current ids of concepts; an id without a current one is kept, so that the code that uses it reports it."""
    return tuple(heir for each in concept_ids for heir in sorted(ontology.current_ids(each)) or [each])


def _refuse_stale(run: Run, config: Config) -> None:
    """Refuses a run that is not up to date with its settings and texts; its ontology file may have changed."""
    stage = STAGES["train-ontology"]
    asked = fingerprint_of_settings(stage, config.model_copy(update={"data": _with_ids_of(run.config, config)}))
    stale = {stage.name: "its settings changed"} if asked.settings != run.manifest(stage.name).settings else {}
    trained = [name for name in asked_stages(config) if name not in {stage.name, "evaluate"}]
    stale |= {name: run.is_fresh(STAGES[name]).reason for name in trained}
    for name, reason in stale.items():
        if reason:
            raise RunError(f"{run.folder}: {name} is not up to date ({reason}); `hyplink run {run.folder}` first")


def _with_ids_of(former: Config, config: Config) -> DataSettings:
    return config.data.model_copy(update={"roots": former.data.roots, "exclude": former.data.exclude})
