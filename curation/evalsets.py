"""Eval sets that a team has already, as golden cases: each becomes a review task, and a case once a person approves it.

What is imported belongs to a subject that the operator holds, with consent to evaluation and none to training: an
imported answer teaches nothing. Read are promptfoo tests (YAML, JSON), OpenAI evals, Inspect (JSON Lines) and plain
{"question", "expected"}; user text in them is data, nothing of it is run, expanded or loaded.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import yaml
from django.db import transaction
from django.utils import timezone

from curation import policies
from curation.language import guess
from curation.models import Decision, ReviewTask
from curation.rules import Outcome
from feedback import capture
from feedback.capture import Asked, Conflict, Gone
from feedback.models import Interaction, Project
from feedback.models import Outcome as Write
from feedback.payloads import InteractionIn, PayloadError, convert, refuse_unstorable
from privacy.redaction import RedactionError

HOLDER = "operator:eval-sets"
IMPORTED = "imported"
CONSENT = {"capture": True, "evaluation": True, "training": False}
YAML = (".yaml", ".yml")
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
    """The file, or an entry of it, is no eval case; in words that quote nothing of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A question with its right answer, and the turns before it."""

    question: str
    expected: str
    context: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Imported:
    """How one entry ended: `stored`, `replayed`, `gone`, or `bad` with the problem."""

    number: int
    result: str
    problem: str = ""


def read(path: Path) -> Iterator[tuple[int, Any]]:
    """The entries of a file with their numbers, from 1. Raises `EvalSetError` for what is neither YAML nor JSON."""
    try:
        raw = path.read_bytes()
        if path.suffix.lower() in YAML:
            found = yaml.safe_load(raw)
        elif path.suffix.lower() == ".json":
            found = msgspec.json.decode(raw)
        else:
            found = [msgspec.json.decode(line) for line in raw.splitlines() if line.strip()]
    except (yaml.YAMLError, msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise EvalSetError(f"The file cannot be read ({type(error).__name__}).") from error
    tests = found.get("tests") if isinstance(found, dict) and "tests" in found else found
    if not isinstance(tests, list):
        raise EvalSetError("The file holds no list of cases.")
    yield from enumerate(tests, 1)


def entry(case: Any) -> Entry:
    """One case of any of the known shapes. Raises `EvalSetError`."""
    if not isinstance(case, Mapping):
        raise EvalSetError("A case is an object.")
    if isinstance(case.get("item"), Mapping):
        return entry(case["item"])
    if "question" in case:
        return made(case.get("messages") or case["question"], case.get("expected"))
    if "ideal" in case or "target" in case:
        right = case.get("ideal", case.get("target"))
        return made(case.get("input"), right[0] if isinstance(right, list) and right else right)
    if "vars" in case:
        return made(asked_in(case["vars"]), asserted(case))
    raise EvalSetError("A case has a question and what is expected, input and ideal or target, or vars and assert.")


def asked_in(variables: Any) -> Any:
    """The question among promptfoo's variables: the one that is called so, else the only one."""
    if not isinstance(variables, Mapping):
        raise EvalSetError("The variables are no object; files of variables are not loaded.")
    for name in ("question", "query", "input", "prompt"):
        if name in variables:
            return variables[name]
    if len(variables) != 1:
        raise EvalSetError("None of the variables is called question, query, input or prompt.")
    return next(iter(variables.values()))


def asserted(case: Mapping[str, Any]) -> Any:
    """The right answer of a promptfoo test: the value of its first assertion that names words."""
    asserts = case.get("assert")
    for assertion in asserts if isinstance(asserts, list) else []:
        if isinstance(assertion, Mapping) and assertion.get("type") in RIGHT_WORDS:
            return assertion.get("value")
    raise EvalSetError("No assertion says what the right answer is: equals, contains or similar, with a value.")


def made(asked: Any, expected: Any) -> Entry:
    """The entry of a question, text or messages, and its right answer."""
    context: tuple[tuple[str, str], ...] = ()
    if isinstance(asked, list):
        turns = [turn(message) for message in asked]
        if not turns or turns[-1][0] != "user":
            raise EvalSetError("The messages do not end with the user's.")
        context, asked = tuple(turns[:-1]), turns[-1][1]
    for text in (asked, expected):
        if not isinstance(text, str) or not text.strip():
            raise EvalSetError("The question and the right answer are texts, and not empty.")
        if text.lstrip().startswith(LOADED):
            raise EvalSetError("The text names a file or code to load; that is not done.")
    return Entry(asked, str(expected), context)


def turn(message: Any) -> tuple[str, str]:
    """(role, content) of a message of text."""
    if not isinstance(message, Mapping) or not all(isinstance(message.get(name), str) for name in ("role", "content")):
        raise EvalSetError("A message has a role and a content, both texts.")
    return message["role"], message["content"]


def import_cases(project: Project, cases: Iterable[tuple[int, Any]], asked: Asked) -> Iterator[Imported]:
    """Store each case with a review task, and say how each ended; a bad one never stops the rest.

    The id comes of the content: importing a file twice stores it once.
    """
    for number, case in cases:
        try:
            found = entry(case)
            recorded = capture.record_interaction(project, payload(found), asked)
            if recorded.result == Write.Result.STORED:
                ask_a_person(project, recorded.id)
            yield Imported(number, recorded.result)
        except (EvalSetError, PayloadError, RedactionError) as error:
            yield Imported(number, "bad", str(error))
        except Conflict:
            yield Imported(number, Write.Result.REPLAYED)
        except Gone:
            yield Imported(number, Write.Result.GONE)


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


def ask_a_person(project: Project, external_id: str) -> None:
    """Open the review task of an imported case; nothing becomes of it until a person approves it."""
    source = Interaction.objects.get(project=project, external_id=external_id)
    detail = "Imported from an eval set: approve it, and it becomes a golden case."
    with transaction.atomic():
        Decision.objects.get_or_create(
            interaction=source,
            defaults={
                "project": project,
                "subject_id": source.subject_id,
                "policy_version": policies.current(project).version,
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
                project=project, interaction=source, subject_id=source.subject_id, reason=IMPORTED, detail=detail,
                revision=source.revision,
            )  # fmt: skip
