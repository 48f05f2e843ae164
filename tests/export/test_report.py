import json
import re
import shutil

import pytest
from lxml import html

from hyplink.export.report import report_path, write_report
from hyplink.export.report.charts import Axis, Point, Series, chart
from hyplink.export.report.error_examples import CONTEXT_LENGTH, MAX_EXAMPLES, context_of, error_classes, path_between
from hyplink.export.report.evaluation_data import EvaluationData
from hyplink.export.report.facts import comparison
from hyplink.linking.error_analysis import Mistake
from hyplink.run import Run
from tests.conftest import exit_status_of
from tests.metrics.anatomy import ONTOLOGY

HOSTILE = "</script><script>alert('&')</script>"


def page_of(run):
    return html.fromstring(report_path(Run.open(run)).read_text(encoding="utf-8"))


def metrics_of(run):
    return json.loads((run / "evaluate" / "metrics.json").read_text(encoding="utf-8"))


def text_of(element):
    return " ".join(element.text_content().split())


@pytest.fixture(scope="module")
def hostile_run(tmp_path_factory):
    """A run whose names and texts contain markup, trained without annotated text."""
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "edges.tsv").write_text("A:2\tA:1\nA:3\tA:1\n")
    (folder / "names.tsv").write_text(f"A:1\tskin\nA:2\tred {HOSTILE}\nA:3\tdry skin\n")
    text = f"{HOSTILE} he had dry skin & <b>red skin</b>"
    at = text.index("dry skin")
    mention = {"start": at, "end": at + 8, "concepts": ["A:2"]}
    (folder / "dev.jsonl").write_text(json.dumps({"doc": HOSTILE, "text": text, "mentions": [mention]}) + "\n")
    files = [f"--set=data.{key}={folder}/{name}" for key, name in (("names", "names.tsv"), ("dev", "dev.jsonl"))]
    small = ["--set=train_ontology.dim=2", "--set=encode.dim=4", "--set=fit.epochs=2", "--set=fit.hidden=0"]
    run = folder / "run"
    assert exit_status_of("run", run, f"--set=data.ontology={folder}/edges.tsv", *files, *small, "--quiet") == 0
    return run


def test_every_value_in_the_tables_equals_that_in_metrics_json(trusted):
    metrics, page = metrics_of(trusted), page_of(trusted)
    cells = page.xpath("//td[@data-metric]")
    assert len(cells) >= 2 * 6 * len(metrics["models"])
    for cell in cells:
        group, metric = cell.get("data-metric").split(".")
        expected = metrics["models"][cell.getparent().find("th").text][group]["figures"][metric]
        shown = [float(each.get("value")) for each in cell.iter("data")]
        assert shown == [expected[end] for end in ("value", "low", "high") if expected[end] is not None]


def test_the_head_shows_the_properties_and_main_metrics_of_the_run(trusted):
    header, metrics = page_of(trusted).find(".//header"), metrics_of(trusted)
    head = text_of(header)
    for fact in ("cl.obo.gz", "356 with 600 names", "fit 0", "held-out names", "fit.epochs = 20", "hyplink 0."):
        assert fact in head
    figures = metrics["models"]["hyplink"]["every_mention"]["figures"]
    raw = metrics["raw_text"]["mentions"]["every_mention"]["strict"]["f1"]
    error = metrics["confidence"]["calibration"]["expected_calibration_error"]
    expected = [figures["accuracy_at_1"]["value"], figures["tree_distance"]["value"], raw["value"], error]
    shown = [float(each.get("value")) for each in header.xpath(".//p[@class='big']/data")]
    assert shown == expected
    assert "95% confidence interval of the difference" in head


