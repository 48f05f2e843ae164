"""Ontology training on WordNet: gensim and hyplink in one run.

    python scripts/bench_ontology.py [--wordnet /usr/share/wordnet] [PART …]

Parts: speed, threads, mammals, nouns, nouns50, construct, cap, million; all of them where none is named. WordNet
3.0 is in Debian's packages wordnet-base and wordnet-sense-index. Times are CPU seconds without the time to compile.
Quality is measured exactly, by the float64 distances to all other concepts, for a random sample of at most 10,000
query concepts.
"""

import argparse
import resource
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from gensim.models.poincare import PoincareModel
from numpy.typing import NDArray

from hyplink.config import TrainOntologySettings
from hyplink.metrics.embedding import EmbeddingMetrics
from hyplink.ontology import read_ontology
from hyplink.poincare.construct import constructed_points
from hyplink.poincare.evaluation import evaluate_points
from hyplink.poincare.hierarchy import Hierarchy
from hyplink.poincare.trainers.fast_trainer import FastTrainer

Relations = NDArray[np.int32]

MAMMAL = "WN:01861778-n"

BOUNDARY_RADIUS = 12.0
AT_THE_BOUNDARY = {"trainer": "fast", "max_radius": BOUNDARY_RADIUS, "burn_in_epochs": 10}
MAMMALS = AT_THE_BOUNDARY | {
    "dim": 5, "negatives": 60, "epochs": 500, "burn_in_epochs": 100, "lr": 0.2, "inverse_temperature": 2.0,
    "sibling_share": 0.0,
}  # fmt: skip
NOUNS = AT_THE_BOUNDARY | {
    "dim": 10, "negatives": 50, "epochs": 400, "refine_epochs": 250, "lr": 0.05, "inverse_temperature": 2.0,
}  # fmt: skip
NOUNS_LONG = NOUNS | {
    "epochs": 270, "refine_epochs": 170, "negatives": 150, "hard_negatives": 16, "inverse_temperature": 3.0, "lr": 0.04,
}  # fmt: skip
NOUNS_50 = NOUNS | {"dim": 50, "epochs": 200, "refine_epochs": 150}
BRIEFLY = NOUNS | {"epochs": 50, "refine_epochs": 0}
SPEED_PAIRS = 20_000
QUERIES = 10_000
ROUNDS = 3


def settings_of(chosen: dict[str, object], **changed: object) -> TrainOntologySettings:
    """The settings of a benchmark."""
    return TrainOntologySettings.model_validate({**chosen, **changed})


def compiled_seconds() -> float:
    """Seconds until the kernel has been compiled, or read from the disk, and has run once on a tiny hierarchy."""
    start = time.perf_counter()
    hierarchy = Hierarchy(np.array([[1, 0]], np.int32), 2)
    FastTrainer(settings_of(NOUNS), hierarchy, None).run_epoch(1)
    return time.perf_counter() - start


def speed(nouns: Relations, n_concepts: int) -> None:
    """Pairs per CPU second at 10 dimensions, with the same negatives for both."""
    print(f"speed: WordNet nouns, 10 dimensions; compiling took {compiled_seconds():.1f} s")
    hierarchy = Hierarchy(nouns, n_concepts)
    model = PoincareModel(nouns.tolist(), size=10, negative=10, seed=0)
    order = np.random.default_rng(0).permutation(len(nouns))[:SPEED_PAIRS]
    pairs = [model.all_relations[i] for i in order]

    def train_gensim() -> None:
        with np.errstate(divide="ignore", invalid="ignore"):  # as gensim's own loop does
            for start in range(0, len(pairs), 10):
                model._train_on_batch(pairs[start : start + 10])

    gensim = len(pairs) / median_cpu_seconds(train_gensim)
    print(f"  gensim, 10 negatives: {gensim:,.0f} pairs per CPU second")
    for negatives in (10, 50):
        trainer = FastTrainer(settings_of(NOUNS, negatives=negatives), hierarchy, None)
        trainer.run_epoch(1)
        ours = len(nouns) / median_cpu_seconds(partial(trainer.run_epoch, 50))
        print(f"  hyplink, {negatives} negatives: {ours:,.0f} pairs per CPU second, {ours / gensim:.0f} times gensim")


def threads(nouns: Relations, n_concepts: int) -> None:
    """Wall seconds of an epoch with one and two threads; the machine's cores must be idle."""
    hierarchy = Hierarchy(nouns, n_concepts)
    seconds = []
    for n_threads in (1, 2):
        trainer = FastTrainer(settings_of(NOUNS, threads=n_threads), hierarchy, None)
        trainer.run_epoch(1)
        seconds.append(median_seconds(partial(run_epochs, trainer, 5), time.perf_counter))
    load = Path("/proc/loadavg").read_text().split()[0] if Path("/proc/loadavg").exists() else "unknown"
    print(f"threads: two are {seconds[0] / seconds[1]:.2f} times as fast as one (load of the machine: {load})")


def run_epochs(trainer: FastTrainer, n_epochs: int) -> None:
    """Trains for some epochs."""
    for _ in range(n_epochs):
        trainer.run_epoch(50)


