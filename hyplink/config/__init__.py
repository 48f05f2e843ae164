"""The configuration of a run: strict models of a YAML file with a section for the data, each stage and research."""

from hyplink.config.formats import (
    Column,
    CorpusFormat,
    InputFormat,
    LinkFormat,
    OntologyFormat,
    PartOfSpeech,
    StreamedFormat,
    TableFormat,
    WrittenOntologyFormat,
)
from hyplink.config.renamed import RENAMED, RenamedWarning
from hyplink.config.research import ResearchSettings, SpaceResearch, research_keys
from hyplink.config.schema import Config, FitSettings, TrainOntologySettings, TuneSettings, names_files, without_folders
from hyplink.config.sections import (
    DataSettings,
    EncodeSettings,
    EvaluateSettings,
    FitSection,
    Section,
    TrainOntologySection,
    TuneSection,
)
from hyplink.config.template import full_template, short_template
from hyplink.config.yaml_file import read_config, read_resolved_config, write_config

__all__ = [
    "RENAMED",
    "Column",
    "Config",
    "CorpusFormat",
    "DataSettings",
    "EncodeSettings",
    "EvaluateSettings",
    "FitSection",
    "FitSettings",
    "InputFormat",
    "LinkFormat",
    "OntologyFormat",
    "PartOfSpeech",
    "RenamedWarning",
    "ResearchSettings",
    "Section",
    "SpaceResearch",
    "StreamedFormat",
    "TableFormat",
    "TrainOntologySection",
    "TrainOntologySettings",
    "TuneSection",
    "TuneSettings",
    "WrittenOntologyFormat",
    "full_template",
    "names_files",
    "read_config",
    "read_resolved_config",
    "research_keys",
    "short_template",
    "without_folders",
    "write_config",
]
