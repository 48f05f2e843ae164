"""The run directory: opening and creating it, its finished stages, and the building of new ones."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import hyplink
from hyplink.config import Config, read_resolved_config, write_config
from hyplink.errors import HyplinkError, InputError, RunError
from hyplink.run import files
from hyplink.run.files import LOCK_FILES, check_regular, disk_errors_explained, read_json, replacing, write_json
from hyplink.run.manifest import (
    MANIFEST,
    Fingerprint,
    Freshness,
    Manifest,
    Stage,
    fingerprint_of_settings,
    write_manifest,
)
from hyplink.run.run_format import RUN_JSON, check_format, why_outdated, write_format
from hyplink.run.swaps import (
    CONFIG,
    SUCCESSOR,
    config_path,
    consistently,
    discard,
    install_stage,
    install_successor,
    repair,
    stage_folder,
)

T = TypeVar("T")

_UNFINISHED = "unfinished.json"  # in a partial folder that can be resumed: the fingerprint of the stage


class Run:
    """An open run directory: its configuration and its finished stages.

    Attributes:
        folder: the directory.
        config: its configuration.
        follow_references: whether files outside the directory that the run names are read, such as word vectors.
    """

    def __init__(self, path: Path, config: Config, follow_references: bool) -> None:
        """Takes a directory as it is; use `open` or `create`."""
        self.folder = path
        self.config = config
        self.follow_references = follow_references
        self._locked = False
        self._config_text = b""  # of the file that `config` was read from

    @classmethod
    def open(cls, path: Path, *, follow_references: bool = False) -> "Run":
        """Opens an existing run. Nothing is written to it.

        Args:
            path: the directory.
            follow_references: whether files outside the directory that the run names may be read, such as word vectors
                stored by reference. Of a run from someone else, they may be any files of this machine.

        Raises:
            RunError: it does not exist, is not a run, has a newer format, holds a symbolic link, or has no
                configuration.
            InputError: its configuration cannot be read.
        """
        with disk_errors_explained(f"{path}: cannot open the run"):
            if not path.is_dir():
                raise RunError(f"{path}: no such run; `hyplink run {path} --config FILE` creates one")
            check_regular(path)
            check_format(path)
            config, text = consistently(path, lambda: _config_of(path))
        run = cls(path, config, follow_references)
        run._config_text = text
        return run

    @classmethod
    def create(cls, path: Path, config: Config, *, follow_references: bool = False) -> "Run":
        """Creates a run with this configuration, or changes the configuration of an existing run.

        Raises:
            RunError: the directory holds something else, a run of a newer format, or a symbolic link.
            HyplinkError: it cannot be written to, or another process is writing to it.
        """
        with disk_errors_explained(f"{path}: cannot write the run"):
            if path.exists() and not path.is_dir():
                raise RunError(f"{path}: a run is a directory, and this is a file; choose another name")
            path.mkdir(parents=True, exist_ok=True)
            check_regular(path)
            if not _is_empty(path):
                check_format(path)
            with files.locked(path):
                repair(path)
                write_format(path)
                with replacing(path / CONFIG) as temporary:
                    write_config(config, temporary)
        return cls(path, config, follow_references)

    def snapshot(self, read: Callable[[], T]) -> T:
        """What `read` returns, all files of the run that it reads being of one state of the run.

        It is called again if another process replaces a stage, or the whole run, in the meantime. A configuration that
        was replaced is read first.

        Raises:
            RunError: the run was replaced each time it was read.
        """

        def read_all() -> T:
            if config_path(self.folder).read_bytes() != self._config_text:
                self.config, self._config_text = _config_of(self.folder)
            return read()

        return consistently(self.folder, read_all)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keeps other hyplink processes from writing to this run. A command of several stages holds it for all.

        Replacements that were interrupted are completed first.

        Raises:
            HyplinkError: another process holds the lock, or the directory cannot be written to.
        """
        if self._locked:
            yield
            return
        with disk_errors_explained(f"{self.folder}: cannot write the run"), files.locked(self.folder):
            repair(self.folder)
            self._locked = True
            try:
                yield
            finally:
                self._locked = False

    def has(self, stage: str, name: str = "") -> bool:
        """Whether a stage is finished and wrote the file or folder `name`."""
        folder = stage_folder(self.folder, stage)
        return (folder / MANIFEST).is_file() and bool(Manifest.read(folder).outputs_of(name))

    def path(self, stage: str, name: str = "") -> Path:
        """The path of an output of a finished stage, a file or folder, or of the stage's own folder.

        Sizes are compared with the manifest, and so are the hashes of all but large files.

        Raises:
            RunError: the output is missing, damaged, or in a format that must be written again.
        """
        self._check(stage, name, check_large_files=False)
        return stage_folder(self.folder, stage) / name

    def manifest(self, stage: str) -> Manifest:
        """The manifest of a finished stage.

        Raises:
            RunError: the stage is not finished, or its manifest is damaged.
        """
        folder = stage_folder(self.folder, stage)
        if not (folder / MANIFEST).is_file():
            raise RunError(f"{self.folder}: {stage} has not been run; run `hyplink {stage} {self.folder}` first")
        return Manifest.read(folder)

    def verify(self, stage: str) -> None:
        """Compares the hash of every file of a finished stage with its manifest.

        Raises:
            RunError: the stage is not finished, or a file is missing or damaged.
        """
        self._check(stage, "", check_large_files=True)

    def is_fresh(self, stage: Stage) -> Freshness:
        """Whether a stage is up to date: its settings, inputs and outputs are those of its manifest."""
        folder = stage_folder(self.folder, stage.name)
        if not (folder / MANIFEST).is_file():
            return Freshness(False, "not run yet")
        try:
            manifest = self.manifest(stage.name)
            reason = why_outdated(stage.name, manifest.format) or self._fingerprint(stage).change_since(manifest)
        except InputError as error:
            return Freshness(False, str(error))
        if reason:
            return Freshness(False, reason)
        for name in stage.writes:
            if not manifest.outputs_of(name):
                return Freshness(False, f"output {name} is missing")
        for name in manifest.damaged(folder, check_large_files=True):
            return Freshness(False, f"output {name} is damaged")
        return Freshness(True)

    @contextmanager
    def building(self, stage: Stage, updates: int = 0) -> Iterator[Path]:
        """A folder to build a stage in, which replaces the finished stage when the context ends without an error.

        The folder is empty, unless the stage resumes and an interrupted run left it with the same settings and inputs.

        Args:
            stage: the stage.
            updates: for the manifest: the number of updates since the stage was built from scratch.

        Raises:
            RunError: an output of an earlier stage is missing or damaged.
            InputError: a file that the configuration names cannot be read.
            HyplinkError: the disk is full or cannot be written to, or another process is writing to the run.
        """
        with self.locked(), disk_errors_explained(f"{stage.name} failed"):
            for output in stage.inputs(self.config):
                self._check(*_parts(output), check_large_files=True)
            fingerprint = self._fingerprint(stage)
            write_format(self.folder)
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
            install_stage(self.folder, stage.name, partial)

    @contextmanager
    def successor(self, config: Config) -> Iterator["Run"]:
        """A new run that replaces this one, all stages at once, when the context ends without an error.

        After an error, Ctrl-C or a kill this run is unchanged.

        Raises:
            HyplinkError: the disk is full or cannot be written to, or another process is writing to the run.
        """
        with self.locked(), disk_errors_explained(f"{self.folder}: cannot write the run"):
            partial = self.folder / f"{SUCCESSOR}.partial"
            discard(partial)
            write_format(self.folder)
            try:
                yield Run.create(partial, config, follow_references=self.follow_references)
            except BaseException:
                discard(partial)
                raise
            partial.rename(self.folder / SUCCESSOR)
            files.sync(self.folder)
            install_successor(self.folder)
            self.config = config

    def owns(self, path: Path) -> bool:
        """Whether a path, which need not exist, is in a stage of the run or is one of its own files."""
        folder, resolved = self.folder.resolve(), path.resolve()
        if not resolved.is_relative_to(folder) or resolved == folder:
            return False
        first = resolved.relative_to(folder).parts[0]
        return first in {CONFIG, RUN_JSON, *LOCK_FILES} or (folder / first / MANIFEST).is_file()

    def _check(self, stage: str, name: str, *, check_large_files: bool) -> None:
        manifest, again = self.manifest(stage), f"`hyplink {stage} {self.folder} --force`"
        if reason := why_outdated(stage, manifest.format):
            raise RunError(f"{self.folder / stage}: {reason}; `hyplink run {self.folder}` runs {stage} again")
        if name and not manifest.outputs_of(name):
            raise RunError(f"{self.folder / stage / name} is missing; run {again} to write it")
        for key in manifest.damaged(stage_folder(self.folder, stage), name, check_large_files=check_large_files):
            raise RunError(f"{self.folder / stage / key}: the file is damaged; run {again} to write it again")

    def _fingerprint(self, stage: Stage) -> Fingerprint:
        fingerprint = fingerprint_of_settings(stage, self.config)
        for output in stage.inputs(self.config):
            earlier, name = _parts(output)
            outputs = self.manifest(earlier).outputs_of(name)
            fingerprint.inputs.update({f"{earlier}/{key}": each.sha256 for key, each in outputs.items()})
        return fingerprint

    def _partial_folder(self, stage: Stage, fingerprint: Fingerprint) -> Path:
        partial = self.folder / f"{stage.name}.partial"
        built_from = {"hyplink": hyplink.__version__, **fingerprint._asdict()}
        if stage.resumes and _is_resumable(partial, built_from):
            for half_written in partial.rglob("*.partial"):
                half_written.unlink()
            return partial
        discard(partial)
        partial.mkdir()
        if stage.resumes:
            write_json(partial / _UNFINISHED, built_from)
        return partial


def _config_of(run: Path) -> tuple[Config, bytes]:
    """The configuration of a run, and the content of its file."""
    path = config_path(run)
    if not path.is_file():
        raise RunError(f"{path} is missing; `hyplink run {run} --config FILE` writes it")
    return read_resolved_config(path), path.read_bytes()


def _parts(output: str) -> tuple[str, str]:
    stage, _, name = output.partition("/")
    return stage, name


def _is_empty(path: Path) -> bool:
    """Whether a directory holds nothing except what an interrupted `create` leaves."""
    return {entry.name for entry in path.iterdir()} <= {*LOCK_FILES, f"{RUN_JSON}.partial"}


def _is_resumable(partial: Path, built_from: dict[str, object]) -> bool:
    try:
        return bool(read_json(partial / _UNFINISHED) == built_from)
    except RunError:
        return False


def _check_written(stage: Stage, partial: Path) -> None:
    missing = [name for name in stage.writes if not (partial / name).exists()]
    if missing:
        raise HyplinkError(f"{stage.name} ended without writing {', '.join(missing)}; please report this")
