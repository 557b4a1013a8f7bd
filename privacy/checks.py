"""System checks: every model is listed as personal or impersonal; a compiled redactor is up to date; the master key is
known.
"""

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, Warning, register
from django.db import DatabaseError, models

from privacy import native
from privacy.db.state import APPS
from privacy.erasure.erasure import holders
from privacy.models import Subject
from privacy.subjects import master_keys

TAG = "flywheel"  # the tag of our own checks


@register(TAG)
def personal_data_is_mapped(**kwargs: Any) -> list[CheckMessage]:
    """privacy.E001: a model is on neither list, or on both. E002: a personal model has no PROTECTed subject."""
    personal = {label for module in holders() for label in module.MODELS}
    impersonal = {label for module in holders() for label in module.IMPERSONAL}
    found: list[CheckMessage] = []
    for model in (model for app in APPS for model in apps.get_app_config(app).get_models()):
        label = model._meta.label
        if (label in personal) == (label in impersonal):
            hint = "Name it in MODELS or in IMPERSONAL of its app's personal_data.py, and not in both."
            found.append(Error(f"{label} is not on exactly one list of personal data.", hint=hint, id="privacy.E001"))
        elif label in personal and model is not Subject and not has_protected_subject(model):
            hint = "Give it `subject = ForeignKey(Subject, on_delete=PROTECT)`, so that erasure cannot miss it."
            found.append(
                Error(f"{label} holds personal data without a protected subject.", hint=hint, id="privacy.E002")
            )
    return found


def has_protected_subject(model: type[models.Model]) -> bool:
    """Whether the model has a `subject` whose deletion it forbids."""
    field = next((field for field in model._meta.fields if field.name == "subject"), None)
    remote = getattr(field, "remote_field", None)
    return remote is not None and remote.model is Subject and remote.on_delete is models.PROTECT


@register(TAG)
def what_was_compiled_is_used(root: Path = native.ROOT, **kwargs: Any) -> list[CheckMessage]:
    """privacy.W001: a compiled redactor exists, but was made from other sources or for another interpreter."""
    if not any((root / "native").glob("[0-9a-f]*")) or native.folder(root).is_dir():
        return []
    hint = "Compile it again with `make native`, or remove native/."
    return [
        Warning(
            "native/ holds a redactor compiled from other sources, which is not used.", hint=hint, id="privacy.W001"
        )
    ]


@register(TAG)
def the_master_key_is_known(**kwargs: Any) -> list[CheckMessage]:
    """privacy.E003: the database was not written with this master key. Passes where the database cannot be read."""
    try:
        words = master_keys.problem()
    except DatabaseError:
        return []
    reason, _, hint = words.partition(" Restore ")
    return [Error(reason, hint=f"Restore {hint}", id="privacy.E003")] if words else []
