"""The run directory: one folder that holds everything a model is. A kill at any moment loses no finished stage."""

from hyplink.run.directory import FORMAT_VERSION, Run
from hyplink.run.files import read_json, read_json_lines, replacing, write_json, write_json_lines
from hyplink.run.manifest import Freshness, Manifest, Stage
from hyplink.run.reporter import Progress, Reporter, SilentReporter

__all__ = [
    "FORMAT_VERSION",
    "Freshness",
    "Manifest",
    "Progress",
    "Reporter",
    "Run",
    "SilentReporter",
    "Stage",
    "read_json",
    "read_json_lines",
    "replacing",
    "write_json",
    "write_json_lines",
]
