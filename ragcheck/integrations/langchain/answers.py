"""What stands in the outputs of a LangChain chain: an answer, and documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from langchain_core.documents import Document
from langchain_core.messages import BaseMessage

ANSWER_KEYS = ("answer", "result", "output", "output_text", "response", "text")
DOCUMENT_KEYS = ("context", "source_documents", "documents")
QUESTION_KEYS = ("question", "query", "input")


def answer_in(output: object) -> str | None:
    """The answer as a text; ``None`` where the output holds none that is recognised."""
    if isinstance(output, str):
        return output
    if isinstance(output, BaseMessage):
        return str(output.text)
    if isinstance(output, Mapping):
        found = (answer_in(output[key]) for key in ANSWER_KEYS if key in output)
        return next((each for each in found if each is not None), None)
    return None


def documents_in(output: object) -> list[Document] | None:
    """The documents that an output holds; ``None`` where there are none to be seen."""
    if isinstance(output, list) and output and all(isinstance(d, Document) for d in output):
        return output
    if isinstance(output, Mapping):
        found = (documents_in(output[key]) for key in DOCUMENT_KEYS if key in output)
        return next((each for each in found if each is not None), None)
    return None


def question_in(given: object) -> str | None:
    """The question as a text; ``None`` where the input holds none that is recognised."""
    if isinstance(given, str):
        return given
    if isinstance(given, BaseMessage):
        return str(given.text)
    if isinstance(given, Mapping):
        values: list[Any] = [given[key] for key in QUESTION_KEYS if key in given]
        return next((each for each in values if isinstance(each, str)), None)
    return None
