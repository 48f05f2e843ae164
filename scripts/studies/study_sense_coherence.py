"""Whether the other words of a document help to choose a sense: the geometry of their senses as a feature.

    python scripts/studies/study_sense_coherence.py --text semcor.data.xml.gz --vectors glove.txt [--dev DEV.data.xml]

The options are those of `scripts/benchmark_senses.py`, whose documents, features and baselines these are. A first
ranking gives the confident senses of each document. Each candidate of another word is then compared with them by the
Gromov product of the points in the ball (`hyplink.ranking.document_features`), all of them or the nearest few, and all
uses are ranked again with this feature. Printed are accuracies, and differences to the ranking without it, with
95% bootstrap intervals over documents.
"""

import sys
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmark_senses import PARTS, RANKER_FOLDS, Data, Told, arguments, read, told

from hyplink.arrays import log_softmax, segment_starts
from hyplink.mentions.lexicon import SENSE_FEATURES, Word
from hyplink.metrics.bootstrap import bootstrap_means
from hyplink.poincare.geometry import gromov_product
from hyplink.ranking.document_features import CONFIDENT
from hyplink.ranking.logit import conditional_logit

NEAREST = 3
WAYS = ("all links", "nearest links")

Scores = NDArray[np.float64]


def main() -> None:
    """Reads the command line, measures and prints."""
    chosen = arguments(__doc__).parse_args()
    data = read(chosen)
    judged = [part_judged(data, part) for part in chosen.parts]
    table = Table(title="Senses with and without the coherence of their document")
    for column in ("", "held out", "difference", "dev"):
        table.add_column(column)
    groups = np.concatenate([documents for documents, _, _ in judged])
    for name in ("without", *WAYS):
        right, alone = (np.concatenate([hits[each] for _, hits, _ in judged]) for each in (name, "without"))
        (lead,) = bootstrap_means(100 * (right - alone)[:, None], groups)
        led = "" if lead.low is None else f"{lead.value:+.2f} [{lead.low:+.2f}, {lead.high:+.2f}]"
        dev = f"{100 * np.mean([of_dev[name] for *_, of_dev in judged]):.1f}" if data.is_dev.any() else ""
        table.add_row(name, f"{100 * right.mean():.2f}", led, dev)
    Console(width=120).print(table)


def part_judged(data: Data, part: int) -> tuple[NDArray[np.int64], dict[str, Scores], dict[str, float]]:
    """The document of each held-out use, whether each answer is right, and the accuracies on the dev data, by model."""
    held = (data.documents % PARTS == part) | data.is_dev
    known = np.flatnonzero(~held)
    order = np.unique(data.documents[known], return_inverse=True)[1]
    of_ranker = order % RANKER_FOLDS == 0
    taught, asked = told(data, known[~of_ranker], known[of_ranker], 0), told(data, known, np.flatnonzero(held), 0)
    right = {"without": ranked(taught, asked, SENSE_FEATURES)[1]}
    for each in (taught, asked):
        shares = np.exp(ranked(taught, each, SENSE_FEATURES)[0])
        each.features.update(zip(WAYS, coherence(data, each, shares), strict=True))
    right |= {way: ranked(taught, asked, (*SENSE_FEATURES, way))[1] for way in WAYS}
    rows = asked.rows[segment_starts(asked.rows)]
    is_dev = data.is_dev[rows]
    of_dev = {name: float(hits[is_dev].mean()) if is_dev.any() else 0.0 for name, hits in right.items()}
    return data.documents[rows][~is_dev], {name: hits[~is_dev] for name, hits in right.items()}, of_dev


def ranked(taught: Told, asked: Told, names: tuple[str, ...]) -> tuple[Scores, Scores]:
    """The log-probability of each candidate, and 1 for each use whose best candidate is right."""
    features = np.column_stack([taught.features[name] for name in names])
    scale = features.std(0) + 1e-9
    weights = conditional_logit(features / scale, taught.rows, taught.is_right, np.zeros(len(names)))
    scores = log_softmax(np.column_stack([asked.features[name] for name in names]) / scale @ weights, asked.rows)
    order = np.lexsort((-asked.features["sense_prior"], -scores, asked.rows))
    return scores, asked.is_right[order[segment_starts(asked.rows[order])]].astype(float)


def coherence(data: Data, queried: Told, shares: Scores) -> tuple[Scores, Scores]:
    """How near each candidate is to the confident senses of the other words of its document, for each of `WAYS`."""
    mean, nearest = np.zeros((2, len(shares)))
    documents = data.documents[queried.rows]
    words: dict[Word, int] = {}
    word_of = np.array([words.setdefault(data.uses[row].word, len(words)) for row in queried.rows.tolist()])
    for document in np.unique(documents).tolist():
        places = np.flatnonzero(documents == document)
        sure = places[shares[places] >= CONFIDENT]
        products = gromov_products(data.geometry[0], queried.concepts[places], queried.concepts[sure])
        weights = (word_of[places][:, None] != word_of[sure]) * shares[sure]
        totals = np.maximum(weights.sum(1), 1e-9)
        mean[places] = (products * weights).sum(1) / totals
        nearest[places] = np.sort(np.where(weights > 0, products, 0.0), axis=1)[:, -NEAREST:].sum(1) / NEAREST
    return mean, nearest


def gromov_products(points: Scores, first: NDArray[np.int64], second: NDArray[np.int64]) -> Scores:
    """The Gromov products of concepts (a,) and (b,) at the origin, float64 (a, b)."""
    distinct, rows = np.unique(first, return_inverse=True)
    others = torch.from_numpy(points[second])
    found = [gromov_product(point, others).numpy() for point in torch.from_numpy(points[distinct])]
    return np.stack(found)[rows]


if __name__ == "__main__":
    main()
