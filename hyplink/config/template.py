"""Configuration files to start from: settings with their values and comments that explain them."""

import textwrap
from collections.abc import Iterator

import yaml
from pydantic.fields import FieldInfo

from hyplink.config.schema import Config, fields_of

COMMON_SETTINGS = (
    "data.ontology",
    "data.synonyms",
    "data.roots",
    "data.exclude",
    "data.train",
    "data.dev",
    "data.texts",
    "train_ontology.dim",
    "encode.encoder",
    "encode.model",
    "encode.vectors",
    "fit.epochs",
)
"""The settings that users most often change."""

_WIDTH = 100


def short_template(config: Config) -> str:
    """A configuration file with the common settings, and with all others that differ from their defaults.

    Each setting follows a comment of one line.
    """
    header = "# The settings most often changed; `hyplink init FILE --all` writes all of them."
    lines = [header, "# Relative paths are relative to this file.", ""]
    for name, values in config.model_dump(mode="json").items():
        default = Config().model_dump(mode="json")[name]
        shown = [key for key in values if f"{name}.{key}" in COMMON_SETTINGS or values[key] != default[key]]
        if shown:
            lines += [*_first_sentence(Config.model_fields[name], ""), f"{name}:"]
            for key in shown:
                lines += [*_first_sentence(fields_of(name)[key], "  "), _setting(key, values[key])]
            lines.append("")
    return "\n".join(lines)


def full_template(config: Config) -> str:
    """A configuration file with every setting, each below a comment that explains it."""
    lines = ["# All settings. Relative paths are relative to this file.", ""]
    for name, values in config.model_dump(mode="json").items():
        lines += [*_description(Config.model_fields[name], ""), f"{name}:"]
        for key, value in values.items():
            lines += [*_description(fields_of(name)[key], "  "), _setting(key, value)]
        lines.append("")
    return "\n".join(lines)


def _setting(key: str, value: object) -> str:
    return f"  {key}: " + yaml.safe_dump(value, default_flow_style=True, width=1000).removesuffix("...\n").strip()


def _first_sentence(field: FieldInfo, indent: str) -> Iterator[str]:
    sentence, _, _ = (field.description or "").partition(". ")
    yield f"{indent}# {sentence.removesuffix('.')}."


def _description(field: FieldInfo, indent: str) -> list[str]:
    text = " ".join((field.description or "").split())
    return textwrap.wrap(text, _WIDTH, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")
