"""Trains hyplink on each task whose files are given, and compares it with baselines and ablations.

    python scripts/benchmark_linking.py --work FOLDER --vectors FILE.bin [--json OUT] [--twins]
        --cell data/cell/cl.obo.gz data/cell/train data/cell/dev
        --disease medic.obo.gz data/disease/ncbi_train.pubtator data/disease/ncbi_dev.pubtator
        --phenotype hp.obo.gz gscplus_dev.tsv

    python scripts/benchmark_linking.py --work FOLDER --vectors FILE.bin --all --data DATA [--before OLD.json]

The other settings are those of configs/cell.yaml, disease.yaml and phenotype.yaml; --set changes them. In place of
--vectors, --text trains word vectors on plain text. The last file of a task is what it is judged by and nothing else.
Runs are kept in --work; a second call, with other files to be judged by if you like, goes on from them.

An ablation leaves the trained model as it is and takes one kind of evidence from it: the ball's feature; all that names
say (equal names, characters, word vectors, wordings of annotated text); the words around a mention; the reading of
abbreviations. --twins fits a Euclidean twin and a flat softmax in place of the ball too, each as long as the model.

--all trains a run for every ontology of benchmark_corpora.yaml (--corpora names another file) and prints one table of
all corpora, with the figures of an earlier --json beside them if --before names it.
"""

import argparse
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from benchmark_tables import Figures, all_given_table, all_raw_table, given_table, raw_table
from corpora import read_corpora
from gsc import write_gsc_as_jsonl
from rich.console import Console
from taggers import FAST_HPO_CR, exact_names, fast_hpo_cr

from hyplink.candidates.examples import Example, encode_examples, examples_of_document, mention_batch, texts_of
from hyplink.candidates.features import FEATURES
from hyplink.candidates.surface_forms import Vectors
from hyplink.cli.console import ConsoleReporter
from hyplink.config import read_config
from hyplink.corpus import Document, read_documents
from hyplink.gold import GoldResolver
from hyplink.linking.evaluation import evaluated_documents, raw_text_figures
from hyplink.linking.linker import Linker
from hyplink.metrics.linking import linking_metrics
from hyplink.ontology import load_ontology
from hyplink.ranking.ranker import Ranker
from hyplink.run import Run, SilentReporter, write_json
from hyplink.stages import run_stage
from hyplink.stages.evaluate import CANDIDATES, evaluate_documents, examples_below, predictions_of

CONFIGS = Path(__file__).parents[1] / "configs"
BALL, DOCUMENT = {"ball", "document_links"}, {"document_links", "document_topic"}
LEXICAL = set(FEATURES) - BALL - DOCUMENT - {"concept_count"}


def main() -> None:
    """Reads the command line, runs each task, prints and writes the results."""
    arguments = _arguments()
    vectors = f"encode.vectors={arguments.vectors}" if arguments.vectors else f"data.texts={json.dumps(arguments.text)}"
    console, results = Console(width=140), {}
    if arguments.all:
        results = all_corpora(arguments, vectors)
        before = json.loads(arguments.before.read_text(encoding="utf-8")) if arguments.before else {}
        console.print(all_given_table(results, before), all_raw_table(results, before))
    for task in ("cell", "disease", "phenotype"):
        if files := getattr(arguments, task):
            settings = [*_data_settings(files), vectors, *arguments.overrides]
            run = trained(task, settings, arguments.work / task)
            documents = _documents(task, files[-1], arguments.work)
            metrics = evaluate_documents(run, documents, ConsoleReporter()).metrics
            given = dict(given_figures(run, documents, metrics, task, settings, arguments.twins))
            raw = dict(raw_figures(run, documents, metrics, task, Path(files[0])))
            console.print(given_table(task, given), raw_table(task, raw))
            results[task] = {"given": given, "raw_text": raw}
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
    parser.add_argument("--all", action="store_true", help="every corpus of a list, in one table")
    parser.add_argument("--data", type=Path, default=Path(), help="folder of the corpora of --all")
    parser.add_argument("--corpora", type=Path, default=Path(__file__).with_name("benchmark_corpora.yaml"))
    parser.add_argument("--before", type=Path, metavar="OLD.json", help="figures of an earlier --all to stand beside")
    parser.add_argument("--twins", action="store_true", help="fit a Euclidean twin and a flat softmax too")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write all figures to a file")
    return parser.parse_args()


def _data_settings(files: Sequence[str]) -> list[str]:
    """The settings that name a task's files, without the evaluation data, on which no run may be trained."""
    ontology, *train = files[:-1]
    return [f"data.ontology={ontology}", f"data.train={json.dumps(train)}", "data.dev=[]"]


def _documents(task: str, path: str, work: Path) -> list[Document]:
    """The evaluation documents of a task; those in the format of GSC+ are converted first."""
    if task != "phenotype":
        return list(read_documents([path]))
    jsonl = work / f"{Path(path).stem}.jsonl"
    write_gsc_as_jsonl(Path(path), jsonl)
    return list(read_documents([jsonl]))


