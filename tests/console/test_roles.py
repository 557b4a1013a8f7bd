"""Who reaches what in the console: every address, for every role, with GET and with an empty POST, against `roles.txt`.

The addresses are read from the URL configuration: a new one fails here until it is in the table. After an intended
change, `WRITE_ROLES=1 python -m pytest tests/console/test_roles.py` writes the table again; read the difference.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

import pytest
from django.db import transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client

from tests.console.addresses import addresses
from tests.console.roles import TABLE, Table, golden
from tests.console.world import ANONYMOUS, EVERYBODY, NOBODY, SUPERUSER, Shop, furnish, signed_in, staff
from tests.extent import THOROUGH

pytestmark = pytest.mark.django_db
HEADER = """\
# Who reaches what in the console. One line an address, one column a role; GET/POST where they differ.
#   page   the page is shown, or the file is sent        on     on to another page of the console
#   login  asked to sign in                              -      refused (403)
#   none   not there (404)                               ...    any other status
# Every role here is a member of the project whose objects are asked for. Written by tests/console/test_roles.py.
"""


@pytest.fixture(scope="module")
def shop(keep: Callable[[], None]) -> Shop:
    made = furnish("shop")
    keep()
    return made


def word(answer: Any) -> str:
    """What came of a request, in the table's words."""
    if answer.status_code in (301, 302):
        return "login" if answer["Location"].startswith("/admin/login/") else "on"
    return {200: "page", 204: "page", 205: "page", 403: "-", 404: "none"}.get(
        answer.status_code, str(answer.status_code)
    )


def asked(client: Client, method: str, url: str) -> str:
    """What comes of the request. Whatever it did is taken back."""
    before = dict(client.cookies)
    with transaction.atomic():
        said = word(client.generic(method, url, "", content_type="application/x-www-form-urlencoded"))
        transaction.set_rollback(True)
    client.cookies.clear()
    client.cookies.update(before)
    return said


def reached(shop: Shop, role: str) -> dict[str, str]:
    """What that role reaches, by the name of the address."""
    client = signed_in(staff(role, shop.project))
    return {
        each.name: "/".join(dict.fromkeys(asked(client, method, each.of(shop)) for method in methods(role, each.name)))
        for each in addresses()
    }


def methods(role: str, name: str) -> Sequence[str]:
    """GET and POST; in `make test` one of them where the table says that the role gets neither."""
    both = ("GET", "POST")
    is_closed = golden().get(name, {}).get(role) in ("-", "login")
    return both if THOROUGH or "WRITE_ROLES" in os.environ or not is_closed else both[crc32(name.encode()) % 2 :][:1]


def written(table: Table) -> str:
    """The table as it stands in the file."""
    wide = max(map(len, table))
    names = " ".join(f"{role.replace(' ', '-'):<16}" for role in EVERYBODY)
    lines = [
        f"{name:{wide}} " + " ".join(f"{cells.get(role, '?'):<16}" for role in EVERYBODY)
        for name, cells in table.items()
    ]
    return HEADER + "".join(f"{line.rstrip()}\n" for line in [f"{'':{wide}} {names}", *lines])


@pytest.fixture
def rendered(role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """In `make test` pages are rendered for the superuser alone, who has most on them; `test_other_projects.py` renders each
    for the first role that it is open to. What a role may do is decided before the page is rendered.
    """
    if role != SUPERUSER and not THOROUGH:
        monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")


@pytest.mark.parametrize("role", EVERYBODY)
def test_a_role_reaches_what_the_table_says_and_nothing_else(shop: Shop, role: str, rendered: None) -> None:
    found = reached(shop, role)
    if os.environ.get("WRITE_ROLES"):
        before = golden() if TABLE.exists() else {}
        TABLE.write_text(written({name: {**before.get(name, {}), role: said} for name, said in found.items()}))
        golden.cache_clear()
    assert found == {name: cells[role] for name, cells in golden().items()}


def test_without_signing_in_there_is_the_sign_in_and_the_link_of_an_invitation() -> None:
    assert {name for name, cells in golden().items() if cells[ANONYMOUS] != "login"} == {
        "login",
        "logout",
        "join",
        "oidc_begin",
        "oidc_callback",
    }


def test_without_a_role_there_is_nothing_but_home_and_ones_own_sign_in() -> None:
    own = {
        "index",
        "join",
        "login",
        "logout",
        "password_change",
        "password_change_done",
        "jsi18n",
        "reauthenticate",
        "second_factor",
        "second_factor_codes",
        "second_factor_enrol",
    }
    nowhere = {"object", "autocomplete"}  # on to a page that is refused; refused, or no such method
    assert {name for name, cells in golden().items() if cells[NOBODY] not in ("-", "none")} == own | nowhere


def test_users_roles_and_devices_are_the_superusers_alone() -> None:
    for name, cells in golden().items():
        if name.startswith(("auth_", "otp_")):
            others = {said for role, said in cells.items() if role not in (ANONYMOUS, SUPERUSER)}
            assert others == {"-"}, name


def test_nobody_adds_or_deletes_a_row_of_ours_by_hand() -> None:
    for name, cells in golden().items():
        if name.endswith(("_add", "_delete")) and not name.startswith(("auth_", "otp_")):
            assert set(cells.values()) == {"-", "login"}, name


def test_whoever_may_only_look_changes_nothing() -> None:
    pages = {
        name for name in golden() if name.endswith("_change") and name.startswith(("privacy", "feedback", "curation"))
    }
    takes_a_post = {name for name in pages if {"page", "on"} & set(golden()[name].values())}
    forms = {"feedback_project_change", "curation_dataset_change"}
    alike = {
        "curation_agentversion_change",
        "curation_gaterun_change",
        "curation_question_change",
        "curation_reviewtask_change",
    }  # a POST just shows it
    assert takes_a_post == forms | alike
