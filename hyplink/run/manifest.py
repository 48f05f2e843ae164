"""What a finished stage was made from and made: its settings, the hashes of its inputs and outputs, the versions."""

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

import hyplink
from hyplink.config import RENAMED, Config, Section, names_files, research_keys
from hyplink.errors import InputError, RunError
from hyplink.run.files import files_under, read_json, sha256_of, sha256_of_tree, sync, write_json

MANIFEST = "manifest.json"

# A small file is hashed whenever it is opened; of a larger one (word vectors, say) the size alone is compared then.
_HASHED_ON_OPENING = 32 * 2**20
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "torch", "gensim", "fasttext")


@dataclass(frozen=True)
class Stage:
    """What a stage reads and writes. Its command is `hyplink NAME RUN`.

    Attributes:
        name: its command and its folder in the run, for example `train-ontology`.
        section: its section of the configuration. The whole section counts, with the settings of `research` that
            belong to it: values, and the contents of the files that they name.
        reads: artifacts of earlier stages, `stage/name`; a folder or a whole stage stands for all its files.
        data: fields of the configuration's `data` that count, by value or, where they name files, by content.
        writes: files and folders that must be there when the stage is done.
        resumes: whether a new run may go on from what a killed one left in the partial folder.
    """

    name: str
    section: str
    reads: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    resumes: bool = False


@dataclass(frozen=True)
class Freshness:
    """Whether a stage's artifacts are what its settings and inputs ask for; true or false as the answer is."""

    fresh: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.fresh


class Output(BaseModel):
    """One file that a stage wrote."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int
    sha256: str

    @classmethod
    def of(cls, path: Path) -> "Output":
        """Size in bytes and hash of a file as it is now."""
        return cls(size=path.stat().st_size, sha256=sha256_of(path))

    def is_damaged(self, path: Path, *, thoroughly: bool) -> bool:
        """Whether a file is missing or another one; unless `thoroughly`, a large file is only measured."""
        if not path.is_file() or path.stat().st_size != self.size:
            return True
        return (thoroughly or self.size <= _HASHED_ON_OPENING) and sha256_of(path) != self.sha256


class Manifest(BaseModel):
    """What stands in a stage's `manifest.json`.

    Attributes:
        settings: the settings that count for the stage by `section.key`, the seed among them.
        inputs: SHA-256 of what was read, by `stage/name` or by the `section.key` that names the files.
        outputs: what was written, by name relative to the stage's folder.
        versions: of hyplink, Python and the libraries that decide the numbers.
        seconds: wall-clock time of the stage.
        updates: how often it was moved to a new release of the ontology since it was made from nothing.
        created: when it was done, in UTC.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

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

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """The manifest of a stage's folder.

        Raises:
            RunError: it is missing or damaged.
        """
        path = folder / MANIFEST
        try:
            return cls.model_validate(read_json(path))
        except ValidationError as error:
            raise RunError(f"{path}: damaged, it is not a manifest") from error

    def outputs_of(self, name: str) -> dict[str, Output]:
        """The outputs that a file's or a folder's name stands for; all for an empty one."""
        return {key: output for key, output in self.outputs.items() if not name or f"{key}/".startswith(f"{name}/")}

    def damaged(self, folder: Path, name: str = "", *, thoroughly: bool) -> Iterator[str]:
        """The names of the outputs in `folder` that are not what the stage wrote."""
        for key, output in self.outputs_of(name).items():
            if output.is_damaged(folder / key, thoroughly=thoroughly):
                yield key


class Fingerprint(NamedTuple):
    """All that decides what a stage makes: settings by `section.key`, and the SHA-256 of each input."""

    settings: dict[str, Any]
    inputs: dict[str, str]

    def change_since(self, earlier: "Fingerprint | Manifest") -> str:
        """What is different from an earlier state, for the user to read; empty when nothing is."""
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
    """What the configuration alone says of a stage: its settings, and the hashes of the user's files that it names.

    Raises:
        InputError: a file that the configuration names cannot be read.
    """
    settings: dict[str, Any] = {}
    inputs: dict[str, str] = {}
    section: Section = getattr(config, stage.section)
    sources: tuple[tuple[Section, str, Iterable[str]], ...] = (
        (section, stage.section, type(section).model_fields),
        (config.research, "research", research_keys(stage.section)),
        (config.data, "data", stage.data),
    )
    for part, name, keys in sources:
        values = part.model_dump(mode="json")
        for key in keys:
            if not names_files(type(part).model_fields[key]):
                settings[f"{name}.{key}"] = values[key]
            elif value := getattr(part, key):
                inputs[f"{name}.{key}"] = _hash_of_data(f"{name}.{key}", value)
    return Fingerprint(settings, inputs)


def _hash_of_data(field: str, value: Path | tuple[Path, ...]) -> str:
    try:
        return sha256_of_tree([value] if isinstance(value, Path) else value)
    except OSError as error:
        raise InputError(f"{field}: cannot read {error.filename}: {error.strerror}") from error


def write_manifest(folder: Path, fingerprint: Fingerprint, seconds: float, updates: int) -> None:
    """Writes the manifest of all that stands in `folder`, once all of it is on the disk."""
    files = files_under(folder)
    for path in [*files.values(), folder]:
        sync(path)
    manifest = Manifest(
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
