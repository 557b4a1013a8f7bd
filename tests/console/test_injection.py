"""What people type stays text: three hundred payloads in every captured and typed field, every page in real Chromium."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from playwright.sync_api import Browser

from curation.gate import judging
from curation.models import AgentVersion, Dataset, Decision, EvalCase, Example, GateRun, PreferencePair, ReviewTask
from curation.review import deciding
from curation.review.deciding import Verdict
from feedback.models import Interaction, Project, Signal
from feedback.projects import keys
from privacy.requests import links
from tests import factories as cast
from tests.console.browsing import Console, opened
from tests.console.payloads import marked, payloads
from tests.console.world import PASSWORD
from tests.extent import extent

ROOT = Path(__file__).resolve().parents[2]
SOME = extent(50, 10)  # payloads in one field: all of them are on the pages of every kind, on fewer of these
DETAILS = (Interaction, ReviewTask, Decision, Example, EvalCase, PreferencePair, Signal)
LISTS = (*DETAILS, AgentVersion, GateRun, Dataset)


def groups() -> list[list[str]]:
    """The payloads, some at a time."""
    every = payloads()
    return [every[start : start + SOME] for start in range(0, len(every), SOME)]


def captured(project: Project, some: list[str], place: int) -> None:
    """A conversation with them in every field that takes text, and what three people said of it."""
    text = "\n".join(some)
    formatted = "\n\n".join(marked()[place :: len(groups())])
    talk = cast.asked(
        project,
        f"person-{place}",
        id=f"talk-{place}",
        question=f"{place} {text}",
        answer=f"**{place}** answers {text}\n\n{formatted}",
        tags=some,
        metadata={each: each for each in some},
        session=some[0],
        agent={"name": some[1], "version": some[2]},
        context=[{"role": "user", "content": each} for each in some],
        sources=[{"id": each, "title": each, "url": each, "text": each} for each in some],
    )
    kind = ("thumbs_down", "edit", "thumbs_up")[place % 3]
    more = {"correction": f"{place} is right {text}"} if kind == "edit" else {}
    cast.said(project, talk, kind, subject=f"person-{place}", comment=text[:2000], **more)


def typed(project: Project, root: User) -> None:
    """The same in what reviewers, curators and operators type."""
    hostile = payloads()
    tasks = ReviewTask.objects.filter(state="open").order_by("pk")
    for task, some in zip(tasks[:4], groups(), strict=False):
        text = "\n".join(some)
        deciding.resolve(task, Verdict("correct", f"A better answer {text}", text[:500]), root)
    cast.turn(project)
    Dataset.objects.update(system_prompt="\n".join(hostile))
    keys.create(project, ["read"], hostile[0][:60])
    Group.objects.create(name=hostile[1][:150])
    release = cast.cut(project)
    judging.run(release, lambda question, context: hostile[2], judging.CandidateIn(hostile[3][:100]), concurrency=1)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_no_payload_runs_on_any_page(transactional_db: None, web: str, browser: Browser) -> None:
    root = User.objects.create_superuser("root", password=PASSWORD)
    project = cast.project()
    for place, some in enumerate(groups()):
        captured(project, some, place)
    cast.turn(project)
    typed(project, root)
    assert len(set(payloads())) == 300 and EvalCase.objects.exists() and PreferencePair.objects.exists()
    console = opened(browser, web, "root", PASSWORD)
    token, _ends = links.make(project.namespace, "person-1", project.name, {})
    for path in [f"/privacy/{token}", f"/privacy/{token}/data", *paths()]:
        unharmed(console, path)
    unharmed(console, f"/admin/feedback/interaction/{Interaction.objects.order_by('pk')[0].pk}/change/")
    assert payloads()[0] in console.page.locator("body").inner_text()  # it is there, as text


def paths() -> list[str]:
    """The pages of what was captured and typed, lists and single ones."""
    lists = [f"/admin/{model._meta.app_label}/{model._meta.model_name}/" for model in LISTS]
    details = [
        f"/admin/{model._meta.app_label}/{model._meta.model_name}/{key}/change/"
        for model in (*DETAILS, AgentVersion, GateRun, Dataset)
        for key in model._default_manager.order_by("pk").values_list("pk", flat=True)[:30]
    ]
    return ["/admin/", "/admin/curation/reviewtask/next/", *lists, *details]


def unharmed(console: Console, path: str) -> None:
    """Open a page; nothing that was typed has run on it, or was stopped only by the policy."""
    answer = console.page.goto(f"{console.url}{path}")
    assert answer is not None and answer.status == 200, path
    assert console.page.evaluate("window.executed") is None, path
    assert console.page.evaluate("window.violations") == [] and console.said == [], path


def test_no_text_is_declared_safe() -> None:
    """`mark_safe` and its kin skip the escaping: one reader alone declares text safe, and it has sanitised it."""
    sources = [
        path
        for folder in ("privacy", "feedback", "curation", "flywheel_site")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".py", ".html"}
    ]
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in sources
        for line in path.read_text().splitlines()
        if re.search(r"mark_safe\(|SafeString\([^)]|\{\{[^}]*\|\s*safe\b|autoescape off|format_html\(f[\"']", line)
    ]
    assert len(sources) > 100
    assert found == ["privacy/console/reading.py: return mark_safe(CLEAN.clean(markup))  # noqa: S308"]
