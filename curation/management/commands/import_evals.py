"""`manage.py import_evals FILE --project P`: each entry becomes a review task, and a golden case once a person approves it.

Imported cases belong to a subject of the operator's, with consent to evaluation but not to training: an imported answer
teaches nothing. `DIALECTS` lists the formats. User text in them is data: nothing is run, expanded or loaded. Markers
that our own exports split, so that no tool acts on them, are joined again.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import msgspec
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone

from curation.decisions.language import guess
from curation.decisions.rules import Outcome
from curation.models import Decision, ReviewTask
from curation.policies import versions
from curation.releases.formats import deepeval, langfuse, promptfoo
from feedback import capture
from feedback.capture import Conflict, ConsentSource, Gone
from feedback.capture.json_bodies import refuse_unstorable
from feedback.capture.payloads import InteractionIn, PayloadError, convert
from feedback.importing import commands
from feedback.models import Interaction, Project, WriteResult
from feedback.projects.commands import project_named
from privacy.consent.ledger import notice_for
from privacy.files.records import Record
from privacy.redaction import RedactionError

LISTS = ("tests", "cases", "items", "data", "samples", "goldens", "examples")
STRUCTURED = ("choices", "messages", "context", "vars", "assert")
QUESTIONS = ("question", "query", "input", "prompt")
ANSWERS = ("answer", "expected", "output", "text", "content")
HOLDER = "operator:eval-sets"
IMPORTED = "imported"
CONSENT = {"capture": True, "evaluation": True, "training": False}
RIGHT_WORDS = (
    "equals",
    "contains",
    "icontains",
    "similar",
    "starts-with",
    "levenshtein",
    "rouge-n",
    "answer-relevance",
)
LOADED = ("file://", "package:", "huggingface://", "python:", "javascript:")


class EvalSetError(ValueError):
    """An entry is not an eval case; the message names the field and never quotes the entry."""

    def __init__(self, words: str, field: str = "") -> None:
        super().__init__(words)
        self.field = field


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its right answer, and the turns before it."""

    question: str
    expected: str
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of one entry: `stored`, `replayed`, `gone`, or `bad` with the problem."""

    number: int
    result: str
    field: str = ""
    problem: str = ""


def entry(case: Any) -> Entry:
    """One case of any of the known shapes. Raises `EvalSetError`."""
    if not isinstance(case, Mapping):
        raise EvalSetError("A case is an object.")
    if isinstance(case.get("item"), Mapping):
        return entry(case["item"])
    for dialect in DIALECTS:
        if dialect.key in case:
            return dialect.read(case)
    raise EvalSetError(
        "A case has a question and expected, input and ideal, target or expected output, or vars and assert."
    )


def from_plain(case: Mapping[str, Any]) -> Entry:
    """A plain case, or a line of our own `eval_cases.jsonl`."""
    asked = case.get("messages") or [*turns_in(case.get("context")), {"role": "user", "content": case["question"]}]
    return build_entry(asked, chosen(case, case.get("expected")))


def from_target(case: Mapping[str, Any]) -> Entry:
    """A sample of OpenAI evals or of Inspect."""
    return build_entry(case.get("input"), chosen(case, case.get("ideal", case.get("target"))))


def from_promptfoo(case: Mapping[str, Any]) -> Entry:
    """A promptfoo test."""
    return joined(build_entry(question_in(case["vars"]), expected_in(case)), promptfoo.restored)


def from_langfuse(case: Mapping[str, Any]) -> Entry:
    """An item of a Langfuse dataset: texts, messages, or objects that hold them."""
    asked, right = case.get("input"), case["expectedOutput"]
    if isinstance(asked, Mapping):
        earlier = turns_in(asked.get("context"))
        asked = asked.get("messages") or [*earlier, {"role": "user", "content": first_of(asked, QUESTIONS, "input")}]
    right = first_of(right, ANSWERS, "expectedOutput") if isinstance(right, Mapping) else right
    return joined(build_entry(asked, right), langfuse.whole)


def from_deepeval(case: Mapping[str, Any]) -> Entry:
    """A DeepEval golden, which has one turn; our own exports keep the earlier turns in its metadata."""
    metadata = case.get("additional_metadata")
    earlier = turns_in(metadata.get("messages")) if isinstance(metadata, Mapping) else []
    found = build_entry([*earlier, {"role": "user", "content": case.get("input")}], case["expected_output"])
    return joined(found, deepeval.whole)


class Dialect(NamedTuple):
    """How a tool writes a case: recognised by a key, read by a function, shown to people as `form`."""

    key: str
    read: Callable[[Mapping[str, Any]], Entry]
    form: str
    tool: str


DIALECTS = (
    Dialect(
        "question", from_plain, '{"question", "expected", "context": [{"role", "content"}]}', "plain, as in releases"
    ),
    Dialect("expectedOutput", from_langfuse, '{"input", "expectedOutput"}', "Langfuse"),
    Dialect("expected_output", from_deepeval, '{"input", "expected_output"}', "DeepEval"),
    Dialect("ideal", from_target, '{"input": text or messages, "ideal"} or {"item": {…}}', "OpenAI evals"),
    Dialect("target", from_target, '{"input", "target", "choices"}', "Inspect"),
    Dialect(
        "vars",
        from_promptfoo,
        '{"vars": {"question": …}, "assert": [{"type": "equals", "value"}]}',
        'promptfoo, also under "tests"',
    ),
)
"""Tried in this order. For another tool, add its function and one entry."""
FORMAT = "\nA case is one of:\n" + "".join(f"  {each.form:<68}{each.tool}\n" for each in DIALECTS)
FORMAT += "If there are choices, the target names the right one by its letter, and the answer is that choice's text.\n"


def turns_in(value: Any) -> list[Any]:
    """The turns in a field that may hold something else, such as the texts of sources."""
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def first_of(values: Mapping[str, Any], names: Iterable[str], field: str) -> Any:
    """The value under the first of these names that exists, else the only value."""
    for name in names:
        if name in values:
            return values[name]
    if len(values) != 1:
        raise EvalSetError(f"It has none of: {', '.join(names)}.", field)
    return next(iter(values.values()))


def chosen(case: Mapping[str, Any], right: Any) -> Any:
    """The right answer in words; among choices, those that the target names by letter."""
    choices = case.get("choices")
    if not choices:
        return right[0] if isinstance(right, list) and right else right
    if not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        raise EvalSetError("The choices are a list of texts.", "choices")
    named = right if isinstance(right, list) and right else [right]
    return "\n".join(choice_of(choices, name) for name in named)


def choice_of(choices: list[str], name: Any) -> str:
    if isinstance(name, str):
        letter = name.strip().rstrip(".)").lstrip("(")
        place = ord(letter.upper()) - ord("A") if len(letter) == 1 and letter.isascii() and letter.isalpha() else -1
        if 0 <= place < len(choices) and (letter.isupper() or name not in choices):
            return choices[place]
        if name in choices:
            return name
    raise EvalSetError("The target names none of the choices.", "target")


def joined(found: Entry, restored: Callable[[str], str]) -> Entry:
    """The entry with every marker joined that our export split."""
    context = tuple((role, restored(text)) for role, text in found.context)
    return Entry(restored(found.question), restored(found.expected), context)


def question_in(variables: Any) -> Any:
    """The question among promptfoo's variables: the conversation, the one called `question`, else the only one."""
    if not isinstance(variables, Mapping):
        raise EvalSetError("The variables are not an object; files of variables are not loaded.", "vars")
    messages = turns_in(variables.get("messages"))
    if messages and messages == variables["messages"] and messages[-1].get("role") == "user":
        return messages
    return first_of(variables, QUESTIONS, "vars")


