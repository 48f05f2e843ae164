import json
import re
import shutil

import pytest
from lxml import html

from hyplink.export.report import report_path, write_report
from hyplink.export.report.charts import Axis, Series, Value, chart
from hyplink.export.report.measured import Measured
from hyplink.export.report.mistakes import AROUND, EXAMPLES, context_of, path_between, shown_kinds
from hyplink.linking.error_analysis import Mistake
from hyplink.run import Run
from tests.conftest import exit_status_of
from tests.metrics.bodies import ONTOLOGY

EVIL = "</script><script>alert('&')</script>"


def page_of(run):
    return html.fromstring(report_path(Run.open(run)).read_text(encoding="utf-8"))


def metrics_of(run):
    return json.loads((run / "evaluate" / "metrics.json").read_text(encoding="utf-8"))


def words_of(element):
    return " ".join(element.text_content().split())


@pytest.fixture(scope="module")
def evil_run(tmp_path_factory):
    """A run whose names and texts would break out of a page, without annotated text to learn from."""
    folder = tmp_path_factory.mktemp("evil")
    (folder / "edges.tsv").write_text("A:2\tA:1\nA:3\tA:1\n")
    (folder / "names.tsv").write_text(f"A:1\tskin\nA:2\tred {EVIL}\nA:3\tdry skin\n")
    text = f"{EVIL} he had dry skin & <b>red skin</b>"
    at = text.index("dry skin")
    mention = {"start": at, "end": at + 8, "concepts": ["A:2"]}
    (folder / "dev.jsonl").write_text(json.dumps({"doc": EVIL, "text": text, "mentions": [mention]}) + "\n")
    files = [f"--set=data.{key}={folder}/{name}" for key, name in (("names", "names.tsv"), ("dev", "dev.jsonl"))]
    small = ["--set=train_ontology.dim=2", "--set=encode.dim=4", "--set=fit.epochs=2", "--set=fit.hidden=0"]
    run = folder / "run"
    assert exit_status_of("run", run, f"--set=data.ontology={folder}/edges.tsv", *files, *small, "--quiet") == 0
    return run


def test_every_figure_of_the_tables_is_that_of_the_metrics(trusted):
    metrics, page = metrics_of(trusted), page_of(trusted)
    cells = page.xpath("//td[@data-figure]")
    assert len(cells) >= 2 * 6 * len(metrics["models"])
    for cell in cells:
        group, figure = cell.get("data-figure").split(".")
        expected = metrics["models"][cell.getparent().find("th").text][group]["figures"][figure]
        told = [float(each.get("value")) for each in cell.iter("data")]
        assert told == [expected[end] for end in ("value", "low", "high") if expected[end] is not None]


def test_the_head_tells_what_the_run_is_and_its_main_figures(trusted):
    header, metrics = page_of(trusted).find(".//header"), metrics_of(trusted)
    head = words_of(header)
    for fact in ("cl.obo.gz", "356 with 600 names", "fit 0", "held-out names", "fit.epochs = 20", "hyplink 0."):
        assert fact in head
    figures = metrics["models"]["hyplink"]["every_mention"]["figures"]
    raw = metrics["raw_text"]["mentions"]["every_mention"]["relaxed"]["f1"]
    error = metrics["confidence"]["calibration"]["expected_calibration_error"]
    wanted = [figures["accuracy_at_1"]["value"], figures["tree_distance"]["value"], raw["value"], error]
    told = [float(each.get("value")) for each in header.xpath(".//p[@class='big']/data")]
    assert told == wanted


def test_errors_are_counted_as_in_the_metrics_and_all_of_them_fall_in_a_kind_with_examples(trusted):
    metrics, page = metrics_of(trusted), page_of(trusted)
    for row in page.xpath("//tr[@data-kind]"):
        kind = row.get("data-kind")
        counts = [words_of(each) for each in row.xpath(".//span[@class='count']")]
        given = "–" if kind == "spurious" else f"{metrics['errors']['hyplink'][kind]:,}"
        assert counts == [given, f"{metrics['raw_text']['errors'][kind]:,}"]
    shown = [words_of(each) for each in page.xpath("//details[@class='mistakes']/summary/span")]
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


def test_no_name_and_no_text_can_break_out_of_the_page(evil_run):
    page = report_path(Run.open(evil_run)).read_text(encoding="utf-8")
    assert EVIL not in page
    assert page.count("<script") == 1
    (example,) = html.fromstring(page).xpath("//li[.//mark[text()='dry skin']][.//dt]")[:1]
    assert f"{EVIL} he had dry skin & <b>red skin</b>" in words_of(example)
    assert [words_of(each) for each in example.iter("dd")] == [
        f"red {EVIL} A:2",
        "dry skin A:3",
        f"red {EVIL} ↑ skin ↓ dry skin 2 steps",
    ]


