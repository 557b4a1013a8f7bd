"""The person's own page: theirs alone, in plain words, without JavaScript; what it offers is carried out."""

import gettext
import re
import time
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, get_args

import pytest
from django.test import Client
from django.urls import reverse

from curation.decisions import reasons
from curation.decisions.posterior import Stance
from curation.decisions.rules import Outcome
from curation.models import EvalCase, ReleaseQuote, TaskState
from feedback.signals import SignalKind
from privacy.consent import ledger
from privacy.erasure import erasure
from privacy.models import ConsentEntry, PrivacyRequest, Purpose, RequestStatus, Subject
from privacy.requests import lifecycle, links, page_texts
from privacy.subjects import lookup
from tests import factories as cast

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token() -> str:
    """Anna's link; she has asked and rated."""
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_up")
    cast.turn(shop)
    return links.make("shop", cast.ANNA, "shop", shop.consent_defaults)[0]


def at(name: str, token: str) -> str:
    """The address of one of the pages."""
    return reverse(f"privacy-{name}", args=[token])


def test_the_product_gets_a_link_that_opens_the_page(client: Client) -> None:
    shop = cast.project()
    cast.asked(shop)
    headers = {"Authorization": f"Bearer {cast.key(shop)}"}
    sent = client.post("/api/v1/privacy/link", {"subject": cast.ANNA}, "application/json", headers=headers)
    assert set(sent.json()) == {"url", "expires_at"} and cast.ANNA not in sent.json()["url"]
    page = client.get(sent.json()["url"].removeprefix("http://127.0.0.1:8000"))
    assert page.status_code == 200 and "Conversations" in page.content.decode()


def test_it_says_what_is_kept_and_shows_each_consent_as_a_switch(client: Client, token: str) -> None:
    text = client.get(at("page", token)).content.decode()
    assert len(re.findall(r'role="switch"[^>]* checked', text)) == 3
    assert "Test cases" in text and "Training examples" in text and cast.QUESTION not in text


@pytest.mark.parametrize("name", ["page", "delete", "data", "download"])
def test_no_page_is_cached_referred_to_or_scripted(client: Client, token: str, name: str) -> None:
    page = client.get(at(name, token))
    assert page["Referrer-Policy"] == "no-referrer" and "no-store" in page["Cache-Control"]
    assert (
        "script-src" not in page["Content-Security-Policy"] and "default-src 'none'" in page["Content-Security-Policy"]
    )
    assert "<script" not in page.content.decode() and not page.cookies


def test_a_switch_that_is_turned_off_holds_at_once(client: Client, token: str) -> None:
    answer = client.post(at("consents", token), {"capture": "on", "evaluation": "on"})
    assert answer.status_code == 303
    anna = cast.person(cast.project())
    assert ledger.effective(anna) == {"capture": True, "evaluation": True, "training": False}
    assert lifecycle.advance(PrivacyRequest.objects.get(kind="withdrawal")).counts["examples"] == 1
    assert "Withdraw consent" in client.get(at("page", token)).content.decode()


def test_what_is_turned_on_again_notes_the_words_of_the_page(client: Client, token: str) -> None:
    client.post(at("consents", token), {"capture": "on"})
    client.post(f"{at('consents', token)}?lang=de", {"capture": "on", "training": "on"})
    line = ConsentEntry.objects.filter(purpose="training").latest("id")
    assert line.granted and line.method == "page" and line.notice
    assert line.notice.language == "de" and "Für das Training verwenden" in line.notice.text


def test_saving_without_a_change_adds_no_line(client: Client, token: str) -> None:
    before = ConsentEntry.objects.count()
    client.post(at("consents", token), dict.fromkeys(page_texts.PURPOSES, "on"))
    assert ConsentEntry.objects.count() == before and not PrivacyRequest.objects.exists()


def test_deleting_asks_first_and_then_begins(client: Client, token: str) -> None:
    assert client.get(at("delete", token)).status_code == 200
    assert "Tick the box first." in client.post(at("delete", token)).content.decode()
    assert not PrivacyRequest.objects.exists()
    client.post(at("delete", token), {"sure": "yes"})
    assert "being deleted" in client.get(at("page", token)).content.decode()
    lifecycle.advance_all()
    assert not Subject.objects.exists()
    page = client.get(at("page", token)).content.decode()
    assert "Done" in page and "Nothing is kept about you." in page
    assert client.get(at("receipt", token)).json()["receipt"]["kind"] == "erasure"


def test_a_link_deletes_once_and_says_so_to_whoever_comes_back(client: Client, token: str) -> None:
    client.post(at("delete", token), {"sure": "yes"})
    lifecycle.advance_all()
    erasure.change_consent(lookup.find_or_create("shop", cast.ANNA), cast.ALL, method="form")
    cast.asked(cast.project(), question="Is there a lift to the platform?")
    again = client.post(at("delete", token), {"sure": "yes"})
    assert again.status_code == 410 and "Each link can delete data only once." in again.content.decode()
    assert PrivacyRequest.objects.count() == 1 and not Subject.objects.exclude(restricted_at=None).exists()
    assert Page(again.content.decode()).headings == ["h1"]
    other = links.make("shop", cast.ANNA, "shop", cast.project().consent_defaults)[0]
    client.post(at("delete", other), {"sure": "yes"})
    assert lifecycle.advance_all() == 1 and not Subject.objects.exists()


