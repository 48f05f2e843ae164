import json
import shutil

import pytest

from hyplink.encoders import load_encoder
from tests.conftest import exit_status_of

TEXT = "No photoreceptor cell (PRC) is seen; the PRC dies."


def test_a_text_is_explained_in_80_columns(hyplink, tiny_run):
    answer = hyplink("explain", tiny_run, TEXT)
    assert (answer.status, answer.err) == (0, "")
    assert max(map(len, answer.out.splitlines())) <= 80
    assert "photoreceptor cell  characters 3–21, negated" in answer.out
    assert "found as: a name, letter by letter\n" in answer.out
    assert "read as: photoreceptor cell" in answer.out
    assert "path: " in answer.out
    assert "CL:0000210" in answer.out
    assert "ball: log-probability by its distance" in answer.out


def test_the_given_mentions_of_a_file_are_explained(hyplink, tiny_run, tmp_path):
    plain, marked = tmp_path / "plain.txt", tmp_path / "marked.jsonl"
    plain.write_text(TEXT)
    marked.write_text(json.dumps({"doc": "d", "text": "a rod", "mentions": [{"start": 2, "end": 5}]}) + "\n")
    assert hyplink("explain", tiny_run, plain).out == hyplink("explain", tiny_run, TEXT).out
    assert "\nrod  characters 2–5\n" in hyplink("explain", tiny_run, marked).out
    assert hyplink("explain", tiny_run, "-", stdin=TEXT.encode()).out == hyplink("explain", tiny_run, TEXT).out


def test_a_mention_given_as_option_is_explained_even_if_it_is_not_a_name(hyplink, tiny_run):
    (explained,) = json.loads(hyplink("explain", tiny_run, "a [rodent] cell", "--mention", "[rodent]", "--json").out)
    assert explained["text"] == "[rodent]"
    assert len(explained["candidates"]) == 5
    assert "[rodent]  characters 2–10" in hyplink("explain", tiny_run, "a [rodent] cell", "-m", "[rodent]").out


def test_a_mention_that_is_not_in_the_text_is_an_error_of_one_line(hyplink, tiny_run):
    answer = hyplink("explain", tiny_run, TEXT, "--mention", "cone")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "hyplink: --mention: 'cone' is not in the text; give the words as they are written there\n"


def test_a_text_without_mentions_gives_a_hint(hyplink, tiny_run):
    answer = hyplink("explain", tiny_run, "Nothing of the kind.")
    assert (answer.status, answer.out) == (0, "")
    assert "no mention was detected in the text; name one with --mention" in answer.err
    assert json.loads(hyplink("explain", tiny_run, "Nothing of the kind.", "--json").out) == []
    missing = hyplink("explain", tiny_run, "missing.txt").err
    assert "detected in the text 'missing.txt', which is not the name of a file; name one" in missing


@pytest.fixture(scope="module")
def recursive_run(tiny_run, tmp_path_factory):
    """The tiny run, encoded with the recursive encoder and unweighted errors, and not fitted again."""
    run = shutil.copytree(tiny_run, tmp_path_factory.mktemp("recursive") / "run")
    settings = ["--set", "encode.encoder=recursive", "--set", "research.merge_error=unweighted"]
    assert exit_status_of("encode", run, *settings, "--quiet") == 0
    return run


def test_the_merge_tree_of_each_line_is_drawn(hyplink, recursive_run):
    answer = hyplink("explain", recursive_run, "Rod cells of the eye.\n\nretina", "--merge-tree")
    assert (answer.status, answer.err) == (0, "")
    first, second, _ = answer.out.split("\n\n")
    top, *_ = first.splitlines()
    words, error, total = top.split("  ")
    assert sorted(words.split()) == ["cells", "eye", "of", "rod", "the"]
    assert 0 <= float(error) <= float(total.removeprefix("total "))
    assert len(first.splitlines()) == 9  # five words and four merges
    assert second == "retina"


def test_the_setting_of_the_merge_error_reaches_the_encoder(recursive_run):
    assert load_encoder(recursive_run / "encode").composer.merge_error == "unweighted"


def test_the_merge_tree_of_another_encoder_is_an_error(hyplink, tiny_run):
    answer = hyplink("explain", tiny_run, "the eye", "--merge-tree")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith("hyplink: --merge-tree: the encoder of this run is not recursive; ")
    assert answer.err.count("\n") == 1


@pytest.mark.parametrize("other", [["--json"], ["--mention", "eye"]])
def test_a_merge_tree_cannot_be_combined_with_other_options(hyplink, recursive_run, other):
    answer = hyplink("explain", recursive_run, "the eye", "--merge-tree", *other)
    assert (answer.status, answer.out) == (2, "")
    assert "cannot be combined with --mention or --json" in answer.err


def test_the_name_that_matched_is_shown_and_so_is_the_reason_of_a_name_that_was_not_linked(hyplink, tiny_run):
    text = "The photoreceptor cells of the fly; a non-photoreceptor cell."
    answer = hyplink("explain", tiny_run, text)
    assert "name: photoreceptor cell (the label)" in answer.out
    assert "not linked" in answer.out
    assert "'non' stands before it" in " ".join(answer.out.split())
    linked, *_, left_out = json.loads(hyplink("explain", tiny_run, text, "--json").out)
    assert (linked["matched_name"], linked["scope"]) == ("photoreceptor cell", "LABEL")
    assert left_out == {
        "start": 42,
        "end": 60,
        "text": "photoreceptor cell",
        "concepts": ["CL:0000210"],
        "left_out": "'non' stands before it",
    }
