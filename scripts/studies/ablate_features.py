"""What each feature of a candidate is worth: accuracy on dev data without it, for any number of runs.

    python scripts/studies/ablate_features.py RUN [RUN ...] --without FEATURE [FEATURE ...]

Each run needs data.dev. The regressors for cross-fitting are trained anew, once for each run; then the ranker is
trained with all features, without each named feature, and without all of them, and ranks the dev mentions. Printed are,
for each variant, the accuracy@1 and the mean log-likelihood of the right concepts on dev data, and the difference of
the accuracies with its 95% interval from a paired bootstrap over documents. The weight of each feature is printed as
learned, and what it would be if weights could be negative.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hyplink.candidates.examples import Example, mention_batch, read_examples, texts_of
from hyplink.candidates.features import FEATURES, Candidates
from hyplink.corpus import read_documents
from hyplink.linking.linker import Linker
from hyplink.ontology import load_ontology
from hyplink.ranking.cross_fitting import OutOfFoldExamples, are_gold
from hyplink.ranking.logit import conditional_logit
from hyplink.ranking.ranker import Ranker, prior_ranker, train_ranker
from hyplink.run import Run, SilentReporter
from hyplink.stages.evaluate import examples_below
from hyplink.stages.fit import RegressorTrainer, cross_fitted_examples

SAMPLES = 2000


class Bench(NamedTuple):
    """A run's out-of-fold examples and dev candidates."""

    names_only: bool
    training: OutOfFoldExamples
    examples: Sequence[Example]
    candidates: Candidates
    is_right: NDArray[np.bool_]


def main() -> None:
    """Prints a table for each run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", type=Path, metavar="RUN")
    parser.add_argument("--without", nargs="+", required=True, choices=FEATURES, metavar="FEATURE")
    chosen = parser.parse_args()
    for path in chosen.runs:
        bench = bench_of(Run.open(path))
        print(f"\n{path}: {len(bench.examples)} dev mentions\n")
        print_table(bench, chosen.without)


def bench_of(run: Run) -> Bench:
    """Trains the regressors for cross-fitting and generates all candidates once."""
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    trainer = RegressorTrainer(run, ontology, SilentReporter())
    training = cross_fitted_examples(trainer)
    if training is None:
        raise SystemExit(f"{run.path('fit')}: too few names to train a ranker")
    dev = read_examples(run.path("encode", "mentions.jsonl"))["dev"]
    vectors = np.load(run.path("encode", "dev.npy"), allow_pickle=False)
    examples, vectors = examples_below(dev, vectors, ontology, run.config.evaluate.branch)
    texts = texts_of(read_documents(run.config.data.dev, run.config.data.input_format))
    candidates = Linker.from_run(run).candidates(mention_batch(examples), vectors, texts)
    return Bench(
        trainer.mode.names_only, training.second, examples, candidates, are_gold(candidates, examples, ontology)
    )


def print_table(bench: Bench, names: Sequence[str]) -> None:
    """Prints the weights of the named features, and the dev figures of every variant."""
    free = trained(bench, [], is_free=True).weights
    whole = trained(bench, [])
    for name in names:
        column = FEATURES.index(name)
        print(f"  {name:18} weight {whole.weights[column]:7.3f}, unconstrained {free[column]:7.3f}")
    base = hits(bench, whole)
    print(f"\n  {'all features':30} {base.mean():.4f}  {log_likelihood(bench, whole):8.4f}")
    variants = [[name] for name in names] + ([list(names)] if len(names) > 1 else [])
    for without in variants:
        ranker = trained(bench, without)
        right = hits(bench, ranker)
        low, high = interval(right - base, [each.doc for each in bench.examples])
        name = f"without {without[0]}" if len(without) == 1 else f"without these {len(without)}"
        difference = f"{100 * (right - base).mean():+.2f} [{100 * low:+.2f}, {100 * high:+.2f}]"
        print(f"  {name:30} {right.mean():.4f}  {log_likelihood(bench, ranker):8.4f}  {difference}")


def trained(bench: Bench, without: Sequence[str], *, is_free: bool = False) -> Ranker:
    """The ranker trained without some features; `is_free` adds a copy of each with its sign turned."""
    columns = [FEATURES.index(name) for name in without]
    features = bench.training.candidates.features.copy()
    features[:, columns] = 0
    candidates = bench.training.candidates._replace(features=features)
    if is_free:
        return unconstrained(candidates, bench.training.is_target)
    ranker = train_ranker(candidates, bench.training.is_target, of_names=bench.names_only)
    weights = ranker.weights.copy()
    weights[columns] = 0
    return Ranker(weights)


def unconstrained(candidates: Candidates, is_target: NDArray[np.bool_]) -> Ranker:
    """The weights if they could be negative: those of every feature and of its negative, subtracted."""
    prior = prior_ranker().weights
    both = np.concatenate([candidates.features, -candidates.features], axis=1)
    weights = conditional_logit(both, candidates.mentions, is_target, np.concatenate([prior, np.zeros_like(prior)]))
    return Ranker(weights[: len(prior)] - weights[len(prior) :])


def hits(bench: Bench, ranker: Ranker) -> NDArray[np.float64]:
    """Whether the first candidate of each dev mention is right, 1 or 0, float64 (n,)."""
    answers = ranker.rank(bench.candidates, len(bench.examples), 1).concepts[:, 0]
    first = answers[bench.candidates.mentions] == bench.candidates.concepts
    found = np.zeros(len(bench.examples))
    found[bench.candidates.mentions[first & bench.is_right]] = 1
    return found


def log_likelihood(bench: Bench, ranker: Ranker) -> float:
    """The mean log-probability of the right candidates, over the mentions that have one."""
    scores = ranker.scores(bench.candidates)
    probability = np.zeros(len(bench.examples))
    np.add.at(probability, bench.candidates.mentions[bench.is_right], np.exp(scores[bench.is_right]))
    return float(np.log(probability[probability > 0]).mean())


def interval(differences: NDArray[np.float64], documents: Sequence[str]) -> tuple[float, float]:
    """The 95% interval of a mean over mentions (n,), from a bootstrap over their documents."""
    _, rows = np.unique(np.array(documents), return_inverse=True)
    sums, counts = np.bincount(rows, differences), np.bincount(rows)
    drawn = np.random.default_rng(0).integers(len(sums), size=(SAMPLES, len(sums)))
    means = sums[drawn].sum(1) / counts[drawn].sum(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


if __name__ == "__main__":
    main()
