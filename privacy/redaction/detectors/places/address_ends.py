"""Finds the end of an address from its street: the unit, town, code and country that follow."""

import re
from typing import Final

from privacy.redaction.detectors.places.address_forms import (
    ANY_CODE,
    COUNTRY,
    STATE,
    STATE_NAME,
    TOWN,
    UK_CODE,
    UNIT,
    ZIP,
)
from privacy.redaction.hits import Hit

RANK: Final = 50
AFTER_UNIT: Final = rf"(?:[ ]?+,?+[ \n]{{0,2}}+[>?\s]{{0,6}}+{UNIT})?"
FOLLOWING: Final = re.compile(
    rf"(?:\.(?=[ ]?[,\n]| (?i:{UNIT})))?(?i:{AFTER_UNIT})(?P<town>[ ]?[,\n][\s>?]{{0,6}}{TOWN}(?=[ ]?(?:[,\n;.!?)\"<]|\Z| (?:{STATE})\b| [A-Z]{{2}} \d| {UK_CODE}| {ZIP}| [a-z])))?"
    rf"(?P<area>(?:[ ]?,?[\s>?]{{1,6}},?\s?(?:(?:{STATE}|[A-Z]{{2}}|nan)\b(?=\.?,?\s{{1,3}}(?:{ZIP}|{COUNTRY}|{TOWN}))|{STATE_NAME})\.?)?(?:,?[\s>?]{{1,6}}(?:{ANY_CODE})(?:,? {TOWN})?)?)"
    rf"(?P<country>[ ]?,?[\s>?]{{1,6}}{COUNTRY}\b)?"
)
LAST_LINE: Final = re.compile(rf"[\s>?]{{1,8}}({TOWN}|[A-Z]{{2}}) (\d{{4,5}})(?!\d)")


def street(text: str, start: int, end: int) -> Hit:
    """A hit from a street to the end of its address."""
    return Hit(start, whole(text, end), RANK, "ADDRESS", "street")


def whole(text: str, end: int) -> int:
    """Where an address ends whose street ends at `end`."""
    following = FOLLOWING.match(text, end)
    if following and following.end() > end:
        end = following.end()
    last = LAST_LINE.match(text, end)
    return last.end() if last else end
