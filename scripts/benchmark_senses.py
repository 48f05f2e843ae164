"""Word sense disambiguation on held-out documents of SemCor: baselines, hyplink, and hyplink without single parts.

Usage: python scripts/benchmark_senses.py --text semcor.data.xml.gz --vectors glove.txt [--dev semeval2007.data.xml]
       python scripts/benchmark_senses.py --text semcor.data.xml.gz --model FOLDER-OF-A-TRANSFORMER

WordNet 3.0 is in Debian's packages wordnet-base and wordnet-sense-index. The documents are split into seven
parts; those named by --parts are held out in turn, and the results are pooled. The features were chosen on the other
five parts. Of the remaining documents, a fifth is used to train the feature weights, with evidence from the rest. The
order of WordNet's senses was derived from counts in all of SemCor, test documents included. Therefore senses are
ordered here by their counts in the training documents, and by WordNet's order only if they do not occur there.
"""

import argparse
import time
from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

from hyplink.arrays import log_softmax
from hyplink.config import FitSettings
from hyplink.corpus import read_documents
from hyplink.encoders import Encoder, FastTextEncoder, Passage, passage_of
from hyplink.encoders.transformer import TransformerEncoder
from hyplink.encoders.vector_files import open_vectors
from hyplink.gold import GoldResolver
from hyplink.mentions.lexicon import SENSE_FEATURES, Lexicon, Word, WordUse, gloss_of, used_word
from hyplink.metrics.bootstrap import bootstrap_means
from hyplink.ontology import Ontology, read_ontology
from hyplink.poincare.construct import constructed_points
from hyplink.poincare.hierarchy import Hierarchy
from hyplink.ranking.logit import conditional_logit
from hyplink.regressor import Regressor, TrainingExamples, train_regressor
from hyplink.regressor.losses import HierarchyTargets
from hyplink.regressor.start import scale_radii
from hyplink.senses.context_space import Vectors, cosines, directions, unit
from hyplink.senses.features import SenseFeatures

PARTS = 7
RANKER_FOLDS = 5
FLAT = ", flat"
REGRESSORS: dict[str, dict[str, Any]] = {
    "ball": {},
    "ball, frozen": {"concepts": "frozen"},
    "ball, unsmoothed": {"hierarchy_smoothing": 0.0},
    "flat softmax": {"space": "flat"},
}
BASELINE = ("sense_prior", "centroid")
WITHOUT = {
    "prior": ("sense_prior", "sense_unseen"),
    "contexts of annotated text": ("context", "contexts_below", "document", "kinds"),
    "glosses": ("gloss", "gloss_document"),
    "what lies below, and kinds": ("contexts_below", "kinds"),
    "clues": ("form", "word_before", "two_before", "word_after"),
}


