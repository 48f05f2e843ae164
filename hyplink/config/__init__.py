"""The configuration: one YAML file, a section for the data and one for each stage, every default visible."""

from hyplink.config.schema import (
    Column,
    Config,
    DataSettings,
    EncodeSettings,
    EvaluateSettings,
    FitSettings,
    InputFormat,
    Section,
    TrainOntologySettings,
    names_files,
)
from hyplink.config.yaml_file import commented_yaml, read_config, read_resolved_config, write_config

__all__ = [
    "Column",
    "Config",
    "DataSettings",
    "EncodeSettings",
    "EvaluateSettings",
    "FitSettings",
    "InputFormat",
    "Section",
    "TrainOntologySettings",
    "commented_yaml",
    "names_files",
    "read_config",
    "read_resolved_config",
    "write_config",
]