def trained(task: str, settings: Sequence[str], folder: Path) -> Run:
    """The fitted run of a task; stages that are up to date are not run again."""
    run = Run.create(folder, read_config(CONFIGS / f"{task}.yaml", settings))
    for stage in ("train-ontology", "encode", "fit"):
        run_stage(stage, run, ConsoleReporter())
    return run


def all_corpora(arguments: argparse.Namespace, vectors: str) -> Figures:
    """The metrics of every corpus of a list and, where phenotypes are marked, the figures of other taggers."""
    results: Figures = {}
    arguments.work.mkdir(parents=True, exist_ok=True)
    for corpus in read_corpora(arguments.corpora, arguments.data, arguments.work):
        settings = [*corpus.settings, "data.dev=[]", vectors, *arguments.overrides]
        run = trained("names-only", settings, arguments.work / corpus.name)
        for name, path in corpus.evaluated.items():
            documents = list(read_documents([path]))
            metrics = evaluate_documents(run, documents, ConsoleReporter()).metrics
            taggers = {}
            if metrics.get("raw_text"):
                taggers = dict(raw_figures(run, documents, metrics, corpus.name, corpus.ontology))
            results[name] = {"metrics": metrics, "taggers": taggers}
    return results


def given_figures(
    run: Run, documents: Sequence[Document], metrics: Figures, task: str, settings: Sequence[str], twins: bool
) -> Iterator[tuple[str, Figures]]:
    """(name, figures by group) of hyplink, the baselines, the ablations and, if requested, the twins."""
    yield from metrics["models"].items()
    yield from ablations(run, documents)
    for space in ("euclidean", "flat") if twins else ():
        folder = run.folder.with_name(f"{run.folder.name}-{space}")
        if not folder.exists():
            shutil.copytree(run.folder, folder)
        twin = trained(task, [*settings, f"research.space={space}"], folder)
        models = evaluate_documents(twin, documents, SilentReporter()).metrics["models"]
        yield f"{space} for the ball", models["hyplink"]
        yield f"{space} alone", models["ball alone"]


def ablations(run: Run, documents: Sequence[Document]) -> Iterator[tuple[str, Figures]]:
    """The figures of the model without one kind of evidence."""
    linker = Linker.from_run(run)
    resolver, branch = GoldResolver(linker.ontology), run.config.evaluate.branch
    known = linker.span_finder.detector.abbreviations
    whole = [example for document in documents for example in examples_of_document(document, resolver, None, known)]
    examples, vectors = examples_below(whole, _encoded(linker, whole, documents), linker.ontology, branch)
    bare = vectors.copy()
    bare[:, linker.generator.names.mention_dim :] = 0
    verbatim = [replace(example, read_as=example.text) for example in examples]
    for name, mentions, their_vectors, dropped in (
        ("without ball", examples, vectors, BALL),
        ("without lexical", examples, vectors, LEXICAL),
        ("without context", examples, bare, set()),
        ("without document", examples, vectors, DOCUMENT),
        ("without abbreviations", verbatim, _encoded(linker, verbatim, documents), set()),
    ):
        ranker = Ranker(np.where([feature in dropped for feature in FEATURES], 0.0, linker.ranker.weights))
        candidates = linker.candidates(mention_batch(mentions), their_vectors, texts_of(documents))
        ranked = ranker.rank(candidates, len(mentions), CANDIDATES)
        yield name, linking_metrics(predictions_of(mentions, ranked, linker.ontology, ()), linker.ontology).as_dict()


def _encoded(linker: Linker, examples: Sequence[Example], documents: Sequence[Document]) -> Vectors:
    with SilentReporter().progress("encoding", len(examples)) as progress:
        return encode_examples(linker.encoder, examples, texts_of(documents), progress)


def raw_figures(
    run: Run, documents: Sequence[Document], metrics: Figures, task: str, ontology_path: Path
) -> Iterator[tuple[str, Figures]]:
    """(name, figures) of hyplink on raw text and, for phenotypes, of other taggers."""
    yield "hyplink", metrics["raw_text"]
    branch = run.config.evaluate.branch
    if not task.startswith("phenotype") or branch is None:
        return
    ontology = load_ontology(run.path("train-ontology", "ontology"))
    taggers = {"exact names": exact_names(ontology, ontology.descendants(branch))}
    try:
        taggers |= fast_hpo_cr(ontology_path, run.folder.parent / "fasthpocr", ontology, branch)
    except ImportError:
        print(f"FastHPOCR is not installed and not compared; {FAST_HPO_CR}")
    for name, tagger in taggers.items():
        found = [tagger(document) for document in documents]
        yield (
            name,
            raw_text_figures(documents, found, evaluated_documents(documents, found, ontology), ontology, branch),
        )


if __name__ == "__main__":
    main()
