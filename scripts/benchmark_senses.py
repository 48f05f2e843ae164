"""Tells the senses of words in SemCor's held-out documents apart, by baselines, hyplink and hyplink without its parts.

Usage: python scripts/benchmark_senses.py --text semcor.data.xml.gz --vectors glove.txt [--dev semeval2007.data.xml]
       python scripts/benchmark_senses.py --text semcor.data.xml.gz --model FOLDER-OF-A-TRANSFORMER

WordNet 3.0 is in Debian's packages wordnet-base and wordnet-sense-index. Every seventh document is held out; a fifth of
the others is what the weights of the evidence are learned on, by evidence of the rest. The order of WordNet's senses
comes from the counts of all of SemCor: so here the order is that of the documents that are learned from, and WordNet's
own among senses that they do not show.
"""

import argparse
import time
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from hyplink.config import FitSettings
from hyplink.corpus import read_documents
from hyplink.encoders import Encoder, FastTextEncoder, passage_of
from hyplink.encoders.transformer import TransformerEncoder
from hyplink.encoders.word_vectors import open_vectors
from hyplink.gold import GoldResolver
from hyplink.linking.logit import conditional_logit, log_softmax
from hyplink.linking.sense_evidence import SenseEvidence
from hyplink.linking.senses import SENSE_FEATURES, Use, gloss_of, use_of
from hyplink.metrics.bootstrap import bootstrap_means
from hyplink.ontology import Ontology, read_ontology
from hyplink.poincare.construct import constructed_points
from hyplink.poincare.hierarchy import Hierarchy
from hyplink.regressor import Regressor, TrainingExamples, train_regressor
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import drawn_inward

HELD_OUT = 7
REHEARSED = 5
SPACES: tuple[tuple[Literal["poincare", "flat"], Literal["tuned", "frozen"]], ...] = (
    ("poincare", "tuned"),
    ("poincare", "frozen"),
    ("flat", "tuned"),
)
BASELINE = ("sense_prior", "context")
WITHOUT = {
    "prior": ("sense_prior", "sense_unseen"),
    "contexts of annotated text": ("context", "nearest_contexts", "document"),
    "glosses": ("gloss", "gloss_document"),
    "clues": ("form", "word_before", "two_before", "word_after"),
}


