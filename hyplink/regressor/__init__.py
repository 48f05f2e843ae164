"""Maps the vector of a mention into the space of the concept points and ranks concepts by distance."""

from hyplink.regressor.examples import TrainingExamples
from hyplink.regressor.regressor import Regressor, load_regressor
from hyplink.regressor.training import FitRecord, train_regressor

__all__ = ["FitRecord", "Regressor", "TrainingExamples", "load_regressor", "train_regressor"]
