"""Evaluation metrics: pure functions of predictions and gold annotations that read no file and load no model."""
