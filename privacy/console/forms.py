"""Forms of the privacy desk."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms

from privacy.models import PrivacyRequest
from privacy.redaction import Policy, RedactionError, compile_policy
from privacy.redaction.policy import ALWAYS_ON, DEFAULT_POLICY, TYPES, VALIDATORS
from privacy.webhooks.delivery import Forbidden, checked


class AskForm(forms.Form):
    """A request that came by post or telephone."""

    kind = forms.ChoiceField(
        choices=PrivacyRequest.Kind,
        widget=forms.RadioSelect,
        label="What they ask for",
        help_text="It takes effect at once, so check who is asking before you enter it.",
    )


class LinesField(forms.CharField):
    """Texts, one a line; blank lines are left out."""

    def __init__(self, grey: str = "", **given: Any) -> None:
        rows = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", **({"placeholder": grey} if grey else {})})
        super().__init__(required=False, strip=False, widget=rows, **given)

    def clean(self, value: Any) -> list[str]:
        """The lines."""
        return self.lines(super().clean(value))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return self.lines(initial) != self.lines(data)

    def lines(self, text: Any) -> list[str]:
        return [line.strip() for line in str(text or "").splitlines() if line.strip()]


LINES = {"allow": "\n", "regions": " "}


class RulesForm(forms.Form):
    """A sample text and the rules to try on it, as a field for each setting or all as JSON.

    An empty field means the default. Whichever of the two differs from `current` counts. If `current` is not valid, as it
    may be where it was not written here, `fault` says why, and there is the JSON alone.
    """

    sample = forms.CharField(
        required=False,
        label="Text",
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        help_text="Invent one, or paste text that a rule missed. It is not stored.",
    )
    allow = LinesField(
        grey="nothing",
        label="Never replace",
        help_text="One text per line that is not personal data, like your own address; case does not matter.",
    )
    regions = LinesField(
        grey=" ".join(DEFAULT_POLICY.regions),
        label="Phone regions",
        help_text="Countries, two letters each, whose national phone numbers are found.",
    )
    off = forms.MultipleChoiceField(
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Types switched off",
        help_text="They are not replaced. Default: none. Secrets are always replaced.",
    )
    strict = forms.TypedChoiceField(
        required=False,
        label="Strict about names",
        choices=[("", "default: no"), ("true", "yes"), ("false", "no")],
        coerce="true".__eq__,
        empty_value=None,
        help_text="Every word in the name lists counts as a name. Fewer names are missed, but more ordinary words are replaced: "
        "in 34 % of ordinary German paragraphs instead of 1.5 %, and in 9 % of English ones instead of 1.7 %.",
    )
    remove = forms.MultipleChoiceField(
        required=False, widget=forms.CheckboxSelectMultiple, label="Terms", help_text="Ticked ones are removed."
    )
    definition = forms.JSONField(
        required=False,
        label="What this project adds to the rules",
        widget=forms.Textarea(attrs={"rows": 14, "class": "code", "spellcheck": "false"}),
        help_text="terms: [{type, pattern or words, context_words, validator, must_match, must_not_match}], "
        "allow: [text], regions: [two letters], off: [type], strict: true or false.",
    )
    SETTINGS = ("allow", "regions", "off", "strict")

    def __init__(self, data: Any = None, *, current: Mapping[str, Any], sample: str) -> None:
        super().__init__(data, initial={"sample": sample, "definition": current}, use_required_attribute=False)
        self.fault = fault(current)
        current = {} if self.fault else current
        self.current = current
        terms: list[dict[str, Any]] = current.get("terms", [])
        kinds = sorted({*TYPES, *(term["type"] for term in terms), *current.get("off", ())} - ALWAYS_ON)
        self.choose("off", [(kind, kind) for kind in kinds])
        self.choose("remove", [(str(place), words_of(term)) for place, term in enumerate(terms)])
        if not terms:
            del self.fields["remove"]
        for name in set(self.SETTINGS) & set(current):
            field: Any = self.fields[name]
            field.initial = LINES[name].join(current[name]) if name in LINES else current[name]
            field.is_changed = True
        if "strict" in current:
            self.fields["strict"].initial = str(current["strict"]).lower()

    def choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field: Any = self.fields[name]
        field.choices = choices

    def settings(self) -> list[forms.BoundField]:
        """The fields of the rules."""
        names = () if self.fault else (*self.SETTINGS, "remove")
        return [self[name] for name in names if name in self.fields]

    def clean(self) -> dict[str, Any]:
        """The rules under `definition`, if they compile and their examples hold."""
        given = super().clean() or {}
        if self.errors:
            return given
        if self.is_json and any(bound.name in self.changed_data for bound in self.settings()):
            self.add_error("definition", "The fields have changed too. Change either them or the JSON.")
            return given
        rules = (given["definition"] or {}) if self.is_json else self.rules(given)
        if not isinstance(rules, dict) or "version" in rules:
            self.add_error("definition", "Write an object without a version: Flywheel numbers the versions itself.")
            return given
        if found := fault(rules):
            place = re.match(r"policy: (\w+)", found)
            field = place[1] if place and place[1] in self.fields else None
            self.add_error("definition" if self.is_json else field, found)
        return {**given, "definition": rules}

    @property
    def is_json(self) -> bool:
        """Whether the rules were changed as JSON, which is the only way to mend stored rules that are not valid."""
        return "definition" in self.data and ("definition" in self.changed_data or bool(self.fault))

    def clean_regions(self) -> list[str]:
        return [region.upper() for region in re.split(r"[\s,]+", " ".join(self.cleaned_data["regions"])) if region]

    def rules(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The rules as the fields say them; what equals the default is left out."""
        gone = set(given.get("remove", ()))
        terms = [term for place, term in enumerate(self.current.get("terms", [])) if str(place) not in gone]
        made = {name: given[name] for name in self.SETTINGS if given[name] not in (None, "", [])}
        defaults = DEFAULT_POLICY.to_dict()
        made = {name: value for name, value in made.items() if value != defaults[name]}
        return {**({"terms": terms} if terms else {}), **made}


