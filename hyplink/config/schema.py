"""The configuration as a whole, and all settings of a stage: those of its section and its research settings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self, cast, get_args

from pydantic import Field, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError

from hyplink.config.research import FitResearch, ResearchSettings, SpaceResearch, TrainOntologyResearch, research_keys
from hyplink.config.sections import (
    DataSettings,
    EncodeSettings,
    EvaluateSettings,
    FitSection,
    Section,
    TrainOntologySection,
    TuneSection,
)


class TrainOntologySettings(TrainOntologyResearch, TrainOntologySection):
    """All settings of the embedding: the section `train_ontology`, and those of `research` that belong to it."""

    @property
    def n_epochs(self) -> int:
        """The number of all epochs: burn-in, training and refinement."""
        return self.burn_in_epochs + self.epochs + (self.refine_epochs if self.trainer == "fast" else 0)


class TuneSettings(SpaceResearch, TuneSection):
    """All settings of the tuning of a transformer: the section `tune`, and those of `research` that belong to it."""


class FitSettings(FitResearch, FitSection):
    """All settings of the regressor: the section `fit`, and those of `research` that belong to it."""

    @model_validator(mode="after")
    def _check_combination(self) -> Self:
        _check_fit(self, self)
        return self


def _check_fit(fit: FitSection, research: FitResearch) -> None:
    """Rejects settings of the regressor that contradict one another."""
    if research.layer == "angular" and fit.hidden == 1:
        raise PydanticCustomError(
            "layer", "research.layer angular: one hidden unit has no angle; set fit.hidden to 0, or to 2 or more"
        )
    if research.loss != "softmax" and research.space == "flat":
        raise PydanticCustomError(
            "loss", f"research.loss {research.loss}: research.space flat has no distances; set research.loss to softmax"
        )
    if "distance" in research.loss and research.concepts == "tuned":
        raise PydanticCustomError(
            "loss",
            f"research.loss {research.loss}: tuned concepts would all move to one point; set research.concepts to "
            "frozen, or research.loss to softmax or ranking",
        )


def _check_tune(tune: TuneSection, encode: EncodeSettings) -> None:
    """Rejects settings of the stages tune-encoder and encode that contradict one another."""
    if tune.encoder == "none":
        if encode.encoder == "static":
            raise PydanticCustomError(
                "encoder", "encode.encoder static: no transformer is tuned; set tune.encoder to all"
            )
        return
    if tune.model is None:
        raise PydanticCustomError("tune", "tune.encoder all: set tune.model to the folder of a transformer")
    if encode.encoder not in {"transformer", "static"}:
        raise PydanticCustomError(
            "tune",
            f"tune.encoder all: encode.encoder is {encode.encoder}, which would not use it; set encode.encoder to "
            "transformer, or to static",
        )
    if encode.encoder == "static" and not tune.distil:
        raise PydanticCustomError("encoder", "encode.encoder static: set tune.distil to true")
    if encode.model is not None or encode.hub_model is not None or encode.by_reference:
        raise PydanticCustomError(
            "tune", "tune.encoder all: encode uses the tuned model; remove encode.model, hub_model and by_reference"
        )


class Config(Section):
    """The whole configuration."""

    data: DataSettings = Field(DataSettings(), description=DataSettings.__doc__)
    train_ontology: TrainOntologySection = Field(TrainOntologySection(), description=TrainOntologySection.__doc__)
    tune: TuneSection = Field(TuneSection(), description=TuneSection.__doc__)
    encode: EncodeSettings = Field(EncodeSettings(), description=EncodeSettings.__doc__)
    fit: FitSection = Field(FitSection(), description=FitSection.__doc__)
    evaluate: EvaluateSettings = Field(EvaluateSettings(), description=EvaluateSettings.__doc__)
    research: ResearchSettings = Field(ResearchSettings(), description=ResearchSettings.__doc__)

    @model_validator(mode="after")
    def _check_combination(self) -> Self:
        _check_fit(self.fit, self.research)
        _check_tune(self.tune, self.encode)
        if self.research.start == "tuned" and self.tune.encoder == "none":
            raise PydanticCustomError("start", "research.start tuned: no transformer is tuned; set tune.encoder to all")
        return self

    @property
    def train_ontology_settings(self) -> TrainOntologySettings:
        """All settings of the embedding, research settings included."""
        return TrainOntologySettings.model_validate(self._with_research("train_ontology"))

    @property
    def tune_settings(self) -> TuneSettings:
        """All settings of the tuning of a transformer, research settings included."""
        return TuneSettings.model_validate(self._with_research("tune"))

    @property
    def fit_settings(self) -> FitSettings:
        """All settings of the regressor, research settings included."""
        return FitSettings.model_validate(self._with_research("fit"))

    def _with_research(self, section: str) -> Mapping[str, Any]:
        return {**dict(getattr(self, section)), **{key: getattr(self.research, key) for key in research_keys(section)}}


def fields_of(section: str) -> dict[str, FieldInfo]:
    """The settings of a section by name."""
    return cast(type[Section], Config.model_fields[section].annotation).model_fields


def names_files(field: FieldInfo) -> bool:
    """Whether the value of a setting is a path or several."""
    return _mentions_path(field.annotation)


def without_folders(config: Config) -> Config:
    """The configuration with the names of the user's files but without their folders, for publication."""
    values = config.model_dump()
    for name, section in values.items():
        for key, value in section.items():
            if value and names_files(fields_of(name)[key]):
                section[key] = Path(value.name) if isinstance(value, Path) else tuple(Path(each.name) for each in value)
    return Config.model_validate(values)


def _mentions_path(annotation: object) -> bool:
    return annotation is Path or any(_mentions_path(part) for part in get_args(annotation))
