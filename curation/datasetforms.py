"""The form of a dataset: its files, its hold-out share, and when it is released."""

from zoneinfo import available_timezones

from django import forms

from curation import formats
from curation.models import Dataset

SCHEDULE = frozenset({"cadence", "cron", "time_zone"})
"""The fields that say when it is released."""


def zones() -> list[tuple[str, str]]:
    """Every time zone that the system knows, UTC first."""
    return [(name, name) for name in ("UTC", *sorted(available_timezones() - {"UTC"}))]


class DatasetForm(forms.ModelForm):
    """What of a dataset may be changed."""

    formats = forms.MultipleChoiceField(
        required=False, choices=[(name, name) for name in formats.CHOICES], widget=forms.CheckboxSelectMultiple,
        help_text="Files beside the three that every release has.",
    )  # fmt: skip
    holdout = forms.FloatField(
        min_value=0, max_value=0.9, widget=forms.NumberInput(attrs={"step": 0.01}),
        help_text="Share of questions, up to 0.9, that are tested and never trained on.",
    )  # fmt: skip
    time_zone = forms.ChoiceField(choices=zones)

    class Meta:
        model = Dataset
        fields = ["formats", "system_prompt", "holdout", "cadence", "cron", "time_zone"]
