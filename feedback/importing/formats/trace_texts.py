"""Finds the question and the answer in a trace's recorded input and output. Pure.

Tracers record a function's arguments and result: a text, a message, a list of them, an object with one of many names,
or any of these as JSON or as Python prints it.
"""

import ast
import contextlib
import json
from collections.abc import Mapping
from typing import Any

from feedback.importing.formats.conversations import ASSISTANT, USER, Data, Message, read, read_one, text_of

QUESTION = tuple(
    "messages question query user_question user_input user_message user_query input human_input chat_input "
    "message prompt text content request inputs input_value kwargs args".split()
)
ANSWER = tuple(
    "answer final_answer final_output output response reply output_text result completion content text message "
    "messages choices generations return_values outputs output_value generated_text value".split()
)
HISTORY = ("chat_history", "history", "previous_messages")
MAX_DEPTH = 8
MAX_CHARACTERS = 2_000_000


def data(value: Any) -> Any:
    """The value; for a text that is JSON, or an object as Python prints it, its content."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "[") or len(value) > MAX_CHARACTERS:
        return value
    for read_as in (json.loads, ast.literal_eval):
        with contextlib.suppress(
            ValueError, SyntaxError, MemoryError, RecursionError
        ):  # a text may begin with a bracket
            return read_as(value)
    return value


def mapping(value: Any) -> Data:
    """An object, even if written as JSON; an empty one for anything else."""
    value = data(value)
    return value if isinstance(value, Mapping) else {}


def input_messages(value: Any, deep: int = MAX_DEPTH) -> list[Message]:
    """The messages up to the question; empty where the value has none."""
    value = data(value)
    if deep == 0 or value in (None, "", [], {}):
        return []
    if isinstance(value, str):
        return [Message(USER, value)]
    if isinstance(value, list):
        found = read(value)
        if found or len(value) != 1:
            return found
        return input_messages(value[0], deep - 1)
    if not isinstance(value, Mapping):
        return []
    if "role" in value and (one := read_one(value)):
        return [one]
    for name in QUESTION:
        if name in value and (found := input_messages(value[name], deep - 1)):
            before = [message for each in HISTORY for message in read(data(value.get(each)))]
            return before + found
    return input_messages(next(iter(value.values())), deep - 1) if len(value) == 1 else []


def answer_text(value: Any, deep: int = MAX_DEPTH) -> str:
    value = data(value)
    if deep == 0:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        said = read(value)
        if said:
            return said[-1].text if said[-1].role == ASSISTANT and not said[-1].calls else ""
        return next((text for each in value[:1] if (text := answer_text(each, deep - 1))), "") or text_of(value)
    if not isinstance(value, Mapping):
        return ""
    if ("role" in value or "kwargs" in value) and (one := read_one(value)):
        return one.text if one.role == ASSISTANT and not one.calls else ""
    for name in ANSWER:
        if name in value and (text := answer_text(value[name], deep - 1)):
            return text
    return answer_text(next(iter(value.values())), deep - 1) if len(value) == 1 else ""


def trace_messages(given: Any, returned: Any) -> list[Message]:
    """A trace's messages up to its answer; only the output's if it repeats the input's."""
    output = data(returned)
    messages = data(output.get("messages")) if isinstance(output, Mapping) else output
    whole = read(messages) if isinstance(messages, list) else []
    if any(message.role == USER for message in whole):
        return whole
    answer = answer_text(output)
    return [*input_messages(given), Message(ASSISTANT, answer)] if answer.strip() else []
