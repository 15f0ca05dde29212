"""``ragcheck init``: the configuration's own defaults as a commented file."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from ragcheck.config import RunConfig
from ragcheck.errors import ConfigError
from ragcheck.files import write_whole


def write_config(path: Path) -> None:
    """Write every key with its default; a file that is there is left alone.

    Raises:
        ConfigError: the file exists.
    """
    if path.exists():
        raise ConfigError(
            "the file exists", where=str(path), mend="give another path, or remove it first"
        )
    write_whole(path, config_text().encode())


def config_text() -> str:
    """The default configuration as TOML, a comment for each key that has a description."""
    lines = ["# ragcheck configuration: every key with its default.", ""]
    sections = []
    for name, field in RunConfig.model_fields.items():
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            sections.append((name, type(default)))
        else:
            lines.append(_line(name, field))
    for name, section in sections:
        summary = (section.__doc__ or "").strip().splitlines()[0]
        lines += ["", f"# {summary}", f"[{name}]"]
        lines += [_line(key, field) for key, field in section.model_fields.items()]
    return "\n".join(lines) + "\n"


def _line(name: str, field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    comment = f"  # {field.description}" if field.description else ""
    if default is None:
        return f"# {name} ={comment}"
    return f"{name} = {_toml(default)}{comment}"


def _toml(value: object) -> str:
    """Numbers, texts and lists of them: JSON's spelling of these is TOML's."""
    if isinstance(value, tuple):
        inside = "".join(f"\n  {_toml(item)}," for item in value)
        return f"[{inside}\n]" if len(value) > 2 else f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)
