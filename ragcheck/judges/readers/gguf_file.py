"""Tensors and vocabulary of a GGUF file, without reading what is not asked for.

The format is that of ``ggml`` (docs/gguf.md of the ggml project, version 3, little endian). The
reader of the ``gguf`` package builds a Python object for each of 262,144 pieces, which takes
15 seconds; here they are cut out of the file's bytes. Quantised blocks are unpacked by ``gguf``.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragcheck.errors import ModelError

MAGIC = b"GGUF"
VERSION = 3
ALIGNMENT = 32
_STRING, _ARRAY = 8, 9
_SCALARS = MappingProxyType(
    {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
)
_MOST = 1 << 24


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a tensor lies: ``shape`` is (rows, columns) or (columns,), ``kind`` as in ggml."""

    shape: tuple[int, ...]
    kind: int
    offset: int


class GgufFile:
    """One open GGUF file.

    Raises:
        ModelError: it is not a GGUF file of version 3, it is cut short, or ``gguf`` is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        try:
            self.fields, self.tensors, self._data = _read_header(self._bytes)
        except (struct.error, IndexError, UnicodeDecodeError, ValueError, OverflowError) as problem:
            raise ModelError(f"the GGUF file cannot be read: {problem}", where=str(path)) from None

    def strings(self, name: str) -> list[bytes]:
        """The strings of an array field."""
        kind, count, place = self.fields[name]
        if kind != _STRING:
            raise ModelError(f"{name} holds no strings", where=str(self._path))
        found = []
        for _ in range(count):
            (length,) = struct.unpack_from("<Q", self._bytes, place)
            found.append(self._bytes[place + 8 : place + 8 + length])
            place += 8 + length
        return found

    def numbers(self, name: str) -> NDArray[Any]:
        """The numbers of an array field."""
        kind, count, place = self.fields[name]
        return np.frombuffer(self._bytes, dtype=f"<{_numpy(kind)}", count=count, offset=place)

    def tensor(self, name: str) -> NDArray[np.float32]:
        """A tensor unpacked to float32."""
        return self.rows(name, None)

    def rows(self, name: str, chosen: NDArray[np.int64] | None) -> NDArray[np.float32]:
        """The chosen rows of a tensor unpacked to float32; ``None``: all of it."""
        gguf = _gguf()
        tensor = self.tensors[name]
        kind = gguf.GGMLQuantizationType(tensor.kind)
        block, size = gguf.GGML_QUANT_SIZES[kind]
        width = tensor.shape[-1] // block * size
        count = int(np.prod(tensor.shape[:-1], dtype=np.int64))
        start = self._data + tensor.offset
        raw = np.frombuffer(self._bytes, np.uint8, count * width, start).reshape(count, width)
        wanted = raw if chosen is None else raw[chosen]
        unpacked = gguf.quants.dequantize(np.ascontiguousarray(wanted), kind)
        shape = tensor.shape if chosen is None else (len(wanted), tensor.shape[-1])
        return np.asarray(unpacked, dtype=np.float32).reshape(shape)


def _gguf() -> Any:
    try:
        import gguf
        import gguf.quants
    except ImportError as problem:
        raise ModelError(
            "the package gguf, which unpacks the weights, is not installed",
            mend='pip install "ragcheck-evidence[local]"',
        ) from problem
    return gguf


def _numpy(kind: int) -> str:
    return {5: "i4", 4: "u4", 6: "f4", 0: "u1", 1: "i1", 10: "u8", 11: "i8", 12: "f8"}[kind]


Field = tuple[int, int, int]
"""Kind of the items, their count (1 for a scalar), and where they begin."""


def _read_header(data: mmap.mmap) -> tuple[Mapping[str, Field], Mapping[str, Tensor], int]:
    if data[:4] != MAGIC:
        raise ValueError("it does not begin with GGUF")
    version, tensors, fields = struct.unpack_from("<IQQ", data, 4)
    if version != VERSION or tensors > _MOST or fields > _MOST:
        raise ValueError(f"version {version}, {tensors} tensors, {fields} fields")
    place, found = 24, {}
    for _ in range(fields):
        name, place = _string(data, place)
        (kind,) = struct.unpack_from("<I", data, place)
        found[name], place = _field(data, kind, place + 4)
    listed = {}
    for _ in range(tensors):
        name, place = _string(data, place)
        (dimensions,) = struct.unpack_from("<I", data, place)
        shape = struct.unpack_from(f"<{min(dimensions, 4)}Q", data, place + 4)
        kind, offset = struct.unpack_from("<IQ", data, place + 4 + 8 * dimensions)
        listed[name] = Tensor(shape[::-1], kind, offset)
        place += 16 + 8 * dimensions
    return found, listed, -(-place // ALIGNMENT) * ALIGNMENT


def _string(data: mmap.mmap, place: int) -> tuple[str, int]:
    (length,) = struct.unpack_from("<Q", data, place)
    end = place + 8 + length
    return data[place + 8 : end].decode("utf-8"), end


def _field(data: mmap.mmap, kind: int, place: int) -> tuple[Field, int]:
    if kind != _ARRAY:
        return (kind, 1, place), place + _size(data, kind, place)
    item, count = struct.unpack_from("<IQ", data, place)
    begin = place + 12
    if item in _SCALARS:
        return (item, count, begin), begin + count * struct.calcsize(_SCALARS[item])
    end = begin
    for _ in range(count):
        end += _size(data, item, end)
    return (item, count, begin), end


def _size(data: mmap.mmap, kind: int, place: int) -> int:
    if kind in _SCALARS:
        return struct.calcsize(_SCALARS[kind])
    if kind != _STRING:
        raise ValueError(f"a field of kind {kind}")
    (length,) = struct.unpack_from("<Q", data, place)
    return 8 + int(length)
