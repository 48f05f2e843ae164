"""The schema of the configuration: a section for the data and one for each stage, every default explained."""

import math
from pathlib import Path
from typing import Annotated, Literal, cast, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from hyplink.config.formats import Column, InputFormat, PartOfSpeech


def _several(value: object) -> object:
    return (value,) if isinstance(value, str | Path) else value


Paths = Annotated[tuple[Path, ...], BeforeValidator(_several)]
"""Files or folders; one alone may stand without a list around it."""

MOST_EPOCHS, MOST_STEPS = 30, 30_000
"""What a regressor is trained for where `fit.epochs` is null: whichever is less."""

ConceptIds = Annotated[tuple[str, ...], BeforeValidator(_several)]
"""Concept ids; one alone may stand without a list around it."""


class Section(BaseModel):
    """A section of the configuration: unknown keys are refused, values are checked and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @field_validator("*", mode="before")
    @classmethod
    def _refuse_yes_and_no(cls, value: object, info: ValidationInfo) -> object:
        """Python, and so pydantic, takes true for 1."""
        if isinstance(value, bool) and cls.model_fields[str(info.field_name)].annotation is not bool:
            raise PydanticCustomError("boolean", "yes and no are no values of this setting")
        return value


class DataSettings(Section):
    """The user's files. Relative paths are relative to the configuration file."""

    ontology: Path | None = Field(
        None,
        description="The ontology, plain or .gz: OBO, OBO Graphs, OWL or SKOS in an RDF syntax, a CSV or TSV table, a "
        "TSV file of child<TAB>parent ids, WN-LMF, or a folder of WordNet's database files.",
    )
    columns: dict[Column, str] = Field(
        {},
        description="For a table: headings of its columns, as {id: code, label: title, parents: broader}. Those that "
        "are headed as hyplink names them need not be given: " + ", ".join(get_args(Column)) + ".",
    )
    language: str | None = Field(
        None, min_length=1, description="For OWL and SKOS: the language tag of the names to read. null: names in all."
    )
    names: Path | None = Field(
        None,
        description="For a file of child<TAB>parent: a TSV file of id<TAB>name; the first name of an id is its label.",
    )
    synonyms: Path | None = Field(None, description="Your own further names: a TSV file of id<TAB>name.")
    roots: ConceptIds = Field((), description="Keep only these concepts and what lies below them.")
    exclude: ConceptIds = Field((), description="Leave out these concepts and what lies below them alone.")
    parts_of_speech: tuple[PartOfSpeech, ...] = Field(
        ("n", "v", "a", "r"),
        description="For WordNet and WN-LMF: n for nouns, v for verbs, a for adjectives, r for adverbs.",
    )
    train: Paths = Field((), description="Annotated text to learn from: files or folders. None is needed.")
    dev: Paths = Field((), description="Annotated text to choose and evaluate on, of other documents.")
    input_format: InputFormat = Field(
        "auto", description="Format of train and dev: " + ", ".join(get_args(InputFormat)) + "."
    )
    unlabelled: Paths = Field(
        (),
        description="Text without concept ids to learn from too: files or folders, whose format is told by themselves. "
        "The mentions are those that it marks, or in plain text the names that are found.",
    )
    texts: Paths = Field(
        (),
        description="Plain text, one sentence or paragraph a line (.gz and .xz too), for training word vectors.",
    )


class TrainOntologySettings(Section):
    """How the concepts are placed in the Poincaré ball."""

    trainer: Literal["gensim", "fast", "construct"] = Field(
        "fast",
        description="fast: hyplink's own kernel, a hundred times gensim's speed. gensim: gensim's PoincareModel, the "
        "reference. construct: the closed form alone, in a moment.",
    )
    init: Literal["random", "construct"] = Field(
        "random",
        description="Where training starts: at random near the origin, or from the closed form of the hierarchy.",
    )
    pairs: Literal["ancestors", "parents"] = Field(
        "ancestors",
        description="What is trained on. ancestors: each concept with all that lies above it. parents: the is-a edges "
        "alone, in the order of the file.",
    )
    dim: int = Field(50, ge=2, le=1000, description="Dimensions of the ball.")
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
    kin_share: float = Field(
        0.05,
        ge=0,
        le=0.5,
        description="For trainer fast: share of the negatives drawn from the children of the concept's ancestors.",
    )
    refine_epochs: int = Field(
        0,
        ge=0,
        description="For trainer fast: further epochs at the end, with hard negatives, the learning rate falling anew "
        "and the inverse temperature rising from 1. They reconstruct a large hierarchy better.",
    )
    hard_negatives: int = Field(
        4,
        ge=1,
        le=100,
        description="For trainer fast: in the refining epochs each concept keeps so many of its nearest negatives for "
        "the next epoch, beside those drawn.",
    )
    threads: int = Field(
        1, ge=1, le=256, description="For trainer fast: threads. More than one is faster and not repeatable to the bit."
    )
    evaluate_every: int = Field(0, ge=0, description="Measure the embedding every so many epochs. 0: at the end alone.")
    patience: int = Field(
        0, ge=0, description="Stop after so many measurements without a better one and keep the best. 0: never."
    )
    held_out_edges: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="Share of the pairs that others imply which is kept from training, to measure prediction.",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of every random choice of this stage.")

    @property
    def n_epochs(self) -> int:
        """All epochs together."""
        return self.burn_in_epochs + self.epochs + (self.refine_epochs if self.trainer == "fast" else 0)


