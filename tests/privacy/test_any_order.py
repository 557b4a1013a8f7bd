"""In any order of events: nothing is released without consent, nothing comes back, and access shows what erasure
removes.
"""

import contextlib
import itertools
import os
from contextlib import suppress
from typing import Any

import orjson
import pytest
from django.conf import settings as django_settings
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from curation.models import Release, ReviewTask
from curation.releases.cutting import NothingToCut
from curation.releases.files import folder
from curation.review import deciding
from feedback import capture
from feedback.models import Interaction, ParkedSignal
from privacy.consent import ledger
from privacy.erasure import erasure
from privacy.models import PrivacyRequest
from privacy.requests import lifecycle
from privacy.subjects.lookup import find, find_or_create
from tests import factories as cast
from tests.extent import extent

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
EXAMPLES = int(os.environ.get("PRIVACY_EXAMPLES", extent(10, 40)))
# Every try to shorten a failing story runs it anew on the database: minutes, in which the stage's time runs out and its
# failure is lost. The story is printed as it was found; PRIVACY_SHRINK=1 shortens it where one sits in front of it.
PHASES = [Phase.explicit, Phase.reuse, Phase.generate] + [Phase.shrink] * (os.environ.get("PRIVACY_SHRINK") == "1")
PEOPLE = st.sampled_from([cast.ANNA, cast.BEN, cast.CLEO])
PURPOSES = st.dictionaries(st.sampled_from(["capture", "evaluation", "training"]), st.booleans(), min_size=1)
WORDS = ("train", "boat", "tram", "ferry", "coach", "plane", "bicycle", "taxi")
# All kinds but two: what others said of the person's conversations goes with them and is not theirs to read, and so does
# a candidate's answer that may repeat their correction.
SAME = (
    "interactions",
    "waiting_signals",
    "decisions",
    "review_tasks",
    "eval_cases",
    "examples",
    "preference_pairs",
    "questions",
    "audit_items",
    "calibration_items",
    "consent",
    "requests",
)
TRAINING, EVALUATION = ("sft.jsonl", "preferences.jsonl"), ("eval_cases.jsonl",)


