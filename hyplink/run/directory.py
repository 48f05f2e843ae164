"""The run directory: finished stages, the swap that puts a new one in the place of an old one, and its repair."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import hyplink
from hyplink.config import Config, read_resolved_config, write_config
from hyplink.errors import HyplinkError, InputError, RunError
from hyplink.run import files
from hyplink.run.files import LOCK_FILES, read_json, replacing, telling_disk_errors, write_json
from hyplink.run.manifest import (
    MANIFEST,
    Fingerprint,
    Freshness,
    Manifest,
    Stage,
    fingerprint_of_settings,
    write_manifest,
)
from hyplink.run.swaps import CONFIG, SUCCESSOR, discard, repair, succeed, swap_in

FORMAT_VERSION = 1
"""Of the layout of a run directory. It stands in `run.json`, which is read before anything else."""

_RUN = "run.json"
_UNFINISHED = "unfinished.json"  # in a partial folder that may be resumed: what it is being made from


class Run:
    """A run directory that was opened: its configuration and its finished stages."""

    def __init__(self, path: Path, config: Config) -> None:
        """Takes a folder as it is; `open` and `create` are the ways in."""
        self.folder = path
        self.config = config
        self._locked = False

    @classmethod
    def open(cls, path: Path) -> "Run":
        """An existing run; a swap of stages that was cut short is put right first.

        Raises:
            RunError: it does not exist, is no run, is of another version, or lacks its configuration.
            InputError: its configuration cannot be read.
        """
        with telling_disk_errors(f"{path}: cannot open the run"):
            if not path.is_dir():
                raise RunError(f"{path}: no such run; `hyplink run {path} --config FILE` makes one")
            _check_version(path)
            if not (path / CONFIG).is_file():
                raise RunError(f"{path}: the run has no {CONFIG}; `hyplink run {path} --config FILE` writes it")
            repair(path)
        return cls(path, read_resolved_config(path / CONFIG))

    @classmethod
    def create(cls, path: Path, config: Config) -> "Run":
        """A run with this configuration: a new one, or an existing one whose stages are kept while they are fresh.

        Raises:
            RunError: the folder holds something else, or a run of another version.
            HyplinkError: it cannot be written, or another process is writing to it.
        """
        with telling_disk_errors(f"{path}: cannot write the run"):
            if path.exists() and not path.is_dir():
                raise RunError(f"{path}: a run is a folder and this is a file; give another name")
            path.mkdir(parents=True, exist_ok=True)
            if (path / _RUN).exists():
                _check_version(path)
                repair(path)
            elif not _is_empty(path):
                raise RunError(f"{path}: the folder is not empty and no hyplink run; give another name")
            with files.locked(path):
                if not (path / _RUN).exists():
                    write_json(path / _RUN, {"format": FORMAT_VERSION, "hyplink": hyplink.__version__})
                with replacing(path / CONFIG) as temporary:
                    write_config(config, temporary)
        return cls(path, config)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other hyplink processes from writing to this run; a command of several stages holds it for all.

        Raises:
            HyplinkError: another process holds it, or the folder cannot be written.
        """
        if self._locked:
            yield
            return
        with telling_disk_errors(f"{self.folder}: cannot write the run"), files.locked(self.folder):
            self._locked = True
            try:
                yield
            finally:
                self._locked = False

    def has(self, stage: str, name: str = "") -> bool:
        """Whether a stage is finished and wrote the file or folder `name`."""
        folder = self.folder / stage
        return (folder / MANIFEST).is_file() and bool(Manifest.read(folder).outputs_of(name))

    def path(self, stage: str, name: str = "") -> Path:
        """Where a finished artifact lies: a file or folder of a stage, or the stage's own folder.

        Sizes are compared with the manifest, and so are the hashes of all but large files.

        Raises:
            RunError: it is not there yet, or is damaged.
        """
        self._check(stage, name, thoroughly=False)
        return self.folder / stage / name

    def manifest(self, stage: str) -> Manifest:
        """What a finished stage was made from and made.

        Raises:
            RunError: the stage is not finished, or its manifest is damaged.
        """
        if not (self.folder / stage / MANIFEST).is_file():
            raise RunError(f"{self.folder}: {stage} is not done yet; run `hyplink {stage} {self.folder}` first")
        return Manifest.read(self.folder / stage)

    def verify(self, stage: str) -> None:
        """Compares the hash of every file of a finished stage with its manifest.

        Raises:
            RunError: the stage is not finished, or a file is damaged.
        """
        self._check(stage, "", thoroughly=True)

    def is_fresh(self, stage: Stage) -> Freshness:
        """Whether a stage need not be done again: its settings, inputs and outputs are those of its manifest."""
        if not (self.folder / stage.name / MANIFEST).is_file():
            return Freshness(False, "not built yet")
        try:
            manifest = self.manifest(stage.name)
            change = self._fingerprint(stage).change_since(manifest)
        except InputError as error:
            return Freshness(False, str(error))
        if change:
            return Freshness(False, change)
        for name in stage.writes:
            if not manifest.outputs_of(name):
                return Freshness(False, f"output {name} is missing")
        for name in manifest.damaged(self.folder / stage.name, thoroughly=True):
            return Freshness(False, f"output {name} is damaged")
        return Freshness(True)

    @contextmanager
    def building(self, stage: Stage, updates: int = 0) -> Iterator[Path]:
        """The folder to build a stage in, which takes the place of the finished one when the context ends well.

        On an error or Ctrl-C the finished stage stays. The folder is empty, unless the stage resumes and a killed
        run left it with the same settings and inputs. `updates` is for the manifest.

        Raises:
            RunError: an artifact of an earlier stage is missing or damaged.
            InputError: a file that the configuration names cannot be read.
            HyplinkError: the disk is full or cannot be written, or another process is writing to the run.
        """
        with self.locked(), telling_disk_errors(f"{stage.name} failed"):
            for artifact in stage.reads:
                self._check(*_parts(artifact), thoroughly=True)
            fingerprint = self._fingerprint(stage)
            partial = self._partial_folder(stage, fingerprint)
            start = time.perf_counter()
            try:
                yield partial
                (partial / _UNFINISHED).unlink(missing_ok=True)
                _check_written(stage, partial)
                write_manifest(partial, fingerprint, time.perf_counter() - start, updates)
            except BaseException:
                if not (partial / _UNFINISHED).exists():
                    discard(partial)
                raise
            swap_in(self.folder, stage.name, partial)

    @contextmanager
    def succeeding(self, config: Config) -> Iterator["Run"]:
        """A new run that takes this one's place when the context ends well: whole, or not at all.

        On an error, Ctrl-C or a kill this run stays as it is.

        Raises:
            HyplinkError: the disk is full or cannot be written, or another process is writing to the run.
        """
        with self.locked(), telling_disk_errors(f"{self.folder}: cannot write the run"):
            partial = self.folder / f"{SUCCESSOR}.partial"
            discard(partial)
            try:
                yield Run.create(partial, config)
            except BaseException:
                discard(partial)
                raise
            partial.rename(self.folder / SUCCESSOR)
            files.sync(self.folder)
            succeed(self.folder)
            self.config = config

    def _check(self, stage: str, name: str, *, thoroughly: bool) -> None:
        manifest = self.manifest(stage)
        again = f"`hyplink {stage} {self.folder}"
        if name and not manifest.outputs_of(name):
            raise RunError(f"{self.folder}: {stage} has no {name}; run {again} --force` to make it")
        for key in manifest.damaged(self.folder / stage, name, thoroughly=thoroughly):
            raise RunError(f"{self.folder / stage / key}: the file is damaged; run {again} --force` to make it again")

    def _fingerprint(self, stage: Stage) -> Fingerprint:
        fingerprint = fingerprint_of_settings(stage, self.config)
        for artifact in stage.reads:
            earlier, name = _parts(artifact)
            outputs = self.manifest(earlier).outputs_of(name)
            fingerprint.inputs.update({f"{earlier}/{key}": output.sha256 for key, output in outputs.items()})
        return fingerprint

    def _partial_folder(self, stage: Stage, fingerprint: Fingerprint) -> Path:
        partial = self.folder / f"{stage.name}.partial"
        made_from = {"hyplink": hyplink.__version__, **fingerprint._asdict()}
        if stage.resumes and _is_resumable(partial, made_from):
            for half_written in partial.rglob("*.partial"):
                half_written.unlink()
            return partial
        discard(partial)
        partial.mkdir()
        if stage.resumes:
            write_json(partial / _UNFINISHED, made_from)
        return partial


