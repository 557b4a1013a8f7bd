"""The rules, a module or a package for each family. Each exports its `Detector`s."""

from collections.abc import Callable, Iterable

from privacy.redaction.detectors import contact, handles, network, numbers, paths, people, places, secrets, tables
from privacy.redaction.detectors.secrets import tokens
from privacy.redaction.hits import Detector, Hit

DETECTORS: tuple[Detector, ...] = (
    *secrets.DETECTORS,
    *contact.DETECTORS,
    *numbers.DETECTORS,
    *network.DETECTORS,
    *handles.DETECTORS,
    *paths.DETECTORS,
    *tables.DETECTORS,
    *places.DETECTORS,
    *people.DETECTORS,
)

# Finders of what may be longer than a window: they read the whole text, and the detectors of that name not its windows.
LONG: tuple[Callable[[str], Iterable[Hit]], ...] = (tokens.pem_blocks, tables.columns)
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