def test_everything_can_be_downloaded_and_read(client: Client, token: str) -> None:
    data = client.get(at("download", token)).json()
    assert data["interactions"][0]["question"] == cast.QUESTION and data["consent"]
    assert cast.QUESTION in client.get(at("data", token)).content.decode()


def test_what_is_kept_is_read_in_the_readers_language(client: Client) -> None:
    shop = cast.project()
    given: dict[str, Any] = {
        "occurred_at": "2026-11-03T09:05:00Z",
        "agent": {"name": "helper"},
        "metadata": {"at": "noon", "urgent": True},
    }
    cast.asked(shop, sources=[{"id": "7", "url": "https://a.example"}], **given)
    link = links.make("shop", cast.ANNA, "shop", shop.consent_defaults)[0]
    told = {
        "en": ("Sources of the answer: Web address", "Assistant: Name", "3 Nov 2026, 09:05", "Yes"),
        "de": ("Quellen der Antwort: Webadresse", "Assistent: Name", "3.\u00a0November 2026 09:05", "Ja"),
    }
    for language, words in told.items():
        text = client.get(at("data", link), HTTP_ACCEPT_LANGUAGE=language).content.decode()
        assert all(each in text for each in (*words, "noon")) and "2026-11-03T" not in text


def test_times_of_derived_records_are_written_as_the_reader_writes_them(client: Client) -> None:
    shop = cast.project()
    cast.said(shop, cast.asked(shop), "thumbs_down")
    cast.turn(shop)
    link = links.make("shop", cast.ANNA, "shop", shop.consent_defaults)[0]
    for language in page_texts.LANGUAGES:
        text = client.get(f"{at('data', link)}?lang={language}").content.decode()
        assert not re.search(r"\d{4}-\d\d-\d\d[T ]\d\d:", text) and "<ol" not in text


def test_a_consent_withdrawn_on_the_page_says_so(client: Client, token: str) -> None:
    client.post(at("consents", token), {"capture": "on", "evaluation": "on"})
    text = client.get(at("data", token)).content.decode()
    assert "On this page" in text and not re.search(r">\s*link\s*<", text)


def test_every_code_on_the_page_is_in_words() -> None:
    kinds: dict[str, set[str]] = {
        "signal": set(get_args(SignalKind)),
        "stance": {each.value for each in Stance},
        "purpose": set(Purpose.values),
        "kind": set(PrivacyRequest.Kind.values),
        "state": {*RequestStatus.values, *TaskState.values},
        "outcome": {each.value for each in Outcome},
        "status": set(EvalCase.Status.values),
        "about": {each.value for each in reasons.Kind},
        "as": set(ReleaseQuote.Kind.values),
    }
    assert {name: set(page_texts.CODES[name]) for name in kinds} == kinds


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Bad answer", "Keep my conversations", "Imported with earlier", "Waiting for a person", "voted down")),
        ("de", ("Schlechte Antwort", "Meine Gespräche aufbewahren", "durch einen Menschen", "Bewertungen")),
        ("pl", ("Zła odpowiedź", "Przechowywanie moich rozmów", "przez człowieka", "Oceny")),
    ],
)
def test_a_person_reads_words_and_no_codes(client: Client, language: str, words: tuple[str, ...]) -> None:
    shop = cast.project()
    talk = cast.asked(
        shop, context=[{"role": "assistant", "content": "Hello."}], metadata={"state": "open", "why": "x1"}
    )
    cast.said(shop, talk, "thumbs_down")
    erasure.change_consent(lookup.find_or_create("shop", cast.ANNA), {"training": False}, method="import")
    cast.turn(shop)
    link = links.make("shop", cast.ANNA, "shop", shop.consent_defaults)[0]
    text = client.get(f"{at('data', link)}?lang={language}").content.decode()
    assert [each for each in words if each not in text] == []
    shown = re.sub(r"<[^>]+>", "|", text)
    codes = {code for values in page_texts.CODES.values() for code in values if "_" in code} | {"bare_down", "import"}
    assert not [code for code in codes if re.search(rf"\|\s*{code}\s*\|", shown)]
    assert re.search(r"\|open\|", shown) and "x1" in shown, (
        "what the service calls its own values is not ours to change"
    )
    assert ("voted down and nobody" in text) == (language == "en"), "our English sentences are in English pages alone"


def test_captured_text_is_text_on_the_page(client: Client) -> None:
    shop = cast.project()
    cast.asked(shop, question="<script>alert(1)</script> and <b>bold</b> words?")
    token = links.make("shop", cast.ANNA, "shop", {})[0]
    assert "<script" not in client.get(at("data", token)).content.decode()


