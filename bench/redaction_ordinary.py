"""Ordinary paragraphs of many languages out of Debian's packages, for `bench.redaction_languages`.

    apt-get download debian-faq-de manpages-de installation-guide-amd64 …   # and dpkg-deb -x each into FOLDER
    python -m bench.redaction_ordinary FOLDER OUT

Reads FAQs, guides, handbooks and manual pages below FOLDER, and the READMEs and changelogs of its packages. Writes
OUT/seen.jsonl and OUT/aside.jsonl, lines of `{"lang", "source", "text"}`: the hash of a paragraph decides which half it
belongs to, so that the half kept aside is the same in every run. At most `MOST` of a language, source and half are
kept, those with the least hashes.
"""

import gzip
import hashlib
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Final

LANGUAGES: Final = frozenset("en de fr es pt it nl pl sv da cs ro tr ru uk el fi hu ja ko zh".split())
OTHERS: Final = frozenset(
    "vi lt ca eu gl nb nn sk bg sr hr id fa bn th ta te hi he ar lv et eo sl mk".split()
)  # not measured
MOST: Final = 150
SHORTEST, LONGEST = 60, 2000
BLOCKS: Final = frozenset("p li dd dt td th pre h1 h2 h3 h4 div".split())
HIDDEN: Final = frozenset("script style head".split())
NAMED: Final = re.compile(r"[/._-]([a-z]{2})(?:[-_][A-Za-z]{2,4})?(?=/|\.html|\.text|\.txt|\.gz|$)")
REQUEST: Final = re.compile(r"[.']\s*(\w+|\\\")\s?(.*)")
FONT: Final = re.compile(r"\\f(?:\[[^\]]*\]|\(..|.)|\\s[+-]?\d|\\[&%/,c|^]|\\\*\(..|\\\*.")
GLYPHS: Final = {
    r"\-": "-",
    r"\(aq": "'",
    r"\(dq": '"',
    r"\(bu": "•",
    r"\e": "\\",
    r"\(em": "—",
    r"\(en": "–",
    r"\ ": " ",
}
GLYPHS_TOO: Final = {r"\(lq": "“", r"\(rq": "”", r"\(oq": "‘", r"\(cq": "’", r"\(co": "©", r"\~": " ", r"\(ha": "^"}
UNICODE: Final = re.compile(r"\\\[u([0-9A-F]{4,5})\]")
TEXT_OF: Final = frozenset("B I BR BI IB IR RB RI SM SB".split())


class Paragraphs(HTMLParser):
    """The text of each block of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.current: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block begins, or what nobody sees."""
        self.hidden += tag in HIDDEN
        if tag in BLOCKS:
            self.close_block()

    def handle_endtag(self, tag: str) -> None:
        """The end of either."""
        self.hidden -= tag in HIDDEN
        if tag in BLOCKS:
            self.close_block()

    def handle_data(self, data: str) -> None:
        """Text of the block."""
        if not self.hidden:
            self.current.append(data)

    def close_block(self) -> None:
        """Keep what was gathered."""
        self.found.append("".join(self.current))
        self.current = []


def of_html(text: str) -> list[str]:
    """The paragraphs of a page."""
    parser = Paragraphs()
    parser.feed(text)
    parser.close_block()
    return parser.found


def of_manual(text: str) -> list[str]:
    """The paragraphs of a manual page, as `man` lays them out but for tables."""
    paragraphs = [""]
    for line in text.splitlines():
        request = REQUEST.match(line)
        if not request:
            paragraphs[-1] += line + ("\n" if line.startswith(" ") else " ")
        elif request[1] in TEXT_OF:
            paragraphs[-1] += " ".join(request[2].replace('" "', "").split('"')) + " "
        elif request[1] not in {'\\"', "ft", "br", "nf", "fi"}:
            paragraphs.append("")
    return [unescaped(paragraph) for paragraph in paragraphs]


def unescaped(text: str) -> str:
    """Text without roff's escapes."""
    for mark, glyph in {**GLYPHS, **GLYPHS_TOO}.items():
        text = text.replace(mark, glyph)
    return UNICODE.sub(lambda match: chr(int(match[1], 16)), FONT.sub("", text))


def read(path: Path) -> str:
    """A file as text, unpacked; empty where it is in no known encoding."""
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def paragraphs(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Language, source and text of every paragraph below a folder of unpacked packages."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        place = "/" + str(path.relative_to(folder))
        if OTHERS.intersection(NAMED.findall(place)):
            continue
        name = path.name.lower()
        if "/share/man/" in place and path.suffix == ".gz":
            yield from ((language(place), "manual", text) for text in of_manual(read(path)))
        elif path.suffix in {".html", ".htm"}:
            source = next((one for one in ("faq", "guide", "handbook", "history") if one in place.lower()), "reference")
            yield from ((language(place), source, text) for text in of_html(read(path)))
        elif name.startswith(("readme", "changelog", "news")) and path.suffix in {"", ".gz", ".md", ".txt", ".debian"}:
            kind = next(one for one in ("readme", "changelog", "news") if name.startswith(one))
            yield from (("en", kind, text) for text in read(path).split("\n\n"))


def language(place: str) -> str:
    """The language that a path names; English if it names none."""
    found = [one for one in NAMED.findall(place) if one in LANGUAGES]
    return found[-1] if found else "en"


def main(arguments: list[str]) -> int:
    """Write both halves."""
    folder, out = map(Path, arguments)
    kept: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
    for spoken, source, text in paragraphs(folder):
        text = text.strip() if "\n " in text else " ".join(text.split())
        if SHORTEST <= len(text) <= LONGEST and sum(map(str.isalpha, text)) > len(text) / 2:
            kept[spoken, source][hashlib.sha256(text.encode()).hexdigest()] = text
    english = {digest for (spoken, _), texts in kept.items() if spoken == "en" for digest in texts}
    halves: dict[str, list[str]] = {"seen": [], "aside": []}
    for (spoken, source), texts in sorted(kept.items()):
        own = sorted(digest for digest in texts if spoken == "en" or digest not in english)
        for half, digits in (("seen", "02468ace"), ("aside", "13579bdf")):
            for digest in [one for one in own if one[-1] in digits][:MOST]:
                row = {"lang": spoken, "source": source, "text": texts[digest]}
                halves[half].append(json.dumps(row, ensure_ascii=False) + "\n")
    for half, lines in halves.items():
        (out / f"{half}.jsonl").write_text("".join(lines), encoding="utf-8")
        print(f"{half}: {len(lines)} paragraphs")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