def train(name: str, relations: Relations, n_concepts: int, settings: TrainOntologySettings) -> None:
    """Trains and prints one line."""
    hierarchy = Hierarchy(relations, n_concepts)
    compiled_seconds()
    cpu, wall = time.process_time(), time.perf_counter()
    initial = None
    if settings.embedding_init == "construct":
        initial = constructed_points(hierarchy, settings.dim, settings.max_radius)
    trainer = FastTrainer(settings, hierarchy, initial)
    for epoch in range(1, settings.n_epochs + 1):
        trainer.run_epoch(epoch)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    figures = evaluate_points(trainer.points, hierarchy, threads=settings.threads, n_queries=QUERIES)
    print(f"  {name}: {sentence(figures)}; {cpu:.1f} CPU s, {wall:.1f} s", flush=True)


def construct(nouns: Relations, n_concepts: int) -> None:
    """Evaluates the closed form, alone and as initial points."""
    print("construct: WordNet nouns, cap 12")
    hierarchy = Hierarchy(nouns, n_concepts)
    for dim in (2, 5, 10, 50):
        cpu = time.process_time()
        points = constructed_points(hierarchy, dim, BOUNDARY_RADIUS)
        cpu = time.process_time() - cpu
        figures = evaluate_points(points, hierarchy, n_queries=QUERIES)
        print(f"  construct alone, {dim}-d: {sentence(figures)}; {cpu:.1f} CPU s", flush=True)
    train("10-d, random start, 50 epochs", nouns, n_concepts, settings_of(BRIEFLY))
    train("10-d, construct start, 50 epochs", nouns, n_concepts, settings_of(BRIEFLY, embedding_init="construct"))


def cap(nouns: Relations, n_concepts: int) -> None:
    """Compares maximum radii: the regressor needs a small one, reconstruction a large one."""
    print("cap: WordNet nouns, 10-d, 50 epochs")
    for radius in (3.0, 6.0, 12.0):
        train(f"radius at most {radius:.0f}", nouns, n_concepts, settings_of(BRIEFLY, max_radius=radius))


def million() -> None:
    """Measures an epoch on a tree of a million concepts."""
    relations = random_tree(1_000_000)
    print(f"million: a tree of 1,000,000 concepts, {len(relations):,} pairs")
    hierarchy = Hierarchy(relations, 1_000_000)
    trainer = FastTrainer(settings_of(NOUNS, negatives=10), hierarchy, None)
    cpu = time.process_time()
    trainer.run_epoch(1)
    cpu = time.process_time() - cpu
    figures = evaluate_points(trainer.points, hierarchy, n_queries=100)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(
        f"  an epoch in {cpu:.1f} CPU s; {figures.reconstruction.n_concepts} query concepts; peak memory {peak:.2f} GiB"
    )


def random_tree(n_concepts: int) -> Relations:
    """The closure of a tree in which the parent of each concept is a random earlier one, int32."""
    generator = np.random.default_rng(0)
    parent = (generator.random(n_concepts) * np.arange(n_concepts)).astype(np.int32)
    pairs = []
    children, above = np.arange(1, n_concepts, dtype=np.int32), parent[1:]
    while len(children):
        pairs.append(np.column_stack([children, above]))
        goes_on = above != 0
        children, above = children[goes_on], parent[above[goes_on]]
    return np.concatenate(pairs)


def sentence(figures: EmbeddingMetrics) -> str:
    """The figures in words."""
    ranks = figures.reconstruction
    return (
        f"MAP {ranks.mean_average_precision:.4f}, mean rank {ranks.mean_rank:.2f}, "
        f"norm with depth {figures.norm_depth_correlation:.2f}, siblings {figures.sibling_ratio:.2f} of random"
    )


def median_cpu_seconds(work: Callable[[], object]) -> float:
    """CPU seconds, the median of several rounds."""
    return median_seconds(work, time.process_time)


def median_seconds(work: Callable[[], object], clock: Callable[[], float]) -> float:
    """Seconds of a clock, the median of several rounds."""
    times = []
    for _ in range(ROUNDS):
        start = clock()
        work()
        times.append(clock() - start)
    return float(np.median(times))


def main() -> None:
    """Runs the parts named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"))
    parser.add_argument("parts", nargs="*", metavar="PART")
    chosen = parser.parse_args()
    if not chosen.parts or "million" in chosen.parts:  # first, so that its peak memory is its own
        million()
    lexicon = read_ontology(chosen.wordnet, parts_of_speech=["n"])
    nouns, mammals = lexicon.closure(), lexicon.restricted_to([MAMMAL]).closure()
    parts: dict[str, Callable[[], None]] = {
        "speed": lambda: speed(nouns, len(lexicon)),
        "threads": lambda: threads(nouns, len(lexicon)),
        "mammals": lambda: train("mammals 5-d", mammals, int(mammals.max()) + 1, settings_of(MAMMALS)),
        "nouns": lambda: train("nouns 10-d", nouns, len(lexicon), settings_of(NOUNS_LONG, threads=2)),
        "nouns50": lambda: train("nouns 50-d", nouns, len(lexicon), settings_of(NOUNS_50, threads=2)),
        "construct": lambda: construct(nouns, len(lexicon)),
        "cap": lambda: cap(nouns, len(lexicon)),
    }
    for name, part in parts.items():
        if not chosen.parts or name in chosen.parts:
            part()


if __name__ == "__main__":
    main()
