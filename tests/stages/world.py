"""A small world to run the stages on: twenty diseases of four organs, articles that mention them, and word vectors."""

import json
import random
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hyplink.config import Config
from hyplink.ontology import Concept, Ontology, Synonym, text_of_ontology
from hyplink.run import Run
from hyplink.stages import run_stage

ORGANS = ("heart", "lung", "liver", "brain")
KINDS = ("tumour", "cyst", "abscess", "stenosis", "fibrosis")
OTHER_WORDS = ("the", "of", "a", "was", "seen", "in", "old", "young", "man", "woman", "with", "and", "no", "sign")
DESCRIPTIONS = ("disease", "growth", "bad", "red", "light")
SPLITS = ("names", "train", "dev", "unlabelled")

N_TRAIN, N_DEV, PER_DOCUMENT = 12, 6, 42


def concepts():
    """The concepts: a root, a group for each organ, and its kinds of disease."""
    found = [Concept("D:0", "disease")]
    for i, organ in enumerate(ORGANS):
        group = f"D:{i + 1}"
        found.append(Concept(group, f"{organ} disease", parents=("D:0",), definition=f"A bad {organ}."))
        for j, kind in enumerate(KINDS):
            synonyms = (Synonym(f"{kind} of the {organ}"), Synonym(f"bad {organ} {kind}", "RELATED"))
            found.append(Concept(f"D:{i + 1}{j}", f"{organ} {kind}", synonyms, parents=(group,)))
    return found


def document(name, seed, n_mentions=PER_DOCUMENT):
    """An article as a line of JSON; one of its mentions is composite, one means nothing, one may mean two concepts."""
    draw = random.Random(f"{name} {seed}")
    text, mentions = "", []
    for number in range(n_mentions):
        i, j = draw.randrange(len(ORGANS)), draw.randrange(len(KINDS))
        organ, kind, ids = ORGANS[i], KINDS[j], [f"D:{i + 1}{j}"]
        words = draw.choice([f"{organ} {kind}", f"{kind} of the {organ}", f"{kind} in the {organ}", f"{organ} growth"])
        if number == 3:
            words, ids = f"{organ} {kind} and abscess", [f"D:{i + 1}{j}|D:{i + 1}2"]
        elif number == 4:
            words, ids = f"red {organ}", ["Z:9"]
        elif number == 5:
            ids = [f"D:{i + 1}{j}", f"D:{i + 1}{(j + 1) % len(KINDS)}"]
        text += draw.choice(["The young man was seen with ", "In the old woman a ", "No sign of "])
        mentions.append({"start": len(text), "end": len(text) + len(words), "concepts": ids})
        text += words + draw.choice([" was seen beside the light. ", " and no red light was seen. "])
    return {"doc": name, "text": text, "mentions": mentions}


def write_lines(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@dataclass
class Reporter:
    """Keeps what the stages tell."""

    lines: list = field(default_factory=list)

    def line(self, text):
        self.lines.append(text)

    @contextmanager
    def progress(self, description, total):
        yield self

    def advance(self, n=1, note=""):
        pass


@dataclass
class World:
    """The files of the world, in a folder that may be changed."""

    folder: Path

    @property
    def ontology(self):
        return self.folder / "ontology.obo"

    @property
    def train(self):
        return self.folder / "train.jsonl"

    @property
    def dev(self):
        return self.folder / "dev.jsonl"

    @property
    def vectors(self):
        return self.folder / "words.vec"

    def write(self):
        """Writes all files."""
        write_ontology(concepts(), self.ontology)
        write_lines(self.train, [document(f"train {i}", 0) for i in range(N_TRAIN)])
        write_lines(self.dev, [document(f"dev {i}", 0, 12) for i in range(N_DEV)])
        draw = random.Random(0)
        words = [*OTHER_WORDS, *DESCRIPTIONS, *ORGANS, *KINDS, *(f"{each}s" for each in KINDS)]
        rows = (" ".join(f"{draw.gauss(0, 1):.3f}" for _ in range(6)) for _ in words)
        self.vectors.write_text("".join(f"{word} {row}\n" for word, row in zip(words, rows, strict=True)))
        return self

    def copied_to(self, folder):
        """The same files in another folder."""
        return World(Path(shutil.copytree(self.folder, folder)))

    def config(self, **sections):
        """A configuration that trains in a second, with settings by section in place of its own."""
        known = {
            "data": {"ontology": self.ontology, "train": (self.train,), "dev": (self.dev,)},
            "train_ontology": {"dim": 4, "epochs": 6, "burn_in_epochs": 2},
            "encode": {"vectors": self.vectors, "window": 4},
            "fit": {"hidden": 8, "epochs": 6, "batch_size": 64},
        }
        merged = {name: {**known.get(name, {}), **sections.get(name, {})} for name in {*known, *sections}}
        return Config.model_validate(merged)


def write_ontology(found, path):
    path.write_text(text_of_ontology(Ontology(found), path), encoding="utf-8")


def built(folder, config, *stages):
    """A run of these stages, and what they told."""
    run, reporter = Run.create(Path(folder), config), Reporter()
    for stage in stages:
        run_stage(stage, run, reporter)
    return run, reporter.lines


def rebuilt(run, folder, config, *stages):
    """A copy of a run with another configuration, in which these stages are done again; and what they told."""
    return built(shutil.copytree(run.folder, folder), config, *stages)


def contents(run, stage, *but):
    """The bytes of every file that a stage wrote, save for the manifest, and for files and folders of these names."""
    folder = run.folder / stage
    names = {path: path.relative_to(folder) for path in folder.rglob("*") if path.is_file()}
    return {
        str(name): path.read_bytes() for path, name in names.items() if name.parts[0] not in {"manifest.json", *but}
    }
