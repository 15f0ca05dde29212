"""What a run is asked to do: ``ragcheck.toml`` and command-line flags as one frozen value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ragcheck.errors import ConfigError
from ragcheck.records.corpus import content_id
from ragcheck.records.gates import Gate, parse_gate
from ragcheck.records.notation import parse_notation
from ragcheck.registry import suggest
from ragcheck.workers import Workers

LARGEST_SEED = 1_000_000
"""A replicate's seed is a thousand times this at most, which the engines' 32 bits hold."""

Positive = Annotated[int, Field(gt=0, strict=True)]
Temperature = Annotated[float, Field(ge=0, le=10, strict=True, allow_inf_nan=False)]
Probability = Annotated[float, Field(gt=0, le=1, strict=True, allow_inf_nan=False)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


def _canonical(values: tuple[str, ...]) -> tuple[str, ...]:
    """Each notation in its one spelling, so that equal ones are seen to be equal."""
    spelled = tuple(_plain_notation(value) for value in values)
    if len(set(spelled)) != len(spelled):
        raise ValueError("a name stands here twice")
    return spelled


def _plain_notation(value: str) -> str:
    """The one spelling of a notation without a cutoff."""
    notation = parse_notation(value)
    if notation.cutoff is not None:
        raise ValueError(f"{value!r} has a cutoff; K is a level of its own, experiment.k")
    return str(notation)


class QuestionConfig(_Section):
    """Which questions are asked. Without a file they are made from the corpus."""

    path: str | None = Field(
        None, description="JSON lines; relative to the folder that ragcheck is run in"
    )
    synthetic: Positive = Field(40, description="how many to make where no file is given")


class EvidenceConfig(_Section):
    """What is compared side by side, without a language model."""

    strategies: tuple[str, ...] = Field(
        (), description="chunking strategies; by default a set that fits the language"
    )
    retriever: str = Field("fusion", description="retriever behind the curves over K")
    max_k: Positive = Field(10, le=100, description="largest K of the curves")
    encoder: str = Field("auto", description="embedding model; auto follows the language")
    judge: str = Field("structural", description="what judges two passages")

    _notations = field_validator("strategies")(_canonical)

    @field_validator("retriever", "judge")
    @classmethod
    def _one_notation(cls, value: str) -> str:
        return _plain_notation(value)


class ExperimentConfig(_Section):
    """The levels that are crossed. A factor with one level is held constant."""

    strategies: tuple[str, ...] = Field(
        (), description="by default a plain cut and one that carries the heading path"
    )
    k: tuple[Annotated[Positive, Field(le=100)], ...] = Field((1, 5), min_length=1)
    retrievers: tuple[str, ...] = Field(("fusion",), min_length=1)
    rerankers: tuple[str, ...] = Field(
        ("none",), min_length=1, description="none, mmr, cross_encoder(model=...)"
    )
    edits: tuple[str, ...] = Field(
        ("none",),
        min_length=1,
        description="what is done to the passages: none, a repair, any intervention",
    )
    orders: tuple[Literal["as_ranked", "reversed", "shuffled"], ...] = Field(
        ("as_ranked",), min_length=1, description="as_ranked, reversed, shuffled"
    )
    models: tuple[str, ...] = Field(
        (), description="names as in model.name, where several models are compared"
    )
    prompts: tuple[str, ...] = Field(("plain",), min_length=1)
    temperature: tuple[Temperature, ...] = Field((0.0, 1.0), min_length=1)
    top_p: tuple[Probability, ...] = Field((1.0,), min_length=1)
    top_k: tuple[Annotated[int, Field(ge=0, le=1_000_000, strict=True)], ...] = Field(
        (0,), min_length=1, description="0 leaves it to the model's server"
    )
    replicates: Positive = Field(
        2, le=1000, description="seeds for each cell with a temperature above 0"
    )
    questions: Positive = Field(30, description="at most so many, spread over the tags")
    design: Literal["auto", "full", "d-optimal"] = Field(
        "auto", description="auto: full, or d-optimal where the budget is too small for full"
    )
    interventions: tuple[str, ...] = Field(
        ("conflict", "missing"),
        description="edits of the evidence, each compared with its reference within question",
    )
    intervention_questions: Positive = Field(
        20, description="at most so many of the questions, for the interventions"
    )

    _notations = field_validator("strategies", "retrievers", "rerankers")(_canonical)

    @field_validator(
        "k", "prompts", "temperature", "top_p", "top_k", "edits", "orders", "models",
        "interventions",
    )  # fmt: skip
    @classmethod
    def _each_level_once(cls, values: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(set(values)) != len(values):
            raise ValueError("a level stands here twice")
        return values


class ModelConfig(_Section):
    """Who answers. The packaged model needs no key and no network."""

    name: str = Field("packaged:gemma3-270m", description="packaged model, or the endpoint's name")
    base_url: str | None = Field(None, description="an OpenAI-compatible endpoint")
    api_key_env: str | None = Field(None, description="environment variable that holds the key")
    chat: bool = Field(False, description="the endpoint's model expects messages")
    max_tokens: Positive = Field(20, le=4096, description="longest answer in tokens")
    timeout: Annotated[float, Field(gt=0, le=3600, strict=True)] = Field(
        60.0, description="seconds for one request"
    )
    tries: Positive = Field(4, description="how often one request is sent before it is unscored")
    concurrency: Positive = Field(4, le=256, description="requests under way at once, remote only")

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        parts = urlsplit("http://localhost" if value is None else value)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ValueError("write an address as http://127.0.0.1:8000/v1")
        return value


class GateConfig(BaseModel):
    """What a check fails at. A measure is a key too: "conflict@10" = "<= 0.05, n >= 30"."""

    model_config = ConfigDict(frozen=True, extra="allow")

    findings: Literal["error", "warning", "note", "none"] = Field(
        "error", description="findings of this severity or above fail"
    )

    @model_validator(mode="after")
    def _readable(self) -> GateConfig:
        self.measures()
        return self

    def measures(self) -> tuple[Gate, ...]:
        """The gates on measures, in the order of the file.

        Raises:
            ConfigError: a measure or its bound cannot be read.
        """
        return tuple(_gate(key, value) for key, value in (self.model_extra or {}).items())


def _gate(key: str, value: object) -> Gate:
    if not isinstance(value, str):
        raise ConfigError(
            f"gate.{key}: a bound is a text, not {value!r}", mend=f'write "{key}" = "<= 0.05"'
        )
    try:
        return parse_gate(key, value)
    except ConfigError as problem:
        raise ConfigError(f"gate.{key}: {problem.what}", mend=problem.mend) from problem


class TriageConfig(BaseModel):
    """Thresholds and silenced findings. A rule is a key too: RC101 = 0.05; see ragcheck rules."""

    model_config = ConfigDict(frozen=True, extra="allow")

    silence: tuple[str, ...] = Field((), description='"RC402:docs/old/**" or "RC401@<fingerprint>"')

    def thresholds(self) -> Mapping[str, object]:
        """What was given for each rule, not yet checked against the rules."""
        return dict(self.model_extra or {})


class WorkersConfig(_Section):
    """Where the work is done. Every backend gives the same results, to the byte."""

    backend: Literal["serial", "loky", "dask", "ray"] = Field(
        "serial", description="serial, loky (processes of this machine), dask or ray (a cluster)"
    )
    count: Annotated[Positive, Field(le=1024)] = Field(2, description="processes, loky only")
    address: str | None = Field(
        None, description='the cluster: "tcp://127.0.0.1:8786" for dask, "auto" for ray'
    )

    @model_validator(mode="after")
    def _reachable(self) -> WorkersConfig:
        self.settled()
        return self

    def settled(self) -> Workers:
        """The workers that the section describes.

        Raises:
            ValueError: a cluster has no address.
        """
        return Workers(self.backend, self.count, self.address)


class RunConfig(_Section):
    """The whole configuration; equal values give equal runs."""

    seed: int = Field(0, ge=0, le=LARGEST_SEED, strict=True)
    language: Literal["auto", "en", "zh"] = "auto"
    threads: Positive = Field(
        2, le=256, description="threads of the encoder and the packaged engine"
    )
    budget: Positive | None = Field(None, description="largest number of model calls")
    questions: QuestionConfig = QuestionConfig()
    evidence: EvidenceConfig = EvidenceConfig()
    experiment: ExperimentConfig = ExperimentConfig()
    model: ModelConfig = ModelConfig()
    gate: GateConfig = GateConfig()
    triage: TriageConfig = TriageConfig()
    workers: WorkersConfig = WorkersConfig()

    def for_language(self, language: str) -> RunConfig:
        """The configuration with its defaults: the language's strategies, the one model.

        Sizes are in characters, and a Chinese text says in 180 of them what takes 450 in English.
        """
        size = 180 if language == "zh" else 450
        crossed = (f"chars(size={size})", f"headings(path=true, size={size})")
        compared = (
            f"chars(size={size})",
            "tokens(size=110)",
            "sentences(overlap=1, size=3)",
            f"recursive(size={size})",
            f"headings(size={size})",
            f"headings(path=true, size={size})",
            f"semantic(size={size})",
        )
        evidence, experiment = self.evidence, self.experiment
        models = experiment.models or (self.model.name,)
        return self.model_copy(
            update={
                "evidence": evidence.model_copy(
                    update={"strategies": evidence.strategies or compared}
                ),
                "experiment": experiment.model_copy(
                    update={"strategies": experiment.strategies or crossed, "models": models}
                ),
            }
        )

    @property
    def fingerprint(self) -> str:
        """Hash of every value that can change what is measured."""
        return content_id(self.model_dump_json(exclude={"gate", "triage", "workers"}))


def read_config(path: Path | None, overrides: Mapping[str, object] | None = None) -> RunConfig:
    """The configuration of a file, or the defaults, with overrides laid over it.

    Args:
        overrides: values by dotted key, for example ``{"evidence.max_k": 5}``.

    Raises:
        ConfigError: the file cannot be read, or a key or a value is wrong; the message names
            the key and the nearest one that there is.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError as problem:
            raise ConfigError(
                "there is no such configuration file", where=str(path), mend="ragcheck init"
            ) from problem
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
            raise ConfigError(
                f"cannot read the configuration: {problem}",
                where=str(path),
                mend="write TOML in UTF-8; ragcheck init writes a file to start from",
            ) from problem
    for key, value in (overrides or {}).items():
        _lay_over(values, key, value)
    where = str(path) if path else "the options given"
    try:
        return RunConfig.model_validate(values)
    except ValidationError as problem:
        raise _explain(problem, where) from problem
    except ConfigError as problem:
        raise ConfigError(problem.what, where=where, mend=problem.mend) from problem


