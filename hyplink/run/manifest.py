"""The manifest of a finished stage: its settings, the hashes of its inputs and outputs, and the software versions."""

import glob
import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

import hyplink
from hyplink.config import RENAMED, Config, Section, names_files, research_keys
from hyplink.errors import InputError, RunError
from hyplink.run import run_format
from hyplink.run.files import (
    files_under,
    give_mode_of_new_files,
    read_json,
    sha256_of,
    sha256_of_tree,
    sync,
    write_json,
)

MANIFEST = "manifest.json"

# Files up to this size are hashed whenever they are opened; of larger ones, such as word vectors, only the size is
# compared then.
_LARGE = 32 * 2**20
UNCOUNTED = ("device",)
"""Settings that make no stage stale: results on two devices differ in rounding alone."""

_LONGEST_NAME = 255  # bytes; file systems refuse longer ones
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch", "gensim", "fasttext")


@dataclass(frozen=True)
class Stage:
    """What a stage reads and writes. Its command is `hyplink NAME RUN`.

    Attributes:
        name: its command and its folder in the run, for example `train-ontology`.
        section: its section of the configuration. The whole section counts, with the settings of `research` that
            belong to it: values, and the contents of the files that they name.
        reads: outputs of earlier stages, `stage/name`; a folder or a whole stage stands for all files in it.
        data: settings of the section `data` that count: by value or, if they name files, by content.
        reads_if_tuned: further ones that it reads if `tune.encoder` asks for the stage tune-encoder.
        writes: files and folders that must exist when the stage is finished.
        resumes: whether a stage that was interrupted continues from its partial folder.
    """

    name: str
    section: str
    reads: tuple[str, ...] = ()
    reads_if_tuned: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    resumes: bool = False

    def inputs(self, config: Config) -> tuple[str, ...]:
        """The outputs of earlier stages that it reads in a run with this configuration."""
        return (*self.reads, *self.reads_if_tuned) if config.tune.encoder != "none" else self.reads


@dataclass(frozen=True)
class Freshness:
    """Whether a stage is up to date with its settings and inputs, and if not, why. Its truth value is `fresh`."""

    fresh: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.fresh


class Output(BaseModel):
    """A file that a stage wrote."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "Output":
        """The size in bytes and the SHA-256 of a file."""
        return cls(size=path.stat().st_size, sha256=sha256_of(path))

    def is_damaged(self, path: Path, *, check_large_files: bool) -> bool:
        """Whether a file is missing or differs; of a large file only the size counts unless `check_large_files`."""
        if not path.is_file() or path.stat().st_size != self.size:
            return True
        return (check_large_files or self.size <= _LARGE) and sha256_of(path) != self.sha256


class Manifest(BaseModel):
    """The content of a stage's `manifest.json`.

    Attributes:
        format: version of the run format that the stage was written in.
        settings: the settings that count for the stage, by `section.key`; the seed is one of them.
        inputs: SHA-256 of each input, by `stage/name` or by the `section.key` that names the files.
        outputs: the files written, by name relative to the stage's folder.
        versions: versions of hyplink, Python and the numerical libraries.
        seconds: wall-clock time of the stage.
        updates: number of updates to a new release of the ontology since the stage was built from scratch.
        created: time of completion, in UTC.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: int = 1  # manifests of format 1 do not hold it
    settings: dict[str, Any]
    inputs: dict[str, str]
    outputs: dict[str, Output]
    versions: dict[str, str]
    seconds: float
    updates: int = 0
    created: datetime

    @field_validator("settings")
    @classmethod
    def _use_new_names(cls, settings: dict[str, Any]) -> dict[str, Any]:
        """Replaces the old names of renamed settings, so that a renaming alone makes no stage stale."""
        return {RENAMED.get(name, name): value for name, value in settings.items()}

    @field_validator("outputs")
    @classmethod
    def _stay_inside(cls, outputs: dict[str, Output]) -> dict[str, Output]:
        """Rejects names that lead out of the stage's folder, or that no file can have."""
        for name in outputs:
            if PurePosixPath(name).is_absolute() or ".." in name.split("/") or len(name.encode()) > _LONGEST_NAME:
                raise ValueError(f"{name[:60]!r} is not a file of the stage")
        return outputs

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """Reads the manifest of a stage's folder.

        Raises:
            RunError: it is missing or damaged.
        """
        path = folder / MANIFEST
        try:
            return cls.model_validate(read_json(path))
        except ValidationError as error:
            raise RunError(f"{path}: damaged: not a manifest") from error

    def outputs_of(self, name: str) -> dict[str, Output]:
        """The outputs with this name or in a folder of this name; all outputs for an empty name."""
        return {key: output for key, output in self.outputs.items() if not name or f"{key}/".startswith(f"{name}/")}

    def damaged(self, folder: Path, name: str = "", *, check_large_files: bool) -> Iterator[str]:
        """The names of outputs in `folder` that are missing or are not what the stage wrote."""
        for key, output in self.outputs_of(name).items():
            if output.is_damaged(folder / key, check_large_files=check_large_files):
                yield key


