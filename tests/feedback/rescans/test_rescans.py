"""The second redaction: what new rules find is replaced everywhere it occurs."""

import pytest
from django.contrib.auth.models import User

from curation.models import Release, ReviewTask
from curation.releases import cutting, recuts
from curation.releases.files import folder
from curation.review import deciding
from feedback.models import Interaction, Project, Signal
from feedback.rescans import rescan
from privacy.models import RedactionPolicy
from privacy.redaction import Redacted
from tests import factories as cast

pytestmark = pytest.mark.django_db
TERM = {"type": "ORDER", "pattern": r"KX-\d{4}", "must_match": ["KX-1234"], "must_not_match": ["KX-12"]}


def learn(shop: Project) -> Project:
    """The project has a new rule: its order numbers."""
    RedactionPolicy.objects.filter(pk=shop.redaction_id).update(version=2, definition={"terms": [TERM]})
    return Project.objects.select_related("redaction").get(pk=shop.pk)


def test_a_new_rule_reaches_what_was_stored_before(shop: Project) -> None:
    talk = cast.asked(shop, question="Where is KX-4711?", metadata={"note": ["about KX-4711"]})
    cast.said(shop, talk, "thumbs_down", comment="KX-4711 is still missing, and KX-4712 too")
    cast.turn(shop)
    deciding.resolve(
        cast.task(talk), deciding.Verdict("correct", "KX-4711 is at the depot."), User.objects.create_user("rita")
    )
    learn(shop)
    assert rescan.run() == 1
    row = Interaction.objects.get()
    assert row.question == "Where is [ORDER_1]?" and row.metadata == {"note": ["about [ORDER_1]"]}
    assert Signal.objects.get().comment == "[ORDER_1] is still missing, and [ORDER_2] too"
    assert ReviewTask.objects.get().correction == "[ORDER_1] is at the depot."
    assert row.redactions["ORDER"] >= 4 and row.text_changed_at is not None


def test_a_second_run_reads_nothing_again(shop: Project) -> None:
    cast.asked(shop)
    learn(shop)
    assert rescan.run() == 1
    assert rescan.run() == 0 and Interaction.objects.get().text_changed_at is None


def test_releases_with_text_that_changed_are_cut_again_without_it(shop: Project) -> None:
    for name, question in ((cast.ANNA, "Where is parcel KX-4711 now?"), (cast.BEN, "How much is a day ticket?")):
        cast.said(shop, cast.asked(shop, name, question=question), "thumbs_up")
    cast.turn(shop)
    cast.cut(shop)
    learn(shop)
    rescan.run()
    assert recuts.mark_stale() == 1
    cutting.recut_stale()
    after = Release.objects.get(state="published")
    text = (folder(after) / "eval_cases.jsonl").read_text()
    assert after.version == "v1.1" and "KX-4711" not in text and "day ticket" in text
    assert recuts.mark_stale() == 0


def test_a_project_that_asks_for_it_waits_for_the_second_redactor(shop: Project, settings: object) -> None:
    Project.objects.update(deep_scan=True)
    shop = Project.objects.select_related("redaction").get()
    settings.SECOND_REDACTOR = f"{__name__}.second"  # type: ignore[attr-defined]
    talk = cast.asked(shop, question="Did the heron land on the pier?")
    cast.said(shop, talk, "thumbs_up")
    assert cast.turn(shop) is None
    assert rescan.run() == 1
    assert Interaction.objects.get().question == "Did the [BIRD_1] land on the pier?"
    assert cast.turn(shop) is not None


def second(text: Redacted, policy: object, numbering: object) -> Redacted:
    """Stands for a model that knows birds."""
    return Redacted.stored(str(text).replace("heron", "[BIRD_1]"))


def test_a_run_that_is_killed_goes_on_where_it_was(shop: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        cast.asked(shop, question=f"Where is KX-400{number}?")
    learn(shop)
    monkeypatch.setattr(rescan, "BATCH", 2)
    read = rescan.rescan
    seen: list[int] = []

    def killed(project: Project, row: Interaction) -> bool:
        if len(seen) == 3:
            raise KeyboardInterrupt
        seen.append(row.pk)
        return read(project, row)

    monkeypatch.setattr(rescan, "rescan", killed)
    with pytest.raises(KeyboardInterrupt):
        rescan.run()
    assert Interaction.objects.filter(question__contains="[ORDER_").count() == 2  # the whole batch or nothing of it
    assert rescan.waiting(Project.objects.select_related("redaction").get()) == 3
    monkeypatch.setattr(rescan, "rescan", read)
    told: list[tuple[int, int]] = []
    assert rescan.run(progress=lambda done, total: told.append((done, total))) == 3
    assert told == [(2, 3), (3, 3)] and not Interaction.objects.filter(question__contains="KX-").exists()
