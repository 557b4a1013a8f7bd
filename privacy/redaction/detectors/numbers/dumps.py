"""Lines of bytes, as `xxd`, `hexdump` and `objdump` print them: their digits belong to nobody."""

import re
from typing import Final

# A line of a hex dump or of a disassembler: a place, then bytes.
DUMP: Final = re.compile(
    r"\s*(?:[0-9a-f]{3,16}(?: <[^<>\s]{1,80}>)?:[ \t]|[0-9a-f]{7,16} {2})[ \t]*(?:[0-9a-f]{2,8}[ \t]+){2}"
)
LONGEST_LINE: Final = 200


def dumped(low: str, place: int) -> bool:
    """Whether a place is in a line of bytes."""
    begin = low.rfind("\n", max(0, place - LONGEST_LINE), place) + 1
    return bool(DUMP.match(low, begin or max(0, place - LONGEST_LINE)))
