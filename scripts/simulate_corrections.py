r"""Measures how the links of other documents improve as a reviewer corrects links.

    python scripts/simulate_corrections.py --ontology data/disease/doid.obo.gz \
        --pool data/disease/ncbi_train.pubtator --others data/disease/ncbi_dev.pubtator --work simulation

A run trained on names alone links the given mentions of a random half of the pool. A simulated reviewer goes through
the table of links, writes the annotated concept into the column `concept`, and marks the row as checked. The order is
that of the confidence, the least first; or random; or one row of each surface form first, that with the greatest sum of
1 − confidence over all its rows at the beginning. After each number of rows, the run is refitted with the table as
`data.train`, as the review page does: word vectors are kept, and as long as corrections act as names alone, ranker and
calibration too. Then the given mentions of the other documents are linked. Each seed draws another half of the pool.
Finished trials are kept in the work folder, so that the script may be stopped and continued.
"""

import argparse
import csv
import json
import random
import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple, TypedDict

import numpy as np
from numpy.typing import NDArray

from hyplink import Linker
from hyplink.corpus import CorpusReport, Document, read_documents
from hyplink.export.formats import link_writer
from hyplink.export.parts import chunks_of_parts, parts_of
from hyplink.gold import Gold, GoldResolver
from hyplink.linking.linked_document import LinkedDocument
from hyplink.metrics.bootstrap import document_counts
from hyplink.names.normal_forms import normal_text
from hyplink.pipeline.learning import refit
from hyplink.run import Run, SilentReporter, configured_run
from hyplink.stages import run_stage

ORDERS = ("least confident first", "random order", "most doubtful words first")
CHECKED = "checked"


class Reviewed(NamedTuple):
    """Rows of a table of links, in the order in which a reviewer goes through them, and the annotated concepts."""

    rows: list[dict[str, str]]
    gold: list[str]


class Trial(TypedDict):
    """What was measured after a number of rows.

    Attributes:
        right: mentions of each other document that are linked to their concepts.
        counted: mentions of each other document that are measured.
        corrections: cells `concept` that the reviewer changed.
        trained_on: names or documents; see `Mode`.
    """

    right: list[int]
    counted: list[int]
    corrections: int
    trained_on: str


Results = dict[str, Trial]
"""Trials by `ROWS|ORDER|SEED`, and the one without corrections as `0`."""


def main() -> None:
    """Reads the command line, runs the trials and prints the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ontology", type=Path, required=True)
    parser.add_argument("--pool", type=Path, required=True, help="annotated documents whose links are corrected")
    parser.add_argument("--others", type=Path, required=True, help="annotated documents that are measured")
    parser.add_argument("--work", type=Path, required=True, help="the folder for runs and results")
    parser.add_argument("--rows", type=int, nargs="+", default=[10, 50, 100, 200, 400])
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", dest="overrides")
    chosen = parser.parse_args()
    simulate(chosen)
    print("\n".join(table(_results(chosen.work), chosen.rows, chosen.seeds)))


def simulate(chosen: argparse.Namespace) -> None:
    """Runs the trials that have no result yet."""
    chosen.work.mkdir(parents=True, exist_ok=True)
    pool, others = ([*read_documents([path])] for path in (chosen.pool, chosen.others))
    settings = [f"data.ontology={chosen.ontology.resolve()}", *chosen.overrides]
    base = configured_run(chosen.work / "base", None, settings)
    for stage in ("train-ontology", "encode", "fit"):
        run_stage(stage, base, SilentReporter())
    linker = Linker.from_run(base)
    results = _results(chosen.work)
    if "0" not in results:
        results["0"] = _measured(linker, others, 0)
    for seed in chosen.seeds:
        for order in ORDERS:
            review = None
            for n_rows in chosen.rows:
                key = f"{n_rows}|{order}|{seed}"
                if key in results:
                    continue
                review = review or review_of(linker, pool, order, seed)
                links = chosen.work / "links.csv"
                n_corrected = write_review(review, n_rows, links)
                learned = _refitted(chosen.work / "trial", base, [*settings, f"data.train={links.resolve()}"])
                results[key] = _measured(learned, others, n_corrected)
                (chosen.work / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
                print(f"{key}: accuracy {_accuracy(results[key]):.3f}, {n_corrected} corrections", flush=True)


def _refitted(folder: Path, base: Run, settings: Sequence[str]) -> Linker:
    shutil.rmtree(folder, ignore_errors=True)
    run = configured_run(folder, None, settings)
    refit(run, base, SilentReporter())
    return Linker.from_run(run)


def review_of(linker: Linker, pool: Sequence[Document], order: str, seed: int) -> Reviewed:
    """The links of the given mentions of a random half of the pool, in the reviewer's order."""
    rng = random.Random(seed)
    documents = rng.sample(pool, len(pool) // 2)
    linked = map(LinkedDocument, documents, linker.link_many(documents, search_all=True))
    writer = link_writer("csv", linker.ontology)
    table = b"".join(chunks_of_parts(parts_of(linked, writer), writer, CorpusReport())).decode()
    rows = list(csv.DictReader(table.splitlines(keepends=True)))
    resolver = GoldResolver(linker.ontology)
    gold = [_cell(resolver.resolve(mention)) for each in documents for mention in each.mentions or ()]
    places = list(range(len(rows)))
    rng.shuffle(places)
    if order == ORDERS[0]:
        places.sort(key=lambda place: float(rows[place]["confidence"] or 1))
    elif order == ORDERS[2]:
        places = _by_words(rows, places)
    return Reviewed([rows[place] for place in places], [gold[place] for place in places])


def _by_words(rows: Sequence[dict[str, str]], places: Sequence[int]) -> list[int]:
    """Places of rows, those of the most doubtful surface forms first, one of each form before the second of any."""
    doubts, seen, turns = defaultdict[str, float](float), Counter[str](), dict[int, int]()
    for place in places:
        form = normal_text(rows[place]["text"])
        doubts[form] += 1 - float(rows[place]["confidence"] or 0)
        turns[place] = seen[form]
        seen[form] += 1
    return sorted(places, key=lambda place: (turns[place], -doubts[normal_text(rows[place]["text"])]))


def _cell(gold: Gold) -> str:
    """What a reviewer writes into the column `concept`: alternatives, or nothing for what the ontology lacks."""
    return "" if gold.composite else ";".join(sorted(gold.concepts))


def write_review(review: Reviewed, n_rows: int, path: Path) -> int:
    """Writes the table after so many rows were reviewed, and returns how many of their cells `concept` changed."""
    n_corrected = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, [*review.rows[0], CHECKED])
        out.writeheader()
        for number, (row, gold) in enumerate(zip(review.rows, review.gold, strict=True)):
            if number < n_rows:
                row = {**row, "concept": gold, CHECKED: "x"}
            n_corrected += row["proposed"] not in row["concept"].split(";")
            out.writerow(row)
    return n_corrected


