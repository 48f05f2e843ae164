"""Trains hyplink on each task whose files are given, and prints it beside its baselines and ablations.

    python scripts/benchmark_linking.py --work FOLDER --vectors FILE.bin [--json OUT] [--twins]
        --cell data/cell/cl.obo.gz data/cell/train data/cell/dev
        --disease medic.obo.gz data/disease/ncbi_train.pubtator data/disease/ncbi_dev.pubtator
        --phenotype hp.obo.gz gscplus_dev.tsv

The other settings are those of configs/cell.yaml, disease.yaml and phenotype.yaml; --set changes them. In place of
--vectors, --text trains word vectors on plain text. Runs are kept in --work, and a second call goes on from them.

An ablation leaves the trained model as it is and takes one kind of evidence from it: the ball's feature; all that names
say (equal names, characters, word vectors, wordings of annotated text); the words around a mention; the reading of
abbreviations. --twins fits a Euclidean twin and a flat softmax in place of the ball too, each as long as the model.
"""

import argparse
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import numpy as np
from gsc import write_gsc_as_jsonl
from rich.console import Console
from rich.table import Table
from taggers import FAST_HPO_CR, exact_names, fast_hpo_cr

from hyplink.config import read_config
from hyplink.corpus import read_documents
from hyplink.linking.evidence import FEATURES
from hyplink.linking.examples import encode_examples, read_examples, texts_of
from hyplink.linking.judging import raw_text_figures
from hyplink.linking.linker import Linker
from hyplink.linking.rank import Ranker
from hyplink.metrics.linking import linking_figures
from hyplink.ontology import load_ontology
from hyplink.run import Run, SilentReporter, read_json, write_json
from hyplink.stages import STAGES, run_stage
from hyplink.stages.evaluate import CANDIDATES, predictions_of, within_branch

CONFIGS = Path(__file__).parents[1] / "configs"
BALL = {"ball"}
LEXICAL = set(FEATURES) - {"ball", "concept_count"}
GIVEN = {"accuracy_at_1": "acc@1", "recall_at_5": "R@5", "tree_distance": "tree dist.", "wu_palmer": "Wu-Palmer"}
RAW = {
    "strict F1": ("mentions", "every_mention", "strict", "f1"),
    "relaxed F1": ("mentions", "every_mention", "relaxed", "f1"),
    "doc P": ("documents", "micro", "precision"),
    "doc R": ("documents", "micro", "recall"),
    "doc F1": ("documents", "micro", "f1"),
    "macro F1": ("documents", "macro", "f1"),
    "ancestors F1": ("documents", "ancestor_credit", "f1"),
}

Figures = dict[str, Any]


def main() -> None:
    """Reads the command line, does each task, prints and writes what came out."""
    arguments = _arguments()
    vectors = f"encode.vectors={arguments.vectors}" if arguments.vectors else f"data.texts={json.dumps(arguments.text)}"
    console, results = Console(soft_wrap=True), {}
    for task in ("cell", "disease", "phenotype"):
        if files := getattr(arguments, task):
            print(f"{task}: training, or going on", flush=True)
            settings = [*_data_settings(task, files, arguments.work), vectors, *arguments.overrides]
            run = trained(task, settings, arguments.work / task)
            results[task] = {
                "given": dict(given_figures(run, task, settings, arguments.twins)),
                "raw_text": dict(raw_figures(run, Path(files[0]) if task == "phenotype" else None)),
            }
            console.print(given_table(task, results[task]["given"]), raw_table(task, results[task]["raw_text"]))
    if arguments.json:
        write_json(arguments.json, results)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder of the runs")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--vectors", type=Path, help="fastText vectors, .bin")
    source.add_argument("--text", action="append", help="plain text to train vectors on; may be given several times")
    parser.add_argument("--cell", nargs=3, metavar=("ONTOLOGY", "TRAIN", "DEV"))
    parser.add_argument("--disease", nargs=3, metavar=("ONTOLOGY", "TRAIN", "DEV"))
    parser.add_argument("--phenotype", nargs=2, metavar=("ONTOLOGY", "GSC"))
    parser.add_argument("--twins", action="store_true", help="fit a Euclidean twin and a flat softmax too")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures to a file")
    return parser.parse_args()


def _data_settings(task: str, files: Sequence[str], work: Path) -> list[str]:
    """The settings that name a task's files; a corpus in GSC+'s own format is brought into hyplink's first."""
    if task != "phenotype":
        ontology, train, dev = files
        return [f"data.ontology={ontology}", f"data.train={json.dumps([train])}", f"data.dev={json.dumps([dev])}"]
    work.mkdir(parents=True, exist_ok=True)
    dev = work / "gsc.jsonl"
    write_gsc_as_jsonl(Path(files[1]), dev)
    return [f"data.ontology={files[0]}", f"data.dev={json.dumps([str(dev)])}"]


