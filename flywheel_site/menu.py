"""The order of the console's lists: as the flywheel turns, not as the code is laid out."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Group:
    """One part of the flywheel with its lists, most used first; those under `more` fold away."""

    name: str
    lists: tuple[str, ...]
    more: tuple[str, ...] = ()


GROUPS = (
    Group("Capture", ("Project", "ApiKey", "Interaction", "Signal"), ("ParkedSignal", "Outcome")),
    Group(
        "Curate",
        ("ReviewTask", "Decision", "EvalCase", "Example", "PreferencePair", "CurationPolicy", "Run"),
        ("Question", "CaseGrader", "ReviewEvent"),
    ),
    Group("Release", ("Dataset", "Release", "Recall"), ("ReleaseMember",)),
    Group("Gate", ("AgentVersion", "GateRun"), ("GateResult",)),
    Group(
        "Privacy",
        ("PrivacyRequest", "Subject", "ConsentEntry", "Erasure", "RedactionPolicy"),
        ("Notice", "Webhook", "Delivery", "Tombstone"),
    ),
    Group("People", ("User", "Group"), ("TOTPDevice", "StaticDevice")),
)
NAMES = {
    "ParkedSignal": "Waiting signals", "Outcome": "Counts of writes", "CurationPolicy": "Policies",
    "PrivacyRequest": "Requests", "ConsentEntry": "Consent", "TOTPDevice": "Second factors",
    "StaticDevice": "Backup codes", "User": "Users", "Group": "Roles", "ReleaseMember": "Members",
    "GateResult": "Results", "CaseGrader": "Graders",
    "ReviewEvent": "Review trail", "Question": "Near questions",
}  # fmt: skip


def grouped(apps: list[Any]) -> list[Any]:
    """The same lists, each app's replaced by the groups; a list that no group names comes last, under its app."""
    found = {model["object_name"]: model for app in apps for model in app["models"]}
    groups = [group_of(group, found) for group in GROUPS]
    known = {name for group in GROUPS for name in (*group.lists, *group.more)}
    rest = [{**app, "models": [m for m in app["models"] if m["object_name"] not in known]} for app in apps]
    return [group for group in (*groups, *rest) if group["models"]]


def group_of(group: Group, found: dict[str, Any]) -> dict[str, Any]:
    """One group in the shape that Django's templates take."""
    return {
        "name": group.name,
        "app_label": group.name.lower(),
        "app_url": "",
        "has_module_perms": True,
        "models": [
            entry(name, found[name], name in group.more) for name in (*group.lists, *group.more) if name in found
        ],
    }


def entry(name: str, model: dict[str, Any], folded: bool) -> dict[str, Any]:
    """One list, by the word that the product has for it."""
    label = NAMES.get(name, str(model["name"]))
    return {**model, "name": label[:1].upper() + label[1:], "folded": folded}
