"""Composes the stages: paths and a configuration in, a report and a run folder out."""

from __future__ import annotations

from ragcheck.pipeline.diagnosis import diagnose

__all__ = ["diagnose"]
