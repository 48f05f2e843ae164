"""A hook of MkDocs: the pages that are written when the site is built, from commands, settings and the repository."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import yaml
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

from hyplink.config import Config

ROOT = Path(__file__).resolve().parents[1]

SETTINGS_INTRODUCTION = """\
# Configuration

A configuration is a YAML file with a section for the data, one for each stage, and one for research. Every setting has
a default, so a file needs only the settings that differ. `hyplink init FILE` writes a file with the settings that are
most often changed, `hyplink init FILE --all` one with all of them. An unknown setting or an invalid value is an error
that names it. `--set section.key=value` changes a setting on the command line; `config.yaml` in a run directory holds
the settings that the run was made with.

The settings of `research` select the variants of the method that the project's studies compare; linking does not
require them. Each belongs to one stage, and a change makes only that stage, and those that depend on it, run again.

Old names of renamed settings are accepted for one release with a warning that gives the new name.
"""

TYPES = {
    "integer": "a whole number",
    "number": "a number",
    "string": "text",
    "boolean": "`true` `false`",
    "object": "a mapping",
    "null": "`null`",
}
BOUNDS = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤", "exclusiveMaximum": "<"}
"""Names of JSON schema types, and what the page calls them."""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the pages, as if they lay in docs/."""
    for path, write in PAGES.items():
        files.append(File.generated(config, path, content=write()))
    return files


def commands() -> str:
    """Every command with its arguments and options, as its help tells them."""
    words = [sys.executable, "-m", "typer", "hyplink.cli", "utils", "docs", "--name", "hyplink", "--title", "Commands"]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    ended = subprocess.run(words, capture_output=True, encoding="utf-8", env=environment, check=True)
    text = re.sub(r"\*\*Commands\*\*:\n\n(\* .*\n)+", "", ended.stdout)  # cut short there, and told in full below
    return re.sub(r"\* `(-h, )?--help`: .*\n", "", text)


def configuration() -> str:
    """Every setting with its default and what it may be."""
    schema = Config.model_json_schema()
    sections = {name: schema["$defs"][each["$ref"].rpartition("/")[2]] for name, each in schema["properties"].items()}
    lines = (line for name, section in sections.items() for line in _section(name, section))
    return "\n".join([SETTINGS_INTRODUCTION, *lines])


def _section(name: str, section: dict[str, Any]) -> Iterator[str]:
    yield f"## `{name}`\n\n{section['description']}\n"
    yield "| setting | default | may be | what it does |\n|---|---|---|---|"
    for key, field in section["properties"].items():
        default = yaml.safe_dump(field["default"], default_flow_style=True).removesuffix("...\n").strip()
        meaning = escape(field["description"], quote=False)
        yield f"| `{key}`{{ #{name}.{key} }} | `{default}` | {_allowed(field)} | {meaning} |"
    yield ""


def _allowed(field: dict[str, Any]) -> str:
    """What a setting may be, in words."""
    if "enum" in field:
        return " ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field:
        return ", ".join(_allowed(each) for each in field["anyOf"])
    if field.get("format") == "path":
        return "a path"
    if field["type"] == "array":
        return f"several: {_allowed(field['items'])}"
    return " ".join(
        [TYPES[field["type"]], *(f"{sign}\u00a0{field[key]:,}" for key, sign in BOUNDS.items() if key in field)]
    )


def changelog() -> str:
    """The changelog, whose links lead from the root of the repository."""
    return (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").replace("](docs/", "](")


def contributing() -> str:
    """The page for contributors, likewise."""
    return (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("](docs/", "](")


PAGES: dict[str, Callable[[], str]] = {
    "reference/commands.md": commands,
    "reference/configuration.md": configuration,
    "changelog.md": changelog,
    "contributing.md": contributing,
}
