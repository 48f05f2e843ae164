"""The regressor: from the vector of a mention to a point of the space where the concepts stand."""

from hyplink.regressor.examples import TrainingExamples
from hyplink.regressor.regressor import Regressor, load_regressor
from hyplink.regressor.training import FitRecord, train_regressor

__all__ = ["FitRecord", "Regressor", "TrainingExamples", "load_regressor", "train_regressor"]
