"""Configuration files: YAML read strictly, with the settings of the command line on top, and written back."""

import difflib
import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from hyplink.config.schema import Config, fields_of, names_files
from hyplink.errors import InputError


class _Loader(yaml.SafeLoader):
    """YAML with the floats of YAML 1.2, where `1e-5` is a number, and with no key twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(None, None, f"`{key.value}` stands twice", key.start_mark)
            if isinstance(key, yaml.ScalarNode):
                seen.add(key.value)
        return super().construct_mapping(node, deep)


def _float_constructor(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    return float(loader.construct_scalar(node))


# YAML 1.1 wants a dot and a signed exponent in a float and reads `1e-5` as text.
_Loader.add_implicit_resolver(
    "tag:hyplink:float", re.compile(r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)
_Loader.add_constructor("tag:hyplink:float", _float_constructor)


def read_config(path: Path | None, overrides: Iterable[str] = ()) -> Config:
    """The configuration of a file, with settings of the command line on top.

    Args:
        path: the YAML file; None stands for all defaults. Relative paths in it are relative to its folder.
        overrides: texts `section.key=value`, the value in YAML; paths are relative to the working folder.

    Raises:
        InputError: the file cannot be read, is no YAML, or holds an unknown key or a value out of range.
    """
    tree = _read_yaml(path) if path is not None else {}
    settings = _checked(tree, path)
    if path is not None:
        settings = {
            name: _with_absolute_paths(name, values, path.resolve().parent) for name, values in settings.items()
        }
    for text in overrides:
        section, key, value = _parse_override(text)
        changed = _with_absolute_paths(section, {key: value}, Path.cwd())
        settings[section] = {**settings.get(section, {}), **changed}
    return _validated(settings, path)


def read_resolved_config(path: Path) -> Config:
    """The `config.yaml` that a run directory keeps; every path in it is absolute."""
    return _validated(_checked(_read_yaml(path), path), path)


def write_config(config: Config, path: Path) -> None:
    """Writes every setting of a configuration, without comments."""
    text = yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True)
    path.write_text(text, encoding="utf-8")


def commented_yaml(config: Config | None = None) -> str:
    """A configuration file with every setting, by default its default, below a comment that explains it."""
    values = (config or Config()).model_dump(mode="json")
    lines = ["# A hyplink configuration. Relative paths are relative to this file.", ""]
    for name, section in Config.model_fields.items():
        lines += [*_comment(section, ""), f"{name}:"]
        for key, field in fields_of(name).items():
            value = yaml.safe_dump(values[name][key], default_flow_style=True).removesuffix("...\n").strip()
            lines += [*_comment(field, "  "), f"  {key}: {value}"]
        lines.append("")
    return "\n".join(lines)


def _comment(field: FieldInfo, indent: str) -> list[str]:
    text = " ".join((field.description or "").split())
    return textwrap.wrap(text, 100, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _read_yaml(path: Path) -> dict[Any, Any]:
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise InputError(f"{path}: cannot read the configuration: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the configuration is not UTF-8 text (byte {error.start})") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError.at(path, line, f"not valid YAML: {error.problem}") from error
    except (yaml.YAMLError, ValueError) as error:  # ValueError: a date that no calendar has
        raise InputError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if tree is None:
        raise InputError(f"{path}: the configuration is empty; `hyplink init FILE` writes one with every default")
    if not isinstance(tree, dict):
        raise InputError(f"{path}: a configuration is a mapping of sections ({', '.join(Config.model_fields)})")
    return tree


def _parse_override(text: str) -> tuple[str, str, Any]:
    name, equals, value = text.partition("=")
    section, dot, key = name.strip().partition(".")
    section, key = section.replace("-", "_"), key.replace("-", "_")
    if not equals or not dot:
        raise InputError(f"--set {text}: write it as section.key=value, for example fit.epochs=20")
    _check_key(section, Config.model_fields, f"--set {text}: no section `{section}`")
    _check_key(key, fields_of(section), f"--set {text}: section `{section}` has no key `{key}`")
    try:
        return section, key, yaml.load(value, Loader=_Loader)
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"--set {text}: the value is not valid YAML") from error


def _checked(tree: Mapping[Any, Any], path: Path | None) -> dict[str, dict[str, Any]]:
    """The sections that hold something, once every section and key in them is known."""
    for section, values in tree.items():
        _check_key(str(section), Config.model_fields, f"{path}: no section `{section}`")
        if values is not None and not isinstance(values, dict):
            raise InputError(f"{path}: section `{section}` holds {values!r} where keys and values were wanted")
        for key in values or ():
            _check_key(str(key), fields_of(section), f"{path}: section `{section}` has no key `{key}`")
    return {section: values for section, values in tree.items() if values is not None}


def _check_key(key: str, known: Iterable[str], problem: str) -> None:
    known = list(known)
    if key not in known:
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(known)}"
        raise InputError(f"{problem}; {hint}")


def _with_absolute_paths(section: str, values: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """The settings of a section with relative paths resolved against `base`."""

    def absolute(value: object) -> object:
        if isinstance(value, list):
            return [absolute(item) for item in value]
        return str(base / _home_of(value)) if isinstance(value, str) else value

    fields = fields_of(section)
    return {key: absolute(value) if names_files(fields[key]) else value for key, value in values.items()}


def _home_of(path: str) -> Path:
    try:
        return Path(path).expanduser()
    except RuntimeError as error:
        raise InputError(f"{path}: there is no such home folder") from error


def _validated(settings: Mapping[str, Any], path: Path | None) -> Config:
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if isinstance(part, str))
        message = first["msg"][0].lower() + first["msg"][1:]
        where = f"{path}: " if path is not None else ""
        raise InputError(f"{where}{place}: {message}; it is {first['input']!r}") from error
