"""JSON answers through orjson."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework.renderers import BaseRenderer
from rest_framework.utils.encoders import JSONEncoder


class JSONRenderer(BaseRenderer):
    """UTF-8 JSON; dates as RFC 3339."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if data is None:
            return b""
        try:
            return orjson.dumps(data, default=str, option=orjson.OPT_UTC_Z | orjson.OPT_NON_STR_KEYS)
        except orjson.JSONEncodeError:
            # PostgreSQL gives a large float back as an integer of more than 64 bits, which orjson does not write.
            return json.dumps(data, cls=JSONEncoder, ensure_ascii=False).encode()
