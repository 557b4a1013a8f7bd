"""Turns retrieval results, in the shapes of various frameworks, into sources. Pure."""

from collections.abc import Mapping
from typing import Any

from feedback.texts.literals import unwritten

LABEL, SHORT, LONG = 200, 2_000, 200_000
LISTS = ("documents", "output", "outputs", "results", "result", "nodes", "source_nodes", "matches", "data", "hits")
ID = ("id", "document_id", "doc_id", "chunk_id", "id_", "node_id", "_id")
TITLE = ("title", "name", "document_title", "file_name", "filename")
URL = ("url", "uri", "source", "doc_uri", "source_url", "link", "href", "file_path")
TEXT = ("content", "page_content", "text", "document", "chunk", "snippet", "body")
SCORE = ("score", "relevance_score", "similarity", "_score")


def sources(value: Any) -> list[dict[str, Any]]:
    """The documents in a retrieval's result; empty if none are recognised."""
    if isinstance(value, str):
        value = unwritten(value)
    if isinstance(value, dict):
        inner = next((value[key] for key in LISTS if isinstance(value.get(key), list | dict)), None)
        return sources(inner) if inner is not None else _one(value)
    if not isinstance(value, list):
        return []
    if len(value) == 1 and isinstance(value[0], list):
        return sources(value[0])
    return [source for item in value if isinstance(item, dict) for source in _one(item)]


def _one(item: Mapping[str, Any]) -> list[dict[str, Any]]:
    for wrapper in ("kwargs", "document", "node"):
        if isinstance(item.get(wrapper), dict):
            item = {**item, **item[wrapper]}
    more: Mapping[str, Any] = next(
        (item[key] for key in ("metadata", "meta", "payload") if isinstance(item.get(key), dict)), {}
    )
    found = {
        "id": _text((item, more), ID, LABEL),
        "title": _text((more, item), TITLE, SHORT),
        "url": _text((more, item), URL, SHORT),
        "text": _text((item, more), TEXT, LONG),
        "score": next((float(item[key]) for key in SCORE if isinstance(item.get(key), int | float)), None),
    }
    told = {key: value for key, value in found.items() if value not in (None, "")}
    return [told] if told.keys() - {"score"} else []


def _text(places: tuple[Mapping[str, Any], ...], keys: tuple[str, ...], limit: int) -> str:
    for place in places:
        for key in keys:
            if key in place and (value := place[key]) and isinstance(value, str | int):
                return str(value)[:limit]
    return ""
