"""The configuration: one YAML file, a section for the data and one for each stage, every default visible."""

from hyplink.config.formats import (
    Column,
    CorpusFormat,
    InputFormat,
    LinkFormat,
    OntologyFormat,
    PartOfSpeech,
    StreamedFormat,
    WrittenOntologyFormat,
)
from hyplink.config.schema import (
    Config,
    DataSettings,
    EncodeSettings,
    EvaluateSettings,
    FitSettings,
    Section,
    TrainOntologySettings,
    names_files,
    without_folders,
)
from hyplink.config.yaml_file import commented_yaml, read_config, read_resolved_config, write_config

__all__ = [
    "Column",
    "Config",
    "CorpusFormat",
    "DataSettings",
    "EncodeSettings",
    "EvaluateSettings",
    "FitSettings",
    "InputFormat",
    "LinkFormat",
    "OntologyFormat",
    "PartOfSpeech",
    "Section",
    "StreamedFormat",
    "TrainOntologySettings",
    "WrittenOntologyFormat",
    "commented_yaml",
    "names_files",
    "read_config",
    "read_resolved_config",
    "without_folders",
    "write_config",
]