class Anything(RuleBasedStateMachine):
    """People, a product, reviewers, curators and an operator, none of whom waits for the others."""

    counter = itertools.count(1)

    @initialize()
    def begin(self) -> None:
        self.shop = cast.project()
        self.talks: dict[str, tuple[str, dict[str, Any]]] = {}
        self.erased: set[str] = set()
        self.back: set[str] = set()
        for path in django_settings.RELEASES.glob("*"):
            assert not any(path.iterdir()), "each example begins without releases"

    @rule(who=PEOPLE, purposes=PURPOSES)
    def says(self, who: str, purposes: dict[str, bool]) -> None:
        erasure.change_consent(find_or_create("shop", who), purposes, method="page")
        self.back |= {who} & self.erased

    @rule(who=PEOPLE, given=st.sampled_from([cast.ALL, {"capture": True}, None]))
    def asks(self, who: str, given: dict[str, bool] | None) -> None:
        number = next(self.counter)
        word = WORDS[number % len(WORDS)]
        body = {
            "id": f"t{number}",
            "question": f"When does {word} {number} leave from the market square?",
            "answer": f"The {word} number {number} leaves there at nine in the morning.",
        }
        try:
            if cast.asked(self.shop, who, consent=given, **body).result == "stored":
                self.talks[body["id"]] = (who, body)
        except capture.Gone:
            assert who in self.erased

    @rule(data=st.data(), who=PEOPLE, signal=st.sampled_from(["thumbs_up", "thumbs_down", "edit"]))
    def rates(self, data: st.DataObject, who: str, signal: str) -> None:
        if not self.talks:
            return
        talk = data.draw(st.sampled_from(sorted(self.talks)))
        more = {"correction": f"It leaves at {talk} minutes past ten in the morning."} if signal == "edit" else {}
        voter = data.draw(st.sampled_from([None, who]))
        is_there = Interaction.objects.filter(external_id=talk).exists()
        try:
            cast.said(self.shop, talk, signal, voter, **more)
        except capture.Gone:  # by an erasure, or since its person no longer agrees that it is kept
            assert not is_there or voter in self.erased
        else:
            assert is_there, "nothing is kept for a conversation that is gone"

    @rule()
    def curates(self) -> None:
        cast.turn(self.shop)

    @rule()
    def reviews(self) -> None:
        from django.contrib.auth.models import User

        if task := ReviewTask.objects.filter(state="open").order_by("pk").first():
            rita, _ = User.objects.get_or_create(username="rita")
            deciding.resolve(
                task, deciding.Verdict("correct", "It leaves at eleven in the morning, from the north.", ""), rita
            )

    @rule()
    def releases(self) -> None:
        with suppress(NothingToCut):
            cast.cut(self.shop)
        self.published_with_consent()

    @rule(who=PEOPLE, kind=st.sampled_from(["erasure", "withdrawal"]))
    def requests(self, who: str, kind: str) -> None:
        anna = find("shop", who)
        if anna and kind == "erasure":
            shown = {name: len(rows) for name, rows in erasure.export(anna).items()}
            counts = erasure.erase(anna).counts
            for name in SAME:
                assert counts.get(name, 0) == shown[name], name
            erasure.settle()
            self.erased.add(who)
            self.back.discard(who)
        elif anna:
            lifecycle.advance(lifecycle.submit("shop", who, "withdrawal", verified_by="key", origin="shop"))
        else:
            assert lifecycle.advance(lifecycle.submit("shop", who, kind, verified_by="key", origin="shop")).is_over
            self.erased |= {who} if kind == "erasure" else set()
            self.back |= {who} & self.erased if kind == "withdrawal" else set()

    @rule(data=st.data())
    def replays(self, data: st.DataObject) -> None:
        if not self.talks:
            return
        name = data.draw(st.sampled_from(sorted(self.talks)))
        who, body = self.talks[name]
        was_there = Interaction.objects.filter(external_id=name).exists()
        with contextlib.suppress(capture.Gone, capture.Conflict):
            cast.asked(self.shop, who, **body)
        assert Interaction.objects.filter(external_id=name).exists() == was_there

    def published_with_consent(self) -> None:
        """What is in the newest files is there with its person's consent, at this moment."""
        newest = Release.objects.filter(state="published").order_by("-number", "-recut").first()
        if newest is None:
            return
        purposes = dict.fromkeys(TRAINING, "training") | dict.fromkeys(EVALUATION, "evaluation")
        for raw in (folder(newest) / "lineage.jsonl").read_bytes().splitlines():
            entry = orjson.loads(raw)
            row = Interaction.objects.select_related("subject").get(external_id=entry["interaction"])
            assert ledger.effective(row.subject)[purposes[entry["file"]]], entry["file"]

    @invariant()
    def nobody_erased_is_back(self) -> None:
        if not hasattr(self, "erased"):
            return
        for who in self.erased - self.back:
            assert find("shop", who) is None
        for name, (who, _) in self.talks.items():
            if who in self.erased - self.back:
                assert not Interaction.objects.filter(external_id=name).exists()

    @invariant()
    def nothing_is_kept_of_who_does_not_agree(self) -> None:
        for row in Interaction.objects.select_related("subject"):
            assert ledger.effective(row.subject)["capture"]

    def teardown(self) -> None:
        for who in (cast.ANNA, cast.BEN, cast.CLEO):
            if anna := find("shop", who):
                erasure.erase(anna)
        erasure.settle()
        assert not Interaction.objects.exists() and not ParkedSignal.objects.exclude(subject=None).exists()
        for release in Release.objects.filter(state="published"):
            assert (folder(release) / "lineage.jsonl").read_bytes() == b""
        self.forget_everything()

    def forget_everything(self) -> None:
        """The next example begins anew."""
        import shutil

        from django.apps import apps
        from django.core.management import call_command

        call_command("flush", verbosity=0, interactive=False)
        assert not PrivacyRequest.objects.exists() and apps.ready
        for path in django_settings.RELEASES.iterdir():
            shutil.rmtree(path)


def test_nothing_that_can_happen_breaks_a_promise() -> None:
    run_state_machine_as_test(
        Anything,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            phases=PHASES,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert EXAMPLES
