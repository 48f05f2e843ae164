import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from hyplink.cli import app
from hyplink.config import read_config

README = Path(__file__).parents[2] / "README.md"
COMMANDS = typer.main.get_command(app).commands
HEAVY = {"torch", "gensim", "fasttext", "sklearn", "numba", "scipy", "numpy", "inflect", "bioc", "geoopt"}
HEAVY |= {"rdflib", "spacy", "lxml", "matplotlib"}


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_every_option_has_help(name):
    command = COMMANDS[name]
    assert command.help
    for parameter in command.params:
        assert parameter.help, f"{name} {parameter.name}"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_of_a_command_lists_its_options(name, hyplink):
    answer = hyplink(name, "--help")
    assert answer.status == 0
    for parameter in COMMANDS[name].params:
        assert parameter.opts[0] in answer.out or parameter.param_type_name == "argument"


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_is_shown_as_it_was_written(name, hyplink, monkeypatch):
    monkeypatch.setenv("COLUMNS", "500")
    shown = " ".join(hyplink(name, "--help").out.split())
    for written in [COMMANDS[name].help, *(parameter.help for parameter in COMMANDS[name].params)]:
        assert " ".join(written.split()) in shown  # not a word is taken for markup


@pytest.mark.parametrize("words", [[], *([name] for name in sorted(COMMANDS))])
def test_flags_are_shown_without_a_value(words, hyplink):
    out = hyplink(*words, "--help").out
    assert "--help" in out
    assert "<bool>" not in out
    assert "BOOLEAN" not in out


@pytest.mark.parametrize(
    ("typed", "offered"), [("hyplink exp", {"explain", "export"}), ("hyplink link --nes", {"--nested"})]
)
def test_a_shell_completes_commands_and_options(typed, offered):
    environment = os.environ | {
        "_HYPLINK_COMPLETE": "complete_bash",
        "COMP_WORDS": typed,
        "COMP_CWORD": str(len(typed.split()) - 1),
    }
    program = "import sys; sys.argv[0] = 'hyplink'; from hyplink.cli import main; main()"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment)
    assert set(ended.stdout.split()) == offered


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_of_a_command_ends_with_two_or_three_valid_examples(name, hyplink):
    heading, _, *lines = COMMANDS[name].epilog.splitlines()
    assert heading == "Examples:"
    assert 2 <= len(lines) <= 3
    for line in lines:
        words = shlex.split(line.partition(" < ")[0])
        assert words[:2] == ["hyplink", name]
        parsed = COMMANDS[name].make_context(name, words[2:]).params
        read_config(None, parsed.get("overrides") or ())
    printed = [line.strip() for line in hyplink(name, "--help").out.splitlines() if line.strip()]
    assert printed[-len(lines) :] == [line.strip() for line in lines]


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_readme_names_every_command(name):
    assert f"hyplink {name}" in README.read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["link", "--help"]])
def test_help_imports_no_slow_library(words):
    program = (
        "import sys; from hyplink.cli import main\n"
        "try: main()\n"
        "except SystemExit: print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, check=True)
    assert ended.stdout
    assert not HEAVY & set(ended.stderr.split())


def test_hyplink_without_arguments_prints_the_help(hyplink):
    answer = hyplink()
    assert "train-ontology" in answer.out + answer.err
