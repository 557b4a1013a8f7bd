"""Every address of the console, as the URL configuration has it, with an object's key where it takes one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.urls import URLPattern, URLResolver, reverse

from tests.console.world import Shop

# What names no object, by its own name or by the action at the end of it.
NAMELESS = {
    "index",
    "quality",
    "new_project",
    "invite",
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "autocomplete",
    "jsi18n",
    "second_factor",
    "second_factor_enrol",
    "second_factor_codes",
    "reauthenticate",
    "feedback_apikey_make",
    "privacy_webhook_make",
    "curation_run_start",
    "curation_reviewtask_next",
    "curation_reviewtask_undo",
    "curation_reviewtask_blind",
    "curation_reviewtask_bulk",
    "curation_reviewtask_assign",
    "curation_reviewtask_bulks",
    "curation_reviewtask_progress",
    "curation_reviewtask_preview",
}
# Django's way to the page of an object, and to no page at all: the same for everybody.
ELSEWHERE = {"view_on_site", "app_list", "no-page", "object", "join"}


@dataclass(frozen=True)
class Address:
    """One address: its name, and the model whose object it names, if it names one."""

    name: str
    model: str = ""

    def url(self, key: Any = None) -> str:
        """The address for that object."""
        if self.name in ELSEWHERE:
            return PLACES[self.name]
        arguments = [] if not self.model else [key, *MORE.get(self.name, [])]
        return reverse(f"admin:{self.name}", args=arguments)

    def of(self, shop: Shop) -> str:
        """The address for that project's object."""
        return self.url(shop.keys.get(self.model))


MORE = {"curation_release_file": ["eval_cases.jsonl"]}
PLACES = {
    "view_on_site": "/admin/r/1/1/",
    "app_list": "/admin/curation/",
    "no-page": "/admin/none/such/",
    "object": "/admin/feedback/interaction/1/",
    "join": "/admin/join/MQ/used-before/",
}


def addresses() -> list[Address]:
    """All of them, by name."""
    return sorted(dict.fromkeys(map(address, patterns(admin.site.get_urls()))), key=lambda each: each.name)


def patterns(entries: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    """The patterns under these entries."""
    for entry in entries:
        if isinstance(entry, URLPattern):
            yield entry
        else:
            yield from patterns(entry.url_patterns)


def address(pattern: URLPattern) -> Address:
    """The address of a pattern. Raises where it takes a key and is no model's."""
    if pattern.name is None:
        return Address("object" if "object_id" in str(pattern.pattern) else "no-page")
    takes = pattern.pattern.regex.groups > 0
    if not takes or pattern.name in ELSEWHERE:
        return Address(pattern.name)
    model = next((each for each in models() if pattern.name.startswith(each.replace(".", "_") + "_")), "")
    assert model, f"{pattern.name} names an object of a kind that tests/console/addresses.py does not know"
    return Address(pattern.name, model)


def models() -> list[str]:
    """The labels of the models in the console, longest first: one's name may begin another's."""
    labels = [model._meta.label_lower for model in admin.site._registry]
    return sorted(labels, key=len, reverse=True)