@dataclass(frozen=True)
class Data:
    """Words with their senses: rows of all arrays are uses."""

    ontology: Ontology
    uses: Sequence[Use]
    gold: Sequence[frozenset[int]]
    vectors: NDArray[np.float32]
    glosses: NDArray[np.float32]
    blocks: tuple[int, ...]
    documents: NDArray[np.int64]
    is_dev: NDArray[np.bool_]

    @cached_property
    def geometry(self) -> tuple[NDArray[np.float64], HierarchyTargets]:
        """The concepts' points in closed form, and which concepts are near each other."""
        hierarchy = Hierarchy(self.ontology.closure(), len(self.ontology))
        return constructed_points(hierarchy, 32, 3.0), HierarchyTargets.of(self.ontology)

    def meant(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """One right concept of each use."""
        return np.array([min(self.gold[row]) for row in rows.tolist()], dtype=np.int64)


class Told(NamedTuple):
    """The candidates of some uses, and what speaks for each by feature name."""

    rows: NDArray[np.int64]
    concepts: NDArray[np.int64]
    is_right: NDArray[np.bool_]
    features: dict[str, NDArray[np.float64]]


def main() -> None:
    """Reads the command line, trains, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--text", type=Path, required=True, help="annotated text: x.data.xml beside x.gold.key.txt")
    parser.add_argument("--dev", type=Path, help="further annotated text, to be reported alone")
    parser.add_argument("--vectors", type=Path, help="fastText's .bin or .vec, or GloVe's text")
    parser.add_argument("--model", type=Path, help="a folder of a Hugging Face model, in place of vectors")
    parser.add_argument("--window", type=int, default=30, help="words of context on each side (default: 30)")
    parser.add_argument("--part", choices="nvar", default="n", help="part of speech (default: n)")
    parser.add_argument(
        "--epochs", type=int, default=3, help="of the ball and of the flat softmax (default: 3); 0: leave them out"
    )
    chosen = parser.parse_args()
    started = time.process_time()
    data = read(chosen)
    report(chosen, data)
    Console().print(f"{(time.process_time() - started) / 60:.1f} CPU minutes in all")


def read(chosen: argparse.Namespace) -> Data:
    """The words of the texts, encoded."""
    ontology = read_ontology(chosen.wordnet, parts_of_speech=[chosen.part])
    resolver = GoldResolver(ontology)
    encoder = encoder_of(chosen)
    uses, gold, passages, is_dev = [], [], [], []
    for path in filter(None, (chosen.text, chosen.dev)):
        for document in read_documents([path]):
            for mention in document.mentions:
                use, meant = use_of(document, mention), resolver.resolve(mention).concepts
                if use and meant and use.word[1] == chosen.part:
                    uses.append(use)
                    gold.append(frozenset(ontology.index_of[each] for each in meant))
                    place = (document.text, mention.start, mention.end, mention.text)
                    passages.append(passage_of(*place, encoder.window))
                    is_dev.append(path == chosen.dev)
    numbers = {doc: number for number, doc in enumerate(dict.fromkeys(use.doc for use in uses))}
    glosses = encoder.encode([gloss_of(concept) for concept in ontology.concepts.values()])
    documents = np.array([numbers[use.doc] for use in uses])
    vectors = encoder.encode(passages)
    return Data(ontology, uses, gold, vectors, glosses, encoder.blocks, documents, np.array(is_dev))


def encoder_of(chosen: argparse.Namespace) -> Encoder:
    """The encoder that the command line names."""
    if chosen.model:
        return TransformerEncoder(chosen.model, chosen.window, by_reference=True)
    return FastTextEncoder(open_vectors(chosen.vectors), chosen.vectors, chosen.window, by_reference=True)


def told(data: Data, known: NDArray[np.int64], asked: NDArray[np.int64], epochs: int) -> Told:
    """What the known uses say of those that are asked about."""
    words = [data.uses[row] for row in known.tolist()]
    learned = (data.ontology, data.glosses, words, data.meant(known), data.vectors[known], data.blocks)
    evidence, without_kin = SenseEvidence(*learned), SenseEvidence(*learned, kin=0)
    uses = [data.uses[row] for row in asked.tolist()]
    rows, concepts = evidence.candidates(uses)
    found = evidence.features(uses, data.vectors[asked], rows, concepts)
    features = dict(zip(SENSE_FEATURES, found.T, strict=True))
    alone = dict(zip(SENSE_FEATURES, without_kin.features(uses, data.vectors[asked], rows, concepts).T, strict=True))
    features |= {f"{name} without kin": alone[name] for name in WITHOUT["glosses"]}
    for space, concepts_learn in SPACES if epochs else ():
        settings = FitSettings(space=space, concepts=concepts_learn, epochs=epochs, hidden=256, batch_size=256)
        compared = regressor_of(data, known, settings).compare(data.vectors[asked], rows, concepts)
        features[f"{space} {concepts_learn}"] = np.maximum(log_softmax(compared.scores, rows), -12.0)
    meant = [data.gold[row] for row in asked.tolist()]
    is_right = np.array([concept in meant[row] for row, concept in zip(rows.tolist(), concepts.tolist(), strict=True)])
    return Told(asked[rows], concepts, is_right, features)


def regressor_of(data: Data, known: NDArray[np.int64], settings: FitSettings) -> Regressor:
    """A regressor that has learned the known uses and the gloss of every concept."""
    vectors = np.concatenate([data.glosses, data.vectors[known]])
    words = [*(concept.label for concept in data.ontology.concepts.values()), *(data.uses[r].word[0] for r in known)]
    meant = [[concept] for concept in range(len(data.ontology))] + [sorted(data.gold[row]) for row in known.tolist()]
    examples = TrainingExamples.of(vectors[:0], [], vectors, words, meant, data.blocks)
    points, near = data.geometry
    if settings.concepts == "tuned":
        points = drawn_inward(points, settings.start_share)
    *_, last = train_regressor(settings, examples, points, near)
    return last.regressor


def answers(taught: Told, asked: Told, names: Sequence[str]) -> NDArray[np.int64]:
    """The candidate (its place in `asked`) that each use is answered with, by the features of these names."""
    features = np.column_stack([taught.features[name] for name in names])
    scale = features.std(0) + 1e-9
    before, free = np.zeros(len(names)), np.ones(len(names), dtype=bool)
    weights = conditional_logit(features / scale, taught.rows, taught.is_right, before, free=free)
    scores = np.column_stack([asked.features[name] for name in names]) / scale @ weights
    order = np.lexsort((-asked.features["sense_prior"], -scores, asked.rows))
    best: NDArray[np.int64] = order[np.flatnonzero(np.diff(asked.rows[order], prepend=-1))]
    return best


def models(known: Set[str]) -> dict[str, tuple[str, ...]]:
    """The features of each row of the table, of those that are known."""
    ball, flat = "poincare tuned", "flat tuned"
    everything = (*SENSE_FEATURES, ball) if ball in known else SENSE_FEATURES
    kin = WITHOUT["glosses"]
    alone = tuple(name for name in SENSE_FEATURES if name not in kin) + tuple(f"{name} without kin" for name in kin)
    rows = {
        "first sense": ("sense_prior",),
        "centroid and prior": BASELINE,
        "flat softmax and prior": ("sense_prior", flat),
        "ball and prior": ("sense_prior", ball),
        "hyplink": everything,
        **{f"  without {part}": tuple(n for n in everything if n not in names) for part, names in WITHOUT.items()},
        "  without ball": SENSE_FEATURES,
        "  with frozen points": (*SENSE_FEATURES, "poincare frozen"),
        "  without hierarchy (flat softmax, no kin)": (*alone, flat),
        "  without ball and kin": alone,
    }
    return {name: features for name, features in rows.items() if known >= set(features)}


def report(chosen: argparse.Namespace, data: Data) -> None:
    """Prints the table."""
    rows = np.arange(len(data.uses))
    held = (data.documents % HELD_OUT == HELD_OUT // 2) | data.is_dev
    known = rows[~held]
    rehearsed = data.documents[known] % REHEARSED == 0
    taught = told(data, known[~rehearsed], known[rehearsed], chosen.epochs)
    asked = told(data, known, rows[held], chosen.epochs)
    found = {name: answers(taught, asked, features) for name, features in models(asked.features.keys()).items()}
    table = Table(
        title=f"{len(rows):,} mentions; {held.sum():,} of {len(set(data.documents[held]))} documents held out"
    )
    for column in ("", "held out", "over centroid and prior", "tree distance of wrong senses", "dev"):
        table.add_column(column)
    is_dev = data.is_dev[rows[held]]
    right = {name: asked.is_right[best] for name, best in found.items()}
    for name, best in found.items():
        lead = lead_of(right[name] - right["centroid and prior"].astype(float), data, rows[held], ~is_dev)
        far = tree_distance(data, asked, best[~is_dev])
        dev = f"{100 * right[name][is_dev].mean():.1f}" if is_dev.any() else ""
        table.add_row(name, f"{100 * right[name][~is_dev].mean():.2f}", lead, f"{far:.2f}", dev)
    Console(width=150).print(table)


def lead_of(differences: NDArray[np.float64], data: Data, rows: NDArray[np.int64], chosen: NDArray[np.bool_]) -> str:
    """The mean difference in points with its interval over documents."""
    (figure,) = bootstrap_means(100 * differences[chosen, None], data.documents[rows[chosen]])
    return f"{figure.value:+.2f} [{figure.low:+.2f}, {figure.high:+.2f}]"


def tree_distance(data: Data, asked: Told, best: NDArray[np.int64]) -> float:
    """The mean tree distance between a wrong answer and the nearest right sense."""
    ids, wrong = data.ontology.concept_ids, best[~asked.is_right[best]]
    return float(
        np.mean(
            [
                min(data.ontology.tree_distance(ids[concept], ids[each]) for each in data.gold[row])
                for row, concept in zip(asked.rows[wrong].tolist(), asked.concepts[wrong].tolist(), strict=True)
            ]
        )
    )


if __name__ == "__main__":
    main()
