"""Runs all stages of a run in order; learns from a reviewer's decisions, and audits links with a reviewer."""

from hyplink.pipeline.all_stages import run_all, write_missing_report
from hyplink.pipeline.from_python import train

__all__ = ["run_all", "train", "write_missing_report"]