def test_the_claim_over_the_best_baseline_has_the_interval_of_the_difference():
    estimate = {"low": None, "high": None}
    models = {
        name: {"every_mention": {"figures": {"accuracy_at_1": {"value": value, **estimate}}}}
        for name, value in {"hyplink": 0.9, "ball alone": 0.8, "exact name": 0.5, "TF-IDF": 0.7}.items()
    }
    differences = {"exact name": {"low": 0.1, "high": 0.6}, "TF-IDF": {"low": -0.05, "high": 0.412}}
    claim = "Accuracy is 20.0 percentage points above the best baseline, TF-IDF (0.700)"
    assert comparison({"models": models}) == f"{claim}."
    interval = "95% confidence interval of the difference -5.0 to +41.2"
    assert comparison({"models": models, "differences": differences}) == (
        f"{claim}; {interval}; the difference may be chance."
    )
    differences["TF-IDF"]["low"] = 0.051
    assert comparison({"models": models, "differences": differences}).endswith("difference +5.1 to +41.2.")


def test_error_counts_equal_those_in_metrics_json_and_sum_to_those_of_the_examples(trusted):
    metrics, page = metrics_of(trusted), page_of(trusted)
    for row in page.xpath("//tr[@data-kind]"):
        kind = row.get("data-kind")
        counts = [text_of(each) for each in row.xpath(".//span[@class='count']")]
        given = "–" if kind == "spurious" else f"{metrics['errors']['hyplink'][kind]:,}"
        assert counts == [given, f"{metrics['raw_text']['errors'][kind]:,}"]
    shown = [text_of(each) for each in page.xpath("//details[@class='mistakes']/summary/span")]
    wrong = [
        sum(n for kind, n in errors.items() if kind not in ("same", "coverage"))
        for errors in (metrics["errors"]["hyplink"], metrics["raw_text"]["errors"])
    ]
    assert sum(int(each.partition(":")[0].replace(",", "")) for each in shown) == sum(wrong)


def test_the_page_needs_no_network_and_is_small(trusted):
    page = report_path(Run.open(trusted)).read_text(encoding="utf-8")
    assert "http" not in page
    assert {link.get("href")[0] for link in html.fromstring(page).iter("a")} == {"#"}
    assert len(page) < 500_000


def test_names_and_texts_do_not_become_markup(hostile_run):
    page = report_path(Run.open(hostile_run)).read_text(encoding="utf-8")
    assert HOSTILE not in page
    assert page.count("<script") == 1
    (example,) = html.fromstring(page).xpath("//li[.//mark[text()='dry skin']][.//dt]")[:1]
    assert f"{HOSTILE} he had dry skin & <b>red skin</b>" in text_of(example)
    assert [text_of(each) for each in example.iter("dd")] == [
        f"red {HOSTILE} A:2",
        "dry skin A:3",
        f"red {HOSTILE} ↑ skin ↓ dry skin 2 steps",
    ]


def test_a_section_without_metrics_says_why(hostile_run, tmp_path):
    assert "The links of this run have no confidence (" in text_of(page_of(hostile_run))
    dev = tmp_path / "dev.jsonl"
    dev.write_text(
        json.dumps({"doc": "d", "text": "dry skin", "mentions": [{"start": 0, "end": 8, "concepts": ["A:3"]}]})
    )
    run = shutil.copytree(hostile_run, tmp_path / "run")
    assert exit_status_of("run", run, "--set", f"data.dev={dev}", "--quiet") == 0
    words = text_of(page_of(run))
    assert "no document contains text outside its mentions" in words
    assert "All mentions with given spans were linked correctly." in words