class Fingerprint(NamedTuple):
    """Everything that determines the outputs of a stage: settings by `section.key`, and the SHA-256 of each input."""

    settings: dict[str, Any]
    inputs: dict[str, str]

    def change_since(self, earlier: "Fingerprint | Manifest") -> str:
        """How it differs from an earlier one, as a message; empty if it does not."""
        if changed := list(_changes(earlier.settings, self.settings)):
            return f"settings changed: {', '.join(changed)}"
        for name in sorted(earlier.inputs.keys() | self.inputs.keys()):
            if name not in earlier.inputs:
                return f"input {name} is new"
            if name not in self.inputs:
                return f"input {name} is no longer given"
            if earlier.inputs[name] != self.inputs[name]:
                return f"input {name} changed"
        return ""


def _changes(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(earlier.keys() | now.keys()):
        if earlier.get(key) != now.get(key):
            yield f"{key} {earlier.get(key)} → {now.get(key)}"


def fingerprint_of_settings(stage: Stage, config: Config) -> Fingerprint:
    """The settings of a stage, and the hashes of the user's files that they name; outputs of stages are left out.

    Raises:
        InputError: a file that the configuration names cannot be read.
    """
    settings: dict[str, Any] = {}
    inputs: dict[str, str] = {}
    for part, name, keys in _sources(stage, config):
        values = part.model_dump(mode="json")
        for key in keys:
            if key in UNCOUNTED:
                continue
            if not names_files(type(part).model_fields[key]):
                settings[f"{name}.{key}"] = values[key]
            elif value := getattr(part, key):
                inputs[f"{name}.{key}"] = _hash_of_data(f"{name}.{key}", value)
    return Fingerprint(settings, inputs)


def check_files_exist(stage: Stage, config: Config) -> None:
    """Checks that the user's files that the settings of a stage name are there, without reading them.

    Raises:
        InputError: one is missing, or neither a file nor a folder.
    """
    for part, name, keys in _sources(stage, config):
        for key in keys:
            if names_files(type(part).model_fields[key]) and (value := getattr(part, key)):
                for path in [value] if isinstance(value, Path) else value:
                    _check_kind(f"{name}.{key}", path)
                    if not path.exists():
                        raise InputError(f"{name}.{key}: cannot read {path}: No such file or directory")


def _sources(stage: Stage, config: Config) -> list[tuple[Section, str, Iterable[str]]]:
    """The sections with settings of a stage, their names and the keys of these settings."""
    section: Section = getattr(config, stage.section)
    return [
        (section, stage.section, type(section).model_fields),
        (config.research, "research", research_keys(stage.section)),
        (config.data, "data", stage.data),
    ]


def _hash_of_data(setting: str, value: Path | tuple[Path, ...]) -> str:
    """The hash of the files that a setting names, with the arrays that gensim writes beside a file: `NAME.*.npy`."""
    paths = [value] if isinstance(value, Path) else list(value)
    if isinstance(value, Path):
        paths += sorted(value.parent.glob(f"{glob.escape(value.name)}.*.npy"))
    for path in paths:
        _check_kind(setting, path)
    try:
        return sha256_of_tree(paths)
    except OSError as error:
        raise InputError(f"{setting}: cannot read {error.filename}: {error.strerror}") from error


def _check_kind(setting: str, path: Path) -> None:
    if path.exists() and not (path.is_file() or path.is_dir()):  # a device may never end
        raise InputError(f"{setting}: {path} is neither a file nor a folder; name another")


def write_manifest(folder: Path, fingerprint: Fingerprint, seconds: float, updates: int) -> None:
    """Writes the manifest of all files in `folder`, after waiting until these are on the disk."""
    files = files_under(folder)
    give_mode_of_new_files(files.values(), folder)
    for path in [*files.values(), folder]:
        sync(path)
    manifest = Manifest(
        format=run_format.FORMAT_VERSION,
        settings=fingerprint.settings,
        inputs=fingerprint.inputs,
        outputs={name: Output.of(path) for name, path in sorted(files.items())},
        versions=_versions(),
        seconds=round(seconds, 3),
        updates=updates,
        created=datetime.now(UTC).replace(microsecond=0),
    )
    write_json(folder / MANIFEST, manifest.model_dump(mode="json"))


def _versions() -> dict[str, str]:
    libraries = {name: metadata.version(name) for name in _LIBRARIES}
    return {"hyplink": hyplink.__version__, "python": platform.python_version(), **libraries}