def trained(task: str, settings: Sequence[str], folder: Path) -> Run:
    """The run of a task, all its stages done; those that are up to date are left as they are."""
    run = Run.create(folder, read_config(CONFIGS / f"{task}.yaml", settings))
    for stage in STAGES:
        run_stage(stage, run, SilentReporter())
    return run


def given_figures(run: Run, task: str, settings: Sequence[str], twins: bool) -> Iterator[tuple[str, Figures]]:
    """(name, figures by group) of hyplink, the baselines, the ablations and, if asked for, the twins."""
    yield from read_json(run.path("evaluate", "metrics.json"))["models"].items()
    yield from ablations(run)
    for space in ("euclidean", "flat") if twins else ():
        folder = run.folder.with_name(f"{run.folder.name}-{space}")
        if not folder.exists():
            shutil.copytree(run.folder, folder)
        models = read_json(trained(task, [*settings, f"fit.space={space}"], folder).path("evaluate", "metrics.json"))
        yield f"{space} in place of the ball", models["models"]["hyplink"]
        yield f"{space} alone", models["models"]["ball alone"]


def ablations(run: Run) -> Iterator[tuple[str, Figures]]:
    """The figures of the model with one kind of evidence taken from it."""
    linker, documents = Linker.of(run), list(read_documents(run.config.data.dev, run.config.data.input_format))
    examples, vectors = within_branch(
        read_examples(run.path("encode", "mentions.jsonl"))["dev"],
        np.load(run.path("encode", "dev.npy"), allow_pickle=False),
        linker.ontology,
        run.config.evaluate.branch,
    )
    bare = vectors.copy()
    bare[:, linker.evidence.mention_dim :] = 0
    verbatim = [replace(example, read_as=example.text) for example in examples]
    with SilentReporter().progress("", len(verbatim)) as progress:
        verbatim_vectors = encode_examples(linker.encoder, verbatim, texts_of(documents), progress)
    for name, mentions, their_vectors, dropped in (
        ("without ball", examples, vectors, BALL),
        ("without lexical", examples, vectors, LEXICAL),
        ("without context", examples, bare, set()),
        ("without abbreviations", verbatim, verbatim_vectors, set()),
    ):
        ranker = Ranker(np.where([feature in dropped for feature in FEATURES], 0.0, linker.ranker.weights))
        candidates = linker.evidence.candidates([each.read_as for each in mentions], their_vectors)
        ranked = ranker.rank(candidates, len(mentions), CANDIDATES)
        yield name, linking_figures(predictions_of(mentions, ranked, linker.ontology, ()), linker.ontology).as_dict()


def raw_figures(run: Run, hpo: Path | None) -> Iterator[tuple[str, Figures]]:
    """(name, figures) of what hyplink finds in the raw text and, over the HPO, of what other taggers do."""
    yield "hyplink", read_json(run.path("evaluate", "metrics.json"))["raw_text"]
    branch = run.config.evaluate.branch
    if hpo is None or branch is None:
        return
    ontology = load_ontology(run.path("train-ontology", "ontology.json.gz"))
    documents = list(read_documents(run.config.data.dev))
    taggers = {"exact names": exact_names(ontology, ontology.descendants(branch))}
    try:
        taggers["FastHPOCR"] = fast_hpo_cr(hpo, run.folder.parent / "fasthpocr", ontology, branch)
    except ImportError:
        print(f"FastHPOCR is not installed and stands not beside it; {FAST_HPO_CR}")
    for name, tagger in taggers.items():
        yield name, raw_text_figures(documents, [tagger(document) for document in documents], ontology, branch)


def given_table(task: str, results: dict[str, Figures]) -> Table:
    """A row a model, over every mention that is given."""
    n_mentions = results["hyplink"]["every_mention"]["n_mentions"]
    table = _table(f"{task}: every mention, given ({n_mentions:,})", GIVEN.values())
    for name, groups in results.items():
        figures = groups["every_mention"]["figures"]
        table.add_row(name, *(_number(figures[figure]["value"]) for figure in GIVEN))
    return table


def raw_table(task: str, results: dict[str, Figures]) -> Table:
    """A row a tagger, over the raw text."""
    table = _table(f"{task}: raw text ({results['hyplink']['n_documents']:,} documents)", RAW)
    for name, figures in results.items():
        table.add_row(name, *(_number(_at(figures, path)["value"]) for path in RAW.values()))
    return table


def _table(title: str, columns: Iterable[str]) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 1), title=f"\n{title}", title_justify="left")
    table.add_column("")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _at(tree: Figures, path: Sequence[str]) -> Figures:
    return reduce(getitem, path, tree)


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


if __name__ == "__main__":
    main()
