from __future__ import annotations

import struct

import gguf
import numpy as np
import pytest

from ragcheck.errors import ModelError
from ragcheck.judges.readers.gguf_file import GgufFile


@pytest.fixture
def written(tmp_path, rng):
    path = tmp_path / "small.gguf"
    writer = gguf.GGUFWriter(path, "gemma3")
    writer.add_array("tokenizer.ggml.tokens", ["a", "▁b", "中国"])
    writer.add_array("tokenizer.ggml.scores", [0.0, -1.5, -2.0])
    writer.add_bool("flag", True)
    plain = rng.normal(size=(3, 64)).astype(np.float32)
    writer.add_tensor("plain", plain)
    packed = gguf.quants.quantize(plain, gguf.GGMLQuantizationType.Q8_0)
    writer.add_tensor("packed", packed, raw_dtype=gguf.GGMLQuantizationType.Q8_0)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path, plain


@pytest.fixture
def rng():
    return np.random.default_rng(5)


def test_strings_numbers_and_tensors_come_back_as_written(written):
    path, plain = written
    file = GgufFile(path)
    assert [s.decode() for s in file.strings("tokenizer.ggml.tokens")] == ["a", "▁b", "中国"]
    assert file.numbers("tokenizer.ggml.scores").tolist() == [0.0, -1.5, -2.0]
    np.testing.assert_array_equal(file.tensor("plain"), plain)
    # Q8_0 keeps eight bits of the largest number of a block of 32
    largest = np.abs(plain.reshape(3, 2, 32)).max(-1).repeat(32, -1).reshape(3, 64)
    assert (np.abs(file.tensor("packed") - plain) <= largest / 127).all()


def test_chosen_rows_are_those_of_the_whole_tensor(written):
    file = GgufFile(written[0])
    rows = file.rows("packed", np.array([2, 0, 2]))
    np.testing.assert_array_equal(rows, file.tensor("packed")[[2, 0, 2]])


def test_numbers_are_not_strings(written):
    with pytest.raises(ModelError, match="holds no strings"):
        GgufFile(written[0]).strings("tokenizer.ggml.scores")


@pytest.mark.parametrize("kept", [5, 30, 90, 200])
def test_a_file_cut_short_is_refused(written, tmp_path, kept):
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(written[0].read_bytes()[:kept])
    with pytest.raises(ModelError, match="cannot be read"):
        GgufFile(cut)


def test_another_file_and_absurd_counts_are_refused(tmp_path):
    for number, data in enumerate(
        (b"PK\x03\x04" + bytes(100), b"GGUF" + struct.pack("<IQQ", 3, 1 << 60, 1 << 60))
    ):
        path = tmp_path / str(number)
        path.write_bytes(data)
        with pytest.raises(ModelError):
            GgufFile(path)
