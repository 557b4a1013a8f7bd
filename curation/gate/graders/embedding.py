"""The embedding grader: how close two texts lie in a model's space. Optional; the model is loaded when it is
first used.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Sequence

from curation.gate.graders.grades import CaseView, Grader, GraderError, ModelError

Encode = Callable[[list[str]], Sequence[Sequence[float]]]
"""Texts in, one vector of the same length for each out."""


def embedding_grader(*, encode: Encode | None = None, model: str = "") -> Grader:
    """Return a grader over `encode`, or over the sentence-transformers model in the local folder `model`.

    The package is an extra, imported here only; the model is never fetched. Raises GraderError where either
    is missing.
    """
    turn = encode or _load(model)

    def embedding(answer: str, expected: str, case: CaseView, /) -> float:
        """Return the cosine of both vectors, negative values as 0.0."""
        vectors = turn([answer, expected])
        if len(vectors) != 2 or len(vectors[0]) != len(vectors[1]):
            raise ModelError("embedding: the model did not return two vectors of one length")
        return _cosine(vectors[0], vectors[1])

    return embedding


def endpoint_encoder(url: str, model: str, key: str, timeout: float) -> Encode:
    """Return an encoder over the embeddings of an OpenAI-compatible endpoint; `timeout` in seconds.

    Raises GraderError without httpx, which is an extra; what it returns raises ModelError for every answer that is not
    one vector a text.
    """
    try:
        httpx = importlib.import_module("httpx")
    except ImportError as missing:
        raise GraderError("embedding: install httpx to use an endpoint") from missing
    asking = httpx.Client(timeout=timeout, follow_redirects=False)
    headers = {"Authorization": f"Bearer {key}"} if key else {}

    def encode(texts: list[str]) -> Sequence[Sequence[float]]:
        try:
            reply = asking.post(
                url.rstrip("/") + "/embeddings", json={"model": model, "input": texts}, headers=headers, timeout=timeout
            )
        except httpx.HTTPError as broken:
            raise ModelError("embedding: the endpoint cannot be reached") from broken
        if reply.status_code != 200:
            raise ModelError(f"embedding: the endpoint answered {reply.status_code}")
        try:
            rows = sorted(reply.json()["data"], key=lambda row: row["index"])
            return [[float(value) for value in row["embedding"]] for row in rows]
        except (KeyError, TypeError, ValueError) as garbled:
            raise ModelError("embedding: the endpoint's reply does not fit") from garbled

    return encode


def _cosine(left: Sequence[float], right: Sequence[float]) -> float:
    dot = math.fsum(float(a) * float(b) for a, b in zip(left, right, strict=True))
    size = math.sqrt(math.fsum(float(a) ** 2 for a in left)) * math.sqrt(math.fsum(float(b) ** 2 for b in right))
    if not math.isfinite(size) or size == 0.0:
        raise ModelError("embedding: a vector has no direction")
    return min(max(dot / size, 0.0), 1.0)


def _load(model: str) -> Encode:
    if not model:
        raise GraderError("embedding: name a model or pass encode")
    try:
        package = importlib.import_module("sentence_transformers")
    except ImportError as missing:
        raise GraderError("embedding: install sentence-transformers to use this grader") from missing
    loaded = package.SentenceTransformer(model, local_files_only=True)

    def encode(texts: list[str]) -> Sequence[Sequence[float]]:
        return [[float(value) for value in vector] for vector in loaded.encode(texts)]

    return encode
