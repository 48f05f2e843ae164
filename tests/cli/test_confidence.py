import json

import pytest

from tests.conftest import CELL

ARTICLE = CELL / "dev" / "17608565.txt"


def links(answer):
    return [json.loads(line) for line in answer.out.splitlines()]


def test_with_too_few_held_out_names_confidence_is_null_and_the_output_says_why(hyplink, tiny_run):
    answer = hyplink("link", tiny_run, ARTICLE)
    assert {(each["confidence"], each["confidence_basis"]) for each in links(answer)} == {(None, None)}
    assert "the links have no confidence: " in answer.err
    assert "100 are needed" in answer.err
    assert "confidence: none, " in hyplink("info", tiny_run).out
    assert "no confidences: " in hyplink("evaluate", tiny_run).out


@pytest.mark.parametrize("words", [("link", ARTICLE, "--min-confidence", 0.5), ("find-threshold",)])
def test_a_minimum_confidence_for_a_run_without_confidences_is_an_error(hyplink, tiny_run, words):
    answer = hyplink(words[0], tiny_run, *words[1:])
    assert answer.status == 2
    assert "42 names could be held out to calibrate on; 100 are needed" in answer.err
    assert answer.err.count("\n") == 1


def test_links_have_a_confidence_and_its_calibration_source(hyplink, trusted):
    found = links(hyplink("link", trusted, ARTICLE))
    assert {each["confidence_basis"] for each in found} == {"names"}
    assert all(0 < each["confidence"] < 1 and each["back_off_of"] is None for each in found)
    assert "held-out names" in hyplink("info", trusted).out


def test_a_minimum_confidence_gives_the_same_concept_an_ancestor_or_nil(hyplink, trusted):
    plain = links(hyplink("link", trusted, ARTICLE))
    confident = links(hyplink("link", trusted, ARTICLE, "--min-confidence", 0.85))
    assert len(plain) == len(confident)
    for before, after in zip(plain, confident, strict=True):
        if after["concept"] is None:
            assert (after["confidence"], after["label"], after["depth"]) == (None, None, None)
        else:
            assert after["confidence"] >= 0.85
        assert after["back_off_of"] == (None if after["concept"] == before["concept"] else before["concept"])
        assert after["candidates"] == before["candidates"]
    assert all(each["concept"] is None for each in links(hyplink("link", trusted, ARTICLE, "--min-confidence", 1)))


def test_the_evaluation_shows_calibration_and_back_off(hyplink, trusted, tmp_path):
    answer = hyplink("evaluate", trusted, "--json", tmp_path / "figures.json")
    assert "confidence, calibrated on held-out names" in answer.out
    assert "at least 0.95" in answer.out
    found = json.loads((tmp_path / "figures.json").read_text())["confidence"]
    assert sum(each["n_mentions"] for each in found["calibration"]["bins"]) == found["calibration"]["n_mentions"]
    answered = [point["n_answered"] for point in found["back_off"]]
    assert answered == sorted(answered, reverse=True)


def test_two_documents_are_too_few_for_a_guarantee_and_the_error_says_what_they_allow(hyplink, trusted):
    answer = hyplink("find-threshold", trusted)
    assert answer.status == 1
    assert "2 dev documents with an answer can show no accuracy above 0.316 at delta 0.1" in answer.err
    assert answer.err.count("\n") == 1


def test_a_threshold_is_printed_with_its_guarantee(hyplink, trusted):
    answer = hyplink("find-threshold", trusted, "--unit", "mentions", "--target-accuracy", 0.3, "--delta", 0.2)
    assert answer.status == 0
    threshold, meaning, *_ = answer.out.splitlines()
    assert 0 <= float(threshold) <= 0.99
    assert "at least 0.3 with probability 0.8" in meaning
