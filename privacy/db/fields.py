"""Columns that refuse text the redactor has not seen: a write path that forgets it fails instead of leaking."""

import json
from typing import Any

import orjson
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

from privacy.redaction import Redacted, is_redacted


class UnredactedError(ValueError):
    """Text that did not come from the redactor was about to be stored. Names the column, never the text."""


def stored(value: Any) -> Any:
    """JSON from the database, which was redacted when it was written. Keys stay plain: encoders accept no other."""
    if isinstance(value, str):
        return Redacted.stored(value)
    if isinstance(value, list):
        return [stored(item) for item in value]
    if isinstance(value, dict):
        return {key: stored(item) for key, item in value.items()}
    return value


def rewritable(value: Any) -> Any:
    """JSON that was read from one redacted column, as another takes it: with keys that are `Redacted` too."""
    if isinstance(value, list):
        return [rewritable(item) for item in value]
    if isinstance(value, dict):
        return {Redacted.stored(key): rewritable(item) for key, item in value.items()}
    return value


class RedactedTextField(models.TextField):  # type: ignore[type-arg]
    """Text. Saves only a `Redacted`, and reads back as `Redacted`."""

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, Redacted) or value == "":
            return None if value is None else str(value)
        raise UnredactedError(f"{self.model._meta.label}.{self.name}: text must be redacted before it is stored")

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Redacted | None:
        return None if value is None else Redacted.stored(value)


class Encoder(DjangoJSONEncoder):
    """Django's encoder, ten times as fast for plain ASCII; other characters stay escaped on SQLite, as queries expect."""

    def encode(self, o: Any) -> str:
        try:
            made = orjson.dumps(o, option=orjson.OPT_NON_STR_KEYS)
        except orjson.JSONEncodeError:  # for example an integer of more than 64 bits
            return super().encode(o)
        return made.decode() if made.isascii() else super().encode(o)


ENCODER = Encoder()


def as_json(value: dict[str, Any] | list[Any], connection: BaseDatabaseWrapper) -> Any:
    """A structure as the driver takes it: the same result as Django's own methods, in one step."""
    if connection.vendor == "sqlite":
        return ENCODER.encode(value)
    return connection.ops.adapt_json_value(value, Encoder)


class RedactedJSONField(models.JSONField):
    """JSON in which every string, whether key or value and at any depth, is `Redacted`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["encoder"] = Encoder
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        """What migrations record: the encoder is not part of the schema."""
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"encoder": DjangoJSONEncoder}

    def get_db_prep_value(self, value: Any, connection: BaseDatabaseWrapper, prepared: bool = False) -> Any:
        if value is not None and not hasattr(value, "resolve_expression") and not is_redacted(value):
            raise UnredactedError(f"{self.model._meta.label}.{self.name}: text must be redacted before it is stored")
        if type(value) in (dict, list):
            return as_json(value, connection)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> Any:
        if value is None or not isinstance(value, str):
            return stored(value)
        return stored(json.loads(value))
