"""A project with one object of every kind that the console shows, made by the ordinary doors; and people of each role."""

import time
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Group, User
from django.db import models
from django.test import Client
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from curation.gate import judging
from curation.models import Release, ReviewTask
from curation.review import deciding
from curation.roles import ROLES
from feedback.models import Project, ProjectMember
from feedback.projects import keys
from privacy.consent import ledger
from privacy.console.reauthentication import MARK
from privacy.erasure import erasure
from privacy.models import Delivery, Setback
from privacy.requests import lifecycle
from privacy.webhooks import delivery
from tests import factories as cast

ANONYMOUS, NOBODY, SUPERUSER = "anonymous", "no role", "superuser"
EVERYBODY = (ANONYMOUS, NOBODY, *ROLES, SUPERUSER)
PICKED: dict[type[models.Model], dict[str, str]] = {ReviewTask: {"state": "open"}, Release: {"state": "published"}}
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Shop:
    """A project, and the key of one object of each kind of it, by the model's label."""

    project: Project
    keys: dict[str, Any]


def furnish(name: str, marker: str = "") -> Shop:
    """A project with one object of every kind; the marker stands in all of its texts."""
    before = {model: set(model._default_manager.values_list("pk", flat=True)) for model in shown()}
    project = cast.project(name)
    build(project, marker or name)
    made = {}
    for model in shown():
        fresh = model._default_manager.exclude(pk__in=before[model]).order_by("pk")
        row = fresh.filter(**PICKED.get(model, {})).first()
        assert row is not None, f"{model._meta.label} is new in the console: make one in tests/console/world.py"
        made[model._meta.label_lower] = row.pk
    return Shop(project, made)


def shown() -> list[type[models.Model]]:
    """Every model of the console."""
    return list(admin.site._registry)


def build(project: Project, marker: str) -> None:
    """Somebody asks, votes, corrects, doubts and is forgotten; it is curated, released, gated and recalled."""
    anna, ben, cleo = (f"{person}-{project.name}" for person in ("anna", "ben", "cleo"))
    corrected = talk(project, anna, f"{marker} one")
    ledger.record(cast.person(project, anna), {"training": True}, method="api", notice=ledger.notice_for(marker))
    cast.said(project, corrected, "edit", correction=f"{marker} {cast.RIGHT}", comment=f"{marker} is wrong")
    cast.said(project, talk(project, ben, f"{marker} two"), "thumbs_up")
    cast.said(project, talk(project, cleo, f"{marker} three"), "thumbs_down", comment=f"{marker} is bad")
    cast.said(project, f"{marker}-later", "thumbs_up", subject=cleo)
    cast.traced(project, f"{marker} four", cleo)
    cast.turn(project)
    deciding.assign(ReviewTask.objects.filter(project=project), None)
    release = cast.cut(project)
    judging.run(release, answer, judging.CandidateIn(f"{marker} agent"), concurrency=1)
    made, _secret = delivery.add(project.name, f"https://{project.name}.example/hook")
    Delivery.objects.create(webhook=made, message=f"{marker}-1", payload={"project": marker})
    keys.create(project, ["read"], f"{marker} key")
    Setback.objects.create(work="cut", about=f"release {project.pk}", error="OSError")
    lifecycle.submit(project.namespace, anna, "access", verified_by="key", origin=project.name)
    erasure.erase(cast.person(project, ben))
    erasure.settle()
    user = User.objects.create(username=f"member-{project.pk}")
    ProjectMember.objects.create(project=project, user=user)
    TOTPDevice.objects.create(user=user, name="phone")
    StaticDevice.objects.create(user=user, name="codes")
    Group.objects.create(name=f"{marker} group")


def talk(project: Project, subject: str, text: str) -> Any:
    """Somebody asked, and everything that can hold a text does."""
    return cast.asked(
        project,
        subject,
        id=f"{text.replace(' ', '-')}",
        question=f"{text}: {cast.QUESTION}",
        answer=f"{text}: {cast.ANSWER}",
        tags=[text],
        metadata={text: text},
        session=text,
        context=[{"role": "user", "content": text}],
        sources=[{"id": "1", "title": text, "url": "https://a.example"}],
        agent={"name": text, "version": "1"},
    )


def answer(question: str, context: list[dict[str, str]]) -> str:
    """What a candidate answers to everything."""
    return cast.RIGHT


def staff(role: str, project: Project) -> User | None:
    """Somebody of that role who is a member of the project; None is nobody who has signed in."""
    if role == ANONYMOUS:
        return None
    user = User.objects.create_user(role.replace(" ", "-"), password=PASSWORD, is_staff=True)
    user.is_superuser = role == SUPERUSER
    user.save()
    if role in ROLES:
        user.groups.add(Group.objects.get(name=role))
    ProjectMember.objects.create(project=project, user=user)
    return user


def signed_in(user: User | None) -> Client:
    """A browser in which that person has just said who they are."""
    client = Client()
    if user is not None:
        client.force_login(user)
        session = client.session
        session[MARK] = int(time.time())
        session.save()
    return client


def rows() -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is stored in the product's own tables."""
    models = [model for app in ("privacy", "feedback", "curation") for model in apps.get_app_config(app).get_models()]
    return {model._meta.label: list(model._default_manager.order_by("pk").values_list()) for model in models}
