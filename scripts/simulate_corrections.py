r"""Measures how the links of other documents improve as a reviewer corrects links.

    python scripts/simulate_corrections.py --ontology data/disease/doid.obo.gz \
        --pool data/disease/ncbi_train.pubtator --others data/disease/ncbi_dev.pubtator --work simulation

A run trained on names alone links the given mentions of a random half of the pool. A simulated reviewer goes through
the table of links, those with the least confidence first or in random order, writes the annotated concept into the
column `concept`, and marks the row as checked. After each number of rows, a run is trained with the table as
`data.train`, and the given mentions of the other documents are linked. Each seed draws another half of the pool.
Finished trials are kept in the work folder, so that the script may be stopped and continued.
"""

import argparse
import csv
import json
import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import NamedTuple

from hyplink import Linker
from hyplink.corpus import CorpusReport, Document, read_documents
from hyplink.export.tabular import delimited_lines
from hyplink.gold import Gold, GoldResolver
from hyplink.linking.linked_document import LinkedDocument
from hyplink.run import SilentReporter, configured_run
from hyplink.stages import run_stage

ORDERS = ("least confident first", "random order")
CHECKED = "checked"


class Reviewed(NamedTuple):
    """Rows of a table of links, in the order in which a reviewer goes through them, and the annotated concepts."""

    rows: list[dict[str, str]]
    gold: list[str]


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
    print("\n".join(table(_results(chosen.work), chosen.rows)))


def simulate(chosen: argparse.Namespace) -> None:
    """Runs the trials that have no result yet."""
    chosen.work.mkdir(parents=True, exist_ok=True)
    pool, others = ([*read_documents([path])] for path in (chosen.pool, chosen.others))
    base = chosen.work / "base"
    linker = trained(base, [f"data.ontology={chosen.ontology.resolve()}", *chosen.overrides])
    results = _results(chosen.work)
    results["0"] = {"accuracy": accuracy(linker, others), "corrections": 0}
    for seed in chosen.seeds:
        for order in ORDERS:
            review = None
            for n_rows in chosen.rows:
                key = f"{n_rows}|{order}|{seed}"
                if key in results:
                    continue
                review = review or review_of(linker, pool, order, seed)
                results[key] = _trial(chosen, base, review, n_rows, others)
                (chosen.work / "results.json").write_text(json.dumps(results, indent=1), encoding="utf-8")
                print(key, results[key], flush=True)


def _trial(
    chosen: argparse.Namespace, base: Path, review: Reviewed, n_rows: int, others: Sequence[Document]
) -> dict[str, float]:
    links, folder = chosen.work / "links.csv", chosen.work / "trial"
    n_corrected = write_review(review, n_rows, links)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base, folder)
    settings = [f"data.ontology={chosen.ontology.resolve()}", f"data.train={links.resolve()}", *chosen.overrides]
    return {"accuracy": accuracy(trained(folder, settings), others), "corrections": n_corrected}


def trained(folder: Path, overrides: Sequence[str]) -> Linker:
    """The linker of a run with these settings; stages that are up to date are kept."""
    run = configured_run(folder, None, overrides)
    for stage in ("train-ontology", "encode", "fit"):
        run_stage(stage, run, SilentReporter())
    return Linker.from_run(run)


def review_of(linker: Linker, pool: Sequence[Document], order: str, seed: int) -> Reviewed:
    """The links of the given mentions of a random half of the pool, in the reviewer's order."""
    rng = random.Random(seed)
    documents = rng.sample(pool, len(pool) // 2)
    linked = map(LinkedDocument, documents, linker.link_many(documents, search_all=True))
    rows = list(csv.DictReader("".join(delimited_lines(linked, ",", False, CorpusReport())).splitlines(keepends=True)))
    resolver = GoldResolver(linker.ontology)
    gold = [_cell(resolver.resolve(mention)) for each in documents for mention in each.mentions or ()]
    places = list(range(len(rows)))
    rng.shuffle(places)
    if order == ORDERS[0]:
        places.sort(key=lambda place: float(rows[place]["confidence"] or 1))
    return Reviewed([rows[place] for place in places], [gold[place] for place in places])


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


def accuracy(linker: Linker, documents: Sequence[Document]) -> float:
    """The share of the given mentions with a single concept in the ontology that are linked to it."""
    return fmean(_are_right(linker, documents))


def _are_right(linker: Linker, documents: Sequence[Document]) -> Iterator[bool]:
    resolver = GoldResolver(linker.ontology)
    for document, links in zip(documents, linker.link_many(documents), strict=True):
        for mention, link in zip(document.mentions or (), links, strict=True):
            gold = resolver.resolve(mention)
            if gold.resolvable and not gold.composite:
                yield link.answer is not None and link.answer.concept in gold.concepts


def table(results: dict[str, dict[str, float]], rows: Sequence[int]) -> Iterator[str]:
    """The lines of a Markdown table: the mean accuracy over seeds, with the least and the greatest."""
    yield f"before any correction: {results['0']['accuracy']:.3f}"
    yield f"| rows reviewed | {' | '.join(ORDERS)} |"
    yield "|---|" + "---|" * len(ORDERS)
    for n_rows in rows:
        cells = []
        for order in ORDERS:
            found = [each["accuracy"] for key, each in results.items() if key.startswith(f"{n_rows}|{order}|")]
            cells.append(f"{fmean(found):.3f} ({min(found):.3f}–{max(found):.3f})" if found else "–")
        yield f"| {n_rows} | {' | '.join(cells)} |"


def _results(work: Path) -> dict[str, dict[str, float]]:
    path = work / "results.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


if __name__ == "__main__":
    main()
