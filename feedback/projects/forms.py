"""What the pages about keys ask."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from feedback.models import Project
from privacy.api.scopes import Scope


class KeyForm(forms.Form):
    """Whose key it is, what it may do, and for how long."""

    project = forms.ModelChoiceField(queryset=Project.objects.none())
    name = forms.CharField(max_length=64, required=False, help_text="What will use it: web shop, nightly export.")
    scopes = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, label="It may",
        help_text="As little as will do. A browser needs no key: it gets a token with each answer.",
    )  # fmt: skip
    days = forms.IntegerField(min_value=1, max_value=3650, required=False, label="Days until it ends", initial=365)

    def __init__(self, *args: Any, projects: Any, scopes: list[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        project: Any = self.fields["project"]
        project.queryset = projects
        offered: Any = self.fields["scopes"]
        offered.choices = [(scope.value, scope.label) for scope in scopes]

    def expiry(self) -> Any:
        """When the key ends, or None."""
        days = self.cleaned_data["days"]
        return timezone.now() + timedelta(days=days) if days else None
