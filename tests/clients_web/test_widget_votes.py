"""What a reader can say with the element, and what the API hears of it."""

import re

import pytest

from .conftest import ANSWER, Opener
from .stub_api import Answer, Stub

pytestmark = pytest.mark.browser
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
THANKS = "Thank you for your feedback."


def test_it_sends_a_thumbs_up_with_the_token_and_its_own_id(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    widget.expect_pressed("Good answer", True)
    (call,) = stub.calls
    assert (call.method, call.path, call.token) == ("POST", "/api/v1/feedback", "v1.token")
    assert set(call.body) == {"id", "interaction", "signal", "occurred_at"}
    assert (call.body["interaction"], call.body["signal"]) == ("q-1", "thumbs_up")
    assert UUID.fullmatch(call.body["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", call.body["occurred_at"])


def test_it_lets_a_reader_change_their_mind(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    widget.button("Bad answer").click()
    widget.expect_pressed("Bad answer", True)
    widget.expect_pressed("Good answer", False)
    widget.expect_status(THANKS)
    assert stub.signals == ["thumbs_up", "thumbs_down"]
    assert len(stub.kept) == 2


@pytest.mark.parametrize("way", ["Undo", "Bad answer"])
def test_it_takes_back_every_vote_that_it_sent(open_widget: Opener, stub: Stub, way: str) -> None:
    widget = open_widget()
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    widget.button("Bad answer").click()
    widget.expect_status(THANKS)
    widget.button(way).click()
    widget.expect_status("Your feedback was withdrawn.")
    widget.expect_pressed("Bad answer", False)
    widget.expect_told(4)
    assert stub.signals == ["thumbs_up", "thumbs_down", "DELETE", "DELETE"]
    assert stub.kept == {}
    assert widget.stored() == {}
    assert widget.button("Undo").is_hidden()


def test_it_still_knows_the_vote_after_a_reload(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Bad answer").click()
    widget.expect_status(THANKS)
    widget.page.reload()
    widget.expect_pressed("Bad answer", True)
    widget.button("Undo").click()
    widget.expect_status("Your feedback was withdrawn.")
    assert stub.kept == {}


def test_it_sends_an_edit_that_began_with_the_answer(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Correct").click()
    text = widget.page.get_by_label("What should the answer have been?")
    assert text.input_value() == ANSWER
    text.fill("You can return it within 30 days of delivery.")
    widget.page.get_by_label("Comment (optional)").fill(" It was extended in May. ")
    widget.button("Send").click()
    widget.expect_status(THANKS)
    assert text.is_hidden()
    (call,) = stub.calls
    assert call.body["signal"] == "edit"
    assert call.body["correction"] == "You can return it within 30 days of delivery."
    assert call.body["comment"] == "It was extended in May."


def test_it_sends_a_correction_of_a_bad_answer_as_a_thumbs_down(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget(text="", answer_for="", answer="Taken from the attribute.")
    widget.button("Bad answer").click()
    widget.expect_status(THANKS)
    widget.button("Correct").click()
    text = widget.page.get_by_label("What should the answer have been?")
    assert text.input_value() == "Taken from the attribute."
    text.fill("Better.")
    widget.button("Send").click()
    widget.expect_told(2)
    assert [(call.body["signal"], call.body.get("correction")) for call in stub.calls] == [
        ("thumbs_down", None),
        ("thumbs_down", "Better."),
    ]


def test_a_later_vote_or_comment_does_not_lose_the_correction(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Correct").click()
    widget.page.get_by_label("What should the answer have been?").fill("30 days.")
    widget.button("Send").click()
    widget.expect_status(THANKS)
    widget.button("Bad answer").click()
    widget.expect_status(THANKS)
    widget.button("Comment").click()
    widget.page.get_by_label("Comment", exact=True).fill("Out of date")
    widget.button("Send").click()
    widget.expect_told(3)
    last = stub.calls[-1].body
    assert (last["signal"], last["correction"], last["comment"]) == ("thumbs_down", "30 days.", "Out of date")


def test_it_refuses_to_send_a_correction_that_changes_nothing(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Correct").click()
    widget.button("Send").click()
    widget.expect_status("Change the answer first.")
    assert stub.calls == []
    assert widget.page.get_by_label("What should the answer have been?").is_visible()


def test_it_offers_a_comment_once_there_is_a_vote(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    assert widget.button("Comment").is_hidden()
    widget.button("Good answer").click()
    widget.button("Comment").click()
    widget.page.get_by_label("Comment", exact=True).fill("Clear and short")
    widget.button("Send").click()
    widget.expect_told(2)
    assert stub.calls[-1].body["signal"] == "thumbs_up"
    assert stub.calls[-1].body["comment"] == "Clear and short"


def test_a_character_that_no_database_holds_costs_a_letter_and_not_the_correction(
    open_widget: Opener, stub: Stub
) -> None:
    widget = open_widget()
    widget.page.evaluate(
        """document.querySelector("flywheel-feedback").send("edit", {correction: "a\\0b \\ud83d \\u{1f600}", comment: "\\udc00"})"""
    )
    widget.expect_told(1)
    (call,) = stub.calls
    assert (call.body["correction"], call.body["comment"]) == ("a?b ? \U0001f600", "?")


def test_it_tells_the_page_to_ask_again(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Try again").click()
    widget.expect_told(2)
    asked, sent = widget.told()
    assert (asked["name"], asked["interaction"]) == ("retry", "q-1")
    assert (sent["name"], sent["signal"], sent["id"]) == ("sent", "retry", asked["id"])
    assert stub.signals == ["retry"]


def test_it_begins_anew_with_another_interaction(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    element = widget.page.locator("flywheel-feedback")
    element.evaluate("(it) => { it.setAttribute('token', 'v1.other'); it.setAttribute('interaction', 'q-2'); }")
    widget.expect_pressed("Good answer", False)
    widget.expect_status("")
    widget.button("Bad answer").click()
    widget.expect_status(THANKS)
    assert (stub.calls[-1].body["interaction"], stub.calls[-1].token) == ("q-2", "v1.other")


@pytest.mark.parametrize("asked", [True, False])
def test_it_reports_copying_from_the_answer_where_the_page_asks_for_that(
    open_widget: Opener, stub: Stub, asked: bool
) -> None:
    widget = open_widget(**({"track-copy": ""} if asked else {}))
    for _ in range(2):
        widget.page.locator("#answer").click(click_count=3)
        widget.page.keyboard.press("Control+c")
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    assert stub.signals == (["copy", "thumbs_up"] if asked else ["thumbs_up"])


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "It is too late to rate this answer. Reload the page and try again."),
        (403, "It is too late to rate this answer. Reload the page and try again."),
        (404, "This answer no longer exists, so your feedback was not stored."),
        (410, "This answer no longer exists, so your feedback was not stored."),
        (413, "That is too long. Shorten it and send it again."),
        (400, "Your feedback could not be accepted."),
        (409, "Your feedback could not be accepted."),
        (422, "Your feedback could not be accepted."),
    ],
)
def test_it_tells_kindly_what_was_refused_and_keeps_nothing(
    open_widget: Opener, stub: Stub, status: int, words: str
) -> None:
    stub.answers = [Answer(status, text='{"detail": "<b>The words of the server</b>"}')]
    widget = open_widget()
    widget.button("Good answer").click()
    widget.expect_status(words)
    widget.expect_pressed("Good answer", False)
    assert len(stub.calls) == 1
    assert widget.stored() == {}
    (event,) = widget.told()
    assert (event["name"], event["status"]) == ("error", status)


def test_it_keeps_what_was_written_when_it_is_refused(open_widget: Opener, stub: Stub) -> None:
    stub.answers = [Answer(422)]
    widget = open_widget()
    widget.button("Correct").click()
    text = widget.page.get_by_label("What should the answer have been?")
    text.fill("A better answer.")
    widget.button("Send").click()
    widget.expect_status("Your feedback could not be accepted.")
    assert text.input_value() == "A better answer."
    widget.button("Send").click()
    widget.expect_status(THANKS)
    first, second = stub.calls
    assert first.body["id"] != second.body["id"]
    assert second.body["correction"] == "A better answer."


def test_a_withdrawal_that_is_refused_leaves_the_vote_standing(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Good answer").click()
    widget.expect_status(THANKS)
    stub.answers = [Answer(401)]
    widget.button("Undo").click()
    widget.expect_status("It is too late to rate this answer. Reload the page and try again.")
    widget.expect_pressed("Good answer", True)
    assert len(stub.kept) == 1


def test_it_says_so_where_nothing_was_kept_for_want_of_consent(open_widget: Opener, stub: Stub) -> None:
    stub.answers = [Answer(200, text='{"stored": false, "reason": "no_consent"}')]
    widget = open_widget()
    widget.button("Good answer").click()
    widget.expect_status("Your feedback was not stored, because you have not agreed to it.")
    widget.expect_pressed("Good answer", False)
    assert widget.told()[0]["stored"] is False
    assert widget.stored() == {}


def test_its_events_carry_ids_and_no_text(open_widget: Opener, stub: Stub) -> None:
    widget = open_widget()
    widget.button("Correct").click()
    widget.page.get_by_label("What should the answer have been?").fill("a secret correction")
    widget.button("Send").click()
    widget.expect_status(THANKS)
    (event,) = widget.told()
    assert set(event) == {"name", "id", "interaction", "signal", "status", "stored"}
    assert "secret" not in str(event)
    assert "secret" not in str(widget.stored())
