"""Calls of tools compared: names, arguments by value, and the order of those whose order matters."""

import json
from typing import Any

import pytest

from curation.gate.graders import GraderError
from curation.gate.graders.calls import calls, looks_up

FIND = {"name": "find_orders", "arguments": {"customer": "anna", "open": True, "most": 1}, "result": ["order-771"]}
SHOW = {"name": "get_order", "arguments": {"id": "order-771"}, "result": {"state": "sent"}}
TELL = {"name": "send_mail", "arguments": {"to": "[EMAIL_1]", "text": "It was sent."}}
SHOP = {"name": "get_hours", "arguments": {"day": "Sunday"}, "result": "10 to 18"}


def score(made: Any, wanted: Any) -> float:
    return calls(json.dumps(made), json.dumps(wanted), {})


def changed(step: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {**step, **values}


@pytest.mark.parametrize(
    "arguments",
    [
        {"most": 1.0, "open": True, "customer": "anna"},
        {"customer": " anna ", "open": True, "most": 1, "sort": None},
        '{"customer": "anna", "open": true, "most": 1}',
    ],
    ids=["numbers and order of keys", "blanks and nulls", "as text"],
)
def test_arguments_are_equal_by_value(arguments: Any) -> None:
    assert score([changed(FIND, arguments=arguments, result="another", id="x")], [FIND]) == 1.0


@pytest.mark.parametrize(
    "made",
    [
        [],
        [changed(FIND, name="find_order")],
        [changed(FIND, arguments={**FIND["arguments"], "most": 2})],  # type: ignore[dict-item]
        [changed(FIND, arguments={**FIND["arguments"], "most": "1"})],  # type: ignore[dict-item]
        [changed(FIND, arguments={**FIND["arguments"], "open": 1})],  # type: ignore[dict-item]
        [changed(FIND, arguments={"customer": "anna"})],
        [FIND, SHOP],
        [FIND, FIND],
    ],
)
def test_another_call_less_or_more_does_not_pass(made: Any) -> None:
    assert score(made, [FIND]) < 1.0


def test_look_ups_that_need_nothing_of_each_other_come_in_any_order() -> None:
    assert score([SHOP, FIND], [FIND, SHOP]) == 1.0


def test_a_call_that_uses_what_another_found_comes_after_it() -> None:
    assert score([FIND, SHOW], [FIND, SHOW]) == 1.0 > score([SHOW, FIND], [FIND, SHOW])


def test_what_acts_keeps_its_place() -> None:
    assert score([TELL, SHOP], [SHOP, TELL]) < 1.0


def test_the_same_look_up_twice_is_two_calls_in_any_order() -> None:
    other = changed(SHOP, arguments={"day": "Monday"})
    assert score([other, SHOP, SHOP], [SHOP, other, SHOP]) == 1.0 > score([other, SHOP], [SHOP, other, SHOP])


def test_a_failure_that_was_repeated_with_success_counts_once() -> None:
    failed = changed(SHOW, error="timeout", result=None, arguments={"id": "771"})
    assert score([FIND, failed, SHOW], [FIND, SHOW]) == 1.0
    assert score([FIND, SHOW], [FIND, failed, SHOW]) == 1.0
    assert score([FIND, failed], [FIND, SHOW]) < 1.0


@pytest.mark.parametrize("text", ["find", "{}", '["find"]', "[{}]", "[" * 5_000])
def test_what_is_no_list_of_calls_is_not_graded(text: str) -> None:
    with pytest.raises(GraderError):
        calls(text, json.dumps([FIND]), {})


# Names of the tools of public servers and benchmarks; the words that tell them apart were not chosen by these.
LOOK = (
    "search_repositories get_file_contents list_commits list_issues search_code search_users get_issue get_pull_request "
    "slack_list_channels slack_get_channel_history slack_get_users read_file read_multiple_files list_directory search_files "
    "get_file_info get_user_details find_user_id_by_email find_user_id_by_name_zip get_order_details get_product_details "
    "list_all_product_types calculate search_direct_flight search_onestop_flight get_reservation_details "
    "list_all_airports brave_web_search fetch getWeather kb.search query_database describe_table list_tables "
    "retrieve_documents maps_geocode web_search read_email get_flight_status"
).split()
ACT = (
    "create_or_update_file create_repository push_files create_issue create_pull_request fork_repository create_branch "
    "update_issue add_issue_comment merge_pull_request slack_post_message slack_reply_to_thread slack_add_reaction write_file "
    "edit_file create_directory move_file send_email draft_email cancel_pending_order modify_pending_order_items "
    "exchange_delivered_order_items return_delivered_order_items transfer_to_human_agents book_reservation "
    "update_reservation_flights send_certificate cancel_reservation delete_entities createTicket refundPayment"
).split()


def test_names_tell_look_ups_from_acts() -> None:
    taken_for_look_ups = [name for name in ACT if looks_up(name)]
    found = [name for name in LOOK if looks_up(name)]
    assert taken_for_look_ups == []
    assert len(found) / len(LOOK) >= 0.8