def _parts(artifact: str) -> tuple[str, str]:
    stage, _, name = artifact.partition("/")
    return stage, name


def _check_version(path: Path) -> None:
    if not (path / _RUN).is_file():
        raise RunError(f"{path}: not a hyplink run, it has no {_RUN}")
    marker = read_json(path / _RUN)
    if not isinstance(marker, dict) or "format" not in marker:
        raise RunError(f"{path / _RUN}: damaged, it names no format")
    if marker["format"] != FORMAT_VERSION:
        raise RunError(
            f"{path}: a run of format {marker['format']}, made by hyplink {marker.get('hyplink', 'unknown')}; "
            f"this is hyplink {hyplink.__version__}, which reads format {FORMAT_VERSION}: make a new run"
        )


def _is_empty(path: Path) -> bool:
    """Whether a folder holds nothing but what a `create` that was killed leaves."""
    return {entry.name for entry in path.iterdir()} <= {*LOCK_FILES, f"{_RUN}.partial"}


def _is_resumable(partial: Path, made_from: dict[str, object]) -> bool:
    try:
        return bool(read_json(partial / _UNFINISHED) == made_from)
    except RunError:
        return False


def _check_written(stage: Stage, partial: Path) -> None:
    missing = [name for name in stage.writes if not (partial / name).exists()]
    if missing:
        raise HyplinkError(f"{stage.name} ended without writing {', '.join(missing)}; please report this")
