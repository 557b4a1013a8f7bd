"""User names and social handles, where the text calls them that."""

import re
from collections.abc import Iterator
from typing import Final

from privacy.redaction.anchors import Anchor
from privacy.redaction.hits import Detector, Hit, Page
from privacy.redaction.lexicon import FIRST, LAST, kind_of

RANK: Final = 36
SITE: Final = r"(?:twitter|x|instagram|insta|ig|tiktok|telegram|snapchat|snap|threads|mastodon|github|gitlab|discord|reddit|twitch|skype|linkedin|facebook|fb|youtube|signal|bluesky|slack|steam|psn|xbox)"
LABEL: Final = (
    r"(?:\b(?:user[ _-]?name|user[ _-]?id|user[ _-]?login|screen[ _-]?name|login[ _-]?(?:name|id)|nick(?:name)?|handle|gamertag|benutzername|nom d'utilisateur|usuario)\b"
    rf"|\b(?:my|his|her|their) {SITE}(?: (?:handle|account|user(?:name)?|id|name|profile))?)"
)
LABELS: Final = Anchor(LABEL)
LABELLED: Final = re.compile(
    LABEL
    + r"[\"']?(?:[ \t]{0,2}(?:is|was|:|=>?|->)|[ \t]{0,2}(?=[\"']|[ \t]@))[ \t]{0,2}[\"'`]?(@?[a-z0-9](?:[\w.-]{1,40}[a-z0-9_])(?:#\d{4})?)(?![\w@(\[.])"
)
ON_SITE: Final = re.compile(
    rf"(?<![\w@/.])@([a-z0-9_][\w.]{{2,30}}[a-z0-9_]) on {SITE}\b|\b(?!x\b){SITE}(?::| |: )@([a-z0-9_][\w.]{{2,30}}[a-z0-9_])(?![\w@.])"
)
OBJECTS: Final = (
    "self.",
    "this.",
    "config.",
    "request.",
    "settings.",
    "user.",
    "args.",
    "options.",
    "a_s.",
    "obj.",
    "env.",
    "os.",
    "params.",
)
# An assignment in a program: `username = await …`, `handle = 'closed'`, `user_name=auth_user`.
CODE: Final = re.compile(
    r"(?:handle|nick)\s?=|[^=]*=\s?(?:await|lambda|yield|not|new|passwd|localpart)\b|[^=]*=\s?[a-z_]*(?:user|name)[a-z_]*\Z"
)
NOBODY: Final = frozenset(
    "required invalid incorrect wrong missing not taken none null true false empty string str text unique name user username"
    " password email user_id user_name userid login_name nickname usernames the and or your my is was admin root guest anonymous nobody test unknown undefined optional already field"
    " passwd self this varchar char type value input home login intent share search explore watch about help privacy terms status"
    " settings features pricing blob orgs apps marketplace sponsors topics fatal later non closed open opened freed company jobs school learning feed posts pub".split()
)


def handles(page: Page) -> Iterator[Hit]:
    """`username: ada_l`, `my twitter is @ada_l`, `@ada_l on instagram`."""
    for match in LABELS.read(LABELLED, page.low):
        value = match.group(1).lstrip("@")
        if CODE.match(match.group()) or (value.isalpha() and kind_of(value) & ~(FIRST | LAST)):
            continue  # code, or a word of some language
        if value not in NOBODY and not value.startswith(OBJECTS) and (match.group(1)[0] == "@" or not value.isdigit()):
            yield Hit(match.start(1), match.end(1), RANK, "USERNAME", "username")
    for match in ON_SITE.finditer(page.low) if "@" in page.low else ():
        group = 1 if match.group(1) else 2
        yield Hit(match.start(group) - 1, match.end(group), RANK, "USERNAME", "handle")


DETECTORS: Final[tuple[Detector, ...]] = (
    Detector(
        "handle",
        r"(?i)user[ _-]?(?:name|id|login)|screen[ _-]?name|login[ _-]?(?:name|id)|nick|handle|gamertag|benutzername|utilisateur|usuario"
        r"|(?:my|his|her|their) (?:twitter|x|insta|ig|tiktok|tele|snap|threads|masto|git|discord|reddit|twitch|skype|link|face|fb"
        r"|you|signal|blue|slack|steam|psn|xbox)|@\w+ on |\w[: ]+@\w",
        handles,
    ),
)
