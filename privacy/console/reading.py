"""Captured text as people read it: sanitised Markdown without raw HTML. The only way from captured text to markup.

No text is hidden: if the formatted form would lose a word, the text is shown as it was written. Images become links, so
that a page never loads anything that captured text names.
"""

import html
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import nh3
import orjson
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

MOST = 40_000  # characters; a longer text is shown unformatted, because formatting takes too long
LONG = 3_000  # characters; a longer text is folded
SCHEMES = {"http", "https", "mailto"}
CLEAN = nh3.Cleaner(
    tags=set(
        "a blockquote br button code del div em h3 h4 h5 h6 hr li ol p pre span strong table tbody td th thead tr ul".split()
    ),
    attributes={
        "a": {"href", "title", "class"},
        "button": {"type", "class"},
        "div": {"class", "tabindex"},
        "ol": {"start"},
        "pre": {"tabindex", "dir"},
        "span": {"class"},
    },
    url_schemes=SCHEMES,
    url_relative="deny",
    link_rel="noreferrer noopener",
    set_tag_attribute_values={"a": {"target": "_blank"}},
)
TAG = re.compile(r"<[^>]*>")
TITLE = re.compile(r'title="([^"]*)"')
WORD = re.compile(r"[^\W\d_]+")
AS_WRITTEN = SafeString()
PLAIN = {"text", "softbreak", "hardbreak"}


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and its formatted form, which is empty if formatting changes nothing."""

    text: str
    formatted: SafeString

    @property
    def is_long(self) -> bool:
        return len(self.text) > LONG


def reading(text: str) -> Reading:
    """A captured text, ready for a template."""
    if not text or len(text) > MOST:
        return Reading(text, AS_WRITTEN)
    if is_json(text):
        return Reading(text, cleaned(code_block(text, "json")))
    tokens = PARSER.parse(text)
    if is_plain(tokens):
        return Reading(text, AS_WRITTEN)
    made = cleaned(PARSER.renderer.render(tokens, PARSER.options, {}))
    return Reading(text, made if shows_all(text, made) else AS_WRITTEN)


def cleaned(markup: str) -> SafeString:
    """Sanitised markup: the only place where captured text is marked safe."""
    return mark_safe(CLEAN.clean(markup))  # noqa: S308


def is_plain(tokens: Sequence[Token]) -> bool:
    """Whether a text has only paragraphs, so that its own line breaks are enough."""
    return all(
        token.type in ("paragraph_open", "paragraph_close")
        or (token.type == "inline" and all(child.type in PLAIN for child in token.children or ()))
        for token in tokens
    )


def is_json(text: str) -> bool:
    """Whether the whole text is a JSON object or list, as tools and structured answers give it."""
    if not re.match(r"\s*[{[]", text) or '"' not in text:
        return False
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def shows_all(text: str, made: str) -> bool:
    """Whether every word of the text is still there. Markdown drops, for example, cells without a column."""
    shown = html.unescape(" ".join([TAG.sub(" ", made), *TITLE.findall(made)]))
    joined = html.unescape(TAG.sub("", made))  # emphasis within a word
    missing = Counter(WORD.findall(text)) - Counter(WORD.findall(shown))
    return all(word in joined for word in missing)


def address(link: str) -> str:
    """The address if a reader may follow it, else an empty string: no links into the console, and none that run code."""
    try:
        parts = urlsplit(link)
    except ValueError:
        return ""
    is_whole = parts.scheme.lower() == "mailto" or bool(parts.netloc)
    return link if parts.scheme.lower() in SCHEMES and is_whole else ""


class Parser(MarkdownIt):
    """Links lead only to whole addresses, and stay as they were written."""

    def validateLink(self, url: str) -> bool:
        return bool(address(url))

    def normalizeLink(self, url: str) -> str:
        return url

    def normalizeLinkText(self, link: str) -> str:
        return link


class Renderer(RendererHTML):
    """Code with its language and a copy button, tables that scroll, images as links, headings below those of the page."""

    def fence(self, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        return code_block(tokens[place].content, tokens[place].info.strip())

    def code_block(self, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        return self.fence(tokens, place, options, env)

    def table_open(self, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        return '<div class="table" tabindex="0"><table>'

    def table_close(self, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        return "</table></div>"

    def heading_open(self, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        return f"<{heading(tokens[place])}>"

    def heading_close(self, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        return f"</{heading(tokens[place])}>"

    def link_open(self, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        given = tokens[place].attrs
        return format_html('<a href="{}" title="{}">', given["href"], whole_title(given))

    def image(self, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
        given, words = tokens[place].attrs, tokens[place].content or gettext("image")
        before = tokens[:place]
        if sum(one.nesting for one in before if one.type.startswith("link_")):  # links cannot be nested
            return format_html("{} ({}) ", words, whole_title(given))
        return format_html(
            '<a class="image" href="{}" title="{}">{}</a>', given["src"], whole_title(given), f"{words} ↗"
        )


def whole_title(given: dict[str, Any]) -> str:
    """What a link shows on hover: where it leads, and its author's title."""
    return " ".join(str(given[name]) for name in ("href", "src", "title") if given.get(name))


def heading(token: Token) -> str:
    """The heading's tag: the text's first level comes below the page's second."""
    return f"h{min(6, int(token.tag[1:]) + 2)}"


def code_block(code: str, language: str) -> str:
    head = format_html(
        '<span>{}</span><button type="button" class="copy">{}</button>', language or gettext("code"), gettext("Copy")
    )
    return format_html(
        '<div class="code"><div class="code-head">{}</div><pre tabindex="0" dir="ltr">{}</pre></div>', head, code
    )


def parser() -> Parser:
    made = Parser("commonmark", {"html": False, "linkify": True, "breaks": True}, renderer_cls=Renderer)
    made.enable(["table", "strikethrough", "linkify"])
    made.disable(["html_block", "html_inline", "reference", "entity"])  # each can hide a part of a text
    assert made.linkify is not None
    made.linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    for scheme in ("ftp:", "//"):
        made.linkify.add(scheme, None)
    return made


PARSER = parser()
