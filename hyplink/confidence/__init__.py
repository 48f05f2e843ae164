"""Confidence: calibrated probabilities from ranking scores, and back-off to an ancestor where they are too low."""
