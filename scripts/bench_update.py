"""Compares `hyplink update` with training from scratch: CPU seconds, and accuracy on the dev data.

    python scripts/bench_update.py CONFIG WORK [--set SECTION.KEY=VALUE …]

Two releases are made from the ontology of a configuration, which also needs data.dev (see `releases.py`): 200 concepts
are added, 300 removed, 50 merged, 200 renamed and 50 moved. A run is trained on the old one and updated; another is
trained on the new one. WORK keeps releases and runs.
"""

import argparse
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from releases import Releases, releases_of

from hyplink.config import read_config
from hyplink.corpus import read_documents
from hyplink.gold import GoldResolver
from hyplink.ontology import configured_ontology, load_ontology, text_of_ontology
from hyplink.ontology.changes import previous_ids
from hyplink.poincare.geometry import dist
from hyplink.run import read_json, read_json_lines


def main() -> None:
    """Trains, updates, trains from scratch, and prints a line for each."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("config", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--set", dest="overrides", action="append", default=[])
    chosen = parser.parse_args()
    releases = made_releases(chosen.config, chosen.overrides, chosen.work)
    settings = ["--config", str(chosen.config), *(word for each in chosen.overrides for word in ("--set", each))]
    old, updated, anew = (chosen.work / name for name in ("old", "updated", "anew"))
    files = {run: f"data.ontology={chosen.work / name}.obo" for run, name in ((old, "old"), (anew, "new"))}
    hyplink("run", str(old), *settings, "--set", files[old])
    shutil.copytree(old, updated)
    update = hyplink("update", str(updated), "--ontology", str(chosen.work / "new.obo"))
    full = hyplink("run", str(anew), *settings, "--set", files[anew])
    for name, run in (("before", old), ("updated", updated), ("trained anew", anew)):
        print(f"{name:<13} {figures_of(run, releases)}")
    print(f"CPU seconds: update {update:.0f}, training anew {full:.0f}, {full / update:.1f} times as many")
    for stage in ("train-ontology", "fit"):
        print(f"points of what stayed, {stage}: moved by {moved(old, updated, stage)} (median, hyperbolic)")


def made_releases(config: Path, overrides: list[str], work: Path) -> Releases:
    """Two releases made from the configured ontology, written to the folder."""
    settings = read_config(config, overrides)
    whole = configured_ontology(settings.data)
    resolver = GoldResolver(whole)
    documents = read_documents(settings.data.dev, settings.data.input_format)
    spoken_of = {
        i for document in documents for each in document.mentions or () for i in resolver.resolve(each).concepts
    }
    releases = releases_of(whole, spoken_of, n_come=200, n_go=300, n_merge=50, n_rename=200, n_move=50)
    work.mkdir(parents=True)
    for path, ontology in ((work / "old.obo", releases.old), (work / "new.obo", releases.new)):
        path.write_text(text_of_ontology(ontology, path), encoding="utf-8")
    return releases


def hyplink(*words: str) -> float:
    """CPU seconds of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-m", "hyplink", *words, "--quiet"], check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def figures_of(run: Path, releases: Releases) -> str:
    """The accuracy on all dev mentions, and on mentions of a single concept, unchanged or added."""
    every = read_json(run / "evaluate" / "metrics.json")["models"]["hyplink"]["every_mention"]["figures"]
    right: dict[str, list[bool]] = {"stayed": [], "came": []}
    for row in read_json_lines(run / "evaluate" / "predictions.jsonl"):
        if len(row["gold"]) == 1 and row["gold"][0]:
            group = "came" if releases.came & set(row["gold"][0]) else "stayed"
            right[group].append(bool(row["candidates"]) and row["candidates"][0]["concept"] in row["gold"][0])
    groups = (f"{name} {np.mean(each):.3f} of {len(each)}" for name, each in right.items() if each)
    return f"accuracy@1 {every['accuracy_at_1']['value']:.3f}; {', '.join(groups)}"


def moved(old: Path, updated: Path, stage: str) -> str:
    """The distances by which the points of unchanged concepts have moved."""
    ontologies = [load_ontology(run / "train-ontology" / "ontology") for run in (old, updated)]
    before, after = (torch.from_numpy(np.load(run / stage / "points.npy")) for run in (old, updated))
    pairs = previous_ids(*ontologies).items()
    was = [ontologies[0].index_of[former] for _, former in pairs]
    now = [ontologies[1].index_of[concept_id] for concept_id, _ in pairs]
    return f"{dist(before[was], after[now]).median():.3f}"


if __name__ == "__main__":
    main()