def expected_in(case: Mapping[str, Any]) -> Any:
    """The right answer of a promptfoo test: the value of its first assertion with words."""
    asserts = case.get("assert")
    for assertion in asserts if isinstance(asserts, list) else []:
        if isinstance(assertion, Mapping) and assertion.get("type") in RIGHT_WORDS:
            return assertion.get("value")
    raise EvalSetError(
        "No assertion says what the right answer is: equals, contains or similar, with a value.", "assert"
    )


def build_entry(asked: Any, expected: Any) -> Entry:
    """The entry of a question, text or messages, and its right answer."""
    context: tuple[tuple[str, str], ...] = ()
    if isinstance(asked, list):
        turns = [turn(message) for message in asked]
        if not turns or turns[-1][0] != "user":
            raise EvalSetError("The messages do not end with a user message.", "messages")
        context, asked = tuple(turns[:-1]), turns[-1][1]
    for text, field in ((asked, "question"), (expected, "expected")):
        if not isinstance(text, str) or not text.strip():
            raise EvalSetError("The question and the right answer are texts, and not empty.", field)
        if text.lstrip().startswith(LOADED):
            raise EvalSetError("The text refers to a file or code, which is never loaded.", field)
    return Entry(asked, str(expected), context)


def turn(message: Any) -> tuple[str, str]:
    if not isinstance(message, Mapping) or not all(isinstance(message.get(name), str) for name in ("role", "content")):
        raise EvalSetError("A message has a role and a content, both texts.", "messages")
    return message["role"], message["content"]


