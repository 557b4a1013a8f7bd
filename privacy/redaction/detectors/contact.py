"""E-mail addresses: plain, in URLs (%40), spelt out ("ada at example dot org"), with quotes and payment handles."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import BLANK, Anchor, places
from privacy.redaction.hits import Detector, Hit, Page

RANK: Final = 80
SPELT_RANK: Final = 79
LOCAL: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._%+-!#$&'*^~"
EDGE: Final = "._%+-!#$&'*^~"

LABEL: Final = r"[^\W_](?:[\w-]{0,61}[^\W_])?+"
TLD: Final = r"(?:xn--[A-Za-z0-9-]{2,30}|[A-Za-z]{2,24}(?![A-Za-z0-9_])|[^\W\d_a-zA-Z]{2,12})"
DOMAIN: Final = rf"(?:{LABEL}\.){{1,6}}{TLD}"
IPV4: Final = r"(?:\d{1,3}\.){3}\d{1,3}(?![\w.])"
HANDLES: Final = r"(?:ok(?:sbi|axis|icici|hdfcbank)|ybl|ibl|axl|paytm|upi|apl)\b(?!\.)"
AFTER: Final = re.compile(rf"(?:@(?<=[\w+'\"-]@)|%(?<=[\w+'\"-]%)40)(?:({DOMAIN})|\[?{IPV4}\]?|{HANDLES})")
QUOTED: Final = re.compile(r"\"[^\"\n\x00@]{1,64}\"\Z")
ESCAPE: Final = re.compile(r"\\(?:[nrtbf]|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})\Z")
ENCODED: Final = re.compile(r"%(?!2[BbEeDd]|5[Ff])[0-9A-Fa-f]{2}")
URL_PASSWORD: Final = re.compile(r"://[^\s/@\x00]{0,128}\Z")

COMMON_TLDS: Final = (
    "com net org edu gov mil int io co ai app dev info biz me tv us uk ca au nz ie de fr es it nl be ch at pt pl cz se no fi"
    " dk gr ro hu ru ua tr in jp cn kr sg hk tw br mx ar cl za eu xyz online site shop store cloud tech email name pro"
)
SPELT: Final = re.compile(
    r"(?<=[a-z0-9_])"
    r"(?:(?P<wrapped>\s?[(\[{<]\s?(?:at|@)\s?[)\]}>]\s?)|(?P<bare>\s{1,3}at\s{1,3})|(?P<spaced>\s{0,2}@\s{0,2}))"
    r"(?P<labels>(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?+(?:\s?[(\[{<]\s?(?:dot|\.)\s?[)\]}>]\s?|\s{1,3}dot\s{1,3}|\s?\.\s?)){1,4})"
    rf"(?:{'|'.join(sorted(COMMON_TLDS.split(), key=len, reverse=True))})(?![a-z0-9_-])"
)
SPELT_PLACES: Final = Anchor(rf"{BLANK}?[(\[{{<]{BLANK}?(?:at|@)|{BLANK}{{1,3}}at\b|{BLANK}{{0,2}}@")
# Words that stand before "at" in plain English: "find us at example dot com" holds no address.
NOT_A_MAILBOX: Final = frozenset(
    "a all also and any are around arrive arrived at available back based be been book booked browse buy by call check come"
    " contact do docs done end find for found free from get go good great have he help here hosted i is it join just learn"
    " like link live located look looked looking me meet meeting more news not now of off offer on one online only open or"
    " order out over page pages post posted product products read register running sale search see seen service she shop"
    " sign site sites sold start stay store stop support that the them there they thing this time to today up us visit visited"
    " was watch we website were what work worked working works you mail email e-mail address user name".split()
)


def emails(page: Page) -> Iterator[Hit]:
    """Addresses with an @ or its URL encoding."""
    text = page.text
    for at in [*places(text, "@"), *places(text, "%40")]:
        match = AFTER.match(text, at)
        if match is None:
            continue
        start = mailbox(text, at)
        end = match.end()
        if text[text.rfind(".", at, end) + 1 : end] in NO_DOMAIN or machine(text, start, end):
            continue
        if start < at and not URL_PASSWORD.search(text, max(0, start - 132), at):
            yield Hit(start, match.end(), RANK, "EMAIL", "email")


# `getty@tty1.service`, `logo@2x.png`: units and files.
NO_DOMAIN: Final = frozenset(
    "service socket timer target mount device slice scope path png jpg jpeg gif svg webp ico pdf html htm css js js"
    "x ts tsx py rb java json yaml yml toml xml md txt log gz zip tar deb rpm so lib conf cfg ini sh".split()
)
REMOTE: Final = re.compile(
    r"\b(?:ssh|scp|sftp|rsync|mosh|git|ssh-copy-id|sshfs|autossh|ansible)(?:\s[^\n|;&]{0,160})?[\s\"'=]\Z"
)
TOOL: Final = re.compile("ssh|scp |sftp|rsync|mosh|git |ansible")
REPOSITORIES: Final = frozenset({"git", "hg", "svn", "gitea", "gogs"})
REMOTE_PATH: Final = re.compile(r":(?:[~./\w]|\Z)")
PROMPT: Final = re.compile(r"[:\s](?:~|/)?[\w./-]{0,40}\]?[$#%>](?:\s|\Z)")


def machine(text: str, start: int, end: int) -> bool:
    """Whether an address is an account on a machine: `git@github.com:acme/x.git`, what ssh and scp are given, a prompt."""
    following = text[end : end + 1]
    if following in ":/" and following and text[start : text.find("@", start)].lower() in REPOSITORIES:
        return following == "/" or bool(REMOTE_PATH.match(text, end))
    if start > 3 and TOOL.search(text, max(0, start - 200), start):
        line = text[max(0, start - 200) : start]
        if REMOTE.search(line, line.rfind("\n") + 1):
            return True
    return following in ": " and (start == 0 or text[start - 1] in "\n[") and bool(PROMPT.match(text, end, end + 48))


def mailbox(text: str, at: int) -> int:
    """Where the local part that ends at `at` begins; `at` itself where there is none."""
    if text[at - 1] == '"':
        quoted = QUOTED.search(text, max(0, at - 66), at)
        return quoted.start() if quoted else at
    start, lowest = at, max(0, at - 64)
    while start > lowest:
        kept = lowest + len(text[lowest:start].rstrip(LOCAL))
        if kept == start and not (text[start - 1] > "\x7f" and text[start - 1].isalpha()):
            break
        start = kept if kept < start else start - 1
    if start and text[start - 1] == "\\" and (escape := ESCAPE.search(text, start - 1, start + 5)):
        start = escape.end()
    elif start and text[start - 1] == "\\" and text[start] in "nrtbf" and start + 1 < at:
        start += 1
    for encoded in ENCODED.finditer(text, start, at):
        start = encoded.end()
    while start < at and text[start] in EDGE:
        start += 1
    if start < at and text[start] > "\u2e80":
        while start < at and text[start] > "\u2e80":  # CJK prose is written without spaces
            start += 1
    return start


def spelt(page: Page) -> Iterator[Hit]:
    """Addresses spelt out so that programs do not recognise them."""
    low = page.low
    for match in SPELT_PLACES.read(SPELT, low):
        labels = match["labels"]
        if match["bare"] and "dot" not in labels:
            continue
        if match["spaced"] and not (match["spaced"].strip("@") or "dot" in labels or " " in labels):
            continue
        start = mailbox(low, match.start())
        word = low[start : match.start()]
        if not word or (not match["wrapped"] and word in NOT_A_MAILBOX):
            continue
        yield Hit(start, match.end(), SPELT_RANK, "EMAIL", "email_spelt")


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector("email", r"@|%40", emails),
    Detector(
        "email_spelt",
        r"(?i)[(\[{<] ?(?:at|@) ?[)\]}>]|\bdot\b|\s@|@\s",
        spelt,
    ),
)
