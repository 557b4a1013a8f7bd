"""The optional second redactor: a named-entity model over text that is already redacted.

No model is a dependency. `load` imports the library of the named one and never downloads anything; models must be
installed. A model is any function from a text to `(start, end, label)`.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from privacy.redaction import folding
from privacy.redaction.engine import MASK, Look, applied, around_masks, redact
from privacy.redaction.hits import Hit, settled
from privacy.redaction.numbering import PLACEHOLDER, Numbering
from privacy.redaction.policy import DEFAULT_POLICY, Policy, compile_policy
from privacy.redaction.results import Redacted, RedactionError, Span, wrap

Model = Callable[[str], Iterable[tuple[int, int, str]]]

RANK: Final = 20
# What models call the types of the redactor. Labels that are not here are left alone: an organisation is no person.
LABELS: Final[Mapping[str, str]] = {
    "PER": "PERSON",
    "PERSON": "PERSON",
    "FIRST NAME": "PERSON",
    "LAST NAME": "PERSON",
    "ADDRESS": "ADDRESS",
    "STREET_ADDRESS": "ADDRESS",
    "STREET ADDRESS": "ADDRESS",
    "PHONE NUMBER": "PHONE",
    "PHONE_NUMBER": "PHONE",
    "EMAIL": "EMAIL",
    "EMAIL_ADDRESS": "EMAIL",
    "DATE OF BIRTH": "BIRTH_DATE",
    "USERNAME": "USERNAME",
}
PRESIDIO_ENTITIES: Final = ["PERSON"]
GLINER_LABELS: Final = ["person", "street address", "phone number", "email", "date of birth", "username"]
GLINER_THRESHOLD: Final = 0.5


def entities(text: str, model: Model) -> tuple[Span, ...]:
    """The stretches of a text that a model takes for personal data, as the redactor's types, without overlaps.

    Placeholders are blanked before the model reads the text, so that it neither sees nor reports them.
    """
    masked = PLACEHOLDER.sub(lambda match: " " * len(match.group()), text)
    covered = PLACEHOLDER.sub(lambda match: MASK * len(match.group()), text)
    hits: list[Hit] = []
    try:
        for start, end, label in model(masked):
            kind = LABELS.get(label.upper())
            if kind is not None and 0 <= start < end <= len(text) and text[start:end].strip():
                hits.append(Hit(start, end, RANK, kind, "model"))
    except Exception as error:  # noqa: BLE001 - a model may raise anything, and its words may quote the text
        raise RedactionError(f"entity model failed: {type(error).__name__}") from None
    parts = [part for hit in settled(hits) for part in around_masks(hit, covered)]
    return tuple(Span(hit.start, hit.end, hit.type, hit.rule) for hit in parts)


def rescan(
    text: str, policy: Policy = DEFAULT_POLICY, numbering: Numbering | None = None, model: Model | None = None
) -> Redacted:
    """Stored text redacted again: by today's rules, then by a model if there is one. Placeholders stay. Spans point
    into the text given to this call; but if the model has found something, all spans are the model's and point into the
    text that the rules returned.
    """
    numbering = Numbering() if numbering is None else numbering
    by_rules = redact(str(text), policy, numbering)
    if model is None:
        return by_rules
    compiled = compile_policy(policy)
    found = [
        Hit(*span[:2], RANK, span.type, span.rule)
        for span in entities(by_rules, model)
        if span.type not in compiled.off
    ]
    allowed = [hit for hit in found if " ".join(by_rules[hit.start : hit.end].casefold().split()) not in compiled.allow]
    if not allowed:
        return by_rules
    for match in PLACEHOLDER.finditer(folding.fold(str(by_rules)).text):
        numbering.reserve(match.group(1), int(match.group(2)))
    replaced, _ = applied(str(by_rules), allowed, numbering, "")
    spans = tuple(Span(hit.start, hit.end, hit.type, hit.rule) for hit in allowed)
    left = Look(compiled).find(replaced)
    return wrap(str(redact(replaced, policy, numbering)), spans) if left else wrap(replaced, spans)


def load(name: str) -> Model:
    """The model `spacy:NAME`, `presidio:LANGUAGE` or `gliner:NAME`. Raises `RedactionError` if it is not installed."""
    kind, _, which = name.partition(":")
    loaders: Mapping[str, Callable[[str], Model]] = {"spacy": _spacy, "presidio": _presidio, "gliner": _gliner}
    if kind not in loaders or not which:
        raise RedactionError("entity model: the name must be spacy:NAME, presidio:LANGUAGE or gliner:NAME")
    try:
        return loaders[kind](which)
    except ImportError:
        raise RedactionError(f"entity model: {kind} is not installed; add it to this environment first") from None
    except OSError:
        raise RedactionError(
            f"entity model: {name} is not on this machine; it is never downloaded at run time"
        ) from None


@lru_cache(maxsize=4)
def second_redactor(name: str) -> Callable[[Redacted, Policy, Numbering], Redacted]:
    """What `SECOND_REDACTOR=spacy:de_core_news_sm` names: the model of that name, loaded once a process."""
    model = load(name)

    def look_again(text: Redacted, policy: Policy, numbering: Numbering) -> Redacted:
        return rescan(str(text), policy, numbering, model)

    return look_again


def _spacy(name: str) -> Model:
    pipeline: Any = import_module("spacy").load(name)

    def model(text: str) -> Iterable[tuple[int, int, str]]:
        return [(entity.start_char, entity.end_char, entity.label_) for entity in pipeline(text).ents]

    return model


def _presidio(language: str) -> Model:
    engine: Any = import_module("presidio_analyzer").AnalyzerEngine()

    def model(text: str) -> Iterable[tuple[int, int, str]]:
        found = engine.analyze(text, language=language, entities=PRESIDIO_ENTITIES)
        return [(one.start, one.end, one.entity_type) for one in found]

    return model


def _gliner(name: str) -> Model:
    network: Any = import_module("gliner").GLiNER.from_pretrained(name, local_files_only=True)

    def model(text: str) -> Iterable[tuple[int, int, str]]:
        found = network.predict_entities(text, GLINER_LABELS, threshold=GLINER_THRESHOLD)
        return [(one["start"], one["end"], one["label"]) for one in found]

    return model