class EncodeSettings(Section):
    """How a mention in its context becomes a vector."""

    encoder: Literal["fasttext", "recursive", "transformer"] = Field(
        "fasttext",
        description="fasttext: means of word vectors with subwords. recursive: the same, merged pair by pair by "
        "a recursive autoencoder that is trained here. transformer: states of a Hugging Face model.",
    )
    model: Path | None = Field(
        None,
        description="For encoder transformer: the folder of the model, with tokenizer.json and weights in safetensors. "
        "Nothing is downloaded for it.",
    )
    hub_model: str | None = Field(
        None,
        min_length=1,
        description="In place of `model`: the id of a model on Hugging Face's hub, as sentence-transformers/all-MiniLM-"
        "L6-v2, of which this machine has a copy, or may get one.",
    )
    allow_download: bool = Field(
        False, description="Whether `hub_model` may be downloaded. Nothing else ever asks the network for anything."
    )
    merge: Literal["any", "neighbours"] = Field(
        "any",
        description="For encoder recursive: what is merged next. any: any two words or groups, by their error and "
        "those below them. neighbours: the two neighbours with the least error.",
    )
    vectors: Path | None = Field(
        None,
        description="Word vectors: fastText's .bin or .vec, or GloVe's text. Without them, vectors are trained on the "
        "texts and names.",
    )
    by_reference: bool = Field(False, description="Keep only path and hash of `vectors` or `model` in the run.")
    dim: int = Field(100, ge=2, le=1000, description="Dimensions of vectors that are trained here.")
    epochs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="fastText's passes over the text for vectors trained here. "
        "null: 2 to 1,000, so that about five million words are read; 1 where that takes more, so that words of a tiny "
        "ontology are told by their characters alone.",
    )
    window: int = Field(
        10, ge=0, le=1000, description="Words of context on each side of a mention. 0: the mention alone."
    )
    threads: int = Field(1, ge=1, description="fastText's threads. More than one is faster and not repeatable.")


