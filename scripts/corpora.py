"""The corpora of `benchmark_linking.py --all`: a YAML file of ontologies and annotated files."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from gsc import write_gsc_as_jsonl

from hyplink.errors import InputError

_CUT = re.compile(r"(?P<path>.*)\[(?P<start>\d*):(?P<end>\d*)\]")


@dataclass(frozen=True)
class Corpus:
    """A run and the files that it is judged by.

    Attributes:
        name: of the run's folder.
        ontology: its file.
        settings: of the run, as `--set` takes them, without evaluation data.
        evaluated: annotated files by the names of their rows in the tables.
    """

    name: str
    ontology: Path
    settings: tuple[str, ...]
    evaluated: Mapping[str, Path]


def read_corpora(path: Path, data: Path, work: Path) -> Iterator[Corpus]:
    """The corpora of a YAML file.

    Args:
        path: the file; its paths are relative to `data`.
        data: the folder of ontologies and annotated files.
        work: a folder for cut and converted files.

    Raises:
        InputError: a file that it names is missing or cannot be cut.
    """
    for name, corpus in yaml.safe_load(path.read_text(encoding="utf-8")).items():
        files = {key: str(_file(corpus[key], data, work)) for key in ("ontology", "names", "train") if key in corpus}
        settings: dict[str, object] = {f"data.{key}": file for key, file in files.items()}
        if "train" in files:
            settings["data.train"] = [files["train"]]
        settings |= corpus.get("settings", {})
        evaluated = {row: _file(each, data, work) for row, each in corpus["evaluated"].items()}
        given = tuple(f"{key}={json.dumps(value)}" for key, value in settings.items())
        yield Corpus(name, Path(files["ontology"]), given, evaluated)


def _file(name: str, data: Path, work: Path) -> Path:
    """The path of a file, converted or cut first if need be."""
    cut = _CUT.fullmatch(name)
    source = data / (cut["path"] if cut else name)
    if not source.exists():
        raise InputError(f"{source}: no such file; --data names the folder of the corpora")
    if source.name.startswith("gsc"):
        write_gsc_as_jsonl(source, target := work / f"{source.stem}.jsonl")
        return target
    if cut is None:
        return source
    if source.suffix != ".jsonl":
        raise InputError(f"{name}: only JSON Lines can be cut")
    lines = source.read_text(encoding="utf-8").splitlines(keepends=True)
    start, end = (int(each) if each else None for each in (cut["start"], cut["end"]))
    target = work / f"{source.parent.name}-{start or 0}-{len(lines) if end is None else end}.jsonl"
    target.write_text("".join(lines[start:end]), encoding="utf-8")
    return target
