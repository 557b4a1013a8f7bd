"""Forms for one verdict, for a bulk verdict and for an assignment."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.models import User

from curation.models import ReviewTask

Resolution = ReviewTask.Resolution
MIXED = "Held records and unlabelled answers have different verdicts. Select tasks of one kind, by reason."


class TagsField(forms.Field):
    """The ticked tags; which of them the policy has is for the verdict to say."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(str, value or ())))


class ReviewForm(forms.Form):
    resolution = forms.ChoiceField(choices=Resolution)
    correction = forms.CharField(widget=forms.Textarea, required=False, strip=True, max_length=40_000)
    note = forms.CharField(widget=forms.Textarea, required=False, strip=True, max_length=2_000)
    tags = TagsField(required=False)
    shown = forms.CharField(required=False, max_length=64)
    claim = forms.CharField(required=False, max_length=64)


class BulkForm(forms.Form):
    """One verdict on all selected tasks; `verdicts` are those allowed in bulk."""

    resolution = forms.ChoiceField(widget=forms.RadioSelect, label="Verdict for all tasks")
    note = forms.CharField(required=False, max_length=500, help_text="The reason. The text is redacted.")

    def __init__(self, *args: Any, verdicts: Iterable[ReviewTask.Resolution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["resolution"]
        choice.choices = [(each.value, each.label) for each in verdicts]
        choice.help_text = "" if choice.choices else MIXED


class AssignForm(forms.Form):
    assignee = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label="nobody",
        help_text="Only members of the tasks' projects are offered.",
    )

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["assignee"]
        choice.queryset = people
