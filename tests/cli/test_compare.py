"""`hyplink compare`: differences of evaluated runs, mention by mention."""

import json
import shutil
from itertools import chain

import pytest

from hyplink.run import Run
from hyplink.run.files import sha256_of
from hyplink.stages.comparison import METRICS, compare_runs


@pytest.fixture
def other(run, tmp_path):
    """A copy of the run, whose evaluation tests change."""
    return shutil.copytree(run, tmp_path / "other")


def rewritten(run, name, change):
    """Changes the lines of an output of the evaluation, and its entry in the manifest."""
    path, manifest = run / "evaluate" / name, run / "evaluate" / "manifest.json"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    path.write_text("".join(f"{json.dumps(change(number, line))}\n" for number, line in enumerate(lines)))
    fields = json.loads(manifest.read_text())
    fields["outputs"][name] |= {"sha256": sha256_of(path), "size": path.stat().st_size}
    manifest.write_text(json.dumps(fields))


def metrics_of(run):
    metrics = json.loads((run / "evaluate" / "metrics.json").read_text())
    figures = metrics["models"]["hyplink"]["every_mention"]["figures"]
    return [
        figures["accuracy_at_1"]["value"],
        figures["tree_distance"]["value"],
        None,
        metrics["raw_text"]["mentions"]["every_mention"]["strict"]["f1"]["value"],
    ]


def test_a_run_compared_with_itself_has_the_metrics_of_its_evaluation_and_no_difference(run, other):
    [rows] = compare_runs([Run.open(run), Run.open(other)])
    assert [each.metric for each in rows] == list(METRICS)
    assert [each.first for each in rows] == [each.second for each in rows] == pytest.approx(metrics_of(run))
    assert all(each.difference.value in (0, None) for each in rows)


def test_differences_are_those_of_the_changed_mentions_alone_with_an_interval_around_them(run, other):
    def silent(number, line):
        return line | {"candidates": []} if number % 2 else line

    def nowhere(number, line):
        return line | {"concept": None} if number % 2 else line

    rewritten(other, "predictions.jsonl", silent)
    rewritten(other, "found.jsonl", nowhere)
    [rows] = compare_runs([Run.open(run), Run.open(other)])
    lines = [json.loads(line) for line in (run / "evaluate" / "predictions.jsonl").read_text().splitlines()]
    hits = sum(line["candidates"][0]["concept"] in chain(*line["gold"]) for line in lines[1::2])
    accuracy, distance, _, f1 = (each.difference for each in rows)
    assert hits > 0
    assert accuracy.value == pytest.approx(-hits / len(lines))
    assert accuracy.low < accuracy.value < accuracy.high <= 0
    assert distance.value > 0 > f1.value
    [back] = compare_runs([Run.open(other), Run.open(run)])
    assert [each.difference.value for each in back] == [
        each.difference.value and -each.difference.value for each in rows
    ]


def test_the_command_prints_each_metric_and_writes_json(run, other, hyplink, tmp_path):
    answer = hyplink("compare", run, other, "--json", tmp_path / "diff.json")
    assert answer.status == 0
    assert "acc@1" in answer.out
    written = json.loads((tmp_path / "diff.json").read_text())
    assert written["compared_with"] == str(run)
    assert written["runs"][str(other)]["accuracy_at_1"]["difference"]["value"] == 0


def test_runs_on_other_dev_data_or_without_an_evaluation_are_errors_of_one_line(run, other, hyplink):
    assert "compare needs two runs or more" in hyplink("compare", run).err
    manifest = other / "evaluate" / "manifest.json"
    fields = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(fields | {"inputs": {**fields["inputs"], "data.dev": "0" * 64}}))
    answer = hyplink("compare", run, other)
    assert answer.status == 2
    assert "was evaluated on other dev data" in answer.err
    shutil.rmtree(other / "evaluate")
    answer = hyplink("compare", run, other)
    assert answer.status in (1, 2)
    assert "evaluate has not been run" in answer.err


def test_a_run_that_is_given_twice_is_an_error_of_one_line(run, other, hyplink):
    answer = hyplink("compare", run, other, run)
    assert (answer.status, answer.err) == (2, "hyplink: a run is given twice; name different runs\n")
