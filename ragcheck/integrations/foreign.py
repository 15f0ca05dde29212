"""Builds splitters of other packages by name, with their options checked."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from ragcheck.records.notation import Value


def load_class(name: str, home: str) -> Any:
    """The class ``name`` of the package ``home``, or of another one as ``module:Class``.

    Raises:
        ValueError: the package is not installed, or it has no such class.
    """
    module_name, _, attribute = name.rpartition(":")
    module_name = module_name or home
    try:
        module = import_module(module_name)
    except ImportError as problem:
        raise ValueError(f"cannot import {module_name!r}: {problem}") from problem
    found = getattr(module, attribute, None)
    if not inspect.isclass(found):
        raise ValueError(f"{module_name} has no class {attribute!r}")
    return found


def check_options(name: str, options: Mapping[str, Value], accepted: set[str]) -> None:
    """Refuse options that the splitter would silently ignore.

    Raises:
        ValueError: with the options that there are.
    """
    unknown = sorted(set(options) - accepted)
    if unknown:
        raise ValueError(
            f"{name} has no option {', '.join(unknown)}; it has {', '.join(sorted(accepted))}"
        )


def parameter_names(function: Any) -> set[str]:
    """Names that a function takes by keyword, without those of collaborators."""
    kinds = (inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = inspect.signature(function).parameters
    return {name for name, each in parameters.items() if each.kind in kinds and name != "self"}
