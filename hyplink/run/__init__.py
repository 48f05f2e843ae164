"""The run directory: one folder that holds everything a model is. A kill at any moment loses no finished stage."""

from hyplink.run.directory import FORMAT_VERSION, Run
from hyplink.run.files import read_json, read_json_lines, replacing, write_json, write_json_lines
from hyplink.run.manifest import Freshness, Manifest, Stage
from hyplink.run.reporter import Progress, Reporter, SilentReporter, counted, seconds_in_words

__all__ = [
    "FORMAT_VERSION",
    "Freshness",
    "Manifest",
    "Progress",
    "Reporter",
    "Run",
    "SilentReporter",
    "Stage",
    "counted",
    "read_json",
    "read_json_lines",
    "replacing",
    "seconds_in_words",
    "write_json",
    "write_json_lines",
]
