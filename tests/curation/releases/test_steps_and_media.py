"""From capture to a release: steps are in its files and are erased with their person; conversations with media wait for
review.
"""

import json
from typing import Any

import pytest
from django.test import Client

from curation.models import Release, ReviewTask
from curation.releases import cutting, files
from curation.releases.verify import verify
from curation.review import deciding
from privacy.erasure import erasure
from tests import factories as cast

pytestmark = pytest.mark.django_db
MARK = "zebra-771"
STEPS = [
    {"name": "find", "arguments": {"who": "mia@example.com", "what": MARK}, "result": {"found": [MARK]}},
    {"name": "send", "arguments": {"to": "mia@example.com"}, "error": f"no route for {MARK} of mia@example.com"},
]
MEDIA = [{"type": "image_url", "url": "https://example.com/cat.png"}]


def read(release: Release, name: str) -> list[Any]:
    return [json.loads(line) for line in (files.folder(release) / name).read_bytes().splitlines()]


def texts(release: Release) -> str:
    return "".join(path.read_text() for path in files.folder(release).iterdir())


def test_steps_reach_cases_and_training_redacted_and_go_with_their_person() -> None:
    shop = cast.project()
    for person, question in ((cast.ANNA, "Where is my parcel?"), ("ben", "When do you open on Sunday?")):
        given = {"steps": STEPS if person == cast.ANNA else [], "question": question}
        cast.said(shop, cast.asked(shop, person, **given), "thumbs_up", subject=person)
    cast.turn(shop)
    release = cast.cut(shop)
    [case] = [one for one in read(release, "eval_cases.jsonl") if one["steps"]]
    [example] = [one for one in read(release, "sft.jsonl") if "tools" in one]
    assert json.loads(case["steps"][0]["arguments"]) == {"who": "[EMAIL_1]", "what": MARK}
    assert [one["role"] for one in example["messages"]] == [
        "user",
        "assistant",
        "tool",
        "assistant",
        "tool",
        "assistant",
    ]
    assert "mia@example.com" not in texts(release) and verify(files.folder(release)) == []
    erasure.erase(cast.person(shop))
    cutting.recut_stale()
    again = Release.objects.get(recut=1)
    assert MARK not in texts(again) and len(read(again, "sft.jsonl")) == 1 and verify(files.folder(again)) == []


@pytest.mark.parametrize(
    "given", [{"metadata": {"media": MEDIA}}, {"context": [{"role": "user", "content": "Look", "media": MEDIA}]}]
)
def test_a_record_that_comes_with_media_is_in_no_file_until_somebody_says_so(
    admin_client: Client, given: dict[str, Any]
) -> None:
    shop = cast.project()
    talk = cast.asked(shop, question="What does the sign in this picture say?", **given)
    cast.said(shop, talk, "thumbs_up")
    cast.said(shop, cast.asked(shop, "ben", question="When do you open on Sunday?"), "thumbs_up", subject="ben")
    cast.turn(shop)
    task = ReviewTask.objects.get(reason="media")
    assert [one["question"] for one in read(cast.cut(shop), "eval_cases.jsonl")] == ["When do you open on Sunday?"]
    page = admin_client.get(f"/admin/curation/reviewtask/{task.pk}/change/", follow=True).content.decode()
    assert "Came with media" in page and "image_url" in page
    deciding.resolve(task, deciding.Verdict("use"), None)
    cast.turn(shop)
    assert len(read(cast.cut(shop), "sft.jsonl")) == 2
