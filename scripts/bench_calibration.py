"""Measures how well the confidences of runs are calibrated, on text of the training corpus and of other corpora.

    python scripts/bench_calibration.py --work FOLDER [--seeds 3] [--refit] [--json OUT] RUN=FILE[,FILE…]…

For example `runs/disease=data/disease/ncbi_dev.pubtator,bc5cdr_dev.jsonl runs/cell=data/cell/dev`.

The table shows for each run and text the accuracy of the answers, their mean confidence, and the expected calibration
error (ten bins of equal numbers of answers, mean over the seeds) with its 95% bootstrap interval over documents: first
for given mentions, without composite ones, then for the links found in raw text. A link found in raw text is right if
an annotated mention of its concept overlaps it.

With --seeds, each run is fitted again with other seeds in --work; its ontology and its encoded text are kept. --refit
trains the ranker and the calibration again on the out-of-fold examples of each run, to try a change of the calibration:
these examples are kept in --work too, so that only the first call takes long.
"""

import argparse
import pickle
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from hyplink.cli.console import ConsoleReporter
from hyplink.confidence.calibration import train_calibration
from hyplink.config import Config
from hyplink.corpus import Document, read_documents, running_texts
from hyplink.gold import GoldResolver
from hyplink.linking.evaluation import evaluated_documents
from hyplink.linking.link import Link
from hyplink.linking.linker import Linker
from hyplink.metrics.calibration import calibration_metrics
from hyplink.metrics.detection import spans_overlap
from hyplink.ontology import Ontology
from hyplink.ranking.cross_fitting import OutOfFoldExamples
from hyplink.ranking.ranker import train_ranker
from hyplink.run import Run, write_json
from hyplink.stages import run_stage
from hyplink.stages.fit import RegressorTrainer, cross_fitted_examples

N_RESAMPLES = 200


class Answer(NamedTuple):
    """The confidence of an answer, whether it is right, and the number of its document."""

    confidence: float
    right: bool
    document: int


def main() -> None:
    """Reads the command line, measures each run on each text, prints and writes the results."""
    arguments = _arguments()
    results: dict[str, Any] = {}
    for task in arguments.tasks:
        folder, _, files = task.partition("=")
        linkers = [_linker(run, arguments) for run in _runs_of(Path(folder), arguments)]
        for file in files.split(","):
            documents = list(read_documents([Path(file)]))
            kinds = {"given": given_answers, "raw": raw_answers}
            answers = {kind: [list(each(linker, documents)) for linker in linkers] for kind, each in kinds.items()}
            results[f"{folder} on {file}"] = {kind: figures(each) for kind, each in answers.items() if all(each)}
    Console(width=140).print(_table(results))
    if arguments.json:
        write_json(arguments.json, results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tasks", nargs="+", metavar="RUN=FILE[,FILE…]", help="a fitted run and the texts to link")
    parser.add_argument("--work", type=Path, required=True, help="folder of the runs with other seeds")
    parser.add_argument("--seeds", type=int, default=1, help="number of seeds, the run's own included")
    parser.add_argument("--refit", action="store_true", help="train the ranker and the calibration again")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures to a file")
    return parser.parse_args()


def _runs_of(folder: Path, arguments: argparse.Namespace) -> Iterator[Run]:
    """The run, and the same fitted with other seeds."""
    own = Run.open(folder, follow_references=True)
    yield own
    for number in range(1, arguments.seeds):
        seed = own.config.fit.seed + number
        copy = arguments.work / f"{folder.name}-seed-{seed}"
        if not copy.exists():
            shutil.copytree(own.folder, copy)
        run = Run.create(copy, _with_seed(own.config, seed), follow_references=True)
        run_stage("fit", run, ConsoleReporter())
        yield run


def _with_seed(config: Config, seed: int) -> Config:
    return config.model_copy(update={"fit": config.fit.model_copy(update={"seed": seed})})


def _linker(run: Run, arguments: argparse.Namespace) -> Linker:
    linker = Linker.from_run(run)
    if arguments.refit and (examples := _out_of_fold(run, linker.ontology, arguments.work)):
        linker.ranker = train_ranker(examples.candidates, examples.is_target, of_names=linker.mode.names_only)
        linker.calibration = train_calibration(examples, linker.mode)
    return linker


def _out_of_fold(run: Run, ontology: Ontology, work: Path) -> OutOfFoldExamples | None:
    """The out-of-fold examples of a run, computed once."""
    path = work / f"{run.folder.name}.out-of-fold.pickle"
    if not path.exists():
        examples = cross_fitted_examples(RegressorTrainer(run, ontology, ConsoleReporter()))
        work.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pickle.dumps(examples))
    kept: OutOfFoldExamples | None = pickle.loads(path.read_bytes())
    return kept