def test_writing_a_report_again_gives_the_same_bytes(trusted, tmp_path):
    run = Run.open(trusted)
    write_report(run, EvaluationData.from_run(run), tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == report_path(run).read_bytes()


def test_a_path_is_as_long_as_the_tree_distance_and_each_step_is_an_is_a_edge():
    concepts = ONTOLOGY.concepts
    for source in concepts:
        for target in concepts:
            path = path_between(source, target, ONTOLOGY)
            ids = [step.concept.concept_id for step in path]
            over = sum(step.direction == "over" for step in path)
            assert (ids[0], ids[-1]) == (source, target)
            assert len(ids) - 1 + over == ONTOLOGY.tree_distance(source, target)
            for one, step in zip(ids, path[1:], strict=False):
                other = step.concept.concept_id
                if step.direction == "up":
                    assert other in concepts[one].parents
                elif step.direction == "down":
                    assert one in concepts[other].parents
                else:
                    assert not concepts[one].parents
                    assert not concepts[other].parents
    assert path_between(None, "burn", ONTOLOGY) == path_between("burn", None, ONTOLOGY) == ()


def test_the_context_of_a_mention_marks_each_of_its_spans_and_is_cut_between_words():
    text = "w" * 80 + " a breast and ovarian cancer is " + "w" * 80
    at = text.index("breast")
    spans = [(at, at + 6), (at + 19, at + 25)]
    assert [tuple(segment) for segment in context_of(text, spans)] == [
        ("… a ", False),
        ("breast", True),
        (" and ovarian ", False),
        ("cancer", True),
        (" is …", False),
    ]
    assert [len(segment.text) for segment in context_of("肺" * 999, [(500, 502)])] == [
        CONTEXT_LENGTH + 2,
        2,
        CONTEXT_LENGTH + 2,
    ]
    assert [tuple(segment) for segment in context_of("a rod", [(2, 5)])] == [("a ", False), ("rod", True)]


def test_equal_errors_are_grouped_and_counted_and_only_the_most_frequent_are_shown():
    text = " ".join(f"word{n}" for n in range(2 * MAX_EXAMPLES))
    spans = [match.span() for match in re.finditer(r"\S+", text)]

    def mistake(span, gold=("burn",)):
        return Mistake("given", "sibling", "d", (span,), gold, (span,), "tumour", 0.5)

    equal = [mistake(spans[3])] * 4
    unresolvable = Mistake("given", "other", "d", (spans[0],), (), (spans[0],), "tumour", None)
    classes = error_classes([*map(mistake, spans), *equal, unresolvable], {"d": text}, ONTOLOGY)
    assert [(each.title, each.n_errors, each.n_distinct, len(each.examples)) for each in classes] == [
        ("sibling", 2 * MAX_EXAMPLES + 4, 2 * MAX_EXAMPLES, MAX_EXAMPLES),
        ("gold not in ontology", 1, 1, 1),
    ]
    first = classes[0].examples[0]
    assert (first.n_times, first.n_steps) == (5, 2)
    assert [segment.text for segment in first.context if segment.in_mention] == ["word3"]


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0.13, 1), (1, 60), (3, 3), (0, 0), (-2.5, 0.3), (0, 1e-4), (0, 12345)]
)
def test_an_axis_contains_its_values_and_has_round_ticks(low, high):
    axis = Axis.over(low, high)
    assert axis.low <= low <= high <= axis.high
    assert axis.ticks[0] == pytest.approx(axis.low)
    assert axis.ticks[-1] == pytest.approx(axis.high)
    assert 2 <= len(axis.ticks) <= 8
    assert (axis.percent(axis.low), axis.percent(axis.high)) == (0, 100)


def test_a_chart_has_positions_in_percent_and_a_data_table():
    points = (Point(0, 0.5, "a"), Point(1, 1.0, "b", low=0.0, high=1.0))
    axis = Axis.over(0.0, 1.0)
    plotted = chart("t", "n", ("x", "y"), [Series("s", points)], x=axis, y=axis)
    (series,) = plotted.series
    assert series.path == "M0 50L100 0"
    assert [(marker.left, marker.top, marker.bar) for marker in series.markers] == [(0, 50, None), (100, 0, (100, 0))]
    assert plotted.rows == (("x", "y"), ("0", "0.5"), ("1", "1"))


def test_the_data_table_of_a_single_series_has_a_row_for_each_point():
    points = (Point(0.9, 0.8, "a"), Point(0.9, 1.0, "b"))
    assert chart("t", "n", ("x", "y"), [Series("s", points)]).rows == (("x", "y"), ("0.9", "0.8"), ("0.9", "1"))


def test_the_data_table_of_several_series_has_a_row_for_each_x():
    series = [Series("s", (Point(0, 1, "a"), Point(2, 3, "b"))), Series("t", (Point(2, 4, "c"),))]
    assert chart("t", "n", ("x", "y"), series).rows == (("x", "s", "t"), ("0", "1", "–"), ("2", "3", "4"))
