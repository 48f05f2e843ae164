"""The examples of the page on building blocks run as they stand, in an empty folder, and print what the page says."""

import re

from doc_blocks import ROOT, blocks_of, words_of

from tests.conftest import exit_status_of

PAGE = "docs/how-to/own-network.md"


def test_the_examples_run_from_an_empty_folder_and_print_the_values_beside_them(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    names = {}
    n_compared = 0
    for block in blocks_of((ROOT / PAGE).read_text(encoding="utf-8")):
        if block.title:
            (tmp_path / block.title).write_text(block.text, encoding="utf-8")
        for command in block.commands():
            if command.startswith("hyplink "):
                assert exit_status_of(*words_of(command)[1:]) == 0, command
        if block.language == "python":
            capfd.readouterr()
            exec(compile(block.text, PAGE, "exec"), names)
            printed = capfd.readouterr().out.split()
            for value in re.findall(r"# (\d\.\d+)$", block.text, re.MULTILINE):
                assert value in printed
                n_compared += 1
    assert n_compared == 2  # the similarities of gensim's documentation