def test_a_section_without_figures_says_why(evil_run, tmp_path):
    assert "Links of this run have no confidence: " in words_of(page_of(evil_run))
    dev = tmp_path / "dev.jsonl"
    dev.write_text(
        json.dumps({"doc": "d", "text": "dry skin", "mentions": [{"start": 0, "end": 8, "concepts": ["A:3"]}]})
    )
    run = shutil.copytree(evil_run, tmp_path / "run")
    assert exit_status_of("run", run, "--set", f"data.dev={dev}", "--quiet") == 0
    words = words_of(page_of(run))
    assert "no document has text outside its mentions" in words
    assert "Every given mention was linked rightly." in words


def test_a_report_is_the_same_when_it_is_written_again(trusted, tmp_path):
    run = Run.open(trusted)
    write_report(run, Measured.of(run), tmp_path / "report.html")
    assert (tmp_path / "report.html").read_bytes() == report_path(run).read_bytes()


def test_a_path_has_as_many_steps_as_its_ends_are_apart_and_each_goes_to_a_parent_or_a_child():
    concepts = ONTOLOGY.concepts
    for source in concepts:
        for target in concepts:
            path = path_between(source, target, ONTOLOGY)
            ids = [step.concept.concept_id for step in path]
            over = sum(step.way == "over" for step in path)
            assert (ids[0], ids[-1]) == (source, target)
            assert len(ids) - 1 + over == ONTOLOGY.tree_distance(source, target)
            for one, step in zip(ids, path[1:], strict=False):
                other = step.concept.concept_id
                if step.way == "up":
                    assert other in concepts[one].parents
                elif step.way == "down":
                    assert one in concepts[other].parents
                else:
                    assert not concepts[one].parents
                    assert not concepts[other].parents
    assert path_between(None, "burn", ONTOLOGY) == path_between("burn", None, ONTOLOGY) == ()


def test_the_context_of_a_mention_marks_each_of_its_pieces_and_is_cut_between_words():
    text = "w" * 80 + " a breast and ovarian cancer is " + "w" * 80
    at = text.index("breast")
    spans = [(at, at + 6), (at + 19, at + 25)]
    assert [tuple(piece) for piece in context_of(text, spans)] == [
        ("… a ", False),
        ("breast", True),
        (" and ovarian ", False),
        ("cancer", True),
        (" is …", False),
    ]
    assert [len(piece.text) for piece in context_of("肺" * 999, [(500, 502)])] == [AROUND + 2, 2, AROUND + 2]
    assert [tuple(piece) for piece in context_of("a rod", [(2, 5)])] == [("a ", False), ("rod", True)]


def test_like_mistakes_are_shown_once_with_how_often_they_are_made_and_the_rest_is_counted():
    text = " ".join(f"word{n}" for n in range(2 * EXAMPLES))
    places = [match.span() for match in re.finditer(r"\S+", text)]

    def mistake(span, gold=("burn",)):
        return Mistake("given", "sibling", "d", (span,), gold, (span,), "tumour", 0.5)

    alike = [mistake(places[3])] * 4
    unknown = Mistake("given", "other", "d", (places[0],), (), (places[0],), "tumour", None)
    kinds = shown_kinds([*map(mistake, places), *alike, unknown], {"d": text}, ONTOLOGY)
    assert [(kind.title, kind.n_mistakes, kind.n_different, len(kind.shown)) for kind in kinds] == [
        ("sibling", 2 * EXAMPLES + 4, 2 * EXAMPLES, EXAMPLES),
        ("no right answer", 1, 1, 1),
    ]
    first = kinds[0].shown[0]
    assert (first.n_times, first.n_steps) == (5, 2)
    assert [piece.text for piece in first.context if piece.marked] == ["word3"]


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0.13, 1), (1, 60), (3, 3), (0, 0), (-2.5, 0.3), (0, 1e-4), (0, 12345)]
)
def test_an_axis_holds_its_values_between_round_ticks(low, high):
    axis = Axis.over(low, high)
    assert axis.low <= low <= high <= axis.high
    assert axis.ticks[0] == pytest.approx(axis.low)
    assert axis.ticks[-1] == pytest.approx(axis.high)
    assert 2 <= len(axis.ticks) <= 8
    assert (axis.place(axis.low), axis.place(axis.high)) == (0, 100)


def test_a_chart_places_its_values_in_percent_and_tells_them_as_a_table():
    values = (Value(0, 0.5, "a"), Value(1, 1.0, "b", low=0.0, high=1.0))
    axis = Axis.over(0.0, 1.0)
    drawn = chart("t", "n", ("x", "y"), [Series("s", values)], x=axis, y=axis)
    (series,) = drawn.series
    assert series.path == "M0 50L100 0"
    assert [(mark.left, mark.top, mark.stick) for mark in series.marks] == [(0, 50, None), (100, 0, (100, 0))]
    assert drawn.rows == (("x", "y"), ("0", "0.5"), ("1", "1"))
