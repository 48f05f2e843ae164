"""Configuration files: reads YAML strictly, applies the settings of the command line, writes the result."""

import difflib
import re
import reprlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from hyplink.config.renamed import new_name, with_new_names
from hyplink.config.schema import Config, fields_of, names_files
from hyplink.errors import InputError


class _Loader(yaml.SafeLoader):
    """YAML with the floats of YAML 1.2, where `1e-5` is a number, and without duplicate keys."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"duplicate key `{key.value}`", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _float_constructor(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    return float(loader.construct_scalar(node))


# YAML's aliases make a small file a value whose full text would fill the memory.
_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 2, 200, 200

# What PyYAML raises: its own errors and, for values of explicit types such as `!!int x` and `!!bool x`, any of these.
_INVALID = (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError)

# YAML 1.1 requires a dot and a signed exponent in a float, and reads `1e-5` as text.
_Loader.add_implicit_resolver(
    "tag:hyplink:float", re.compile(r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)
_Loader.add_constructor("tag:hyplink:float", _float_constructor)


def read_config(path: Path | None, overrides: Iterable[str] = ()) -> Config:
    """Reads a configuration file and applies the settings of the command line to it.

    Old names of settings are accepted with a `RenamedWarning`.

    Args:
        path: the YAML file, or None for the defaults. Relative paths in it are resolved against its folder.
        overrides: texts `section.key=value`, with the value in YAML. Relative paths in them are resolved against the
            working folder.

    Raises:
        InputError: the file cannot be read, is not YAML, or has an unknown key or an invalid value.
    """
    settings: dict[str, dict[str, Any]] = {}
    if path is not None:
        folder = path.resolve().parent
        settings = {name: _with_absolute_paths(name, values, folder) for name, values in _read_sections(path).items()}
    for text in overrides:
        section, key, value = _parse_override(text)
        changed = _with_absolute_paths(section, {key: value}, Path.cwd())
        settings[section] = {**settings.get(section, {}), **changed}
    return _validated(settings, path)


def read_resolved_config(path: Path) -> Config:
    """Reads the `config.yaml` of a run directory, in which every path is absolute.

    Raises:
        InputError: as in `read_config`.
    """
    return _validated(_read_sections(path), path)


def write_config(config: Config, path: Path) -> None:
    """Writes every setting of a configuration, without comments."""
    text = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")


def _read_sections(path: Path) -> dict[str, dict[str, Any]]:
    """The settings of each section that is not empty, under their new names, once every name is known."""
    sections: dict[str, dict[str, Any]] = {}
    for section, values in _read_yaml(path).items():
        _check_name(str(section), Config.model_fields, f"{path}: unknown section `{section}`")
        if values is not None and not isinstance(values, dict):
            raise InputError(f"{path}: section `{section}`: expected settings, found {_SHORT.repr(values)}")
        sections[section] = {str(key): value for key, value in (values or {}).items()}
    sections = with_new_names(sections, str(path))
    for section, settings in sections.items():
        for key in settings:
            _check_name(key, fields_of(section), f"{path}: unknown setting `{key}` in section `{section}`")
    return sections


def _read_yaml(path: Path) -> dict[Any, Any]:
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise InputError(f"{path}: cannot read the configuration: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the configuration is not UTF-8 text (byte {error.start})") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError.at(path, line, f"invalid YAML: {error.problem}") from error
    except RecursionError as error:
        raise InputError(f"{path}: invalid YAML: it is nested too deeply") from error
    except _INVALID as error:
        raise InputError(f"{path}: invalid YAML: {' '.join(str(error).split())}") from error
    if tree is None:
        raise InputError(f"{path}: the configuration is empty; `hyplink init FILE` writes one to start from")
    if not isinstance(tree, dict):
        raise InputError(f"{path}: expected a mapping of sections: {', '.join(Config.model_fields)}")
    return tree


def _parse_override(text: str) -> tuple[str, str, Any]:
    name, equals, value = text.partition("=")
    name = name.strip().replace("-", "_")
    if not equals or "." not in name:
        raise InputError(f"--set {text}: expected section.key=value, for example fit.epochs=20")
    section, _, key = new_name(name, f"--set {text}").partition(".")
    _check_name(section, Config.model_fields, f"--set {text}: unknown section `{section}`")
    _check_name(key, fields_of(section), f"--set {text}: unknown setting `{key}` in section `{section}`")
    try:
        return section, key, yaml.load(value, Loader=_Loader)
    except (RecursionError, *_INVALID) as error:
        raise InputError(f"--set {text}: the value is not valid YAML") from error


def _check_name(name: str, known: Iterable[str], problem: str) -> None:
    known = list(known)
    if name not in known:
        similar = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
        hint = f"did you mean `{similar[0]}`?" if similar else f"valid names are {', '.join(known)}"
        raise InputError(f"{problem}; {hint}")


def _with_absolute_paths(section: str, values: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """The settings of a section with relative paths resolved against `base`."""

    def absolute(value: object) -> object:
        return str(base / _with_home(value)) if isinstance(value, str) else value

    def all_absolute(value: object) -> object:
        return list(map(absolute, value)) if isinstance(value, list) else absolute(value)

    fields = fields_of(section)
    return {key: all_absolute(value) if names_files(fields[key]) else value for key, value in values.items()}


def _with_home(path: str) -> Path:
    """A path with `~` replaced by the home folder."""
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError(f"{path}: this home folder does not exist") from error


def _validated(settings: Mapping[str, Any], path: Path | None) -> Config:
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        where = f"{path}: " if path is not None else ""
        setting = ".".join(str(part) for part in first["loc"] if isinstance(part, str))
        if not setting:  # settings that contradict one another: the message names them
            raise InputError(f"{where}{first['msg']}") from error
        message = first["msg"][0].lower() + first["msg"][1:]
        raise InputError(f"{where}{setting}: {message}; found {_SHORT.repr(first['input'])}") from error
