"""The configuration: one YAML file, a section for the data and one for each stage, every default visible."""

from hyplink.config.schema import (
    Config,
    DataSettings,
    EncodeSettings,
    EvaluateSettings,
    FitSettings,
    InputFormat,
    PartOfSpeech,
    Section,
    TrainOntologySettings,
    names_files,
)
from hyplink.config.yaml_file import commented_yaml, read_config, read_resolved_config, write_config

__all__ = [
    "Config",
    "DataSettings",
    "EncodeSettings",
    "EvaluateSettings",
    "FitSettings",
    "InputFormat",
    "PartOfSpeech",
    "Section",
    "TrainOntologySettings",
    "commented_yaml",
    "names_files",
    "read_config",
    "read_resolved_config",
    "write_config",
]