def given_answers(linker: Linker, documents: Sequence[Document]) -> Iterator[Answer]:
    """The answers to the given mentions of documents, without composite mentions."""
    resolver = GoldResolver(linker.ontology)
    annotated = [document for document in documents if document.mentions]
    for number, links in enumerate(linker.link_many(annotated, search_all=True)):
        for mention, link in zip(annotated[number].mentions or (), links, strict=True):
            gold = resolver.resolve(mention)
            if not gold.composite:
                yield _answer(link, frozenset[str]().union(*gold.parts), number)


def raw_answers(linker: Linker, documents: Sequence[Document]) -> Iterator[Answer]:
    """The answers to the mentions that are found in documents without annotation, unless these are bare mentions."""
    texts = running_texts(documents)
    found = list(linker.link_many(document.without_annotation() for document in texts))
    for number, each in enumerate(evaluated_documents(texts, found, linker.ontology)):
        for link, mention in zip(found[number], each.found, strict=True):
            gold = (other.concepts for other in each.gold if spans_overlap(mention, other))
            if link.confidence is not None:
                yield _answer(link, frozenset[str]().union(*gold), number)


def _answer(link: Link, gold: frozenset[str], document: int) -> Answer:
    return Answer(link.confidence or 0.0, link.answer is not None and link.answer.concept in gold, document)


def figures(answers: Sequence[Sequence[Answer]]) -> dict[str, Any]:
    """The figures of answers to the same documents, a sequence for each seed."""
    columns = [tuple(map(np.array, zip(*each, strict=True))) for each in answers]
    metrics = [calibration_metrics(confidence, right) for confidence, right, _ in columns]
    n_documents = 1 + max(int(documents.max()) for _, _, documents in columns)
    generator = np.random.default_rng(0)
    resampled = [
        np.mean([_error_of(*each, chosen=generator_row) for each in columns])
        for generator_row in generator.integers(0, n_documents, (N_RESAMPLES, n_documents))
    ]
    low, high = np.quantile(resampled, [0.025, 0.975]).tolist()
    return {
        "n_answers": int(np.mean([len(each) for each in answers])),
        "accuracy": float(np.mean([right.mean() for _, right, _ in columns])),
        "confidence": float(np.mean([confidence.mean() for confidence, _, _ in columns])),
        "expected_calibration_error": _mean(each.expected_calibration_error for each in metrics),
        "interval": [low, high],
        "noise_floor": _mean(each.noise_floor for each in metrics),
        "brier_score": _mean(each.brier_score for each in metrics),
    }


def _error_of(
    confidence: NDArray[np.float64],
    right: NDArray[np.bool_],
    documents: NDArray[np.int64],
    *,
    chosen: NDArray[np.int64],
) -> float:
    """The expected calibration error of the answers to chosen documents, which may repeat."""
    times = np.bincount(chosen, minlength=int(documents.max()) + 1)
    rows = np.repeat(np.arange(len(documents)), times[documents])
    return calibration_metrics(confidence[rows], right[rows], n_simulations=1).expected_calibration_error


def _mean(values: Iterable[float]) -> float:
    return float(np.mean(list(values)))


def _table(results: dict[str, Any]) -> Table:
    headings = ("run and text", "mentions", "answers", "accuracy", "confidence", "ECE", "interval", "floor", "Brier")
    table = Table(*headings, box=None, header_style="dim", padding=(0, 1))
    for name, kinds in results.items():
        for kind, each in kinds.items():
            numbers = [each[key] for key in ("accuracy", "confidence", "expected_calibration_error")]
            low, high = each["interval"]
            rest = [f"{low:.3f}–{high:.3f}", *(f"{each[key]:.3f}" for key in ("noise_floor", "brier_score"))]
            table.add_row(name, kind, f"{each['n_answers']:,}", *(f"{number:.3f}" for number in numbers), *rest)
    return table


if __name__ == "__main__":
    main()
