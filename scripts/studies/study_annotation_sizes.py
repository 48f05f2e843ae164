"""Accuracy with a few annotated mentions, beside a logistic regression on the same vectors.

    python scripts/studies/study_annotation_sizes.py --config FILE --work FOLDER [--set SECTION.KEY=VALUE ...]
                                                     [--sizes 5 20 100] [--seeds 3]

The configuration needs data.train, data.dev and encode.vectors. For each size, mentions are drawn from whole training
documents in random order; a run is trained on them and the names, and evaluated on the dev mentions. The logistic
regression is trained on the vectors of the same mentions and of all names of their concepts; it can only answer with
one of these concepts, so both are compared on the dev mentions of these concepts too.
"""

import argparse
import math
import random
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from hyplink.candidates.examples import read_examples
from hyplink.config import Config, read_config
from hyplink.corpus import Document, read_documents
from hyplink.corpus.formats.jsonl import jsonl_lines
from hyplink.run import Run, SilentReporter, read_json
from hyplink.stages import run_stage

MODELS = ("hyplink", "ball alone")


def main() -> None:
    """Prints a row for each size: the means over the draws."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True, help="for the runs; the embedding is trained once")
    parser.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", dest="overrides")
    parser.add_argument("--sizes", type=int, nargs="+", default=[5, 20, 100])
    parser.add_argument("--seeds", type=int, default=3)
    chosen = parser.parse_args()
    config = read_config(chosen.config, chosen.overrides)
    base = Run.create(chosen.work / "base", config)
    run_stage("train-ontology", base, SilentReporter())
    print("         |   all dev mentions   |    dev mentions of annotated concepts")
    print("mentions |  hyplink  ball alone |  share  hyplink  ball alone  logistic regression")
    for size in chosen.sizes:
        rows = [row(config, base, chosen.work / f"{size}-{seed}", size, seed) for seed in range(chosen.seeds)]
        every, ball, share, seen, seen_ball, logistic = np.nanmean(rows, axis=0)
        cells = f"{every:8.3f} {ball:11.3f} | {share:6.3f} {seen:8.3f} {seen_ball:11.3f} {logistic:20.3f}"
        print(f"{size:8} | {cells}", flush=True)


def row(config: Config, base: Run, folder: Path, size: int, seed: int) -> tuple[float, ...]:
    """Trains a run on a draw of mentions.

    Returns:
        The accuracy of hyplink and of its hyperbolic score alone; the share of dev mentions whose concept was drawn,
        and on these the accuracy of both and of the logistic regression.
    """
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base.folder, folder)
    train = folder.with_suffix(".jsonl")
    documents = list(read_documents(config.data.train, config.data.input_format))
    train.write_text("".join(jsonl_lines(drawn(documents, size, seed))), encoding="utf-8")
    data = config.data.model_copy(update={"train": (train,), "input_format": "auto"})
    run = Run.create(folder, config.model_copy(update={"data": data}))
    for stage in ("encode", "fit", "evaluate"):
        run_stage(stage, run, SilentReporter())
    models = read_json(run.path("evaluate", "metrics.json"))["models"]
    share, logistic = logistic_regression(run)
    every, seen = (
        [_number(models[name][group]["figures"]["accuracy_at_1"]["value"]) for name in MODELS]
        for group in ("every_mention", "seen_concept")
    )
    return (*every, share, *seen, logistic)


def _number(value: float | None) -> float:
    """NaN in place of None, which a figure over no mention is."""
    return math.nan if value is None else value


def drawn(documents: Sequence[Document], size: int, seed: int) -> Iterator[Document]:
    """Documents in random order, up to a total number of mentions; surplus mentions of the last one are removed."""
    for document in random.Random(seed).sample(documents, len(documents)):
        mentions = tuple(document.mentions or ())[:size]
        if mentions:
            yield replace(document, mentions=mentions)
            size -= len(mentions)


def logistic_regression(run: Run) -> tuple[float, float]:
    """The share of dev mentions whose concept is in the training mentions, and the accuracy on them."""
    examples = read_examples(run.path("encode", "mentions.jsonl"))
    seen = {concept for each in examples["train"] for part in each.gold for concept in part}
    names, train, dev = (np.load(run.path("encode", f"{split}.npy")) for split in ("names", "train", "dev"))
    names = np.pad(names, ((0, 0), (0, train.shape[1] - names.shape[1])))  # a name has no context
    labelled = [(each.gold[0][0], row) for each, row in zip(examples["train"], train, strict=True) if all(each.gold)]
    labelled += [(each.gold[0][0], row) for each, row in zip(examples["names"], names, strict=True)]
    labels, rows = zip(*(pair for pair in labelled if pair[0] in seen), strict=True)
    # A few mentions may be of one concept, which a logistic regression cannot be trained on.
    classifier = LogisticRegression(max_iter=2000) if len(set(labels)) > 1 else DummyClassifier()
    answers = make_pipeline(StandardScaler(), classifier).fit(np.array(rows), labels).predict(dev)
    gold = [set[str]().union(*each.gold) for each in examples["dev"]]
    right = [answer in concepts for answer, concepts in zip(answers, gold, strict=True) if concepts & seen]
    return len(right) / len(gold), (float(np.mean(right)) if right else math.nan)


if __name__ == "__main__":
    main()
