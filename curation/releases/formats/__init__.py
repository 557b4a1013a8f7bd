"""The file formats of a release: three always, others by choice. A format writes one line a record, so that a release
streams, its lineage names a line, and a recut drops lines without rewriting the rest. Parquet is not among them: it is
made from finished lines (`parquet.convert`).
"""

from curation.releases.formats import (
    deepeval,
    dpo,
    eval_cases,
    inspect,
    kto,
    langfuse,
    openai_evals,
    parquet,
    preferences,
    promptfoo,
    sft,
)
from curation.releases.formats.format import Format

DEFAULT: tuple[Format, ...] = (eval_cases, sft, preferences)
OPTIONAL: dict[str, Format] = {
    "deepeval": deepeval,
    "dpo": dpo,
    "inspect": inspect,
    "kto": kto,
    "langfuse": langfuse,
    "openai_evals": openai_evals,
    "promptfoo": promptfoo,
}
PARQUET = "parquet"
CHOICES = (*sorted(OPTIONAL), PARQUET)
"""The formats that a dataset may choose in addition to the three that every release has."""


def chosen(names: list[str]) -> tuple[Format, ...]:
    """The line formats of a dataset that chose these names, in an order that does not depend on theirs.

    Raises `ValueError` for a name that is none of `CHOICES`.
    """
    if unknown := set(names) - set(CHOICES):
        raise ValueError(f"no such format: {', '.join(sorted(unknown))}; there are {', '.join(CHOICES)}")
    return (*DEFAULT, *(OPTIONAL[name] for name in sorted(OPTIONAL) if name in names))


def check(names: list[str]) -> None:
    """Raises `ValueError` for a name that is none of `CHOICES`, or that needs a library which is not installed."""
    chosen(names)
    if PARQUET in names and not parquet.installed():
        raise ValueError(parquet.EXTRA)
