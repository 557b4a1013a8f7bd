"""Labelled texts for `bench.redaction`: those of a folder or, without one, generated from a seed.

A line of a corpus: `{"text", "spans": [[start, end, TYPE]...], "ignore": [[start, end, TYPE]...]}`; an ignored stretch counts
neither way, and its type may be `*`.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from pydoc_data.topics import topics

from privacy.redaction import checksums

Span = tuple[int, int, str]


@dataclass(frozen=True)
class Labelled:
    """A text, what should be found in it, and what is not counted."""

    text: str
    spans: tuple[Span, ...]
    ignore: tuple[Span, ...] = ()


def corpora(folder: Path | None) -> dict[str, list[Labelled]]:
    """The corpora of a folder by name; without one, a made corpus and one with nothing to find."""
    if folder is None:
        found = {"made": made(600), "made negatives": [Labelled(text, ()) for text in NEGATIVES * 20]}
    else:
        found = {path.stem: read(path) for path in sorted(folder.glob("*.jsonl"))}
    return {**found, "answers of 1 kB": answers()} if found else {}


def answers() -> list[Labelled]:
    """Ordinary answers: prose of about 1 kB from Python's own help, a made sentence with a value in its middle."""
    told = made(len(PROSE))
    return [
        Labelled(
            f"{before}{one.text}{after}",
            tuple((start + len(before), end + len(before), kind) for start, end, kind in one.spans),
        )
        for (before, after), one in zip(PROSE, told, strict=True)
    ]


def prose(size: int = 1000) -> list[tuple[str, str]]:
    """The topics of Python's help in texts of about so many characters, each in two halves."""
    found: list[tuple[str, str]] = []
    gathered: list[str] = []
    for paragraph in "\n\n".join(text for _, text in sorted(topics.items())).split("\n\n"):
        gathered.append(paragraph)
        if sum(map(len, gathered)) >= size:
            half = len(gathered) // 2
            found.append(("\n\n".join([*gathered[:half], ""]), "\n\n".join(["", *gathered[half:]])))
            gathered = []
    return found


def read(path: Path) -> list[Labelled]:
    """One corpus."""
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Labelled(row["text"], spans(row["spans"]), spans(row.get("ignore", ()))) for row in rows]


def spans(given: list[list[int | str]]) -> tuple[Span, ...]:
    """JSON's lists as spans."""
    return tuple((int(start), int(end), str(kind)) for start, end, kind in given)


def made(count: int, seed: int = 7) -> list[Labelled]:
    """Texts as people type them to an agent, each with one value; the same for the same seed."""
    chance = random.Random(seed)
    found: list[Labelled] = []
    for index in range(count):
        kind, make, carriers = KINDS[index % len(KINDS)]
        value = make(chance)
        before, after = chance.choice(carriers).split("%")
        found.append(Labelled(before + value + after, ((len(before), len(before) + len(value), kind),)))
    return found


def digits(chance: random.Random, count: int) -> str:
    """This many digits, of which the first is not zero."""
    return chance.choice("123456789") + "".join(chance.choice("0123456789") for _ in range(count - 1))


def letters(chance: random.Random, count: int, alphabet: str = "abcdefghijklmnopqrstuvwxyz") -> str:
    """This many letters."""
    return "".join(chance.choice(alphabet) for _ in range(count))


def card(chance: random.Random) -> str:
    """A Visa number that passes Luhn, grouped or not."""
    body = "4" + digits(chance, 14)
    number = next(body + str(last) for last in range(10) if checksums.luhn(body + str(last)))
    separator = chance.choice(["", " ", "-", "."])
    return separator.join(number[at : at + 4] for at in range(0, 16, 4))


def iban(chance: random.Random) -> str:
    """A German IBAN that passes mod 97, grouped or not."""
    body = digits(chance, 18)
    number = next(f"DE{check:02}{body}" for check in range(2, 99) if checksums.mod97(f"DE{check:02}{body}"))
    return chance.choice([number, number.lower(), " ".join(number[at : at + 4] for at in range(0, 22, 4))])


