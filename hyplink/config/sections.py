"""The sections of the configuration that users change: the data, and one section for each stage."""

import math
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from hyplink.config.formats import Column, InputFormat, PartOfSpeech


def _as_tuple(value: object) -> object:
    return (value,) if isinstance(value, str | Path) else value


Paths = Annotated[tuple[Path, ...], BeforeValidator(_as_tuple)]
"""Files or folders; a single one needs no list around it."""

ConceptIds = Annotated[tuple[str, ...], BeforeValidator(_as_tuple)]
"""Concept ids; a single one needs no list around it."""

MAX_EPOCHS, MAX_STEPS = 30, 30_000
"""Limits of the regressor's training where `fit.epochs` is null; the one reached first ends it."""

MIN_STEPS = 300
"""Steps of the regressor's training where `fit.epochs` is null, even if more than `MAX_EPOCHS` epochs are needed."""


class Section(BaseModel):
    """A section of the configuration: unknown keys are errors, values are validated and cannot be changed."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, allow_inf_nan=False, revalidate_instances="subclass-instances"
    )

    @field_validator("*", mode="before")
    @classmethod
    def _reject_booleans(cls, value: object, info: ValidationInfo) -> object:
        """Rejects true and false for numbers: Python, and therefore pydantic, accepts true as 1."""
        if isinstance(value, bool) and cls.model_fields[str(info.field_name)].annotation is not bool:
            raise PydanticCustomError("boolean", "this setting takes neither true nor false")
        return value


class DataSettings(Section):
    """The user's files. Relative paths are relative to the configuration file."""

    ontology: Path | None = Field(
        None,
        description="The ontology: a file, plain or .gz, or a folder of WordNet database files. Formats: OBO, OBO "
        "Graphs, OWL or SKOS in any RDF syntax, a CSV or TSV table, a TSV file of child<TAB>parent ids, WN-LMF.",
    )
    columns: dict[Column, str] = Field(
        {},
        description="For a table: the headings of its columns, as in {id: code, label: title, parents: broader}. "
        "Columns with the following headings need not be listed: " + ", ".join(get_args(Column)) + ".",
    )
    ontology_sheet: str | None = Field(
        None, min_length=1, description="For a workbook: the name of its sheet. null: the first one with cells."
    )
    language: str | None = Field(
        None,
        min_length=1,
        description="For OWL and SKOS: the language tag of the names to read. null: names in every language.",
    )
    names: Path | None = Field(
        None,
        description="For a file of child<TAB>parent ids: a TSV file of id<TAB>name. The first name of an id is its "
        "label.",
    )
    synonyms: Path | None = Field(None, description="Additional names of concepts: a TSV file of id<TAB>name.")
    roots: ConceptIds = Field((), description="Ids of concepts: keep only these and their descendants.")
    exclude: ConceptIds = Field(
        (),
        description="Ids of concepts to leave out. Descendants that no other path connects to a root are left out too.",
    )
    parts_of_speech: tuple[PartOfSpeech, ...] = Field(
        ("n", "v", "a", "r"),
        description="For WordNet and WN-LMF: the parts of speech to read. n: nouns, v: verbs, a: adjectives, "
        "r: adverbs.",
    )
    train: Paths = Field((), description="Annotated text to train on: files or folders. Optional.")
    dev: Paths = Field((), description="Annotated text to evaluate on: files or folders with no document of train.")
    train_sheet: str | None = Field(None, min_length=1, description="For workbooks in train: the name of the sheet.")
    dev_sheet: str | None = Field(None, min_length=1, description="For workbooks in dev: the name of the sheet.")
    input_format: InputFormat = Field(
        "auto", description="Format of train and dev: " + ", ".join(get_args(InputFormat)) + "."
    )
    unlabelled: Paths = Field(
        (),
        description="Text without concept ids for research.clustering_weight: files or folders, in any format. The "
        "marked mentions are used; in plain text, the mentions that are found.",
    )
    texts: Paths = Field(
        (),
        description="Plain text for word vectors and abbreviations of names: one sentence or paragraph per line; .gz "
        "and .xz are read. Tables too, with text_column.",
    )
    text_column: str | None = Field(
        None, min_length=1, description="For tables in unlabelled and texts: the heading of the column of texts."
    )
    id_column: str | None = Field(
        None, min_length=1, description="For tables in unlabelled: the heading of the column of document ids."
    )
    text_sheet: str | None = Field(
        None, min_length=1, description="For workbooks in unlabelled and texts: the name of the sheet."
    )


