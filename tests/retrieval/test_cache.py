"""The vector cache under damage, kills and company."""

from __future__ import annotations

import os
import pickle
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from ragcheck.retrieval.cache import VectorCache

WRITER = """
import sys
from pathlib import Path
import numpy as np
from ragcheck.retrieval.cache import VectorCache

cache = VectorCache(Path(sys.argv[1]))
first, last = int(sys.argv[2]), int(sys.argv[3])
for i in range(first, last):
    cache.put({i.to_bytes(16, "big"): np.full(384, i, dtype=np.float32)})
    print(i, flush=True)
if cache.warnings:
    sys.exit("; ".join(cache.warnings))
"""


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


def writer(path: Path, first: int, last: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), str(first), str(last)],
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "deep" / "vectors.sqlite"


def test_what_was_put_comes_back_bit_for_bit(path):
    rng = np.random.default_rng(0)
    vectors = {key(i): rng.standard_normal(24).astype(np.float32) for i in range(1201)}
    VectorCache(path).put(vectors)
    found = VectorCache(path).get([*vectors, key(9999)])
    assert found.keys() == vectors.keys()
    assert all(found[k].tobytes() == vectors[k].tobytes() for k in vectors)


def test_no_keys_and_no_vectors(path):
    cache = VectorCache(path)
    cache.put({})
    assert cache.get([]) == {}
    assert cache.warnings == []


def test_a_killed_writer_leaves_a_whole_file_with_what_it_reported(path):
    process = writer(path, 0, 1_000_000)
    assert process.stdout is not None
    reported = [int(process.stdout.readline()) for _ in range(40)]
    process.send_signal(signal.SIGKILL)
    process.wait()
    database = sqlite3.connect(path)
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    cache = VectorCache(path)
    found = cache.get([key(i) for i in reported])
    assert sorted(found) == [key(i) for i in reported]
    assert all((found[key(i)] == i).all() for i in reported)
    assert cache.warnings == []


def test_two_processes_write_at_once(path):
    both = [writer(path, 0, 150), writer(path, 100, 250)]
    assert [process.wait(timeout=60) for process in both] == [0, 0]
    for process in both:
        assert process.stdout is not None
        process.stdout.close()
    found = VectorCache(path).get([key(i) for i in range(250)])
    assert len(found) == 250
    assert all((found[key(i)] == i).all() for i in range(250))


def test_a_flipped_byte_makes_only_its_row_missing(path):
    cache = VectorCache(path)
    cache.put({key(i): np.full(8, 1.0 + i, dtype=np.float32) for i in range(10)})
    cache.close()
    database = sqlite3.connect(path)
    (value,) = database.execute("SELECT value FROM entry WHERE key = ?", (key(3),)).fetchone()
    broken = bytes([value[0] ^ 1]) + value[1:]
    database.execute("UPDATE entry SET value = ? WHERE key = ?", (broken, key(3)))
    database.commit()
    database.close()
    found = cache.get([key(i) for i in range(10)])
    assert sorted(found) == [key(i) for i in range(10) if i != 3]
    cache.put({key(3): np.full(8, 4.0, dtype=np.float32)})
    assert (cache.get([key(3)])[key(3)] == 4.0).all()


def test_a_flipped_byte_in_the_file_never_gives_a_wrong_vector(path):
    expected = {key(i): np.full(96, i, dtype=np.float32) for i in range(60)}
    whole = VectorCache(path)
    whole.put(expected)
    whole.close()
    clean = path.read_bytes()
    rng = np.random.default_rng(5)
    for place in rng.integers(0, len(clean), size=60):
        damaged = bytearray(clean)
        damaged[place] ^= 1 << int(rng.integers(0, 8))
        path.write_bytes(damaged)
        cache = VectorCache(path)
        found = cache.get(list(expected))
        cache.put({k: v for k, v in expected.items() if k not in found})
        again = cache.get(list(expected))
        cache.close()
        assert all((found[k] == expected[k]).all() for k in found)
        assert again.keys() == expected.keys()
        assert all((again[k] == expected[k]).all() for k in again)


@pytest.mark.parametrize("content", [b"no database at all" * 100, None])
def test_a_damaged_file_is_moved_aside_and_started_again(path, content):
    cache = VectorCache(path)
    cache.put({key(i): np.full(384, i, dtype=np.float32) for i in range(50)})
    cache.close()
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 3] if content is None else content)
    assert len(cache.get([key(i) for i in range(50)])) < 50
    cache.put({key(1): np.ones(4, dtype=np.float32)})
    assert (VectorCache(path).get([key(1)])[key(1)] == 1).all()
    assert cache.is_persistent
    assert len(cache.warnings) == 1
    assert "damaged" in cache.warnings[0]
    assert (path.parent / "vectors.sqlite.damaged-1").exists()


def test_a_folder_that_cannot_be_made_leaves_vectors_in_memory(tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = VectorCache(tmp_path / "file" / "vectors.sqlite")
    cache.put({key(1): np.ones(3, dtype=np.float32)})
    cache.put({key(2): np.zeros(3, dtype=np.float32)})
    assert sorted(cache.get([key(1), key(2), key(3)])) == [key(1), key(2)]
    assert not cache.is_persistent
    assert len(cache.warnings) == 2
    assert "not kept on disk" in cache.warnings[0]
    assert "cannot be read" in cache.warnings[1]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_folder_leaves_vectors_in_memory(tmp_path):
    tmp_path.chmod(0o500)
    cache = VectorCache(tmp_path / "vectors.sqlite")
    cache.put({key(1): np.ones(3, dtype=np.float32)})
    assert list(cache.get([key(1)])) == [key(1)]
    assert not cache.is_persistent


def test_a_full_disk_leaves_vectors_in_memory(path):
    cache = VectorCache(path)
    cache.put({key(1): np.ones(3, dtype=np.float32)})
    # A cap on the pages is what SQLite reports as a full disk.
    cache._file._open().execute("PRAGMA max_page_count=4")
    big = {key(i): np.full(5000, i, dtype=np.float32) for i in range(10, 30)}
    cache.put(big)
    assert sorted(cache.get([key(1), *big])) == [key(1), *sorted(big)]
    assert "full" in cache.warnings[0]


def test_a_lock_that_stays_is_a_warning(path, monkeypatch):
    monkeypatch.setattr("ragcheck.cache_file._BUSY_SECONDS", 0.05)
    cache = VectorCache(path)
    cache.put({key(1): np.ones(3, dtype=np.float32)})
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    cache.put({key(2): np.ones(3, dtype=np.float32)})
    assert list(cache.get([key(1), key(2)])) == [key(1)]
    assert "locked" in cache.warnings[0]
    other.execute("COMMIT")
    other.close()
    cache.put({key(2): np.ones(3, dtype=np.float32)})
    assert len(cache.get([key(1), key(2)])) == 2


def test_it_travels_to_other_processes(path):
    cache = VectorCache(path)
    cache.put({key(1): np.ones(3, dtype=np.float32)})
    copy = pickle.loads(pickle.dumps(cache))
    assert (copy.get([key(1)])[key(1)] == 1).all()


def test_a_later_change_of_clock_does_not_matter(path):
    cache = VectorCache(path)
    cache.put({key(1): np.ones(3, dtype=np.float32)})
    cache.close()
    past = time.time() - 10 * 365 * 86400
    os.utime(path, (past, past))
    assert list(cache.get([key(1)])) == [key(1)]
