"""What the processor of this machine computes in."""

from __future__ import annotations

import platform
from pathlib import Path

_BFLOAT16 = frozenset({"avx512_bf16", "amx_bf16", "bf16"})


def preferred_dtype() -> str:
    """``bfloat16`` where the processor computes in it, else ``float32``.

    Read from the processor's flags, not by trying: emulated bfloat16 is slower than float32.
    """
    return "bfloat16" if _flags(Path("/proc/cpuinfo")) & _BFLOAT16 else "float32"


def _flags(path: Path) -> set[str]:
    if platform.system() != "Linux" or not path.is_file():
        return set()
    for line in path.read_text(encoding="ascii", errors="replace").splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("flags", "Features"):
            return set(value.split())
    return set()
