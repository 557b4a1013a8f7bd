"""What axe-core finds on every page of the console and on the person's page, in light and in dark."""

from collections import Counter
from collections.abc import Iterator
from importlib.resources import files

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from playwright.sync_api import Browser

from privacy.requests import links
from tests.console.addresses import Address, addresses
from tests.console.browsing import Console, opened
from tests.console.world import PASSWORD, Shop, furnish, signed_in
from tests.extent import extent

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = files("axe_playwright_python") / "axe.min.js"
FOUND = """(options) => axe.run(document, options).then(({ violations }) => violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
        `${id} at ${target.join(" ")}: ${failureSummary.split("\\n")[1]}`)))"""
ALIKE = {"add": 30, "change": 3, "changelist": 3, "delete": 30, "history": 30}
EVERYTHING = {"light": {}, "dark": {"runOnly": ["color-contrast", "link-in-text-block"]}}  # what colours can change


def pages(shop: Shop) -> Iterator[str]:
    """Addresses that show a page, as the URL configuration has them, and the person's own."""
    client = signed_in(User.objects.get(username="root"))
    for each in of_each_kind(addresses()):
        with transaction.atomic():
            answer = client.get(each.of(shop))
            transaction.set_rollback(True)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            yield each.of(shop)
    token, _ends = links.make(shop.project.namespace, f"anna-{shop.project.name}", shop.project.name, {})
    yield f"/privacy/{token}"


def of_each_kind(found: list[Address]) -> Iterator[Address]:
    """In `make test` one page in so many of those that all models have; all others."""
    met = Counter[str]()
    for each in found:
        kind = each.name.rpartition("_")[2]
        if met[kind] % extent(ALIKE.get(kind, 1), 1) == 0:
            yield each
        met[kind] += 1


@pytest.fixture
def console(transactional_db: None, web: str, browser: Browser) -> Console:
    User.objects.create_superuser("root", password=PASSWORD)
    return opened(browser, web, "root", PASSWORD)


def test_axe_finds_nothing_serious_on_any_page(console: Console) -> None:
    source = AXE.read_text()
    found: dict[str, str] = {}
    shown = list(pages(furnish("shop")))
    for place, path in enumerate(shown):
        console.page.goto(f"{console.url}{path}")
        console.page.evaluate(source)
        for scheme, options in EVERYTHING.items():
            if scheme == "dark" and place % extent(9, 1):
                continue  # the colours are those of one style sheet
            console.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            for line in console.page.evaluate(FOUND, options):
                found.setdefault(f"{scheme}: {line}", path)  # the first page is enough to find it by
    assert len(shown) > extent(35, 100), shown
    assert not found, "\n".join(f"{path} {line}" for line, path in found.items())
