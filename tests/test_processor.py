from __future__ import annotations

import pytest

from ragcheck import processor


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("flags\t\t: fpu sse2 avx512f avx512_bf16", "bfloat16"),
        ("flags\t\t: fpu amx_bf16", "bfloat16"),
        ("Features\t: fp asimd bf16", "bfloat16"),
        ("flags\t\t: fpu sse2 avx2 avx512f", "float32"),
        ("nothing here", "float32"),
    ],
)
def test_dtype_follows_the_processor(tmp_path, monkeypatch, flags, expected):
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\n{flags}\n")
    found = processor._flags(tmp_path / "cpuinfo")
    monkeypatch.setattr(processor, "_flags", lambda path: found)
    assert processor.preferred_dtype() == expected
