"""What a browser holds: opened only as it was made."""

import random
import string
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from feedback import capture
from feedback.models import Signal
from feedback.projects import tokens
from tests import factories as cast

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GRANT = tokens.Grant(3, 4711, 815, NOW + timedelta(days=1))
MUTATIONS = 100_000


def test_a_token_opens_what_it_was_made_for() -> None:
    assert tokens.open_token(tokens.issue(GRANT), NOW) == GRANT
    assert len(tokens.issue(GRANT)) < 80


def test_it_ends_to_the_second() -> None:
    token = tokens.issue(GRANT)
    assert tokens.open_token(token, NOW + timedelta(days=1, seconds=-1)) == GRANT
    with pytest.raises(tokens.BadToken):
        tokens.open_token(token, NOW + timedelta(days=1))


def mutated(token: str, others: list[str], rng: random.Random) -> str:
    """The token with something about it changed, as somebody would who wants more than it gives."""
    parts = token.split(".")
    kind = rng.randrange(7)
    if kind == 0:  # another character
        place = rng.randrange(len(token))
        return token[:place] + rng.choice(string.ascii_letters + string.digits + "-_.=\x00é") + token[place + 1 :]
    if kind == 1:  # another interaction, subject, kind, expiry, project
        place = rng.randrange(2, 7)
        parts[place] = f"{rng.choice([0, 1, 2, 4712, 816, 0x1FF, 2**40, 2**70, rng.randrange(16**8)]):x}"
    elif kind == 2:  # the MAC of another token
        parts[-1] = rng.choice(others).split(".")[-1]
    elif kind == 3:  # claims swapped among themselves
        one, two = rng.sample(range(len(parts)), 2)
        parts[one], parts[two] = parts[two], parts[one]
    elif kind == 4:  # a part more or less
        parts.insert(rng.randrange(len(parts) + 1), rng.choice(["", "1", "v1", parts[-1]]))
    elif kind == 5:
        del parts[rng.randrange(len(parts))]
    else:  # another key, another version, another case, blanks
        return rng.choice(
            [
                token.replace("v1.", f"v{rng.randrange(2, 99)}.", 1),
                token.replace(".1.", f".{rng.randrange(2, 99)}.", 1),
                token.upper(),
                f" {token}",
                f"{token}\n",
                token[: rng.randrange(len(token))],
                f"{token}A",
            ]
        )
    return ".".join(parts)


def test_of_a_hundred_thousand_changed_tokens_none_is_accepted() -> None:
    rng = random.Random(4711)
    grants = [tokens.Grant(p, i, s, NOW + timedelta(hours=i)) for p in (1, 3) for i in (1, 2, 4711) for s in (1, 815)]
    issued = [tokens.issue(grant) for grant in grants]
    accepted = tried = 0
    while tried < MUTATIONS:
        token = mutated(rng.choice(issued), issued, rng)
        if token in issued:
            continue
        tried += 1
        try:
            tokens.open_token(token, NOW)
            accepted += 1
        except tokens.BadToken:
            continue
    assert (tried, accepted) == (MUTATIONS, 0)


def test_a_key_that_is_rotated_opens_until_it_is_dropped(settings: Any) -> None:
    old = tokens.issue(GRANT)
    settings.FEEDBACK_TOKEN_KEYS = ["2", "1"]
    new = tokens.issue(GRANT)
    assert new != old and tokens.open_token(old, NOW) == tokens.open_token(new, NOW) == GRANT
    settings.FEEDBACK_TOKEN_KEYS = ["2"]
    assert tokens.open_token(new, NOW) == GRANT
    with pytest.raises(tokens.BadToken):
        tokens.open_token(old, NOW)


@pytest.mark.django_db
def test_a_token_for_thumbs_takes_no_correction() -> None:
    shop = cast.project()
    talk = cast.row(cast.asked(shop))
    thumbs = frozenset({"thumbs_up", "thumbs_down"})
    grant = tokens.Grant(shop.pk, talk.pk, talk.subject_id, NOW + timedelta(days=1), thumbs)
    assert tokens.open_token(tokens.issue(grant), NOW) == grant
    capture.record_signal(shop, cast.feedback(talk.external_id, "thumbs_up"), grant)
    with pytest.raises(capture.Forbidden):
        capture.record_signal(shop, cast.feedback(talk.external_id, "edit", correction="Other."), grant)
    assert Signal.objects.get().kind == "thumbs_up"
