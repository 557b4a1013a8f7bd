"""Shared by the commands that import a file: records with progress, and the result in words and JSON."""

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter

from feedback.capture import ConsentSource
from feedback.importing import logs
from feedback.importing.formats import FORMATS
from feedback.importing.mapping import INNER
from feedback.importing.reading import AUTO, OWN, Reading
from feedback.importing.votes import Scale, threshold_of
from privacy.consent import ledger
from privacy.console.progress import bar
from privacy.files import records as files_records
from privacy.files.records import Record, UnreadableFile
from privacy.models import Purpose

SHOWN = 20  # problems shown; line numbers shown for a problem
FEW = 5
# A line's result, in words.
WORDS = {
    "stored": "stored",
    "replayed": "there already",
    "votes": "with votes only",
    "no_vote": "scores that are not votes (--vote NAME counts one as a vote)",
    "no_consent": "without consent",
    "gone": "erased before",
}
NOTHING: Mapping[str, Any] = {}
FILES = """Files: JSON Lines, a JSON array or document, YAML, CSV with any separator; xlsx (needs openpyxl), Parquet (needs pyarrow).
UTF-8, UTF-16, Windows-1252 in CSV, others by --encoding; gzip is unpacked. A byte order mark, CRLF and blank lines do not
matter. A bad line is reported by its number and field; the rest is imported. In a JSON array or YAML the number is the item's."""
LISTS = (
    "data",
    "traces",
    "runs",
    "rows",
    "records",
    "logs",
    "chats",
    "interactions",
    "feedbacks",
    "results",
    "content",
)
LONGEST = 64 * 1_048_576  # bytes of a record, which may be a chat with all its branches and pictures
EXIT = """Exit status: 0 if something was stored or already there; 1 if nothing was, if the file cannot be used and, without --json, if any line is bad (--json lists them)."""

ASK = (
    "Lines without consent were not stored. Write the consent into each line "
    '("consent": {"capture": true, "evaluation": true, "training": true}), or, if you already hold it: '
    '--consent capture,evaluation,training --notice "the words under which people agreed"'
)


class Format(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Help that keeps the lines of a file format as they are."""


@dataclass(slots=True)
class Tally:
    """Results of a file's lines: counts by result, and the problems as (number, field, words)."""

    counts: Counter[str] = field(default_factory=Counter)
    problems: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, number: int, result: str, field: str = "", problem: str = "") -> None:
        """Note a line's result; a line that was stored can have a problem, too."""
        self.counts[result] += 1
        if problem:
            self.problems.append((number, field, problem))


def add_arguments(parser: CommandParser, format: str) -> None:
    """The arguments that every import has, and the file's format in `--help`."""
    parser.formatter_class = Format
    parser.description = f"{parser.description}\n\n{format.strip()}\n\n{FILES}\n\n{EXIT}"
    parser.add_argument("file", type=Path)
    parser.add_argument("--project", required=True)
    parser.add_argument("--json", action="store_true", help="Print the counts, and every problem, as JSON.")


def add_log_options(parser: CommandParser) -> None:
    """The arguments for consent that the operator already holds, and for logs of another shape."""
    parser.add_argument(
        "--consent", default="", help="The consent you already hold for lines without any: capture,evaluation,training"
    )
    parser.add_argument("--notice", default="", help="The wording that people agreed to.")
    parser.add_argument(
        "--format",
        default=AUTO,
        choices=(AUTO, OWN, *FORMATS),
        help="The product it was exported from; auto recognises it by its records.",
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="FIELD=PATH",
        help="Where your log has a field: --map question=input.text --map answer=output, or both in one, separated by a comma. Other fields are left out unless they have our names. Parts of objects: agent.model=model, metadata.page=url.",
    )
    parser.add_argument(
        "--threshold",
        default="",
        metavar="NUMBER",
        help="The lowest score of an up-vote: 4. Or 2,4: down-votes up to 2, up-votes from 4.",
    )
    parser.add_argument(
        "--vote",
        action="append",
        default=[],
        metavar="NAME",
        help="Count scores with this name as users' votes.",
    )
    parser.add_argument("--zone", default="", help="The time zone of times without one: Europe/Berlin, UTC.")
    parser.add_argument(
        "--time-format", default="", metavar="FORMAT", help="How times are written, in the codes of strptime."
    )
    parser.add_argument("--encoding", default="", help="The encoding of the file: cp1252, shift_jis.")
    parser.add_argument("--delimiter", default="", help="The separator of a CSV file.")