def _lay_over(values: dict[str, Any], key: str, value: object) -> None:
    *sections, last = key.split(".")
    for section in sections:
        inner = values.setdefault(section, {})
        if not isinstance(inner, dict):
            return  # the check of the whole names it
        values = inner
    values[last] = value


def _explain(problem: ValidationError, where: str) -> ConfigError:
    error = problem.errors()[0]
    location = [str(part) for part in error["loc"]]
    key = ".".join(location)
    if error["type"] == "extra_forbidden":
        return ConfigError(
            f"unknown key {key!r}", where=where, mend=suggest(location[-1], _keys(location[:-1]))
        )
    if error["type"] == "value_error":
        told = error["msg"].removeprefix("Value error, ")
        return ConfigError(f"{key}: {told}", where=where, mend=SEE)
    told = _TOLD.get(error["type"], error["msg"].replace("Input should", "this should"))
    if key.startswith(_SECRET):
        return ConfigError(f"{key}: {told}", where=where, mend=SEE)
    given = repr(error["input"])
    given = given if len(given) <= 60 else f"{given[:57]}..."
    return ConfigError(f"{key}: {told}, not {given}", where=where, mend=SEE)


SEE = "ragcheck init writes a file with every key and a value that fits"
_SECRET = ("model.api_key_env", "model.base_url")
"""Keys whose value may be a key or hold a password, by mistake: it is not repeated."""
_TOLD: Mapping[str, str] = {
    "tuple_type": "this is a list, in square brackets",
    "model_type": "this is a section with keys of its own",
    "too_short": "the list must hold at least one value",
    "int_type": "this is a whole number",
    "int_from_float": "this is a whole number",
    "float_type": "this is a number",
    "string_type": "this is a text, in quotes",
    "bool_type": "this is true or false",
}
"""What pydantic's types of errors mean in a TOML file."""


def _keys(sections: list[str]) -> list[str]:
    model: type[BaseModel] = RunConfig
    for section in sections:
        field = model.model_fields.get(section)
        inner = field.annotation if field else None
        if not (isinstance(inner, type) and issubclass(inner, BaseModel)):
            return []
        model = inner
    return list(model.model_fields)
