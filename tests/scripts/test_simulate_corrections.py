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


def trial(right, corrections=0):
    return {"right": right, "counted": [4, 6], "corrections": corrections, "trained_on": "names"}


def test_the_table_has_the_means_over_seeds_and_the_paired_difference_of_the_orders():
    import simulate_corrections

    first, second, third = simulate_corrections.ORDERS
    results = {"0": trial([2, 3])}
    for seed, n in enumerate([1, 2]):
        results |= {f"10|{first}|{seed}": trial([2, 4 + seed], n), f"10|{second}|{seed}": trial([2, 3 + seed], 2 * n)}
        results[f"10|{third}|{seed}"] = trial([2, 3 + seed], 3 * n)
    lines = list(simulate_corrections.table(results, [10], [0, 1]))
    assert lines[:3] == [
        "other documents: 2, with 10 mentions; seeds: 2",
        f"| rows reviewed | {first} | corrected | {second} | corrected | {third} | corrected |",
        "|---|---|---|---|---|---|---|",
    ]
    before, after = ([cell.strip() for cell in line.strip("|").split("|")] for line in lines[3:5])
    assert before == ["0", "0.500 (0.500 to 0.500)", "0", "0.500", "0", "0.500", "0"]
    assert (after[0], after[1][:5], after[2], after[3][:5], after[4]) == ("10", "0.650", "2", "0.550", "3")
    # Whichever seeds and documents are drawn, the first order has one more mention of the second document right.
    assert lines[5:] == [
        "",
        f"10 rows, {first}, over random: +0.100 (+0.000 to +0.167)",
        f"10 rows, {third}, over random: +0.000 (+0.000 to +0.000)",
    ]


def test_one_row_of_each_surface_form_comes_first_and_the_most_doubtful_form_at_the_beginning():
    import simulate_corrections

    words = [("sure", 0.9), ("Skins", 0.5), ("rare", 0.4), ("skin", 0.5), ("skin", "")]
    rows = [{**ROW, "text": text, "confidence": str(confidence)} for text, confidence in words]
    assert simulate_corrections._by_words(rows, [4, 3, 2, 1, 0]) == [4, 2, 0, 3, 1]