@dataclass(frozen=True)
class Data:
    """Words with their senses: rows of all arrays are uses."""

    ontology: Ontology
    uses: Sequence[WordUse]
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
        return constructed_points(hierarchy, 32, 3.0), HierarchyTargets.from_ontology(self.ontology)

    def meant(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """One right concept of each use."""
        return np.array([min(self.gold[row]) for row in rows.tolist()], dtype=np.int64)


class Told(NamedTuple):
    """The candidates of some uses, and their features by name."""

    rows: NDArray[np.int64]
    concepts: NDArray[np.int64]
    is_right: NDArray[np.bool_]
    features: dict[str, NDArray[np.float64]]


class Judged(NamedTuple):
    """The results of the models on a held-out part; except `documents`, by name of the model.

    Attributes:
        documents: of each mention, int64 (n,).
        right: 1 where the answer is right, (n,).
        far: tree distances of the wrong answers.
        dev: the share of the dev data's mentions that are right.
    """

    documents: NDArray[np.int64]
    right: dict[str, NDArray[np.float64]]
    far: dict[str, NDArray[np.int64]]
    dev: dict[str, float]


def main() -> None:
    """Reads the command line, trains, prints."""
    parser = arguments(__doc__)
    parser.add_argument(
        "--epochs", type=int, default=3, help="of the ball and of the flat softmax (default: 3); 0: leave them out"
    )
    chosen = parser.parse_args()
    started = time.process_time()
    data = read(chosen)
    report(chosen, data)
    Console().print(f"{(time.process_time() - started) / 60:.1f} CPU minutes in all")


def arguments(about: str) -> argparse.ArgumentParser:
    """The options that say which data is read, and how it is encoded and divided."""
    parser = argparse.ArgumentParser(description=about.splitlines()[0])
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("--text", type=Path, required=True, help="annotated text: x.data.xml beside x.gold.key.txt")
    parser.add_argument("--dev", type=Path, help="further annotated text, to be reported alone")
    parser.add_argument("--vectors", type=Path, help="fastText's .bin or .vec, or GloVe's text")
    parser.add_argument("--model", type=Path, help="a folder of a Hugging Face model, in place of vectors")
    parser.add_argument("--window", type=int, default=30, help="words of context on each side (default: 30)")
    parser.add_argument("--part-of-speech", choices="nvar", default="n", help="(default: n)")
    parser.add_argument(
        "--parts", type=int, nargs="+", default=[1, 5], help="parts of the documents to hold out (default: 1 5)"
    )
    return parser


def read(chosen: argparse.Namespace) -> Data:
    """The words of the texts, encoded."""
    ontology = read_ontology(chosen.wordnet, parts_of_speech=[chosen.part_of_speech])
    resolver, lexicon = GoldResolver(ontology), Lexicon.from_ontology(ontology)
    encoder = encoder_of(chosen)
    uses, gold, passages, is_dev = [], [], [], []
    for path in filter(None, (chosen.text, chosen.dev)):
        for document in read_documents([path]):
            for mention in document.mentions or ():
                use, meant = used_word(document, mention, lexicon), resolver.resolve(mention).concepts
                if use and meant and use.word[1] == chosen.part_of_speech:
                    uses.append(use)
                    gold.append(frozenset(ontology.index_of[each] for each in meant))
                    place = (document.text, mention.start, mention.end, mention.text)
                    passages.append(passage_of(*place, encoder.window))
                    is_dev.append(path == chosen.dev)
    numbers = {doc: number for number, doc in enumerate(dict.fromkeys(use.doc for use in uses))}
    wanted = glosses_of(ontology, [use.word for use in uses] if chosen.model else None)
    glosses = np.zeros((len(ontology), encoder.dim), np.float32)
    glosses[list(wanted)] = encoder.encode(list(wanted.values()))
    documents = np.array([numbers[use.doc] for use in uses])
    vectors = encoder.encode(passages)
    return Data(ontology, uses, gold, vectors, glosses, encoder.blocks, documents, np.array(is_dev))


def glosses_of(ontology: Ontology, words: Sequence[Word] | None) -> dict[int, Passage]:
    """The gloss of each concept by its index; only of the senses of some words, where those are given."""
    senses = Lexicon.from_ontology(ontology).senses
    wanted = range(len(ontology)) if words is None else sorted({each for word in set(words) for each in senses(word)})
    return {each: gloss_of(ontology.concepts[ontology.concept_ids[each]]) for each in wanted}


def encoder_of(chosen: argparse.Namespace) -> Encoder:
    """The encoder that the command line names."""
    if chosen.model:
        return TransformerEncoder(chosen.model, chosen.window, by_reference=True)
    return FastTextEncoder(open_vectors(chosen.vectors), chosen.window, chosen.vectors)


def told(data: Data, known: NDArray[np.int64], asked: NDArray[np.int64], epochs: int) -> Told:
    """The candidates and features of the queried uses, with evidence from the known uses."""
    words, meant = [data.uses[row] for row in known.tolist()], data.meant(known)
    uses, vectors = [data.uses[row] for row in asked.tolist()], data.vectors[asked]
    features: dict[str, NDArray[np.float64]] = {}
    for ending, ontology in (("", data.ontology), (FLAT, without_hierarchy(data.ontology))):
        evidence = SenseFeatures.from_uses(ontology, data.glosses, words, meant, data.vectors[known], data.blocks)
        rows, concepts = evidence.candidates(uses)
        found = evidence.features(uses, vectors, rows, concepts)
        features |= {f"{name}{ending}": column for name, column in zip(SENSE_FEATURES, found.T, strict=True)}
    features["centroid"] = cosines(*centroids(data, known, asked), rows, concepts)
    for name, changed in REGRESSORS.items() if epochs else ():
        settings = FitSettings.model_validate({"epochs": epochs, "hidden": 256, "batch_size": 1024, **changed})
        compared = regressor_of(data, known, settings).compare(vectors, rows, concepts)
        features[name] = np.maximum(log_softmax(compared.scores, rows), -12.0)
    gold = [data.gold[row] for row in asked.tolist()]
    is_right = np.array([concept in gold[row] for row, concept in zip(rows.tolist(), concepts.tolist(), strict=True)])
    return Told(asked[rows], concepts, is_right, features)


def without_hierarchy(ontology: Ontology) -> Ontology:
    """The same concepts without is-a edges."""
    return Ontology([replace(concept, parents=()) for concept in ontology.concepts.values()])


def centroids(data: Data, known: NDArray[np.int64], asked: NDArray[np.int64]) -> tuple[Vectors, Vectors]:
    """The contexts of the queried uses, and the mean context of each concept over the known uses."""
    own, *context = data.blocks
    sums = data.vectors[:, own:].reshape(len(data.uses), len(context), -1).sum(1)
    contexts = unit(sums - sums[known].mean(0))
    return contexts[asked], directions(contexts[known], data.meant(known), len(data.ontology))


def regressor_of(data: Data, known: NDArray[np.int64], settings: FitSettings) -> Regressor:
    """A regressor trained on the known uses and the gloss of every concept."""
    vectors = np.concatenate([data.glosses, data.vectors[known]])
    words = [*(concept.label for concept in data.ontology.concepts.values()), *(data.uses[r].word[0] for r in known)]
    meant = [[concept] for concept in range(len(data.ontology))] + [sorted(data.gold[row]) for row in known.tolist()]
    examples = TrainingExamples.from_vectors(vectors[:0, : data.blocks[0]], vectors, words, meant, data.blocks)
    points, near = data.geometry
    if settings.concepts == "tuned":
        points = scale_radii(points, settings.start_share)
    *_, last = train_regressor(settings, examples, points, near)
    return last.regressor


def answers(taught: Told, asked: Told, names: Sequence[str]) -> NDArray[np.int64]:
    """The index, in `asked`, of the best candidate of each use, by the features with these names."""
    features = np.column_stack([taught.features[name] for name in names])
    scale = features.std(0) + 1e-9
    weights = conditional_logit(features / scale, taught.rows, taught.is_right, np.zeros(len(names)))
    scores = np.column_stack([asked.features[name] for name in names]) / scale @ weights
    order = np.lexsort((-asked.features["sense_prior"], -scores, asked.rows))
    best: NDArray[np.int64] = order[np.flatnonzero(np.diff(asked.rows[order], prepend=-1))]
    return best


def models(known: Set[str]) -> dict[str, tuple[str, ...]]:
    """The features used by each row of the table, for rows whose features are all available."""
    everything = (*SENSE_FEATURES, "ball") if "ball" in known else SENSE_FEATURES
    flat = tuple(f"{name}{FLAT}" for name in SENSE_FEATURES)
    rows = {
        "first sense": ("sense_prior",),
        "centroid and prior": BASELINE,
        "flat softmax and prior": ("sense_prior", "flat softmax"),
        "ball and prior": ("sense_prior", "ball"),
        "hyplink": everything,
        **{f"  without {part}": tuple(n for n in everything if n not in names) for part, names in WITHOUT.items()},
        "  without ball": SENSE_FEATURES if "ball" in known else ("ball",),
        "  with frozen points": (*SENSE_FEATURES, "ball, frozen"),
        "  without hierarchy smoothing": (*SENSE_FEATURES, "ball, unsmoothed"),
        "  without hierarchy": (*flat, "flat softmax") if "ball" in known else flat,
    }
    return {name: features for name, features in rows.items() if known >= set(features)}


def report(chosen: argparse.Namespace, data: Data) -> None:
    """Prints the table."""
    judged = [part_judged(data, part, chosen.epochs) for part in chosen.parts]
    groups = np.concatenate([each.documents for each in judged])
    n_documents = len(set(groups.tolist()))
    table = Table(title=f"{len(data.uses):,} mentions; {len(groups):,} of {n_documents} documents held out")
    for column in ("", "held out", "over centroid and prior", "tree distance of wrong senses", "dev"):
        table.add_column(column)
    right = {name: np.concatenate([each.right[name] for each in judged]) for name in judged[0].right}
    for name, hits in right.items():
        (lead,) = bootstrap_means(100 * (hits - right["centroid and prior"])[:, None], groups)
        far = np.mean(np.concatenate([each.far[name] for each in judged]))
        dev = f"{100 * np.mean([each.dev[name] for each in judged]):.1f}" if data.is_dev.any() else ""
        led = f"{lead.value:+.2f} [{lead.low:+.2f}, {lead.high:+.2f}]"
        table.add_row(name, f"{100 * hits.mean():.2f}", led, f"{far:.2f}", dev)
    Console(width=150).print(table)


def part_judged(data: Data, part: int, epochs: int) -> Judged:
    """The answers of every model on one part of the documents and the dev data, trained on the other parts."""
    rows = np.arange(len(data.uses))
    held = (data.documents % PARTS == part) | data.is_dev
    known = rows[~held]
    order = np.unique(data.documents[known], return_inverse=True)[1]
    held_out = order % RANKER_FOLDS == 0
    taught = told(data, known[~held_out], known[held_out], epochs)
    asked = told(data, known, rows[held], epochs)
    is_dev = data.is_dev[rows[held]]
    judged = Judged(data.documents[rows[held]][~is_dev], {}, {}, {})
    for name, features in models(asked.features.keys()).items():
        best = answers(taught, asked, features)
        right = asked.is_right[best].astype(float)
        judged.right[name], judged.dev[name] = right[~is_dev], float(right[is_dev].mean()) if is_dev.any() else 0.0
        judged.far[name] = tree_distances(data, asked, best[~is_dev])
    return judged


def tree_distances(data: Data, asked: Told, best: NDArray[np.int64]) -> NDArray[np.int64]:
    """The tree distance between each wrong answer and the nearest right sense."""
    ids, wrong = data.ontology.concept_ids, best[~asked.is_right[best]]
    pairs = zip(asked.rows[wrong].tolist(), asked.concepts[wrong].tolist(), strict=True)
    return np.array(
        [min(data.ontology.tree_distance(ids[concept], ids[each]) for each in data.gold[row]) for row, concept in pairs]
    )


if __name__ == "__main__":
    main()
