"""Every line of shell and Python in the documentation is run; what cannot be is parsed, with the reason beside it."""

import io
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
import yaml
from doc_blocks import PAGES, ROOT, blocks_of, words_of

from hyplink.cli import app
from hyplink.config import Config, read_config
from hyplink.config.schema import fields_of
from tests.conftest import exit_status_of

COMMANDS = typer.main.get_command(app)

NOT_RUN = {
    r"^bash scripts/": "makes an environment, or runs all tests",
    r"^python scripts/": "measures for minutes or hours",
    r"^source ": "enters an environment that is not there",
    r"^pip ": "installs, or builds a package",
    r"^git ": "changes the repository",
    r"^hyplink (serve|review) |^hyplink audit runs/my ": "serves until it is stopped",
    r"^curl ": "asks a server that is not there",
    r"^docker ": "makes and runs an image",
    r" runs/(nouns|verbs)": "of WordNet, which does not ship",
    r"configs/transformer.yaml|runs/transformer": "trains a transformer, which does not ship",
    r"--merge-tree$": "takes a run with the recursive encoder, which learns for minutes",
    r"s3://": "reads from an object store that is not there",
}
"""What is found in lines that are only looked at, and why."""

ENDS_WITH = {"hyplink find-threshold": 1}
"""The exit status of lines that cannot have what they ask for in so small a folder, and say so."""

EXTRAS = {name for name in ("pyspark", "ray") if find_spec(name) is None}
"""Packages outside the development environment; Python that imports a missing one is only compiled."""

if "ray" in EXTRAS:
    NOT_RUN["--engine ray"] = "needs Ray"

SHELL = re.compile(r"[|<>&;$*`]")
"""What a line has that only a shell understands."""

SETTING = re.compile(rf"`(?!data\.noun`)({'|'.join(Config.model_fields)})\.(\w+)[`:= ]")  # data.noun is WordNet's file


def blocks_on(page):
    return list(blocks_of((ROOT / page).read_text(encoding="utf-8")))


def commands_on(page):
    return [command for block in blocks_on(page) for command in block.commands()]


def is_run(command):
    return not any(re.search(pattern, command) for pattern in NOT_RUN)


def hyplink_calls(command):
    """The words of each call of hyplink in a line, without the name."""
    words = words_of(command)
    for i, word in enumerate(words):
        if word == "hyplink" and (i == 0 or words[i - 1] == "|"):
            end = next((j for j in range(i, len(words)) if words[j] in ("|", ">", "<")), len(words))
            yield words[i + 1 : end]


def run_in_shell(command, **wanted):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)}
    return subprocess.run(["bash", "-euo", "pipefail", "-c", command], env=environment, **wanted)


def run_command(command, monkeypatch):
    """Runs a line and gives its exit status. A call of hyplink, alone or at the end of a pipe, runs in this process."""
    source, _, call = command.rpartition(" | ")
    if not call.startswith("hyplink ") or SHELL.search(call):
        return run_in_shell(command).returncode
    given = run_in_shell(source, capture_output=True, check=True).stdout if source else b""
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given)))
    return exit_status_of(*words_of(call)[1:])


@pytest.mark.parametrize("page", PAGES)
def test_every_call_of_hyplink_is_one_that_it_understands(page):
    for command in commands_on(page):
        for words in hyplink_calls(command):
            with COMMANDS.make_context("hyplink", list(words)) as context:
                name, subcommand, rest = COMMANDS.resolve_command(context, words)
                parsed = subcommand.make_context(name, rest, parent=context).params
            read_config(None, parsed.get("overrides") or ())


@pytest.mark.parametrize("page", PAGES)
def test_the_options_and_settings_that_a_page_names_exist(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for name, rest in re.findall(r"`hyplink ([a-z][a-z-]*)([^`]*)`", text):
        known = {option for parameter in COMMANDS.commands[name].params for option in parameter.opts}
        assert set(re.findall(r"(?<!\S)--?[a-z][a-z-]*", rest)) <= known | {"--help"}, (name, rest)
    assert all(key in fields_of(section) for section, key in SETTING.findall(text))


@pytest.mark.slow
@pytest.mark.xdist_group("the folder of the docs, made once")
@pytest.mark.parametrize("page", PAGES)
def test_the_lines_of_a_page_run_in_their_order(page, place, capfd, monkeypatch):
    names = {"__name__": "__main__"}
    for block in blocks_on(page):
        if block.title:
            (place / block.title).write_text(block.text, encoding="utf-8")
        if block.language == "python":
            code = compile(block.text, page, "exec")
            if EXTRAS.isdisjoint(re.findall(r"^(?:import|from) (\w+)", block.text, flags=re.MULTILINE)):
                exec(code, names)
        for command in filter(is_run, block.commands()):
            status = run_command(command, monkeypatch)
            wanted = next((end for start, end in ENDS_WITH.items() if command.startswith(start)), 0)
            assert status == wanted, f"{page}: {command}: {capfd.readouterr().err}"


@pytest.mark.parametrize("page", PAGES)
def test_scripts_that_are_not_run_are_there_with_the_options_that_are_named(page):
    for command in commands_on(page):
        for script in re.findall(r"scripts/[\w/]+\.(?:py|sh)", command):
            source = (ROOT / script).read_text(encoding="utf-8")
            assert all(word.partition("=")[0] in source for word in words_of(command) if word.startswith("--"))


@pytest.mark.parametrize("page", PAGES)
def test_yaml_that_a_page_shows_is_a_configuration(page, tmp_path):
    for block in blocks_on(page):
        if block.language == "yaml" and yaml.safe_load(block.text).keys() & Config.model_fields.keys():
            (tmp_path / "shown.yaml").write_text(block.text, encoding="utf-8")
            read_config(tmp_path / "shown.yaml")


def test_every_pattern_of_lines_that_are_not_run_matches_a_line_of_a_page():
    commands = [command for page in PAGES for command in commands_on(page)]
    assert all(any(re.search(pattern, command) for command in commands) for pattern in NOT_RUN)