class TrainOntologySection(Section):
    """How concepts are embedded in the Poincaré ball."""

    trainer: Literal["gensim", "fast", "construct"] = Field(
        "fast",
        description="fast: hyplink's compiled trainer, about a hundred times as fast as gensim. gensim: gensim's "
        "PoincareModel, the reference implementation. construct: an embedding in closed form, without training.",
    )
    embedding: Path | None = Field(
        None,
        description="An embedding of the ontology made elsewhere, instead of training one: keyed vectors saved by "
        "gensim, or word2vec's text format. Its keys are concept ids, and its dimension is dim. Only embedding_pairs "
        "and evaluation settings then have an effect.",
    )
    dim: int = Field(50, ge=2, le=1000, description="Dimension of the Poincaré ball.")
    epochs: int = Field(50, ge=1, description="Epochs over the (child, ancestor) pairs, after burn-in.")
    negatives: int = Field(10, ge=1, description="Negative samples for each pair.")
    lr: float = Field(0.1, gt=0, le=10, description="Learning rate.")
    burn_in_epochs: int = Field(10, ge=0, description="Epochs of burn-in, at the learning rate burn_in_lr.")
    burn_in_lr: float = Field(0.01, gt=0, le=10, description="Learning rate during burn-in.")
    max_radius: float = Field(
        3.0,
        gt=0,
        le=12,
        description="Maximum hyperbolic distance of a concept from the origin. About 3 gives the best links. At 12 the "
        "embedding reconstructs the hierarchy best, but the regressor cannot learn to reach its points.",
    )
    threads: int = Field(
        1,
        ge=1,
        le=256,
        description="Threads of trainer fast. With more than one, training is faster but not reproducible bit by bit.",
    )
    evaluate_every: int = Field(
        0, ge=0, description="Evaluate the embedding every so many epochs. 0: only after the last epoch."
    )
    patience: int = Field(
        0,
        ge=0,
        description="Early stopping: stop after so many evaluations without improvement and keep the best embedding. "
        "0: no early stopping.",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Random seed of this stage.")


Device = Literal["auto", "cpu", "cuda"]
"""Where PyTorch computes; `auto` is CUDA where there is one."""

_DEVICE = "The device: cpu, cuda or auto. auto: cuda if PyTorch finds one."


class TuneSection(Section):
    """How a transformer is trained on the names and mentions before it encodes them. By default it is not."""

    encoder: Literal["none", "all"] = Field(
        "none",
        description="Which weights are trained: none or all. none: the stage is skipped. all: every weight of the "
        "transformer, end to end with the points of the concepts; encode.encoder must then be transformer or static.",
    )
    model: Path | None = Field(
        None,
        description="The folder of the model to start from. It holds tokenizer.json and weights in safetensors format; "
        "nothing is downloaded.",
    )
    epochs: int = Field(4, ge=1, le=1000, description="Epochs over the names and training mentions.")
    batch_size: int = Field(64, ge=2, description="Names and mentions per batch.")
    accumulation: int = Field(
        1, ge=1, description="Batches per training step. More of smaller batches need less memory."
    )
    lr: float = Field(1e-4, gt=0, le=0.1, description="Learning rate of the transformer (AdamW).")
    temperature: float = Field(
        0.05, gt=0, le=10, description="Temperature of the contrastive loss: cosines of names are divided by it."
    )
    smoothing: float = Field(
        0.2,
        ge=0,
        lt=1,
        description="Label smoothing: the share of each training target that goes to nearby concepts of the hierarchy.",
    )
    contrastive_weight: float = Field(
        1.0,
        ge=0,
        le=100,
        description="Weight of the contrastive loss, which brings the names of a concept together, relative to the "
        "softmax loss over distances from the concepts. 0: only the latter.",
    )
    window: int = Field(10, ge=0, le=1000, description="Words of context on each side of a training mention.")
    distil: bool = Field(
        False,
        description="Also write a static model for encode.encoder static: a table with a vector for each token, "
        "computed with the tuned transformer. It encodes without a forward pass of the transformer.",
    )
    device: Device = Field("auto", description=_DEVICE)
    threads: int = Field(1, ge=1, le=256, description="PyTorch's threads.")
    seed: int = Field(0, ge=0, lt=2**32, description="Random seed of this stage.")


class EncodeSettings(Section):
    """How a mention in its context is encoded as a vector."""

    encoder: Literal["fasttext", "recursive", "transformer", "static"] = Field(
        "fasttext",
        description="The encoder: fasttext, recursive, transformer or static. fasttext: means of word vectors with "
        "subwords. recursive: word vectors merged pair by pair with a recursive autoencoder, which this stage trains. "
        "transformer: hidden states of a Hugging Face model, or of the one that tune-encoder trained. static: means of "
        "the token vectors that tune-encoder wrote with tune.distil.",
    )
    model: Path | None = Field(
        None,
        description="For encoder transformer: the folder of the model. It holds tokenizer.json and weights in "
        "safetensors format; nothing is downloaded.",
    )
    hub_model: str | None = Field(
        None,
        min_length=1,
        description="For encoder transformer, instead of model: the id of a model on the Hugging Face Hub, for example "
        "sentence-transformers/all-MiniLM-L6-v2. It must be in the local cache unless allow_download is true.",
    )
    allow_download: bool = Field(
        False, description="Whether hub_model may be downloaded. No other setting makes hyplink use the network."
    )
    vectors: Path | None = Field(
        None,
        description="Pretrained word vectors: fastText's .bin or .vec, or GloVe's text format. null: word vectors are "
        "trained on the names and texts.",
    )
    by_reference: bool = Field(
        False, description="Store only the path and the SHA-256 of vectors or model in the run, not a copy."
    )
    dim: int = Field(100, ge=2, le=1000, description="Dimension of word vectors that are trained by this stage.")
    epochs: int | None = Field(
        None,
        ge=1,
        le=1000,
        description="Epochs of fastText's training. null: 2 to 1,000, so that about five million words are read; 1 if "
        "that would need more than 1,000, so that the words of a tiny ontology are represented by their subwords only.",
    )
    window: int = Field(
        10, ge=0, le=1000, description="Words of context on each side of a mention. 0: the mention without context."
    )
    threads: int = Field(
        1,
        ge=1,
        description="Threads of fastText's training. With more than one, training is faster but not reproducible.",
    )
    device: Device = Field("auto", description="For encoder transformer: " + _DEVICE.replace("The", "the", 1))


class FitSection(Section):
    """How the regressor, which maps vectors to points of the ball, is trained."""

    hidden: int = Field(512, ge=0, le=65536, description="Units of the hidden layer. 0: no hidden layer.")
    epochs: int | None = Field(
        None,
        ge=1,
        description=f"Epochs over the names and training mentions; null: {MAX_EPOCHS}, but between {MIN_STEPS} and "
        f"{MAX_STEPS:,} steps. A large ontology is then trained on in minutes.",
    )
    batch_size: int = Field(128, ge=1, description="Examples per training step.")
    random_concepts: int = Field(
        1024,
        ge=1,
        description="Concepts sampled at random in each step. The softmax or ranking loss is computed over these and "
        "the concepts of the batch; over all concepts if the ontology has no more.",
    )
    lr: float = Field(2e-3, gt=0, le=0.1, description="Learning rate of the network (AdamW).")
    points_lr: float = Field(0.03, gt=0, le=0.1, description="Learning rate of the concept points (Riemannian Adam).")
    hierarchy_smoothing: float = Field(
        0.2,
        ge=0,
        lt=1,
        description="Label smoothing: the share of each training target that goes to nearby concepts of the hierarchy.",
    )
    threads: int = Field(
        1,
        ge=1,
        le=256,
        description="PyTorch's threads. More than one helps with a large hidden layer on an idle machine.",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Random seed of this stage.")

    def n_epochs(self, n_examples: int) -> int:
        """The number of epochs for a number of names and training mentions."""
        steps = math.ceil(n_examples / self.batch_size)
        return self.epochs or max(1, math.ceil(MIN_STEPS / steps), min(MAX_EPOCHS, round(MAX_STEPS / steps)))


class EvaluateSettings(Section):
    """What is evaluated on the dev data."""

    branch: str | None = Field(
        None,
        description="Id of a concept: evaluate only mentions of its descendants, for text in which nothing else is "
        "annotated. null: evaluate all mentions.",
    )
    seed: int = Field(0, ge=0, lt=2**32, description="Random seed of the bootstrap confidence intervals.")
