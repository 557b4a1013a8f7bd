"""Numbers with their nouns, for the console and for what commands print."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """ "1 vote", "2,000 votes"; the plural is given where it has no -s."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"