def fault(rules: Any) -> str:
    """What is wrong with these rules, and where; empty if they compile and their examples hold."""
    try:
        compile_policy(Policy.from_dict(rules))
    except RedactionError as error:
        return str(error)
    return ""


def words_of(term: Mapping[str, Any]) -> str:
    """A term on one line."""
    found = term.get("pattern") or ", ".join(term.get("words", ()))
    return f"{term['type']}: {found}"


class TermForm(forms.Form):
    """One more term for the project, field by field. Leave it empty if there is none to add."""

    type = forms.CharField(label="Name of the type", help_text="Like ORDER_NUMBER: it becomes [ORDER_NUMBER_1].")
    pattern = forms.CharField(
        required=False,
        label="Pattern",
        widget=forms.TextInput(attrs={"class": "code", "spellcheck": "false"}),
        help_text=r"RE2 syntax, like \bORD-[0-9]{6}\b: no look-around and no back-references, so that no text can stall it.",
    )
    words = LinesField(
        label="Or words",
        help_text="Instead of a pattern: one word or phrase a line; upper and lower case count as the same.",
    )
    context_words = LinesField(
        label="Only near",
        help_text="Match only if one of these words is within 60 characters. Leave empty to match anywhere.",
    )
    validator = forms.ChoiceField(
        required=False, label="Check digit", choices=[("", "none"), *((name, name) for name in sorted(VALIDATORS))]
    )
    must_match = LinesField(label="Must be found in", help_text="At least one invented example; one a line.")
    must_not_match = LinesField(
        label="Must not be found in", help_text="At least one text that looks similar but must not match; one a line."
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, prefix="term", empty_permitted=True, use_required_attribute=False)

    def clean(self) -> dict[str, Any]:
        """The term, if it compiles and its examples hold. An error is shown at its field."""
        given = super().clean() or {}
        if self.errors or not self.has_changed():
            return given
        try:
            compile_policy(Policy.from_dict({"terms": [self.term()]}))
        except RedactionError as error:
            place = re.match(r"policy: terms\[0\](?:\.(\w+))?(\[\d+\])? (.*)", str(error), re.DOTALL)
            field, number, words = place.groups() if place else (None, None, str(error))
            example = f"Line {int(number[1:-1]) + 1} " if number else "It "
            self.add_error(field if field in self.fields else None, f"{example}{words}.")
        return given

    def term(self) -> dict[str, Any]:
        """The term as an entry of the rules, without empty fields."""
        return {name: value for name, value in self.cleaned_data.items() if value}


class WebhookForm(forms.Form):
    """Where a project's recalls and alerts are sent."""

    url = forms.CharField(
        max_length=500,
        label="Address",
        help_text="An https:// address without a user name, a Slack webhook, or mailto:you@example.org.",
    )

    def __init__(self, *args: Any, origins: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["origin"] = forms.ChoiceField(choices=[(name, name) for name in origins], label="Project")
        self.order_fields(["origin", "url"])

    def clean_url(self) -> str:
        """The address, if messages may be sent to it."""
        url = str(self.cleaned_data["url"])
        try:
            checked(url)
        except Forbidden as error:
            raise forms.ValidationError(str(error)) from error
        return url
