"""The rules, one module a family. Each exports its `Detector`s."""

from collections.abc import Callable, Iterable

from privacy.redaction.detectors import (
    accounts,
    addresses,
    called,
    codes,
    contact,
    dates,
    financial,
    government,
    handles,
    network,
    paths,
    people,
    phones,
    scripts,
    secrets,
    siblings,
    tables,
)
from privacy.redaction.hits import Detector, Hit

DETECTORS: tuple[Detector, ...] = (
    *secrets.DETECTORS,
    *siblings.DETECTORS,
    *codes.DETECTORS,
    *contact.DETECTORS,
    *phones.DETECTORS,
    *financial.DETECTORS,
    *government.DETECTORS,
    *accounts.DETECTORS,
    *network.DETECTORS,
    *dates.DETECTORS,
    *handles.DETECTORS,
    *paths.DETECTORS,
    *tables.DETECTORS,
    *called.DETECTORS,
    *addresses.DETECTORS,
    *people.DETECTORS,
    *scripts.DETECTORS,
)

# Finders of what may be longer than a window: they read the whole text, and the detectors of that name not its windows.
LONG: tuple[Callable[[str], Iterable[Hit]], ...] = (secrets.pem_blocks, tables.columns)
READ_WHOLE = frozenset({"private_key", "column"})

# Gates that need a digit and are lists of words; the others that need one count digits and letters.
LISTED = frozenset(
    {
        "government_named",
        "account",
        "address",
        "address_type",
        "address_compound",
        "address_box",
        "address_unit",
        "address_cue",
        "called",
        "one_time_code",
        "key",
    }
)
