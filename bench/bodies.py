"""Which data is recognised, by its field names, as the body of a model's API, and refused as text
(`feedback/otel/attributes.py`).

    python -m bench.bodies [--log FILE …] [--write]

The labelled data (`bench/labelled/bodies.jsonl`) are the shapes that vendors document, and answers in JSON; none of the
bodies was recorded. No attribute of the recorded exports (`tests/feedback/otel/recorded`) and no text of the real logs
is such a body. Each line of the table removes one field name.
"""

import argparse
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

import django

from bench import marked
from bench.corrections import PAGE, read

LABELLED: Final = Path(__file__).parent / "labelled/bodies.jsonl"
RECORDED: Final = Path(__file__).parent.parent / "tests/feedback/otel/recorded"


def is_refused(text: str) -> bool:
    """Whether a text is refused as the body of an API."""
    from feedback.capture.payloads import PayloadError
    from feedback.otel.attributes import text_or_data

    try:
        text_or_data(text, "gen_ai.prompt")
    except PayloadError as error:
        return error.code == "unknown_shape"
    return False


def texts(value: Any) -> Iterator[str]:
    """The texts in data, however deep."""
    if isinstance(value, str):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from texts(inner)


def known(logs: Iterable[Path]) -> Iterator[tuple[str, bool, str]]:
    """Where a text is from, whether it is a body, and the text."""
    yield from (("labelled", bool(row["body"]), row["value"]) for row in read(LABELLED))
    recorded = {text for file in sorted(RECORDED.glob("*.jsonl")) for row in read(file) for text in texts(row)}
    yield from (("recorded", False, text) for text in sorted(recorded) if text.startswith("{"))
    yield from (("real logs", False, text) for log in logs for row in read(log) for text in texts(row))


def cells(cases: Sequence[tuple[str, bool, str]]) -> str:
    """How many bodies are refused, and how many other texts, by where they are from."""
    counts = Counter((origin, body, is_refused(text)) for origin, body, text in cases)
    groups = (("labelled", True), ("labelled", False), ("recorded", False), ("real logs", False))
    return " | ".join(f"{counts[*one, True]} of {counts[*one, True] + counts[*one, False]:,}" for one in groups)


def lines(logs: Iterable[Path]) -> Iterator[str]:
    """The table."""
    from feedback.otel import attributes

    cases = list(known(logs))
    yield "| field names | bodies refused | answers and questions in JSON refused | recorded attributes | texts of real logs |"
    yield "|---" * 5 + "|"
    yield f"| as they are | {cells(cases)} |"
    for name in sorted(attributes.BODY):
        with patch.object(attributes, "BODY", attributes.BODY - {name}):
            yield f"| without `{name}` | {cells(cases)} |"


def main() -> None:
    """Print the table, or write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", type=Path, nargs="+", default=[])
    parser.add_argument("--write", action="store_true", help="put the table into rules-texts.md")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flywheel_site.settings")
    django.setup()
    table = list(lines(options.log))
    print("\n".join(table))
    if options.write:
        marked.put(PAGE, "bodies", table)


if __name__ == "__main__":
    main()
