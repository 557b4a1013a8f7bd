"""Answers in a language for machines: statements, commands, blocks."""

import re
from typing import Final

STATEMENT: Final = re.compile(
    r"\s*(?:```|def \w+\(|import \w+\s*$|select (?!(?:the|an?|your|any|one) )[^!?]*\bfrom (?!(?:the|an?|your) )|insert into |delete from |"
    r"update \w+ set |create (?:table|view|index) |with \w+ as \()",
    re.IGNORECASE | re.MULTILINE,
)
"""An answer in a language for machines, not "Select Export from the menu"."""
CODE: Final = re.compile(r"```|[{}=<>]|\w\(|(?:^|\s)--?\w|\b(?:SELECT|select)\b")
BLOCK: Final = re.compile(r"\{[^{}]*[:;][^{}]*\}")
"""A block of code in braces."""
COMMAND: Final = re.compile(r"[a-z][\w.-]*(?: [^\s,;]+)*? -{1,2}[a-z][^,;?!]*")
"""A command with an option, by itself."""


def is_statement(text: str) -> bool:
    """Whether a text is a statement of its own."""
    return STATEMENT.match(text) is not None


def is_command(text: str) -> bool:
    """Whether a text is a command or a block by itself."""
    return COMMAND.fullmatch(text) is not None or BLOCK.search(text) is not None


def is_code(text: str) -> bool:
    """Whether a text is a statement of its own, or has a block of code."""
    return is_statement(text) or text.count("```") > 1


def keeps_code(text: str, said: list[str], old: list[str]) -> bool:
    """Whether a text begins like the code of the answer, or is code that has all of it."""
    if said[:1] == old[:1] and len(said) >= max(3, len(old) / 4):
        return True
    return {*old} <= {*said} and CODE.search(text) is not None
