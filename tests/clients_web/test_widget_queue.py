"""Feedback that cannot be sent at once waits for a limited time, in a limited queue, and is sent once."""

import json
import time

import pytest

from .conftest import Opener
from .stub_api import Answer, Stub, serving

pytestmark = pytest.mark.browser
THANKS = "Thank you for your feedback."
QUEUED = "Saved on this device; it will be sent as soon as possible."
DAY_MS = 86_400_000


def test_it_keeps_feedback_while_offline_and_sends_it_once(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    open_widget.context.set_offline(True)
    widget.button("Good answer").click()
    widget.expect_status(QUEUED)
    widget.expect_pressed("Good answer", True)
    assert stub.calls == []
    open_widget.context.set_offline(False)
    widget.expect_status(THANKS)
    widget.page.wait_for_timeout(2_500)
    assert stub.signals == ["thumbs_up"]
    assert [event["name"] for event in widget.told()] == ["queued", "sent"]
    assert len({event["id"] for event in widget.told()}) == 1
    assert not [key for key in widget.stored() if "/queue/" in key]


def test_it_sends_at_once_when_the_connection_is_back_however_long_it_was_gone(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    open_widget.context.set_offline(True)
    for number in range(1, 8):  # after so many failures it would try again by itself in a minute or two
        widget.page.locator("flywheel-feedback").evaluate("(it) => it.send('retry')")
        widget.expect_told(number, "queued")
    open_widget.context.set_offline(False)
    widget.expect_told(7, "sent")
    assert stub.signals == ["retry"] * 7


def test_it_sends_what_an_earlier_page_left_under_the_same_id(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    open_widget.context.set_offline(True)
    widget.button("Good answer").click()
    widget.expect_status(QUEUED)
    left = widget.told()[0]["id"]
    widget.page.close()
    open_widget.context.set_offline(False)
    later = open_widget.again()
    later.expect_told(1)
    assert later.told()[0]["name"] == "sent"
    assert [call.body["id"] for call in stub.calls] == [left]


def test_it_repeats_the_very_same_body_when_the_answer_was_lost(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    stub.answers = [Answer(502), Answer(503)]
    widget.button("Bad answer").click()
    widget.expect_status(QUEUED)
    widget.expect_status(THANKS)
    assert len(stub.calls) == 3
    assert len({call.text for call in stub.calls}) == 1
    assert len(stub.kept) == 1


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_the_server_asks_and_keeps_the_order(open_widget: Opener, stub: Stub, status: int) -> None:
    widget = open_widget()
    stub.answers = [Answer(status, {"Retry-After": "3"})]
    widget.button("Good answer").click()
    widget.expect_status(QUEUED)
    asked = time.monotonic()
    widget.button("Try again").click()
    widget.page.reload()
    widget.page.wait_for_timeout(1_500)
    assert stub.signals == ["thumbs_up"]
    widget.expect_told(2, "sent")
    assert time.monotonic() - asked > 2.5
    assert stub.signals == ["thumbs_up", "thumbs_up", "retry"]
    assert stub.calls[0].text == stub.calls[1].text


def test_feedback_on_one_answer_does_not_wait_for_a_failure_on_another(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    stub.answers = [Answer(500)]
    widget.button("Good answer").click()
    widget.expect_status(QUEUED)
    widget.page.locator("flywheel-feedback").evaluate("(it) => it.setAttribute('interaction', 'q-2')")
    stub.answers = [Answer(500)]
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    assert [call.body["interaction"] for call in stub.calls][-1] == "q-2"


def test_a_vote_taken_back_before_it_was_sent_never_leaves_the_browser(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    open_widget.context.set_offline(True)
    widget.button("Good answer").click()
    widget.expect_status(QUEUED)
    widget.button("Undo").click()
    widget.expect_status("Your feedback was withdrawn.")
    assert widget.stored() == {}
    open_widget.context.set_offline(False)
    widget.page.wait_for_timeout(1_000)
    assert stub.calls == []


def test_a_vote_that_may_have_arrived_is_taken_back_at_the_server(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    stub.answers = [Answer(504)]
    widget.button("Good answer").click()
    widget.expect_status(QUEUED)
    widget.button("Undo").click()
    widget.expect_status("Your feedback was withdrawn.")
    assert stub.signals == ["thumbs_up", "DELETE"]
    assert stub.calls[1].path == f"/api/v1/feedback/{stub.calls[0].body['id']}"
    assert widget.stored() == {}


def test_it_drops_what_has_waited_for_a_day(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    open_widget.context.set_offline(True)
    widget.button("Correct").click()
    widget.page.get_by_label("What should the answer have been?").fill("text that must not stay")
    widget.button("Send").click()
    widget.expect_status(QUEUED)
    assert "text that must not stay" in str(widget.stored())
    age = f"""() => {{ for (const [key, text] of Object.entries(localStorage)) {{
        const value = JSON.parse(text); value.at -= {DAY_MS};
        localStorage.setItem(key, JSON.stringify(value)); }} }}"""
    widget.page.evaluate(age)
    widget.page.close()
    open_widget.context.set_offline(False)
    later = open_widget.again()
    later.expect_told(1)
    assert later.told()[0]["name"] == "error"
    assert later.stored() == {}
    assert stub.calls == []


def test_it_keeps_no_more_than_fifty(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    open_widget.context.set_offline(True)
    element = widget.page.locator("flywheel-feedback")
    ids = element.evaluate("(it) => Array.from({ length: 60 }, () => it.send('retry'))")
    assert len([key for key in widget.stored() if "/queue/" in key]) == 50
    assert [event["id"] for event in widget.told() if event["name"] == "error"] == ids[:10]
    open_widget.context.set_offline(False)
    widget.expect_told(50, "sent")
    assert [call.body["id"] for call in stub.calls] == ids[10:]


def test_it_uses_the_newest_token_for_what_waits(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    open_widget.context.set_offline(True)
    widget.button("Good answer").click()
    widget.expect_status(QUEUED)
    widget.page.locator("flywheel-feedback").evaluate("(it) => it.setAttribute('token', 'v1.fresh')")
    open_widget.context.set_offline(False)
    widget.expect_status(THANKS)
    assert [call.token for call in stub.calls] == ["v1.fresh"]


def test_it_works_where_the_browser_keeps_nothing(open_widget: Opener, stub: Stub) -> None:
    denied = "Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no') } })"
    open_widget.context.add_init_script(denied)
    widget = open_widget()
    open_widget.context.set_offline(True)
    widget.button("Good answer").click()
    widget.expect_status(QUEUED)
    open_widget.context.set_offline(False)
    widget.expect_status(THANKS)
    widget.button("Undo").click()
    widget.expect_status("Your feedback was withdrawn.")
    assert stub.signals == ["thumbs_up", "DELETE"]


def test_it_is_not_led_astray_by_what_else_is_in_the_storage(open_widget: Opener, stub: Stub) -> None:
    rubbish = {"flywheel-feedback/queue/1-x": "{broken", "flywheel-feedback/votes/q-1": "[]", "mine": "kept"}
    script = f"for (const [key, text] of Object.entries({json.dumps(rubbish)})) localStorage.setItem(key, text);"
    open_widget.context.add_init_script(script)
    widget = open_widget()
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    assert stub.signals == ["thumbs_up"]
    assert widget.stored()["mine"] == "kept"


def test_it_speaks_to_an_api_of_another_origin(open_widget: Opener, stub: Stub) -> None:
    with serving() as api:
        api.origins = (stub.url,)
        stub.policy += f"; connect-src 'self' {api.url}"
        stub.policy = stub.policy.replace("connect-src 'self'; ", "")
        widget = open_widget(endpoint=f"{api.url}/")
        api.answers = [Answer(429, {"Retry-After": "1"})]
        widget.button("Good answer").click()
        widget.expect_status(THANKS)
        widget.button("Undo").click()
        widget.expect_status("Your feedback was withdrawn.")
        assert api.signals == ["thumbs_up", "thumbs_up", "DELETE"]
    assert stub.calls == []