FIRST_SWITCH = {
    "de": "Meine Gespräche aufbewahren",
    "es": "Guardar mis conversaciones",
    "fr": "Conserver mes conversations",
    "it": "Conservare le mie conversazioni",
    "nl": "Mijn gesprekken bewaren",
    "pl": "Przechowywanie moich rozmów",
    "pt": "Guardar as minhas conversas",
}


@pytest.mark.parametrize("language", FIRST_SWITCH)
def test_the_page_speaks_the_readers_language(client: Client, token: str, language: str) -> None:
    text = client.get(f"{at('page', token)}?lang={language}").content.decode()
    assert f'<html lang="{language}">' in text and FIRST_SWITCH[language] in text
    assert (
        FIRST_SWITCH[language] in client.get(at("page", token), headers={"Accept-Language": language}).content.decode()
    )


def test_the_console_is_in_english_whatever_the_browser_asks_for(client: Client) -> None:
    text = client.get("/admin/login/", headers={"Accept-Language": "de"}).content.decode()
    assert 'lang="en' in text and "Password" in text and "Passwort" not in text


@pytest.mark.parametrize(("language", "words"), [("en", "may miss some"), ("de", "kann einzelne übersehen")])
def test_the_page_says_that_the_redactor_may_miss_things(client: Client, token: str, language: str, words: str) -> None:
    text = client.get(f"{at('page', token)}?lang={language}").content.decode()
    assert text.count(words) == 2, "where it says what is kept, and at the switch that keeps it"


@pytest.mark.parametrize("language", FIRST_SWITCH)
def test_every_word_of_the_page_is_translated(language: str) -> None:
    root = Path(page_texts.__file__).parents[1]
    said = re.findall(r'_\("([^"]+)"\)', Path(page_texts.__file__).read_text())
    for template in (root / "templates/privacy").iterdir():
        said += re.findall(r'\{% translate "([^"]+)" %\}', template.read_text())
    with (root / f"locale/{language}/LC_MESSAGES/django.mo").open("rb") as compiled:
        known = gettext.GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    assert len(said) > 60 and [text for text in said if not known.get(text)] == []


def test_the_compiled_words_are_those_of_the_sources() -> None:
    for source in (Path(page_texts.__file__).parents[1] / "locale").rglob("django.po"):
        with source.with_suffix(".mo").open("rb") as compiled:
            known = gettext.GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
        written = re.findall(r'msgid "(.+)"\nmsgstr "(.*)"', source.read_text())
        assert len(written) > 100 and {text: known[text] for text, _ in written} == dict(written), source


def test_a_link_that_was_changed_or_is_over_opens_nothing(client: Client, token: str, monkeypatch: Any) -> None:
    for position in range(0, len(token), 7):
        other = "A" if token[position] != "A" else "B"
        forged = token[:position] + other + token[position + 1 :]
        if forged[:-1] != token[:-1]:
            assert client.get(at("page", forged)).status_code == 404
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 25 * 3600)
    assert client.get(at("page", token)).status_code == 404


def test_it_shows_the_one_person_alone(client: Client, token: str) -> None:
    cast.asked(cast.project(), cast.BEN, question="Where can Ben leave his umbrella?")
    assert "umbrella" not in client.get(at("data", token)).content.decode()


class Page(HTMLParser):
    """What a screen reader depends on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.inputs: list[str | None] = []
        self.labels: set[str | None] = set()
        self.headings: list[str] = []
        self.language: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input":
            self.inputs.append(given.get("id"))
        elif tag == "label":
            self.labels.add(given.get("for"))
        elif tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        elif tag == "html":
            self.language = given.get("lang")


@pytest.mark.parametrize("name", ["page", "delete", "data"])
def test_a_screen_reader_finds_its_way(client: Client, token: str, name: str) -> None:
    page = Page(client.get(at(name, token)).content.decode())
    assert page.language == "en" and set(page.inputs) <= page.labels
    assert page.headings[0] == "h1" and page.headings.count("h1") == 1


def test_a_post_from_an_https_page_without_referrer_is_taken(token: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(at("consents", token), {"capture": "on"}, headers={"Origin": "null"}, secure=True)
    assert answer.status_code == 303


@pytest.mark.django_db
def test_every_kind_of_what_is_kept_is_explained_in_both_languages() -> None:
    from django.utils import translation

    cast.asked(cast.project())
    kinds = list(erasure.export(cast.person(cast.project())))
    assert kinds and all(kind in page_texts.KINDS for kind in kinds), set(kinds) - set(page_texts.KINDS)
    english = [words for kind in kinds for words in page_texts.named(kind)]
    with translation.override("de"):
        german = [words for kind in kinds for words in page_texts.named(kind)]
    assert all(english) and all(german) and english != german
    assert {*english} & {*german} <= {"Tests"}
