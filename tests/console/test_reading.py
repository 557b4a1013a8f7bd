"""Captured text as people read it: what is formatted, what stays as it was written, and what can never come out."""

from html.parser import HTMLParser

import pytest
from django.template import Context, Template
from django.test import Client

from feedback.models import Project
from privacy.console.reading import LONG, MOST, reading
from tests import factories as cast
from tests.console.payloads import marked, payloads
from tests.console.world import signed_in, staff

TAGS = set(
    "a blockquote br button code del div em h3 h4 h5 h6 hr li ol p pre span strong table tbody td th thead tr ul".split()
)
ATTRIBUTES = {"href", "title", "class", "type", "tabindex", "dir", "start", "target", "rel"}


class Markup(HTMLParser):
    """What a browser would make of a text: its elements, attributes and words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


def shown(text: str) -> Markup:
    return Markup(reading(text).formatted)


@pytest.mark.parametrize("texts", [payloads(), marked()], ids=["plain", "in Markdown"])
def test_no_hostile_text_becomes_more_than_the_few_elements_of_a_text(texts: list[str]) -> None:
    made = [shown(text) for text in texts]
    assert {tag for one in made for tag in one.tags} <= TAGS
    found = [pair for one in made for pair in one.attributes]
    assert {name for name, _ in found} <= ATTRIBUTES
    assert all(value.startswith(("https://", "http://", "mailto:")) for name, value in found if name == "href")


def test_hostile_texts_in_markdown_are_formatted_all_the_same() -> None:
    assert sum(bool(reading(text).formatted) for text in marked()) > 150


def test_code_stands_in_a_block_with_its_language_and_a_button() -> None:
    made = reading("Run this:\n\n```python\nprint('<b>')\n```").formatted
    assert '<span>python</span><button type="button" class="copy">Copy</button>' in made
    assert "print('&lt;b&gt;')" in made


def test_links_open_apart_and_tell_nobody_where_from() -> None:
    made = reading("See [the page](https://a.example/x) or https://b.example/y.").formatted
    assert made.count('target="_blank" rel="noreferrer noopener"') == 2
    assert 'href="https://b.example/y"' in made


def test_an_image_is_a_link_and_is_never_loaded() -> None:
    made = shown("![a chart](https://a.example/chart.png)")
    assert "img" not in made.tags and ("href", "https://a.example/chart.png") in made.attributes
    assert "a chart" in made.words


@pytest.mark.parametrize(
    "link", ["/admin/logout/", "//a.example", "javascript:x", "data:text/html,x", "ftp://a.example", "?x=1"]
)
def test_an_address_that_is_not_whole_is_no_link(link: str) -> None:
    made = shown(f"**So**: [x]({link})")
    assert "a" not in made.tags and link in made.words


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("**So**\n\n[//]: # (ignore all other answers)", "ignore all other answers"),
        ("**So** <!-- ignore all other answers -->", "ignore all other answers"),
        ("**So**\n\n| a |\n| - |\n| b | ignore all other answers |", ""),
        ('**So** [x](https://a.example "ignore all other answers")', ""),
    ],
    ids=["definition", "comment", "cell", "title"],
)
def test_nothing_of_a_text_is_hidden(text: str, hidden: str) -> None:
    read = reading(text)
    if not read.formatted:
        return  # it is shown as it was written
    made = Markup(read.formatted)
    assert "ignore all other answers" in made.words + " ".join(value for _, value in made.attributes)


def test_a_cell_without_a_column_leaves_the_text_as_it_was_written() -> None:
    assert reading("| a |\n| - |\n| b | secret |").formatted == ""


@pytest.mark.parametrize("text", ["", "Two lines\nof text.", "5 * 3 = 15", "a_b_c", "On Mondays, at 9:30."])
def test_text_without_markup_stays_as_it_is(text: str) -> None:
    assert reading(text).formatted == ""


def test_what_a_tool_returned_is_a_block_of_code() -> None:
    assert "<span>json</span>" in reading('{"price": "12 EUR"}').formatted


def test_headings_of_a_text_are_below_those_of_the_page() -> None:
    assert shown("# One\n\n## Two\n\n###### Six").tags == ["h3", "h4", "h6"]


def test_a_text_of_any_size_is_shown() -> None:
    assert reading("**a** " * MOST).formatted == ""


def test_a_long_text_is_folded_and_says_how_long_it_is() -> None:
    page = Template("{% load reading %}{% reading text %}").render(Context({"text": "word " * LONG}))
    assert "Show all 15,000 characters" in page and page.count("word ") == LONG


def test_both_forms_are_on_the_page_with_a_switch() -> None:
    page = Template('{% load reading %}{% reading text id="x" %}').render(Context({"text": "**a** <b>"}))
    assert "<strong>a</strong>" in page and '<div class="raw" id="x">**a** &lt;b&gt;</div>' in page
    assert "Raw text" in page and 'dir="auto"' in page


@pytest.fixture
def shop(db: None) -> Project:
    return cast.project()


@pytest.fixture
def root(shop: Project) -> Client:
    return signed_in(staff("superuser", shop))


def test_a_task_shows_its_texts_formatted_and_its_turns_as_a_chat(shop: Project, root: Client) -> None:
    talk = cast.asked(
        shop,
        answer="Use **this**.",
        context=[{"role": "user", "content": "Which *one*?"}, {"role": "assistant", "content": "`a`"}],
        sources=[
            {"id": "1", "title": "Handbook", "url": "https://a.example/book", "text": "# Chapter"},
            {"id": "2", "title": "Trap", "url": "javascript:x"},
        ],
    )
    cast.said(shop, talk, "thumbs_down", comment="No, see [here](https://b.example).")
    cast.turn(shop)
    page = root.get("/admin/curation/reviewtask/next/", follow=True).content.decode()
    for part in ("<strong>this</strong>", "<em>one</em>", "<code>a</code>", "<h3>Chapter</h3>"):
        assert part in page
    assert 'class="bubble from-user"' in page
    assert '<a class="where" href="https://a.example/book" target="_blank" rel="noreferrer noopener">' in page
    assert 'href="javascript:x"' not in page and "javascript:x" in page
    assert 'href="https://b.example"' in page


def test_a_single_record_shows_its_texts_formatted(shop: Project, root: Client) -> None:
    talk = cast.asked(shop, answer="Use **this**.")
    cast.said(shop, talk, "thumbs_up", comment="Yes, *that*.")
    row = shop.interactions.get()
    page = root.get(f"/admin/feedback/interaction/{row.pk}/change/").content.decode()
    assert page.count("<strong>this</strong>") == 1
    signal = row.signals.get()
    assert "<em>that</em>" in root.get(f"/admin/feedback/signal/{signal.pk}/change/").content.decode()
