"""Forms of the privacy desk."""

import re
from typing import Any

from django import forms

from privacy.models import PrivacyRequest
from privacy.redaction import Policy, RedactionError, compile_policy
from privacy.redaction.policy import VALIDATORS
from privacy.webhooks.delivery import Forbidden, checked


class AskForm(forms.Form):
    """A request that came by post or telephone."""

    kind = forms.ChoiceField(
        choices=PrivacyRequest.Kind,
        widget=forms.RadioSelect,
        label="What they ask for",
        help_text="It takes effect at once, so check who is asking before you enter it.",
    )


class RefuseForm(forms.Form):
    """Why a request is not carried out."""

    why = forms.CharField(
        max_length=200, label="Why", help_text="The person may read this. Name nobody and quote nothing."
    )


class LabForm(forms.Form):
    """A sample text and the rules to try on it."""

    sample = forms.CharField(
        required=False,
        label="Text",
        max_length=20_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        help_text="Invent one, or paste text that a rule missed. It is not stored.",
    )
    definition = forms.JSONField(
        required=False,
        label="What this project adds to the rules",
        widget=forms.Textarea(attrs={"rows": 14, "class": "code", "spellcheck": "false"}),
        help_text="terms: [{type, pattern or words, context_words, validator, must_match, must_not_match}], "
        "allow: [text], regions: [two letters], off: [type].",
    )

    def clean_definition(self) -> dict[str, Any]:
        """The rules, if they compile and their examples hold."""
        given = self.cleaned_data["definition"] or {}
        if not isinstance(given, dict) or "version" in given:
            raise forms.ValidationError("Write an object without a version: Flywheel numbers the versions itself.")
        try:
            compile_policy(Policy.from_dict(given))
        except RedactionError as error:
            raise forms.ValidationError(str(error)) from error
        return given


class LinesField(forms.CharField):
    """Texts, one a line; blank lines are left out."""

    def __init__(self, **given: Any) -> None:
        rows = forms.Textarea(attrs={"rows": 2, "spellcheck": "false"})
        super().__init__(required=False, strip=False, widget=rows, **given)

    def clean(self, value: Any) -> list[str]:
        """The lines."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


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
