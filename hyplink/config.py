"""The configuration: one YAML file, a section for the data and one for each stage, every default visible."""

import difflib
import re
import textwrap
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal, cast

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from hyplink.errors import InputError

InputFormat = Literal["auto", "pubtator", "brat", "jsonl", "text"]


class Section(BaseModel):
    """A section of the configuration: unknown keys are refused, values are checked and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class DataSettings(Section):
    """The user's files. Relative paths are relative to the configuration file."""

    ontology: Path | None = Field(
        None, description="The ontology: an OBO file, plain or .gz, or a TSV file of child<TAB>parent ids."
    )
    names: Path | None = Field(
        None,
        description="For a TSV ontology: a TSV file of id<TAB>name; the first name of an id is its label.",
    )
    synonyms: Path | None = Field(None, description="Your own further names: a TSV file of id<TAB>name.")
    roots: tuple[str, ...] = Field((), description="Keep only these concepts and what lies below them.")
    exclude: tuple[str, ...] = Field((), description="Leave out these concepts and what lies below them alone.")
    train: tuple[Path, ...] = Field((), description="Annotated text to learn from: files or folders. None is needed.")
    dev: tuple[Path, ...] = Field((), description="Annotated text to choose and evaluate on, of other documents.")
    input_format: InputFormat = Field(
        "auto", description="Format of train and dev: auto, pubtator, brat, jsonl or text."
    )
    texts: tuple[Path, ...] = Field(
        (),
        description="Plain text, one sentence or paragraph a line (.gz and .xz too), for training word vectors.",
    )


