"""JSON structures: every string, key or value, at any depth. A value is read together with its key."""

from collections import Counter
from decimal import Decimal
from typing import Any, Final

from privacy.redaction.engine import MAX_ROUNDS, Look, redact, replaced
from privacy.redaction.numbering import Numbering
from privacy.redaction.policy import DEFAULT_POLICY, CompiledPolicy, Policy, compile_policy
from privacy.redaction.results import MAX_DEPTH, Redacted, RedactedJSON, RedactionError, wrap

LONGEST_LABEL: Final = 64


def redact_json(value: Any, policy: Policy = DEFAULT_POLICY, numbering: Numbering | None = None) -> RedactedJSON:
    """The structure with every string redacted, and how much was replaced, by type.

    Lists and tuples become lists. A number whose digits are personal data (a card as an integer) becomes a placeholder.
    Raises `RedactionError` beyond `MAX_DEPTH` levels, and for anything that is not JSON.
    """
    walker = _Walker(policy, Numbering() if numbering is None else numbering)
    return RedactedJSON(walker.walk(value, "", 0), dict(walker.findings))


class _Walker:
    """One walk over one structure: it carries the policy, the numbering and the counts."""

    def __init__(self, policy: Policy, numbering: Numbering) -> None:
        self.policy, self.numbering = policy, numbering
        self.compiled: CompiledPolicy = compile_policy(policy)
        self.findings: Counter[str] = Counter()
        self.asked = ""  # the text of the turn before, if the current item is a turn of a conversation

    def walk(self, item: Any, label: str, depth: int) -> Any:
        """An item redacted; `label` is the nearest key above it."""
        if isinstance(item, str):
            return self.text(item, label)
        if item is None or isinstance(item, bool):
            return item
        if isinstance(item, (int, float, Decimal)):
            return self.number(item, label)
        if depth >= MAX_DEPTH:
            raise RedactionError(f"structure: deeper than {MAX_DEPTH} levels")
        if isinstance(item, (list, tuple)):
            return self.items(item, label, depth)
        if isinstance(item, dict):
            return self.object(item, depth)
        raise RedactionError(f"structure: {type(item).__name__} is not JSON")

    def items(self, given: list[Any] | tuple[Any, ...], label: str, depth: int) -> list[Any]:
        """A list redacted. In a list of turns, a question may name the value that is the whole next turn."""
        made: list[Any] = []
        before = ""
        for item in given:
            said = item.get("content") if isinstance(item, dict) and "role" in item else None
            self.asked = before if isinstance(said, str) else ""
            made.append(self.walk(item, label, depth + 1))
            before = said if isinstance(said, str) else ""
        self.asked = ""
        return made

    def object(self, given: dict[Any, Any], depth: int) -> dict[Redacted, Any]:
        """An object redacted. Keys that become the same placeholder are made different, so that no value is lost."""
        made: dict[Redacted, Any] = {}
        times: Counter[Redacted] = Counter()
        names = self.sibling_names(given) if len(given) > 1 else {}
        for key, item in given.items():
            name = key if isinstance(key, str) else str(key)
            redacted = alone = self.text(name, "")
            while redacted in made:
                times[alone] += 1
                redacted = Redacted.stored(f"{alone} ({times[alone] + 1})")
            # A key names its value as it is stored, so that a second reading finds the same.
            made[redacted] = self.walk(item, names.get(name, str(redacted)), depth + 1)
        return made

    def sibling_names(self, given: dict[Any, Any]) -> dict[str, str]:
        """For the fields of an object that hold values, their names in other fields, as they are stored."""
        from privacy.redaction.detectors.secrets.siblings import sibling_names  # as late as the detectors

        named = sibling_names({field: value for field, value in given.items() if isinstance(field, str)})
        return {field: str(redact(name, self.policy)) for field, name in named.items()}

    def text(self, text: str, label: str) -> Redacted:
        """A string redacted, both by itself and together with its label."""
        if label == "content" and self.asked:
            made = redact(text, self.policy, self.numbering, asked=self.asked)
        else:
            made = self.labelled(text, label) if label and text else redact(text, self.policy, self.numbering)
        if made.spans:
            self.findings.update(made.findings)
        return made

    def labelled(self, text: str, label: str) -> Redacted:
        """A value read together with its label: alone, `hunter2` does not show that it is a password. Repeated until
        nothing is found, so that redacting again changes nothing.
        """
        prefix = f"{label[-LONGEST_LABEL:]}: "
        size = len(prefix)
        current, spans = text, 0
        for _ in range(MAX_ROUNDS):
            hits = [
                hit.at(max(hit.start, size) - size, hit.end - size)
                for hit in Look(self.compiled, self.numbering).find(prefix + current)
                if hit.end > size
            ]
            if not hits:
                break
            look = Look(self.compiled, self.numbering)
            look.read(current)
            made = replaced(current, hits, look, self.numbering)
            spans += len(made.spans)
            self.findings.update(made.findings)
            current = str(made)
        made = redact(current, self.policy, self.numbering)
        return made if spans == 0 or made.spans else wrap(str(made))

    def number(self, item: int | float | Decimal, label: str) -> Any:
        """The number itself, or a placeholder if its digits are personal data."""
        digits = str(item)
        if len(digits) < 6:
            return item
        whole = digits[:-2] if digits.endswith(".0") else digits
        made = self.text(whole, label) if label else redact(whole, self.policy, self.numbering)
        return made if str(made) != whole else item
