"""What the privacy desk asks."""

from typing import Any

from django import forms

from privacy.models import PrivacyRequest
from privacy.redaction import Policy, RedactionError, compile_policy
from privacy.webhooks import Forbidden, checked


class AskForm(forms.Form):
    """What somebody asked by post or telephone."""

    kind = forms.ChoiceField(
        choices=PrivacyRequest.Kind, widget=forms.RadioSelect, label="What they ask",
        help_text="It takes effect at once: make sure of who asks before you enter it.",
    )  # fmt: skip


class RefuseForm(forms.Form):
    """Why a request is not carried out."""

    why = forms.CharField(
        max_length=200, label="Why", help_text="In words that the person may read. Name nobody, quote nothing."
    )


class LabForm(forms.Form):
    """A sample text and the rules to try on it."""

    sample = forms.CharField(
        required=False, label="Text", max_length=20_000, strip=False,
        widget=forms.Textarea(attrs={"rows": 7, "spellcheck": "false"}),
        help_text="Invent one, or paste what a rule missed. It is not stored.",
    )  # fmt: skip
    definition = forms.JSONField(
        required=False, label="What this project adds to the rules",
        widget=forms.Textarea(attrs={"rows": 14, "class": "code", "spellcheck": "false"}),
        help_text="terms: [{type, pattern or words, context_words, validator, must_match, must_not_match}], "
        "allow: [text], regions: [two letters], off: [type].",
    )  # fmt: skip

    def clean_definition(self) -> dict[str, Any]:
        """Rules that compile, and whose examples hold."""
        given = self.cleaned_data["definition"] or {}
        if not isinstance(given, dict) or "version" in given:
            raise forms.ValidationError("Write an object without a version: that one is counted by itself.")
        try:
            compile_policy(Policy.from_dict(given))
        except RedactionError as error:
            raise forms.ValidationError(str(error)) from error
        return given


class WebhookForm(forms.Form):
    """Where a project wants to hear of recalls."""

    url = forms.CharField(max_length=500, label="Address", help_text="https, without a user name.")

    def __init__(self, *args: Any, origins: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["origin"] = forms.ChoiceField(choices=[(name, name) for name in origins], label="Project")
        self.order_fields(["origin", "url"])

    def clean_url(self) -> str:
        """An address that may be sent to."""
        url = str(self.cleaned_data["url"])
        try:
            checked(url)
        except Forbidden as error:
            raise forms.ValidationError(str(error)) from error
        return url
