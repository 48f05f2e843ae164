"""The simulated reviewer writes what a reviewer writes, and the table has the figures of its trials."""

import csv

from hyplink.corpus import read_documents

ROW = {"doc": "d", "start": "0", "text": "skin", "concept": "A:1", "context": "skin", "proposed": "A:1"}


def test_the_rows_that_were_reviewed_are_checked_and_the_wrong_ones_corrected(tmp_path):
    import simulate_corrections

    review = simulate_corrections.Reviewed([{**ROW, "doc": name} for name in "abcd"], ["A:2", "A:3;A:1", "", "A:2"])
    assert simulate_corrections.write_review(review, 3, tmp_path / "links.csv") == 2
    rows = list(csv.DictReader((tmp_path / "links.csv").open(encoding="utf-8")))
    assert [(row["concept"], row["checked"]) for row in rows] == [
        ("A:2", "x"),
        ("A:3;A:1", "x"),
        ("", "x"),
        ("A:1", ""),
    ]
    decided = {each.doc_id: each.mentions[0].decided for each in read_documents([tmp_path / "links.csv"])}
    assert decided == {"a": True, "b": True, "c": True, "d": False}


def test_the_table_has_the_mean_of_each_order_and_its_range():
    import simulate_corrections

    first, second = simulate_corrections.ORDERS
    results = {"0": {"accuracy": 0.5, "corrections": 0}}
    results |= {f"10|{first}|{seed}": {"accuracy": figure, "corrections": 3} for seed, figure in enumerate([0.6, 0.7])}
    results[f"10|{second}|0"] = {"accuracy": 0.55, "corrections": 2}
    assert list(simulate_corrections.table(results, [10, 50])) == [
        "before any correction: 0.500",
        f"| rows reviewed | {first} | {second} |",
        "|---|---|---|",
        "| 10 | 0.650 (0.600–0.700) | 0.550 (0.550–0.550) |",
        "| 50 | – | – |",
    ]