def import_cases(project: Project, records: Iterable[Record], asked: ConsentSource) -> Iterator[Imported]:
    """Store each case with a review task, and yield the result of each; a bad one never stops the rest.

    The id is made from the content: importing a file twice stores it once.
    """
    for record in records:
        number = record.number
        if record.problem:
            yield Imported(number, "bad", record.field, record.problem)
            continue
        try:
            found = entry(record.value)
            recorded = capture.record_interaction(project, payload(found), asked)
            if recorded.result == WriteResult.STORED:
                open_task(project, recorded.id)
            yield Imported(number, recorded.result)
        except EvalSetError as error:
            yield Imported(number, "bad", error.field, str(error))
        except PayloadError as error:
            yield Imported(number, "bad", error.pointer.removeprefix("/").replace("/", "."), error.detail)
        except RedactionError as error:
            yield Imported(number, "bad", problem=str(error))
        except Conflict:
            yield Imported(number, WriteResult.REPLAYED)
        except Gone:
            yield Imported(number, WriteResult.GONE)


def payload(found: Entry) -> InteractionIn:
    """The entry as the write path takes it."""
    content = msgspec.json.encode((found.question, found.expected, found.context))
    body = {
        "id": f"eval-{hashlib.sha256(content).hexdigest()[:32]}",
        "subject": HOLDER,
        "question": found.question,
        "answer": found.expected,
        "context": [{"role": role, "content": text} for role, text in found.context],
        "consent": CONSENT,
        "tags": [IMPORTED],
    }
    refuse_unstorable(body)
    return convert(body, InteractionIn)


def open_task(project: Project, external_id: str) -> None:
    """Open the review task of an imported case, which is used only after a person has approved it."""
    source = Interaction.objects.get(project=project, external_id=external_id)
    detail = "Imported from an eval set. If you approve it, it becomes a golden case."
    with transaction.atomic():
        Decision.objects.get_or_create(
            interaction=source,
            defaults={
                "project": project,
                "subject_id": source.subject_id,
                "policy_version": versions.current(project).version,
                "revision": source.revision,
                "outcome": Outcome.AMBIGUOUS,
                "reason": IMPORTED,
                "detail": detail,
                "language": guess(source.question),
                "decided_at": timezone.now(),
            },
        )
        if not ReviewTask.objects.filter(interaction=source).exists():
            ReviewTask.objects.create(
                project=project,
                interaction=source,
                subject_id=source.subject_id,
                reason=IMPORTED,
                detail=detail,
                revision=source.revision,
            )


NOTICE = "An eval set of the operator's own, imported for testing; no person's conversation."
TAKEN = (WriteResult.STORED, WriteResult.REPLAYED)


class Command(BaseCommand):
    help = "Import an eval set from another tool; each case waits for a reviewer's approval."

    def add_arguments(self, parser: CommandParser) -> None:
        commands.add_arguments(parser, FORMAT)

    def handle(self, *args: Any, **options: Any) -> None:
        project = project_named(options["project"])
        tally = commands.Tally()
        records = commands.records(options["file"], structured=STRUCTURED, lists=LISTS)
        for case in import_cases(project, records, ConsentSource("import", notice_for(NOTICE))):
            tally.add(case.number, str(case.result), case.field, case.problem)
        counts = tally.counts
        summary = f"{counts['stored']} wait for review, {counts['replayed']} were already there."
        commands.finish(self, tally, summary, taken=TAKEN, as_json=options["json"])
