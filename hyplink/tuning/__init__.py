"""Trains a transformer end to end onto the ball: encoder → head → points of the concepts."""

from hyplink.tuning.examples import TuningExamples
from hyplink.tuning.model import TunedModel
from hyplink.tuning.training import TuneRecord, tune_encoder

__all__ = ["TuneRecord", "TunedModel", "TuningExamples", "tune_encoder"]
