"""What a project adds to the redactor's own rules: its terms, an allow list, phone regions, types switched off."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from functools import lru_cache
from typing import Any, Final

import re2

from privacy.redaction import checksums
from privacy.redaction.repeats import stands_alone
from privacy.redaction.results import RedactionError

RULES_VERSION: Final = "2026.12.8"

TYPE_NAME: Final = re.compile(r"[A-Z][A-Z_]{1,30}")
TYPES: Final = (
    "EMAIL PHONE CARD IBAN NATIONAL_ID IP PERSON ADDRESS POSTCODE BIRTH_DATE ACCOUNT URL_CREDENTIAL SECRET USERNAME"
).split()
ALWAYS_ON: Final = frozenset({"SECRET", "URL_CREDENTIAL"})
DEFAULT_REGIONS: Final = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "CH", "IN", "BR", "AU", "JP")
CONTEXT_REACH: Final = 60  # characters before and after a match in which a term's context words are looked for
MAX_TERMS: Final = 200
MAX_PATTERN: Final = 2000
MAX_WORDS: Final = 10_000

VALIDATORS: Final[Mapping[str, Callable[[str], bool]]] = {
    "luhn": checksums.luhn,
    "mod97": checksums.mod97,
    "verhoeff": checksums.verhoeff,
    "mod11": checksums.mod11,
}


@dataclass(frozen=True)
class Term:
    """One rule of a project's own. Either `pattern` (RE2 syntax) or `words` says what it finds.

    `context_words`: one of them must stand within `CONTEXT_REACH` characters. `validator`: a name in `VALIDATORS`
    that the match must pass. The examples are checked when the term is saved.
    """

    type: str
    pattern: str = ""
    words: tuple[str, ...] = ()
    context_words: tuple[str, ...] = ()
    validator: str = ""
    must_match: tuple[str, ...] = ()
    must_not_match: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """The rules of one project. `off` never reaches secrets; `regions` are those whose national phone numbers count.

    `strict`: a listed name counts even if the language of the text, or its neighbours, speak against it. Fewer names
    are missed, and more ordinary words are replaced.
    """

    version: str = RULES_VERSION
    terms: tuple[Term, ...] = ()
    regions: tuple[str, ...] = DEFAULT_REGIONS
    allow: tuple[str, ...] = ()
    off: frozenset[str] = field(default_factory=frozenset)
    strict: bool = False

    def __hash__(self) -> int:  # written out, as it is asked for every text: the generated one is never compiled
        return hash((self.terms, self.regions, self.allow, self.off, self.strict))

    def to_dict(self) -> dict[str, Any]:
        """JSON-able; `from_dict` reads it back to an equal policy."""
        made = asdict(self)
        return {**made, "off": sorted(self.off), "regions": list(self.regions), "allow": list(self.allow)} | {
            "terms": [
                {key: list(v) if isinstance(v, tuple) else v for key, v in term.items()} for term in made["terms"]
            ]
        }

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> "Policy":
        """A policy from what `to_dict` wrote or a person typed; what is left out takes its default."""
        if not isinstance(given, Mapping):
            raise RedactionError("policy: must be an object")
        unknown = sorted(set(given) - {one.name for one in fields(cls)})
        if unknown:
            raise RedactionError(f"policy: unknown entries at {', '.join(map(repr, unknown))}")
        terms = given.get("terms", ())
        if not isinstance(terms, (list, tuple)):
            raise RedactionError("policy: terms must be a list")
        return cls(
            version=str(given.get("version", RULES_VERSION)),
            terms=tuple(_term(term, f"terms[{index}]") for index, term in enumerate(terms)),
            regions=_strings(given.get("regions", DEFAULT_REGIONS), "regions"),
            allow=_strings(given.get("allow", ()), "allow"),
            off=frozenset(_strings(given.get("off", ()), "off")),
            strict=_choice(given.get("strict", False), "strict"),
        )


DEFAULT_POLICY: Final = Policy()


def _choice(given: Any, place: str) -> bool:
    if not isinstance(given, bool):
        raise RedactionError(f"policy: {place} must be true or false")
    return given


def _strings(given: Any, place: str) -> tuple[str, ...]:
    if not isinstance(given, (list, tuple, set, frozenset)) or not all(isinstance(one, str) for one in given):
        raise RedactionError(f"policy: {place} must be a list of strings")
    return tuple(given)


def _term(given: Any, place: str) -> Term:
    names = {one.name for one in fields(Term)}
    if not isinstance(given, Mapping) or set(given) - names or "type" not in given:
        raise RedactionError(
            f"policy: {place} must be an object with a type and no entries but {', '.join(sorted(names))}"
        )
    lists = {"words", "context_words", "must_match", "must_not_match"}
    for name in set(given) - lists:
        if not isinstance(given[name], str):
            raise RedactionError(f"policy: {place}.{name} must be a string")
    made: dict[str, Any] = {name: _strings(v, f"{place}.{name}") if name in lists else v for name, v in given.items()}
    return Term(**made)


@dataclass(frozen=True)
class CompiledTerm:
    """A term ready for use: `finditer` over a text gives its matches."""

    type: str
    expression: Any
    context: Any
    validate: Callable[[str], bool] | None
    whole: bool

    def matches(self, text: str) -> list[tuple[int, int]]:
        """Where the term holds, as `[start, end)`."""
        found: list[tuple[int, int]] = []
        for match in self.expression.finditer(text):
            start, end = match.span()
            if self.whole and not stands_alone(text, start, end):
                continue
            if start == end or (self.validate is not None and not self.validate(match.group())):
                continue
            if self.context is not None:
                around = text[max(0, start - CONTEXT_REACH) : start] + "\n" + text[end : end + CONTEXT_REACH]
                if not self.context.search(around):
                    continue
            found.append((start, end))
        return found


@dataclass(frozen=True, eq=False)
class CompiledPolicy:
    """A policy that has been checked and compiled. There is one object for each, so identity is equality."""

    policy: Policy
    terms: tuple[CompiledTerm, ...]
    allow: frozenset[str]
    off: frozenset[str]
    kinds: frozenset[str]


@lru_cache(maxsize=256)
def compile_policy(policy: Policy) -> CompiledPolicy:
    """The compiled policy. Raises a `RedactionError` that names the wrong entry, never its content."""
    if len(policy.terms) > MAX_TERMS:
        raise RedactionError(f"policy: terms must be at most {MAX_TERMS}")
    for index, kind in enumerate(sorted(policy.off)):
        if not TYPE_NAME.fullmatch(kind):
            raise RedactionError(f"policy: off[{index}] is not a type name")
    if policy.off & ALWAYS_ON:
        raise RedactionError("policy: off must not name SECRET or URL_CREDENTIAL: secrets are always redacted")
    for index, region in enumerate(policy.regions):
        if not re.fullmatch(r"[A-Z]{2}", region):
            raise RedactionError(f"policy: regions[{index}] is not a two-letter region")
    terms = tuple(compile_term(term, f"terms[{index}]") for index, term in enumerate(policy.terms))
    return CompiledPolicy(
        policy=policy,
        terms=terms,
        allow=frozenset(" ".join(one.casefold().split()) for one in policy.allow),
        off=policy.off,
        kinds=frozenset(TYPES) | {term.type for term in terms},
    )


def compile_term(term: Term, place: str) -> CompiledTerm:
    """One compiled term, its examples checked. `place` is its name in errors."""
    if not TYPE_NAME.fullmatch(term.type):
        raise RedactionError(
            f"policy: {place}.type must be like ORDER_NUMBER: capitals and underscores, 2 to 31 of them"
        )
    if bool(term.pattern) == bool(term.words):
        raise RedactionError(f"policy: {place} needs a pattern or words, and not both")
    if term.validator and term.validator not in VALIDATORS:
        raise RedactionError(f"policy: {place}.validator must be one of {', '.join(sorted(VALIDATORS))}")
    compiled = CompiledTerm(
        type=term.type,
        expression=_expression(term, place),
        context=_word_list(term.context_words, f"{place}.context_words") if term.context_words else None,
        validate=VALIDATORS[term.validator] if term.validator else None,
        whole=bool(term.words),
    )
    for name, wanted in (("must_match", True), ("must_not_match", False)):
        examples = getattr(term, name)
        if not examples:
            raise RedactionError(f"policy: {place}.{name} needs at least one example")
        for index, example in enumerate(examples):
            if bool(compiled.matches(example)) != wanted:
                raise RedactionError(
                    f"policy: {place}.{name}[{index}] {'is not' if wanted else 'is'} found by the term"
                )
    return compiled


def _expression(term: Term, place: str) -> Any:
    if term.words:
        return _word_list(term.words, f"{place}.words")
    if len(term.pattern) > MAX_PATTERN:
        raise RedactionError(f"policy: {place}.pattern is longer than {MAX_PATTERN} characters")
    compiled = _compiled(term.pattern, f"{place}.pattern")
    if compiled.search("") is not None:
        raise RedactionError(f"policy: {place}.pattern matches the empty text")
    return compiled


def _word_list(words: tuple[str, ...], place: str) -> Any:
    if len(words) > MAX_WORDS or not all(word.strip() for word in words):
        raise RedactionError(f"policy: {place} must be 1 to {MAX_WORDS} words that are not blank")
    longest_first = sorted({word.strip() for word in words}, key=lambda word: (-len(word), word))
    inside = "|".join(re2.escape(word) for word in longest_first)
    return _compiled(f"(?i)(?:{inside})", place)


def _compiled(pattern: str, place: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 64 << 20
    try:
        return re2.compile(pattern, options)
    except re2.error:
        raise RedactionError(f"policy: {place} is not RE2 syntax") from None