def reading_of(options: dict[str, Any]) -> Reading:
    """How the file is read. Raises `CommandError`."""
    try:
        zone = ZoneInfo(options["zone"]) if options["zone"] else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CommandError("--zone takes the name of a time zone, such as Europe/Berlin or UTC.") from None
    try:
        threshold = threshold_of(options["threshold"])
    except ValueError:
        raise CommandError("--threshold takes a number (4), or two in order (2,4: down to 2, up from 4).") from None
    return Reading(
        options["format"], fields_of(options), zone, options["time_format"], Scale(threshold), options["vote"]
    )


def fields_of(options: dict[str, Any]) -> dict[str, str]:
    """Our fields, each with its place in the log. Raises `CommandError`."""
    found = {}
    for text in options["map"]:
        for part in re.split(rf",(?=(?:{'|'.join(logs.FIELDS)})(?:\.\w+)?=)", text):
            name, _, path = part.partition("=")
            outer, _, inner = name.partition(".")
            known = outer in logs.FIELDS and (not inner or outer in INNER)
            if not known or not path:
                raise CommandError(f"--map takes FIELD=PATH, where FIELD is one of: {', '.join(logs.FIELDS)}")
            found[name] = path
    return found


def consent_of(options: dict[str, Any]) -> tuple[dict[str, bool], ConsentSource]:
    """The consent that the operator holds, and its wording. Raises `CommandError`."""
    held = dict.fromkeys(filter(None, (name.strip() for name in options["consent"].split(","))), True)
    if set(held) - set(Purpose.values):
        raise CommandError(f"--consent takes a list of: {', '.join(Purpose.values)}")
    if held and Purpose.CAPTURE not in held:
        raise CommandError("--consent must include capture: without it, nothing is stored.")
    try:
        return held, ConsentSource("import", ledger.notice_for(options["notice"]))
    except ledger.PersonalNotice as error:
        raise CommandError(str(error)) from None


def records(
    path: Path,
    *,
    structured: Collection[str] = (),
    lists: Collection[str] = (),
    encoding: str = "",
    delimiter: str = "",
    longest: int = files_records.MAX_RECORD,
) -> Iterator[Record]:
    """The records of a file, with a progress bar over its bytes. Raises `CommandError` if it cannot be used."""
    with bar("import", "B") as progress:
        try:
            yield from files_records.read(
                path,
                structured=structured,
                lists=lists,
                encoding=encoding,
                delimiter=delimiter,
                longest=longest,
                progress=progress,
            )
        except UnreadableFile as error:
            raise CommandError(str(error)) from None


def log_records(path: Path, encoding: str = "", delimiter: str = "") -> Iterator[Record]:
    """The records of a log. Raises `CommandError` if the file cannot be used."""
    sign = {"tab": "\t", "\\t": "\t"}.get(delimiter, delimiter)
    if len(sign) > 1:
        raise CommandError("--delimiter takes one character, or: tab")
    return records(path, structured=logs.STRUCTURED, lists=LISTS, encoding=encoding, delimiter=sign, longest=LONGEST)


def grouped(problems: Iterable[tuple[int, str, str]]) -> Iterator[str]:
    """Each problem once, with the lines that have it."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for number, name, words in problems:
        found[f"{name}: {words}" if name else words].append(number)
    for place, (words, numbers) in enumerate(found.items()):
        if place == SHOWN:
            yield f"… and {len(found) - SHOWN} more problems (--json lists all)."
            return
        some = ", ".join(map(str, numbers[:FEW])) + (", …" if len(numbers) > FEW else "")
        yield f"line {numbers[0]}: {words}" if len(numbers) == 1 else f"{len(numbers)} lines ({some}): {words}"


def finish(
    command: BaseCommand,
    tally: Tally,
    said: str,
    *,
    taken: Collection[str],
    as_json: bool,
    more: Mapping[str, Any] = NOTHING,
) -> None:
    """Print the result; in JSON, with `more` besides the counts.

    Exits with 1 as `EXIT` says; `taken` are the results of a line that is in the database.
    """
    if as_json:
        problems = [{"line": number, "field": name, "problem": words} for number, name, words in tally.problems]
        command.stdout.write(
            orjson.dumps({**tally.counts, **more, "problems": problems}, option=orjson.OPT_NON_STR_KEYS).decode()
        )
    else:
        command.stdout.write(said)
        for line in grouped(tally.problems):
            command.stderr.write(line)
    if not any(tally.counts[result] for result in taken):
        raise CommandError("Nothing was stored.")
    if tally.problems and not as_json:
        raise SystemExit(1)
