"""Vectors depend on their text alone, and are computed once."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ragcheck.errors import ModelError
from ragcheck.models import EncoderModel, find_encoder
from ragcheck.ports import Embedder
from ragcheck.processor import preferred_dtype
from ragcheck.retrieval import embedding
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import (
    CachedEmbedder,
    SentenceTransformerEmbedder,
    UseEmbedder,
    load_embedder,
    text_key,
)

TEXTS = [
    "A refund is paid within thirty days.",
    "退款在三十天内支付。",
    "",
    "Refunds 🙂 " * 40,
    "word",
    "The warranty of the Heron covers two years, " * 60,
    "\ud800 half a pair",
    "The warranty covers two years.",
]
MODEL = EncoderModel("test", Path("nowhere"), "sentence-transformers", "0" * 64, "MIT", "f" * 16)


@pytest.fixture(scope="module")
def minilm() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder(find_encoder("packaged:minilm"), dtype="float32")


@pytest.fixture(scope="module")
def use() -> Embedder:
    return load_embedder("packaged:use")


def check_independence(embedder: Embedder) -> None:
    together = embedder.encode(TEXTS)
    order = np.random.default_rng(3).permutation(len(TEXTS))
    shuffled = embedder.encode([TEXTS[i] for i in order])
    alone = np.concatenate([embedder.encode([text]) for text in TEXTS])
    assert shuffled.tobytes() == together[order].tobytes()
    assert alone.tobytes() == together.tobytes()


def check_shape(embedder: Embedder) -> None:
    vectors = embedder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), embedder.dimension)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-6)
    assert embedder.encode([]).shape == (0, embedder.dimension)


@pytest.mark.model
def test_minilm_agrees_with_sentence_transformers(minilm):
    from sentence_transformers import SentenceTransformer

    texts = [text for text in TEXTS if "\ud800" not in text]
    reference = SentenceTransformer(str(minilm.model.path), device="cpu").encode(texts)
    assert np.abs(minilm.encode(texts) - reference).max() < 1e-5


@pytest.mark.model
def test_minilm_vectors_have_their_shape(minilm):
    check_shape(minilm)


@pytest.mark.model
@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_minilm_vectors_depend_on_their_text_alone(dtype):
    model = find_encoder("packaged:minilm")
    check_independence(SentenceTransformerEmbedder(model, dtype=dtype))


@pytest.mark.model
def test_bfloat16_stays_close_to_float32(minilm):
    half = SentenceTransformerEmbedder(minilm.model, dtype="bfloat16")
    cosines = (half.encode(TEXTS) * minilm.encode(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.999


@pytest.mark.model
def test_torch_threads_are_given_back(minilm):
    import torch

    before = torch.get_num_threads()
    minilm.encode(["text"])
    assert torch.get_num_threads() == before


@pytest.mark.model
def test_use_vectors(use):
    check_shape(use)
    check_independence(use)
    refund, paid_back, weather = use.encode(["怎么退款？", "如何申请退货款", "今天的天气很好"])
    assert refund @ paid_back > refund @ weather


def test_every_batch_shape_follows_from_the_length_alone():
    lengths = [1, 16, 17, 5, 256, 300, 16, 0, 100, *[20] * 30]
    shape_of: dict[int, set[tuple[int, int]]] = {}
    seen: Counter[int] = Counter()
    for length, rows, group in embedding._fixed_batches(lengths, 256):
        assert 1 <= len(group) <= rows
        assert length * rows <= 256
        seen.update(group)
        for text in group:
            assert lengths[text] <= length or length == 256
            shape_of.setdefault(lengths[text], set()).add((length, rows))
    assert seen == Counter(range(len(lengths)))
    assert all(len(shapes) == 1 for shapes in shape_of.values())


def test_the_key_names_model_and_number_format():
    def key(model: EncoderModel, dtype: str) -> str:
        return SentenceTransformerEmbedder(model, dtype=dtype).key

    other = replace(MODEL, fingerprint="e" * 16)
    keys = {key(MODEL, "float32"), key(MODEL, "bfloat16"), key(other, "float32")}
    keys.add(UseEmbedder(MODEL).key)
    assert len(keys) == 4
    assert key(MODEL, "auto") == key(MODEL, preferred_dtype())


def test_keys_of_texts_differ_by_model_and_text():
    pairs = [("a", "bc"), ("ab", "c"), ("a", ""), ("a", "\ud800"), ("a", "BC")]
    assert len({text_key(*pair) for pair in pairs}) == len(pairs)
    assert all(len(text_key(*pair)) == 16 for pair in pairs)


@pytest.mark.parametrize("options", [{"dtype": "int8"}, {"threads": 0}])
def test_bad_options_are_model_errors(options):
    with pytest.raises(ModelError):
        SentenceTransformerEmbedder(MODEL, **options)


@pytest.mark.model
def test_a_folder_that_is_no_model_is_a_model_error(tmp_path):
    model = replace(MODEL, path=tmp_path)
    with pytest.raises(ModelError, match="cannot be loaded"):
        SentenceTransformerEmbedder(model).encode(["text"])


@pytest.mark.model
def test_embedders_travel_without_their_model_and_are_built_once_in_a_process():
    model = find_encoder("packaged:minilm")
    sent = pickle.dumps(SentenceTransformerEmbedder(model, dtype="bfloat16"))
    copy = pickle.loads(sent)
    assert (copy.model, copy.dtype, copy.threads) == (model, "bfloat16", 1)
    assert pickle.loads(sent) is copy
    assert pickle.loads(pickle.dumps(UseEmbedder(model, threads=2))).threads == 2


@pytest.mark.model
def test_an_embedder_does_not_work_with_another_model_of_the_same_name():
    other = replace(find_encoder("packaged:minilm"), fingerprint="f" * 16)
    sent = pickle.dumps(SentenceTransformerEmbedder(other))
    with pytest.raises(ModelError, match="not the same here"):
        pickle.loads(sent)


def test_each_distinct_text_is_encoded_once_ever(hash_embedder, tmp_path):
    path = tmp_path / "vectors.sqlite"
    texts = [f"text {i % 100}" for i in range(250)]
    cached = CachedEmbedder(hash_embedder, VectorCache(path))
    first = cached.encode(texts)
    cached.encode(texts[:10])
    later = CachedEmbedder(hash_embedder, VectorCache(path)).encode(texts)
    assert sorted(hash_embedder.asked) == sorted(set(texts))
    assert cached.computed == 100
    assert first.tobytes() == later.tobytes() == hash_embedder.encode(texts).tobytes()


def test_another_model_gets_its_own_vectors(tmp_path, hash_embedder):
    cache = VectorCache(tmp_path / "vectors.sqlite")
    CachedEmbedder(hash_embedder, cache).encode(["text"])
    other = type(hash_embedder)(key="another")
    CachedEmbedder(other, cache).encode(["text"])
    assert other.asked == ["text"]


def test_progress_counts_each_distinct_text_once(hash_embedder, tmp_path):
    steps: list[int] = []
    cache = VectorCache(tmp_path / "vectors.sqlite")
    cached = CachedEmbedder(hash_embedder, cache, advance=steps.append)
    texts = [f"text {i}" for i in range(150)]
    cached.encode(texts)
    assert sum(steps) == 150
    assert len(steps) >= 3
    steps.clear()
    cached.encode([*texts, "new", "new"])
    assert sum(steps) == 151


def test_nothing_to_encode(hash_embedder, tmp_path):
    cached = CachedEmbedder(hash_embedder, VectorCache(tmp_path / "vectors.sqlite"))
    assert cached.encode([]).shape == (0, 16)


def test_without_a_writable_folder_a_text_is_still_encoded_once(hash_embedder, tmp_path):
    (tmp_path / "file").write_text("in the way")
    cached = CachedEmbedder(hash_embedder, VectorCache(tmp_path / "file" / "vectors.sqlite"))
    first, second = cached.encode(["a", "b"]), cached.encode(["b", "a"])
    assert first[::-1].tobytes() == second.tobytes()
    assert sorted(hash_embedder.asked) == ["a", "b"]


KILLED = """
import sys
from pathlib import Path
from ragcheck.retrieval.cache import VectorCache
from ragcheck.retrieval.embedding import CachedEmbedder, load_embedder

done = CachedEmbedder(
    load_embedder("packaged:use"),
    VectorCache(Path(sys.argv[1])),
    advance=lambda count: print(count, flush=True),
)
done.encode([f"refund number {i} " * (i % 7 + 1) for i in range(90)])
"""


@pytest.mark.model
def test_a_killed_and_resumed_run_ends_with_the_same_bytes(tmp_path, use):
    texts = [f"refund number {i} " * (i % 7 + 1) for i in range(90)]
    process = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path / "killed.sqlite")],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert process.stdout is not None
    assert int(process.stdout.readline()) == embedding.TEXTS_A_COMMIT
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    resumed = CachedEmbedder(use, VectorCache(tmp_path / "killed.sqlite"))
    whole = CachedEmbedder(use, VectorCache(tmp_path / "whole.sqlite"))
    assert resumed.encode(texts).tobytes() == whole.encode(texts).tobytes()
    assert resumed.computed <= len(texts) - embedding.TEXTS_A_COMMIT
