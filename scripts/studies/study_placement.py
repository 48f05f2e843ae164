"""What the space of concept points contributes to relations and placement: the ball, flat space, and no space at all.

    python scripts/studies/study_placement.py --config my.yaml --foreign other.obo --work FOLDER
                                              [--set SECTION.KEY=VALUE ...] [--seeds 3] [--most 500]

For each seed, `scripts/hold_out_concepts.py` draws concepts and names to remove, and runs are trained without them:

- `ball`: in the Poincaré ball;
- `Euclidean`: in Euclidean space of the same dimension, from the same initial points;
- `none`: no candidate is proposed by its point, and no feature comes from points. Ranker, calibration, relations and
  placement are trained as in the other runs.

The seed is that of the draw and of training. Printed are the mean over the seeds and the standard deviation, for each
space and for the best simple rule, and the differences of the ball from the other two, seed by seed. Results are kept
in FOLDER, and a second call goes on from them.
"""

import argparse
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor
from workbench import Ledger

from hyplink.confidence.calibration import train_calibration
from hyplink.config import read_config
from hyplink.corpus import read_documents
from hyplink.linking.linker import Linker
from hyplink.placement.training import PlacementTraining
from hyplink.ranking.ranker import train_ranker
from hyplink.regressor import Regressor
from hyplink.regressor.spaces import Comparison, Ranking
from hyplink.run import Run, SilentReporter
from hyplink.senses.candidates import CandidateGenerator
from hyplink.stages import run_stage
from hyplink.stages.fit import RegressorTrainer, cross_fitted_examples
from hyplink.stages.relations import relation_figures

SPACES = {"ball": "poincare", "Euclidean": "euclidean"}
"""The setting `research.space` of each space."""

NO_SPACE = "none"

FIGURES = {
    "placement": ("mean_reciprocal_rank", "hits_at_1", "hits_at_5", "too_high", "wrong_branch"),
    "relations": ("macro_f1", "expected_calibration_error", "none_f1", "none_auroc"),
}
HEADINGS = ("MRR", "hits@1", "hits@5", "too high", "wrong branch", "macro-F1", "ECE", "`none`: F1", "AUROC")
EMPTY = "–"


class Pointless(Regressor):
    """A regressor without a space: it proposes no concept, and all concepts are equally near."""

    def rank_outputs(self, outputs: Tensor, k: int) -> Ranking:
        """No concept for any mention."""
        return Ranking(np.full((len(outputs), k), -1), np.zeros((len(outputs), k)), None)

    def compare_outputs(self, outputs: Tensor, mentions: NDArray[np.int64], concepts: NDArray[np.int64]) -> Comparison:
        """The same score for every pair."""
        return Comparison(np.zeros(len(mentions)), None)


class PointlessTrainer(RegressorTrainer):
    """Gives the same regressor without a space whatever it is to be trained on."""

    def __init__(self, run: Run, linker: Linker) -> None:
        super().__init__(run, linker.ontology, SilentReporter())
        known = linker.generator.regressor
        self.pointless = Pointless(known.whitening, known.network, known.space, known.uses_context)

    def trained(self, *_: object, **__: object) -> tuple[Regressor, list[dict[str, float]]]:
        """A regressor without a space, and no history."""
        return self.pointless, []


