"""`calls`: whether an agent called the tools that the case's agent called, with the same arguments.

Arguments are equal by value: 1 is 1.0, the order of keys is free, null is as good as absent. The order of two calls is free
where both only look something up and neither needs what the other found; else it counts. A call that failed and was
repeated with success counts once.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any, Final

from curation.gate.graders.grades import CaseView, GraderError

Call = Mapping[str, Any]
# How the names of tools that only look something up, and of tools that change something, are made up.
LOOKS: Final = frozenset(
    "browse calculate check compare compute convert count describe fetch find get inspect list lookup look query read "
    "retrieve search select show status summarize think translate validate verify view".split()
)
ACTS: Final = frozenset(
    "add apply approve archive assign block book buy cancel change charge clear close commit copy create delete deploy "
    "disable draft edit enable exchange execute fork grant insert install invite mark merge modify move notify open order "
    "patch pay place post publish push put refund register reject remove rename reply reset resolve restart return revoke "
    "run save schedule send set share star start stop submit subscribe transfer trigger unassign undo update upload "
    "upsert write".split()
)
WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
LONG: Final = 3
"""Signs from which on a value that comes again is taken to be the same thing: "7" is in nearly every result."""
PARTLY: Final = 0.99


def calls(answer: str, expected: str, case: CaseView) -> float:
    """1.0 where the same calls were made in an order that does the same; else the share of calls that both have, less
    where only their order differs. Both texts are JSON: a list of steps. Raises `GraderError`."""
    wanted, made = _settled(read(expected)), _settled(read(answer))
    if not wanted:
        raise GraderError("calls: the case has no steps")
    places = _matched(wanted, made)
    found = [place for place in places if place is not None]
    share = 2 * len(found) / (len(wanted) + len(made))
    if len(found) < max(len(wanted), len(made)):
        return min(share, PARTLY)
    swapped = any(
        first > second and order_counts(one, other)
        for (one, first), (other, second) in combinations(zip(wanted, found, strict=True), 2)
    )
    return 0.5 if swapped else 1.0


def read(text: str) -> list[Call]:
    """The calls in a list of steps. Raises `GraderError`."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise GraderError("calls: the steps are not JSON") from error
    if not isinstance(found, list) or not all(isinstance(one, Mapping) and one.get("name") for one in found):
        raise GraderError("calls: the steps are not a list of calls with names")
    return found


def order_counts(one: Call, other: Call) -> bool:
    """Whether the second of two calls has to come after the first: it uses what that found, or one of them acts."""
    return not (looks_up(str(one["name"])) and looks_up(str(other["name"]))) or _uses(other, one)


def looks_up(name: str) -> bool:
    """Whether a tool of that name only looks something up, as far as names tell."""
    words = {word.casefold() for word in WORDS.findall(name)}
    return not words.isdisjoint(LOOKS) and words.isdisjoint(ACTS)


def value_of(value: Any) -> Any:
    """The value in a form that is equal where the value is."""
    if isinstance(value, Mapping):
        parts = ((str(name), value_of(part)) for name, part in value.items() if part is not None)
        return ("object", tuple(sorted(parts, key=lambda part: part[0])))
    if isinstance(value, list):
        return ("list", tuple(map(value_of, value)))
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, bool) or value is None:
        return ("sign", value)
    return ("number", value)


def _settled(steps: Sequence[Call]) -> list[Call]:
    """The steps without those that failed where the same tool was called with success later."""
    return [
        step
        for place, step in enumerate(steps)
        if not step.get("error")
        or not any(later["name"] == step["name"] and not later.get("error") for later in steps[place + 1 :])
    ]


def _matched(wanted: Sequence[Call], made: Sequence[Call]) -> list[int | None]:
    """For each call that is wanted the place of its equal among those that were made, each taken once."""
    free: dict[Any, list[int]] = {}
    for place, one in enumerate(made):
        free.setdefault(_key(one), []).append(place)
    return [places.pop(0) if (places := free.get(_key(one))) else None for one in wanted]


def _key(call: Call) -> Any:
    return call["name"], value_of(arguments_of(call))


def arguments_of(call: Call) -> Any:
    """The arguments; data that is written in a text as data, none as an empty object."""
    given = call.get("arguments")
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            given = {"input": given}
    return {} if given is None else given


def _uses(later: Call, earlier: Call) -> bool:
    """Whether a value of the later call's arguments is in what the earlier one gave back."""
    result = earlier.get("result")
    text = result if isinstance(result, str) else json.dumps(result, ensure_ascii=False)
    return any(
        re.search(rf"(?<!\w){re.escape(value)}(?!\w)", text) is not None
        for value in _leaves(arguments_of(later))
        if len(value) >= LONG
    )


def _leaves(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        value = list(value.values())
    if isinstance(value, list):
        return [leaf for part in value for leaf in _leaves(part)]
    return [] if value is None or isinstance(value, bool) else [str(value)]
