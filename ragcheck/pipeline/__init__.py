"""Composes the stages: paths and a configuration in, a report and a run folder out."""

from __future__ import annotations

from ragcheck.pipeline.diagnosis import diagnose
from ragcheck.pipeline.examination import examine
from ragcheck.pipeline.forecast import forecast

__all__ = ["diagnose", "examine", "forecast"]