class FitSettings(Section):
    """How the regressor learns to send a vector to a point of the ball."""

    space: Literal["poincare", "euclidean", "flat"] = Field(
        "poincare",
        description="poincare: points of the ball. euclidean: its twin in flat space. flat: a plain softmax.",
    )
    head: Literal["expmap0", "polar", "dhingra", "project", "tanh-project", "lorentz"] = Field(
        "expmap0",
        description="How an output becomes a point of the ball. expmap0: a tangent vector at the origin. polar: a "
        "direction and a radius. dhingra: a direction and a norm by a sigmoid. lorentz: from the hyperboloid. "
        "project: cut at the rim. tanh-project: tanh of each coordinate, then cut.",
    )
    concepts: Literal["tuned", "frozen"] = Field(
        "tuned", description="tuned: the concepts' points learn too (Riemannian Adam). frozen: they stay as they start."
    )
    start: Literal["embedding", "construct", "random"] = Field(
        "embedding",
        description="Where the concepts' points start. embedding: as train_ontology placed them. construct: the "
        "closed form of the hierarchy. random: anywhere as far out as the embedding.",
    )
    start_share: float = Field(
        0.35,
        gt=0,
        le=1,
        description="Share of its distance from the origin at which a tuned point starts: near each other, "
        "points still change places. Frozen points stay where they are.",
    )
    hidden: int = Field(512, ge=0, le=65536, description="Units of the hidden layer. 0: none.")
    layer: Literal["linear", "mobius", "angular"] = Field(
        "linear",
        description="The last layer. linear: a matrix and a bias. mobius: its counterpart on the ball. angular: "
        "responses to the angle between input and weight.",
    )
    angle: Literal["cosine", "linear", "sigmoid"] = Field(
        "cosine", description="For layer angular: how the response falls with the angle."
    )
    angle_steepness: float = Field(
        0.3, ge=0.01, le=10, description="For angle sigmoid: its k; a smaller one is steeper at right angles."
    )
    loss: Literal["softmax", "distance", "squared-distance", "ranking"] = Field(
        "softmax",
        description="softmax: over −τ·distance, τ learned. distance and squared-distance: from the right concept "
        "alone, for frozen concepts. ranking: other concepts shall be farther off by a margin.",
    )
    margin: float = Field(1.0, gt=0, le=100, description="For loss ranking: the margin, a distance.")
    epochs: int | None = Field(
        None,
        ge=1,
        description=f"Passes over the names and training mentions. null: {MOST_EPOCHS}, or fewer where so many would "
        f"take more than {MOST_STEPS:,} steps: a large ontology is then learned in minutes.",
    )
    batch_size: int = Field(128, ge=1, description="Mentions in a step.")
    random_concepts: int = Field(
        1024,
        ge=1,
        description="A step's softmax or ranking is over the concepts of its mentions and so many others, drawn at "
        "random; over all where there are no more.",
    )
    lr: float = Field(2e-3, gt=0, le=0.1, description="Learning rate of the network (AdamW).")
    points_lr: float = Field(0.03, gt=0, le=0.1, description="Learning rate of the concepts' points (Riemannian Adam).")
    hierarchy_smoothing: float = Field(
        0.2,
        ge=0,
        lt=1,
        description="Share of each training target that is spread over concepts near it in the hierarchy.",
    )
    clustering_weight: float = Field(
        0.0,
        ge=0,
        le=100,
        description="Weight of the clustering loss on the mentions of data.unlabelled. 0: they are not looked at.",
    )
    clustering_gamma: float = Field(
        1.0,
        ge=0,
        le=100,
        description="γ of the clustering loss: each mention shall be sure of its concept, and all of them together, "
        "by this factor, shall spread over many concepts.",
    )
    threads: int = Field(
        1,
        ge=1,
        le=256,
        description="torch's threads. More than one helps with a large hidden layer on an idle machine.",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of every random choice of this stage.")

    def n_epochs(self, n_examples: int) -> int:
        """The passes over so many names and training mentions."""
        steps = math.ceil(n_examples / self.batch_size)
        return self.epochs or max(1, min(MOST_EPOCHS, round(MOST_STEPS / steps)))

    @field_validator("layer")
    @classmethod
    def _refuse_an_angle_in_one_dimension(cls, layer: str, info: ValidationInfo) -> str:
        if layer == "angular" and info.data.get("hidden") == 1:
            raise PydanticCustomError("layer", "a single hidden unit has no angle; set fit.hidden to 2 or more, or 0")
        return layer

    @field_validator("loss")
    @classmethod
    def _refuse_what_a_loss_cannot_do(cls, loss: str, info: ValidationInfo) -> str:
        if loss != "softmax" and info.data.get("space") == "flat":
            raise PydanticCustomError("loss", "fit.space flat has no distances; its one loss is softmax")
        if "distance" in loss and info.data.get("concepts") == "tuned":
            raise PydanticCustomError(
                "loss", "nothing holds tuned concepts apart; set fit.concepts to frozen, or take softmax or ranking"
            )
        return loss


class EvaluateSettings(Section):
    """What is measured on the dev data."""

    branch: str | None = Field(
        None,
        description="Judge only mentions of the concepts below this one, for text that is annotated with no others.",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Seed of the bootstrap intervals.")


class Config(Section):
    """The whole configuration."""

    data: DataSettings = Field(DataSettings(), description=DataSettings.__doc__)
    train_ontology: TrainOntologySettings = Field(TrainOntologySettings(), description=TrainOntologySettings.__doc__)
    encode: EncodeSettings = Field(EncodeSettings(), description=EncodeSettings.__doc__)
    fit: FitSettings = Field(FitSettings(), description=FitSettings.__doc__)
    evaluate: EvaluateSettings = Field(EvaluateSettings(), description=EvaluateSettings.__doc__)


def fields_of(section: str) -> dict[str, FieldInfo]:
    """The settings of a section by name."""
    return cast(type[Section], Config.model_fields[section].annotation).model_fields


def names_files(field: FieldInfo) -> bool:
    """Whether the value of a setting is a path or several."""
    return _mentions_path(field.annotation)


def without_folders(config: Config) -> Config:
    """The configuration with the bare names of the user's files: where they lie is no one else's business."""
    values = config.model_dump()
    for name, section in values.items():
        for key, value in section.items():
            if value and names_files(fields_of(name)[key]):
                section[key] = Path(value.name) if isinstance(value, Path) else tuple(Path(each.name) for each in value)
    return Config.model_validate(values)


def _mentions_path(annotation: object) -> bool:
    return annotation is Path or any(_mentions_path(part) for part in get_args(annotation))
