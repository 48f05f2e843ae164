import re
from dataclasses import replace

import pytest
from lxml import html

from hyplink.export.report import report_path, write_report
from hyplink.export.report.evaluation_data import EvaluationData
from hyplink.export.report.missing_concepts import best_rankings, confusion, first_answers
from hyplink.run import Run
from tests.export.missing import MISSING, RIGHT, placement


def text_of(element):
    return " ".join(element.text_content().split())


@pytest.fixture(scope="module")
def page(trusted, tmp_path_factory):
    """The report of a run whose dev data are annotated with relations."""
    run, path = Run.open(trusted), tmp_path_factory.mktemp("report") / "report.html"
    data = EvaluationData.from_run(run)
    write_report(run, replace(data, metrics={**data.metrics, "missing_concepts": MISSING}), path)
    return html.fromstring(path.read_text(encoding="utf-8"))


def test_the_confusion_has_counts_and_shares_of_each_annotated_relation():
    first, second, third = confusion(MISSING)
    assert (first.relation, first.n_mentions) == ("exact", 8)
    assert [(cell.n_mentions, cell.percent, cell.is_right) for cell in first.cells] == [
        (5, 62.5, True),
        (2, 25.0, False),
        (1, 12.5, False),
    ]
    assert [cell.is_right for cell in second.cells] == [False, True, False]
    assert [cell.is_right for cell in third.cells] == [False, False, True]


def test_a_relation_without_mentions_has_no_row():
    relations = {**MISSING["relations"], "confusion": [[5, 2, 1], [0, 0, 0], [0, 1, 1200]]}
    assert [row.relation for row in confusion({**MISSING, "relations": relations})] == ["exact", "none"]


def test_the_first_answers_are_right_or_too_high_or_on_a_wrong_branch():
    bar = first_answers(MISSING["placement"]["BM25"])
    assert (bar.right, bar.too_high, bar.wrong_branch) == (25.0, 12.5, 62.5)


def test_no_ranking_is_best_in_how_its_answers_are_wrong():
    best = best_rankings({"hyplink": RIGHT, "BM25": placement(0.2), "TF-IDF": placement(0.2)})
    assert best["hits_at_1"] == {"hyplink"}
    assert best["wrong_branch"] == {"hyplink"}
    assert best["too_high"] == best["steps_too_high"] == best["tree_distance"] == set()
    assert best_rankings({"a": placement(0.2), "b": placement(0.2001)})["hits_at_1"] == {"a", "b"}


def test_a_page_without_annotated_relations_has_no_section_for_them(trusted):
    words = report_path(Run.open(trusted)).read_text(encoding="utf-8")
    assert "Missing concepts" not in words
    assert not html.fromstring(words).xpath("//*[@id='missing']")


def test_the_page_shows_every_count_of_the_confusion_with_its_share(page):
    cells = page.xpath("//table[@class='confusion']//td")
    counts = [int(cell.find("data").get("value")) for cell in cells]
    assert counts == [n for row in MISSING["relations"]["confusion"] for n in row]
    assert [place for place, cell in enumerate(cells) if cell.get("class") == "right"] == [0, 4, 8]
    assert text_of(cells[-1]) == "1,200 100%"
    shares = [float(re.fullmatch(r"--share: ([\d.]+)%", cell.get("style"))[1]) for cell in cells]
    assert shares[:3] == [62.5, 25.0, 12.5]


def test_the_page_shows_the_figures_of_every_ranking_of_parents(page):
    rows = page.xpath("//section[@id='missing']//table[@class='figures']/tbody/tr")
    assert [row.find("th").text for row in rows] == list(MISSING["placement"])
    for row, figures in zip(rows, MISSING["placement"].values(), strict=True):
        for cell in row.xpath("td[@data-placement]"):
            assert float(cell.find("data").get("value")) == figures[cell.get("data-placement")]
        widths = [float(each.get("width").rstrip("%")) for each in row.iter("rect")]
        assert widths == [100 * figures[name] for name in ("hits_at_1", "too_high", "wrong_branch")]


def test_the_page_shows_the_main_figures_of_relations_beside_those_of_thresholds(page):
    tiles = [text_of(tile) for tile in page.xpath("//section[@id='missing']//dl[@class='tiles']/div")]
    assert [tile for tile in tiles if "0.731" in tile and "0.594" in tile and tile.startswith("macro-F1")]
    assert [tile for tile in tiles if "0.985" in tile and "0.814" in tile and tile.startswith("AUROC")]
    assert page.xpath("//nav/a[@href='#missing']")


def test_relations_without_missing_concepts_of_known_parents_have_no_table_of_parents(trusted, tmp_path):
    run = Run.open(trusted)
    data = EvaluationData.from_run(run)
    metrics = {**data.metrics, "missing_concepts": {**MISSING, "placement": {}}}
    write_report(run, replace(data, metrics=metrics), tmp_path / "report.html")
    words = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "Relations: annotated and given" in words
    assert "Direct parents of missing concepts" not in words
