"""Numbers the placeholders: a value has the same number throughout an interaction."""

import hmac
import re
from collections.abc import Mapping
from typing import Final

PLACEHOLDER: Final = re.compile(r"\[([A-Z][A-Z_]{1,30})_([0-9]{1,6})\]")
PERSON: Final = "PERSON"
SHORT: Final = "~"
PART: Final = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
PARTICLES: Final = frozenset(
    "van von vom der den de la le di da del della dos das du bin ibn al el ten ter af av zu zur jr sr ii iii iv mr mrs ms dr prof".split()
)
DIGEST_CHARACTERS: Final = 16  # 64 bits: two values of one interaction share a number once in 2^32 values
MAX_RESERVED: Final = 1000  # a text full of typed placeholders must not bloat the state that is stored with it
NOT_ALPHANUMERIC: Final = re.compile(r"[\W_]+")
SIGNS: Final = bytes(code for code in range(128) if not chr(code).isalnum())  # the same in ASCII

SPELT_AT: Final = re.compile(r"%40|\s*[(\[{<]?\s*(?:@|\bat\b)\s*[)\]}>]?\s*", re.IGNORECASE)
SPELT_DOT: Final = re.compile(r"\s*[(\[{<]?\s*(?:\.|\bdot\b)\s*[)\]}>]?\s*", re.IGNORECASE)
SPELT: Final = frozenset("()[]{}<>% \t\r\n")
SPELT_WORD: Final = re.compile(r"\b(?:at|dot)\b", re.IGNORECASE)

# The types whose values are the same whatever their punctuation, e.g. `4111-1111…` and `4111 1111…`.
UNPUNCTUATED: Final = frozenset({"PHONE", "CARD", "IBAN", "NATIONAL_ID", "ACCOUNT", "POSTCODE"})


def parts_of(value: str) -> list[str]:
    """The parts of a name by which it may be given again."""
    return [part for part in PART.findall(value) if len(part) > 2 and part.casefold() not in PARTICLES]


class Numbering:
    """Numbers the distinct values of each type through one interaction: question, answer, sources, later feedback.

    It holds no value, only truncated HMACs of normalised values under `key`. A number that somebody typed as a
    placeholder (`[EMAIL_1]`) is reserved: no later value gets it. A value that was numbered before the placeholder was
    typed keeps its number, since the typed one most often refers to it.
    """

    __slots__ = ("_given", "_key", "_numbers", "_short", "_taken")

    def __init__(self, key: bytes = b"") -> None:
        self._key = key
        self._numbers: dict[str, dict[str, int]] = {}
        self._taken: dict[str, set[int]] = {}
        self._short: dict[str, int] = {}  # parts of names that were given in full
        self._given: list[tuple[str, int]] = []  # such names, until somebody asks for their parts

    @classmethod
    def of_one_text(cls) -> "Numbering":
        """A numbering that is not stored, so it need not hide its values."""
        return _Passing()

    def name(self, kind: str, value: str) -> str:
        """The key of a value: a truncated HMAC of its normalised form."""
        digest = hmac.digest(self._key, f"{kind}\0{normalised(kind, value)}".encode("utf-8", "surrogatepass"), "sha256")
        return digest.hex()[:DIGEST_CHARACTERS]

    def number(self, kind: str, value: str) -> int:
        """The number of a value: the one that it has, or the lowest that is free in its type."""
        name = self.name(kind, value)
        numbers = self._numbers.setdefault(kind, {})
        found = numbers.get(name)
        if found is None and kind == PERSON:
            found = self._person(value, name)
        if found is None:
            taken = self._taken.get(kind, ())
            found = len(numbers) + 1
            while found in taken:
                found += 1
            numbers[name] = found
            self._taken.setdefault(kind, set()).add(found)
            if kind == PERSON and " " in value:
                self._given.append((value, found))
        return found

    def _person(self, value: str, name: str) -> int | None:
        """The number of a person by a part of the name: `Keller` after `Maria Keller`, and `Maria Keller` after `Maria`."""
        numbers = self._numbers[PERSON]
        if not numbers:
            return None
        if " " not in value:
            return self._parts().get(name)
        full = frozenset(self._parts().values())
        for part in parts_of(value):
            number = numbers.get(self.name(PERSON, part))
            if number is not None and number not in full:
                numbers[name] = number
                self._given.append((value, number))
                return number
        return None

    def _parts(self) -> dict[str, int]:
        """The digests of parts of names that were given in full, with their numbers."""
        for value, number in self._given:
            parts = parts_of(value)
            for part in parts if len(parts) > 1 else ():
                self._short.setdefault(self.name(PERSON, part), number)
        self._given.clear()
        return self._short

    @property
    def has_persons(self) -> bool:
        """Whether a name was given in full, so that parts of it may follow."""
        return bool(self._short or self._given)

    def knows(self, word: str) -> bool:
        """Whether a word is a part of a name that was given in full."""
        return self.name(PERSON, word) in self._parts()

    def reserve(self, kind: str, number: int) -> None:
        """Keep a number that somebody typed in a placeholder from being given to another value, within reason."""
        taken = self._taken.setdefault(kind, set())
        if number <= MAX_RESERVED and len(taken) < MAX_RESERVED:
            taken.add(number)

    def state(self) -> dict[str, list[str]]:
        """Everything needed to continue the numbering later, as JSON: `number:digest`, `number:~digest` for a part of a
        name, and no digest where the number was typed.
        """
        found: dict[str, list[str]] = {}
        for kind in sorted({*self._numbers, *self._taken}):
            named: dict[int, list[str]] = {}
            for name, number in self._numbers.get(kind, {}).items():
                named.setdefault(number, []).append(name)
            for name, number in self._parts().items() if kind == PERSON else ():
                named.setdefault(number, []).append(SHORT + name)
            found[kind] = [
                f"{number}:{name}"
                for number in sorted(self._taken.get(kind, ()))
                for name in sorted(named.get(number, [""]))
            ]
        return found

    @classmethod
    def restored(cls, key: bytes, state: Mapping[str, list[str]]) -> "Numbering":
        """The numbering whose `state` this was, under the same key."""
        made = cls(key)
        for kind, entries in state.items():
            for entry in entries:
                number, _, name = entry.partition(":")
                made._taken.setdefault(kind, set()).add(int(number))
                if name.startswith(SHORT):
                    made._short[name[1:]] = int(number)
                elif name:
                    made._numbers.setdefault(kind, {})[name] = int(number)
        return made


class _Passing(Numbering):
    """The numbering of a single text, discarded after the call."""

    __slots__ = ()

    def name(self, kind: str, value: str) -> str:
        return normalised(kind, value)


def normalised(kind: str, value: str) -> str:
    """The form in which two spellings of one value are equal."""
    if kind == "EMAIL":
        low = value.casefold()
        if (
            SPELT.isdisjoint(low)
            and low.count("@") == 1
            and not (("at" in low or "dot" in low) and SPELT_WORD.search(low))
        ):
            return low
        return SPELT_DOT.sub(".", SPELT_AT.sub("@", value)).casefold()
    if kind in UNPUNCTUATED:
        if value.isascii():
            return value.encode("ascii").translate(None, SIGNS).decode("ascii").casefold()
        return NOT_ALPHANUMERIC.sub("", value).casefold()
    if kind == "SECRET":
        return value  # case is part of a secret
    return " ".join(value.casefold().split())