def _measured(linker: Linker, documents: Sequence[Document], n_corrected: int) -> Trial:
    """The links of the given mentions with a single concept in the ontology, against their annotations."""
    resolver, right, counted = GoldResolver(linker.ontology), list[int](), list[int]()
    for document, links in zip(documents, linker.link_many(documents), strict=True):
        gold = [resolver.resolve(mention) for mention in document.mentions or ()]
        pairs = [(link, each) for link, each in zip(links, gold, strict=True) if each.resolvable and not each.composite]
        counted.append(len(pairs))
        right.append(sum(link.answer is not None and link.answer.concept in each.concepts for link, each in pairs))
    return {"right": right, "counted": counted, "corrections": n_corrected, "trained_on": linker.mode.trained_on}


def _accuracy(trial: Trial) -> float:
    return sum(trial["right"]) / sum(trial["counted"])


def table(results: Results, rows: Sequence[int], seeds: Sequence[int]) -> Iterator[str]:
    """The lines of a Markdown table of mean accuracies over seeds, with 95% intervals.

    The intervals are percentile intervals of a bootstrap that draws both documents and seeds; those of the differences
    to the random order draw the same for both.
    """
    before, differences = results["0"], list[str]()
    yield f"other documents: {len(before['counted'])}, with {sum(before['counted'])} mentions; seeds: {len(seeds)}"
    yield "| rows reviewed | " + " | ".join(f"{order} | corrected" for order in ORDERS) + " |"
    yield "|---|" + "---|" * (2 * len(ORDERS))
    yield f"| 0 | {_cell_of([before], _draws([before]))} | 0 |" + f" {_accuracy(before):.3f} | 0 |" * (len(ORDERS) - 1)
    for n_rows in rows:
        trials = [[results[f"{n_rows}|{order}|{seed}"] for seed in seeds] for order in ORDERS]
        draws = [_draws(each) for each in trials]
        cells = [
            f"{_cell_of(each, drawn)} | {fmean(trial['corrections'] for trial in each):.0f}"
            for each, drawn in zip(trials, draws, strict=True)
        ]
        yield f"| {n_rows} | {' | '.join(cells)} |"
        for order, each, drawn in zip(ORDERS, trials, draws, strict=True):
            if order != ORDERS[1]:
                lead = fmean(map(_accuracy, each)) - fmean(map(_accuracy, trials[1]))
                differences.append(
                    f"{n_rows} rows, {order}, over random: {lead:+.3f} {_interval(drawn - draws[1], '+')}"
                )
    yield from ("", *differences)


def _cell_of(trials: Sequence[Trial], draws: NDArray[np.float64]) -> str:
    return f"{fmean(map(_accuracy, trials)):.3f} {_interval(draws)}"


def _interval(draws: NDArray[np.float64], sign: str = "") -> str:
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"({low:{sign}.3f} to {high:{sign}.3f})"


def _draws(trials: Sequence[Trial]) -> NDArray[np.float64]:
    """Mean accuracies over seeds in bootstrap samples of documents and of seeds, float64 (n_resamples,)."""
    right = np.array([trial["right"] for trial in trials])  # (n_seeds, n_documents)
    counted, rng = np.array(trials[0]["counted"]), np.random.default_rng(0)
    return np.array(
        [
            (right[rng.integers(len(trials), size=len(trials))] @ times / (counted @ times)).mean()
            for times in document_counts(len(counted), seed=0)
        ]
    )


def _results(work: Path) -> Results:
    path = work / "results.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


if __name__ == "__main__":
    main()
