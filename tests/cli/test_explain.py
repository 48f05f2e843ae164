import json

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


def test_a_file_is_read_and_its_given_mentions_are_explained(hyplink, tiny_run, tmp_path):
    plain, marked = tmp_path / "plain.txt", tmp_path / "marked.jsonl"
    plain.write_text(TEXT)
    marked.write_text(json.dumps({"doc": "d", "text": "a rod", "mentions": [{"start": 2, "end": 5}]}) + "\n")
    assert hyplink("explain", tiny_run, plain).out == hyplink("explain", tiny_run, TEXT).out
    assert "\nrod  characters 2–5\n" in hyplink("explain", tiny_run, marked).out
    assert hyplink("explain", tiny_run, "-", stdin=TEXT.encode()).out == hyplink("explain", tiny_run, TEXT).out


def test_named_words_are_explained_even_if_they_are_no_name(hyplink, tiny_run):
    (explained,) = json.loads(hyplink("explain", tiny_run, "a [rodent] cell", "--mention", "[rodent]", "--json").out)
    assert explained["text"] == "[rodent]"
    assert len(explained["candidates"]) == 5
    assert "[rodent]  characters 2–10" in hyplink("explain", tiny_run, "a [rodent] cell", "-m", "[rodent]").out


def test_words_that_do_not_stand_in_the_text_are_refused_in_one_line(hyplink, tiny_run):
    answer = hyplink("explain", tiny_run, TEXT, "--mention", "cone")
    assert (answer.status, answer.out) == (2, "")
    assert answer.err == "hyplink: --mention: 'cone' does not stand in the text; give words as they are written there\n"


def test_a_text_without_names_says_how_to_name_words(hyplink, tiny_run):
    answer = hyplink("explain", tiny_run, "Nothing of the kind.")
    assert (answer.status, answer.out) == (0, "")
    assert "name the words to be linked with --mention" in answer.err
    assert json.loads(hyplink("explain", tiny_run, "Nothing of the kind.", "--json").out) == []