def main() -> None:
    """Reads the command line, trains, prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", type=Path, required=True, help="a configuration that names the ontology")
    parser.add_argument("--foreign", type=Path, nargs="*", default=[], metavar="FILE")
    parser.add_argument("--work", type=Path, required=True, metavar="FOLDER", help="for the runs and the results")
    parser.add_argument("--set", dest="overrides", action="append", default=[], metavar="SECTION.KEY=VALUE")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--most", type=int, default=500, metavar="N", help="mentions of each relation; default: 500")
    chosen = parser.parse_args()
    ledger = Ledger(chosen.work / "placement.jsonl")
    rows = [row for seed in range(chosen.seeds) for row in compared(chosen, seed, ledger)]
    for line in table(rows):
        print(line)


def compared(chosen: argparse.Namespace, seed: int, ledger: Ledger) -> Iterator[dict[str, Any]]:
    """The figures of each space with the concepts that a seed draws."""
    held_out = chosen.work / f"held-out-{seed}"
    if not (held_out / "config.yaml").exists():
        hold_out(chosen, seed, held_out)
    for space in (*SPACES, NO_SPACE):
        print(f"seed {seed}: {space}", file=sys.stderr, flush=True)
        key = {"seed": seed, "space": space, "overrides": chosen.overrides}

        def work(space: str = space) -> dict[str, Any]:
            linker = linker_of(held_out, chosen.overrides, space, seed)
            data = read_config(held_out / "config.yaml", ()).data
            figures = relation_figures(linker, list(read_documents(data.dev, data.input_format)), seed=seed)
            return {"figures": figures}

        yield ledger.result(key, work)
    for space in SPACES:
        shutil.rmtree(held_out / space, ignore_errors=True)


def hold_out(chosen: argparse.Namespace, seed: int, folder: Path) -> None:
    """Removes the concepts that a seed draws, and writes the data without them."""
    script = Path(__file__).parents[1] / "hold_out_concepts.py"
    words = ["--config", chosen.config, "--to", folder, "--most", chosen.most, "--seed", seed]
    foreign = ["--foreign", *chosen.foreign] if chosen.foreign else []
    subprocess.run([sys.executable, script, *map(str, [*words, *foreign])], check=True, stdout=sys.stderr)


def linker_of(held_out: Path, overrides: Sequence[str], space: str, seed: int) -> Linker:
    """The linker of a space, trained on held-out data."""
    first = trained(held_out, overrides, "ball", seed)
    if space == NO_SPACE:
        return without_space(first)
    return Linker.from_run(first if space == "ball" else trained(held_out, overrides, space, seed))


def trained(held_out: Path, overrides: Sequence[str], space: str, seed: int) -> Run:
    """The run of a space; what does not depend on the space is copied from the run of the ball."""
    seeds = [f"{section}.seed={seed}" for section in ("train_ontology", "fit")]
    config = read_config(held_out / "config.yaml", [*overrides, *seeds, f"research.space={SPACES[space]}"])
    folder = held_out / space
    if space != "ball" and not folder.exists():
        shutil.copytree(held_out / "ball", folder, ignore=shutil.ignore_patterns("fit"))
    run = Run.create(folder, config, follow_references=True)
    for stage in ("train-ontology", "encode", "fit"):
        run_stage(stage, run, SilentReporter())
    return run


def without_space(run: Run) -> Linker:
    """The linker of a run as it would be if concepts had no points."""
    linker = Linker.from_run(run)
    trainer = PointlessTrainer(run, linker)
    examples = cross_fitted_examples(trainer)
    if examples is None:
        raise SystemExit(f"{run.folder}: the ontology has too few names to hold any out")
    ranker = train_ranker(examples.second.candidates, examples.second.is_target, of_names=trainer.mode.names_only)
    calibration = train_calibration(examples.second, trainer.mode)
    placement = PlacementTraining(
        linker.ontology,
        trainer.encoded,
        trainer.indices.names,
        linker.encoder,
        trainer.mode,
        ranker,
        calibration,
        lambda _: trainer.pointless,
        trainer.settings.seed,
    ).trained()
    generator = CandidateGenerator(linker.generator.names, trainer.pointless, None, linker.mode)
    parts = (linker.span_finder, linker.mode, linker.document_features, placement)
    return Linker(linker.ontology, linker.encoder, generator, ranker, calibration, *parts)


def table(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Lines of Markdown: the figures of the spaces and of the simple rules, and the differences from the ball."""
    found = {
        space: np.array([values(row["figures"]) for row in rows if row["key"]["space"] == space])
        for space in (*SPACES, NO_SPACE)
    }
    rules = np.array([values_of_rules(row["figures"]) for row in rows if row["key"]["space"] == "ball"])
    yield "| space | " + " | ".join(HEADINGS) + " |"
    yield "|---" * (len(HEADINGS) + 1) + "|"
    for name, figures in {**found, "best rule": rules}.items():
        cells = zip(figures.mean(0), figures.std(0, ddof=1 if len(figures) > 1 else 0), strict=True)
        yield f"| {name} | " + " | ".join(EMPTY if np.isnan(m) else f"{m:.3f} ± {s:.3f}" for m, s in cells) + " |"
    for other in list(found)[1:]:
        differences = found["ball"] - found[other]
        signed = [" ".join(f"{each:+.3f}" for each in column) for column in differences.T]
        yield f"| ball − {other} | " + " | ".join(signed) + " |"


def values(figures: Mapping[str, Any]) -> list[float]:
    """The figures of a run, in the order of the headings."""
    parts = {"placement": figures["placement"]["hyplink"], "relations": figures["relations"]}
    return [parts[part][name] for part, names in FIGURES.items() for name in names]


def values_of_rules(figures: Mapping[str, Any]) -> list[float]:
    """The same of the simple rule that ranks parents best, and of the thresholds on the confidence."""
    rules = {name: each for name, each in figures["placement"].items() if name not in ("hyplink", "parents by ball")}
    best = max(rules.values(), key=lambda each: each["mean_reciprocal_rank"])
    relations = figures["relations"]
    thresholds = [relations["thresholds_macro_f1"], np.nan, np.nan, relations["thresholds_none_auroc"]]
    return [*(best[name] for name in FIGURES["placement"]), *thresholds]


if __name__ == "__main__":
    main()
