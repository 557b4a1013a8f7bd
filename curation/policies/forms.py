"""Forms for the next version of a policy: a field for each setting, or the whole as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms

from curation.policies import settings as policies_settings

AS_JSON: Final = frozenset({"model_graders", "thresholds"})
"""Settings that are no list of words: they are written as JSON, and a form of fields leaves them as they are."""
YES_OR_NO = {True: "yes", False: "no"}


class NoteForm(forms.Form):
    """What every new version says of itself."""

    note = forms.CharField(max_length=200, label="Why", help_text="One line for later readers of this version.")
    again = forms.BooleanField(
        required=False,
        label="Apply the filters again to decided records",
        help_text="Otherwise the filters apply to future decisions only; balance and guards always apply to the next release.",
    )


class PolicyForm(NoteForm):
    """The settings as JSON."""

    settings = forms.JSONField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 16, "class": "code", "spellcheck": "false"}),
        label="Settings that differ from the defaults",
    )
    field_order = ["settings", "note", "again"]

    def clean_settings(self) -> dict[str, Any]:
        return checked(self.cleaned_data["settings"] or {})


class FieldsForm(NoteForm):
    """A field for each setting; an empty one means the default, which it shows in grey."""

    def __init__(self, *args: Any, current: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.current = current
        sentences = policies_settings.sentences_of()
        for stage, name, default in plain_settings():
            field = field_of(default)
            field.label = name.replace("_", " ").capitalize()
            field.help_text = sentences[stage].get(name, "")
            given = current.get(stage, {})
            if name in given:
                field.initial = written(given[name])
                field.is_changed = True
            self.fields[f"{stage}.{name}"] = field

    def stages(self) -> Iterator[tuple[str, list[forms.BoundField], int]]:
        """The stages with their fields, and how many differ from the default."""
        for stage in policies_settings.defaults():
            fields = [self[name] for name in self.fields if name.startswith(f"{stage}.")]
            yield stage, fields, sum(hasattr(bound.field, "is_changed") for bound in fields)

    def rest(self) -> list[forms.BoundField]:
        return [self["note"], self["again"]]

    def clean(self) -> dict[str, Any]:
        """The settings that differ from the defaults, under `settings`."""
        cleaned = super().clean() or self.cleaned_data
        mine = {f"{stage}.{name}" for stage, name, _ in plain_settings()}
        made: dict[str, dict[str, Any]] = {}
        for stage, values in self.current.items():
            if kept := {name: value for name, value in values.items() if f"{stage}.{name}" not in mine}:
                made[stage] = kept
        for stage, name, default in plain_settings():
            given = cleaned.get(f"{stage}.{name}")
            if given not in (None, "", []) and given != default:
                made.setdefault(stage, {})[name] = given
        return {**cleaned, "settings": checked(made)}


class WordsField(forms.CharField):
    """A list of words with commas between them."""

    def to_python(self, value: Any) -> Any:
        return [word.strip() for word in str(value or "").split(",") if word.strip()]

    def run_validators(self, value: Any) -> None:
        """The stage judges the list."""


def plain_settings() -> Iterator[tuple[str, str, Any]]:
    """(stage, setting, default) of every setting that one field can hold."""
    for stage, values in policies_settings.defaults().items():
        yield from ((stage, name, default) for name, default in values.items() if name not in AS_JSON)


def field_of(default: Any) -> Any:
    """An optional field for values like this default, with the default in grey."""
    grey = {"placeholder": written(default)}
    if isinstance(default, bool):
        choices = [("", f"default: {YES_OR_NO[default]}"), ("true", "yes"), ("false", "no")]
        return forms.TypedChoiceField(required=False, choices=choices, coerce="true".__eq__, empty_value=None)
    if isinstance(default, int):
        return forms.IntegerField(required=False, widget=forms.NumberInput(attrs=grey))
    if isinstance(default, float):
        return forms.FloatField(required=False, widget=forms.NumberInput(attrs={**grey, "step": "any"}))
    kind = WordsField if isinstance(default, list) else forms.CharField
    return kind(required=False, max_length=2_000, widget=forms.TextInput(attrs=grey))


def written(value: Any) -> str:
    """A value as its field shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def checked(given: Any) -> dict[str, Any]:
    """The settings, if every stage accepts them; otherwise a form error in words."""
    try:
        policies_settings.check(given)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error
    return dict(given)