class TrainOntologySettings(Section):
    """How the concepts are placed in the Poincaré ball."""

    trainer: Literal["gensim", "fast", "construct"] = Field(
        "gensim",
        description="fast: hyplink's own kernel, a hundred times gensim's speed. gensim: gensim's PoincareModel, the "
        "reference. construct: the closed form alone, in a moment.",
    )
    init: Literal["random", "construct"] = Field(
        "random",
        description="Where training starts: at random near the origin, or from the closed form of the hierarchy.",
    )
    dim: int = Field(20, ge=2, le=1000, description="Dimensions of the ball.")
    epochs: int = Field(50, ge=1, description="Passes over the (child, ancestor) pairs.")
    negatives: int = Field(10, ge=1, description="Unrelated concepts drawn for each pair.")
    lr: float = Field(0.1, gt=0, le=10, description="Learning rate.")
    burn_in_epochs: int = Field(10, ge=0, description="First epochs, at the learning rate of the next line.")
    burn_in_lr: float = Field(0.01, gt=0, le=10, description="Learning rate of the first epochs.")
    max_radius: float = Field(
        3.0,
        gt=0,
        le=12,
        description="Greatest hyperbolic distance of a concept from the origin. About 3 is best to link with; "
        "at 12 the embedding reconstructs the hierarchy best and nothing can be regressed onto it.",
    )
    gensim_clip: bool = Field(
        False,
        description="For trainer gensim: gensim's own clip, with its epsilon of 1e-5, in place of max_radius.",
    )
    batch_size: int = Field(10, ge=1, description="For trainer gensim: pairs in a step.")
    inverse_temperature: float = Field(
        1.0, gt=0, le=100, description="For trainer fast: factor of the distances in the loss."
    )
    uniform_share: float = Field(
        0.2,
        ge=0,
        le=1,
        description="For trainer fast: share of the negatives drawn evenly from all concepts; the others are drawn by "
        "how often a concept occurs, to the power 0.75.",
    )
    threads: int = Field(
        1, ge=1, le=256, description="For trainer fast: threads. More than one is faster and not repeatable to the bit."
    )
    evaluate_every: int = Field(0, ge=0, description="Measure the embedding every so many epochs. 0: at the end alone.")
    patience: int = Field(
        0, ge=0, description="Stop after so many measurements without a better one and keep the best. 0: never."
    )
    held_out_edges: float = Field(
        0.0, ge=0, lt=1, description="Share of the (child, ancestor) pairs kept from training, to measure prediction."
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of every random choice of this stage.")


class EncodeSettings(Section):
    """How a mention in its context becomes a vector."""

    encoder: Literal["fasttext"] = Field("fasttext", description="fasttext: means of word vectors with subwords.")
    vectors: Path | None = Field(
        None,
        description="fastText vectors, .bin or .vec. Without them, vectors are trained on the texts and names.",
    )
    by_reference: bool = Field(False, description="Keep only path and hash of `vectors` in the run instead of a copy.")
    dim: int = Field(100, ge=2, le=1000, description="Dimensions of vectors that are trained here.")
    epochs: int = Field(5, ge=1, le=1000, description="fastText's passes over the text for vectors trained here.")
    window: int = Field(
        10, ge=0, le=1000, description="Words of context on each side of a mention. 0: the mention alone."
    )
    threads: int = Field(1, ge=1, description="fastText's threads. More than one is faster and not repeatable.")
    seed: int = Field(0, ge=0, lt=2**31, description="Seed of every random choice of this stage.")


class FitSettings(Section):
    """How the regressor learns to send a vector to a point of the ball."""

    space: Literal["poincare", "euclidean", "flat"] = Field(
        "poincare",
        description="poincare: points of the ball. euclidean: its twin in flat space. flat: a plain softmax.",
    )
    hidden: int = Field(512, ge=0, le=65536, description="Units of the hidden layer. 0: a linear map.")
    epochs: int = Field(40, ge=1, description="Passes over the training mentions.")
    batch_size: int = Field(128, ge=1, description="Mentions in a step.")
    lr: float = Field(2e-3, gt=0, le=0.1, description="Learning rate of the network (AdamW).")
    points_lr: float = Field(0.03, gt=0, le=0.1, description="Learning rate of the concepts' points (Riemannian Adam).")
    hierarchy_smoothing: float = Field(
        0.2,
        ge=0,
        lt=1,
        description="Share of each training target that is spread over concepts near it in the hierarchy.",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of every random choice of this stage.")


class EvaluateSettings(Section):
    """What is measured on the dev data."""

    resamples: int = Field(1000, ge=100, le=100000, description="Bootstrap resamples of the documents.")
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of the bootstrap.")


class Config(Section):
    """The whole configuration."""

    data: DataSettings = Field(DataSettings(), description=DataSettings.__doc__)
    train_ontology: TrainOntologySettings = Field(TrainOntologySettings(), description=TrainOntologySettings.__doc__)
    encode: EncodeSettings = Field(EncodeSettings(), description=EncodeSettings.__doc__)
    fit: FitSettings = Field(FitSettings(), description=FitSettings.__doc__)
    evaluate: EvaluateSettings = Field(EvaluateSettings(), description=EvaluateSettings.__doc__)


class _Loader(yaml.SafeLoader):
    """YAML with the floats of YAML 1.2: `1e-5` is a number."""


def _float_constructor(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    return float(loader.construct_scalar(node))


# YAML 1.1 wants a dot and a signed exponent in a float and reads `1e-5` as text.
_Loader.add_implicit_resolver(
    "tag:hyplink:float", re.compile(r"^[-+]?[0-9][0-9_]*(\.[0-9_]*)?[eE][-+]?[0-9]+$"), list("-+0123456789")
)
_Loader.add_constructor("tag:hyplink:float", _float_constructor)


def read_config(path: Path | None, overrides: Iterable[str] = ()) -> Config:
    """The configuration of a file, with settings of the command line on top.

    Args:
        path: the YAML file; None stands for all defaults. Relative data paths in it are relative to its folder.
        overrides: texts `section.key=value`, the value in YAML; data paths are relative to the working folder.

    Raises:
        InputError: the file cannot be read, is no YAML, or holds an unknown key or a value out of range.
    """
    tree = _read_yaml(path) if path is not None else {}
    settings = _with_absolute_paths(tree, path.resolve().parent if path is not None else Path.cwd())
    for text in overrides:
        section, key, value = _parse_override(text)
        changed = _with_absolute_paths({section: {key: value}}, Path.cwd())
        settings[section] = {**_section_of(settings, section, path), **changed[section]}
    return _validated(settings, path)


def read_resolved_config(path: Path) -> Config:
    """The `config.yaml` that a run directory keeps; every path in it is absolute."""
    return _validated(_read_yaml(path), path)


def write_config(config: Config, path: Path) -> None:
    """Writes every setting of a configuration, without comments."""
    path.write_text(
        yaml.safe_dump(config.model_dump(mode="json"), sort_keys=False, allow_unicode=True), encoding="utf-8"
    )


def commented_yaml() -> str:
    """A configuration file with every default, each setting below a comment that explains it."""
    lines = ["# A hyplink configuration. Relative paths are relative to this file.", ""]
    for name, section in Config.model_fields.items():
        lines += [*_comment(section, ""), f"{name}:"]
        for key, field in _fields_of(name).items():
            value = yaml.safe_dump(_plain(field.default), default_flow_style=True).removesuffix("...\n").strip()
            lines += [*_comment(field, "  "), f"  {key}: {value}"]
        lines.append("")
    return "\n".join(lines)


def _comment(field: FieldInfo, indent: str) -> list[str]:
    text = " ".join((field.description or "").split())
    return textwrap.wrap(text, 100, initial_indent=f"{indent}# ", subsequent_indent=f"{indent}# ")


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _fields_of(section: str) -> dict[str, FieldInfo]:
    model = cast(type[Section], Config.model_fields[section].annotation)
    return model.model_fields


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except OSError as error:
        raise InputError(f"{path}: cannot read the configuration: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: the configuration is not UTF-8 text (byte {error.start})") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise InputError.at(path, line, f"not valid YAML: {error.problem}") from error
    except yaml.YAMLError as error:
        raise InputError(f"{path}: not valid YAML: {error}") from error
    if tree is None:
        raise InputError(f"{path}: the configuration is empty; `hyplink init FILE` writes one with every default")
    if not isinstance(tree, dict):
        raise InputError(f"{path}: a configuration is a mapping of sections ({', '.join(Config.model_fields)})")
    return tree


def _parse_override(text: str) -> tuple[str, str, Any]:
    name, equals, value = text.partition("=")
    section, dot, key = name.strip().partition(".")
    section, key = section.replace("-", "_"), key.replace("-", "_")
    if not equals or not dot:
        raise InputError(f"--set {text}: write it as section.key=value, for example fit.epochs=20")
    _check_key(section, Config.model_fields, f"--set {text}: no section `{section}`")
    _check_key(key, _fields_of(section), f"--set {text}: section `{section}` has no key `{key}`")
    try:
        return section, key, yaml.load(value, Loader=_Loader)
    except yaml.YAMLError as error:
        raise InputError(f"--set {text}: the value is not valid YAML") from error


def _check_key(key: str, known: Iterable[str], problem: str) -> None:
    known = list(known)
    if key not in known:
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        hint = f"did you mean `{near[0]}`?" if near else f"there are: {', '.join(known)}"
        raise InputError(f"{problem}; {hint}")


def _section_of(settings: Mapping[str, Any], section: str, path: Path | None) -> Mapping[str, Any]:
    values = settings.get(section) or {}
    if not isinstance(values, dict):
        raise InputError(f"{path}: section `{section}` holds {values!r} where keys and values were wanted")
    return values


def _with_absolute_paths(tree: Mapping[str, Any], base: Path) -> dict[str, Any]:
    """The settings with relative paths resolved against `base`; a path may stand for a list of one."""

    def absolute(value: object) -> object:
        return str(base / Path(value).expanduser()) if isinstance(value, str) else value

    settings = dict(tree)
    for section, key, several in (
        ("data", "ontology", False),
        ("data", "names", False),
        ("data", "synonyms", False),
        ("data", "train", True),
        ("data", "dev", True),
        ("data", "texts", True),
        ("encode", "vectors", False),
    ):
        values = settings.get(section)
        if not isinstance(values, dict) or values.get(key) is None:
            continue
        value = values[key]
        if several:
            value = [absolute(item) for item in (value if isinstance(value, list) else [value])]
        settings[section] = {**values, key: value if several else absolute(value)}
    return settings


def _validated(settings: Mapping[str, Any], path: Path | None) -> Config:
    where = f"{path}: " if path is not None else ""
    for section, values in settings.items():
        _check_key(str(section), Config.model_fields, f"{where}no section `{section}`")
        for key in _section_of(settings, section, path) if values is not None else ():
            _check_key(str(key), _fields_of(section), f"{where}section `{section}` has no key `{key}`")
    try:
        return Config.model_validate({key: value for key, value in settings.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if isinstance(part, str))
        message = first["msg"][0].lower() + first["msg"][1:]
        raise InputError(f"{where}{place}: {message}; it is {first['input']!r}") from error
