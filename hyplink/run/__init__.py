"""The run directory: one folder with all files of a model, which keeps every finished stage through any kill."""

from hyplink.run.artifacts import check_record, read_record, read_records
from hyplink.run.configured import configured_run
from hyplink.run.directory import Run
from hyplink.run.files import read_json, read_json_lines, replacing, write_json, write_json_lines
from hyplink.run.manifest import Freshness, Manifest, Stage
from hyplink.run.model_id import model_id
from hyplink.run.reporter import Progress, Reporter, SilentReporter, counted, seconds_in_words
from hyplink.run.run_format import FORMAT_VERSION

__all__ = [
    "FORMAT_VERSION",
    "Freshness",
    "Manifest",
    "Progress",
    "Reporter",
    "Run",
    "SilentReporter",
    "Stage",
    "check_record",
    "configured_run",
    "counted",
    "model_id",
    "read_json",
    "read_json_lines",
    "read_record",
    "read_records",
    "replacing",
    "seconds_in_words",
    "write_json",
    "write_json_lines",
]