def email(chance: random.Random) -> str:
    """An address under a reserved domain, some of them spelt out."""
    local, domain = (
        f"{letters(chance, 6)}.{letters(chance, 5)}{chance.randrange(99)}",
        f"{letters(chance, 8)}.example.org",
    )
    return chance.choice(
        [f"{local}@{domain}", f"{local}@{domain}", f"{local}(at){domain.replace('.', '(dot)')}", f"{local}＠{domain}"]
    )


def phone(chance: random.Random) -> str:
    """A number of North America or Britain."""
    line = f"{chance.randrange(212, 989)} {chance.randrange(200, 999)} {chance.randrange(1000, 9999)}"
    area, exchange, last = line.split()
    return chance.choice(
        [
            f"({area}) {exchange}-{last}",
            f"{area}-{exchange}-{last}",
            f"+1 {line}",
            f"+44 20 7946 0{chance.randrange(100, 999)}",
        ]
    )


def name(chance: random.Random) -> str:
    """A first name and a surname that no list has."""
    return f"{chance.choice(FIRST_NAMES)} {letters(chance, 7).capitalize()}"


def street(chance: random.Random) -> str:
    """An address in the United States."""
    word = chance.choice(["Lane", "Street", "Ave", "Blvd", "Road"])
    return f"{chance.randrange(1, 9999)} {letters(chance, 7).capitalize()} {word}, {letters(chance, 8).capitalize()}, OH {digits(chance, 5)}"


def secret(chance: random.Random) -> str:
    """Thirty-two random letters and digits."""
    return letters(chance, 30, "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") + "7Q"


FIRST_NAMES = ["Maria", "Kevin", "Nathalie", "Jochen", "Olga", "Peter", "Manon", "James", "Heide", "Martine"]
CARRIERS = [
    "Hi, can you check % for me?",
    "I already told the agent: % and nothing happened.",
    "The answer was wrong, it should say %.",
    '{"note":"%","score":2}',
]
KINDS: list[tuple[str, Callable[[random.Random], str], list[str]]] = [
    ("EMAIL", email, CARRIERS),
    ("PHONE", phone, ["call me on %, please", "my number is %.", "tel: % (mornings)"]),
    ("CARD", card, ["card % was charged twice", *CARRIERS[:3]]),
    ("IBAN", iban, ["my iban is % thanks", *CARRIERS[:2]]),
    (
        "NATIONAL_ID",
        lambda chance: f"{chance.randrange(101, 600)}-{chance.randrange(10, 99)}-{digits(chance, 4)}",
        ["my ssn is %", *CARRIERS[:2]],
    ),
    (
        "IP",
        lambda chance: ".".join(str(chance.randrange(11, 250)) for _ in range(4)),
        ["from http://%:8080/x", *CARRIERS[:2]],
    ),
    (
        "PERSON",
        name,
        ["My name is % and I need help.", "Please remove %'s access.", "Regards,\n%", "I spoke with % about it"],
    ),
    ("ADDRESS", street, ["ship it to %, ok?", "I live at %.", "my new address is % from May"]),
    (
        "SECRET",
        secret,
        ["password=%\nnext", 'api_key: "%"', "my token is % ok", "see https://api.example.com/?token=%&page=2"],
    ),
    ("ACCOUNT", lambda chance: digits(chance, 12), ["account no. %", "acct no: % is mine", "customer number %"]),
]
NEGATIVES = [
    "Upgrade from 5.23.45 to v17.0.7.4080 fixes it",
    "Logged at 2021-08-22T05:32:47.943243Z with status 500 in 850 ms",
    "It costs $21,558.15 or €7368193 per year, total 036,426,212 units",
    "request 9b08923d-10c6-4fd9-94b2-b8fda02f34a6 failed",
    "fixed in commit e440066559a6656c90bd5482a90a29b9fa5ff518 (short 0bc0dbc)",
    "part TE-0748-33 replaced by 887-HYV-6232",
    "Ask the support of that cloud about its red hat.",
    "password=<YOUR_PASSWORD> and api_key = os.environ['API_KEY']",
    "The quick answer is that the order has shipped; nothing else is needed.",
]
PROSE = prose()
