"""System checks of a deployment (`manage.py check --deploy`): settings that work but are unfit for production.
Unusable values are refused when the settings are read (flywheel_site/ops/environment.py).
"""

import math
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError

from curation.roles import ROLES
from feedback.api import rates
from flywheel_site.ops import upgrade
from privacy.checks import TAG
from privacy.db import engine

LEAST_BITS = 96.0  # entropy of a secret, by how often each character occurs in it
WIDEST = {4: 8, 6: 16}  # the shortest prefix allowed for a network of proxies, by IP version
MOST_A_SECOND = 1_000_000
EXAMPLES = ("example", "changeme", "change-me", "secret", "password", "insecure", "flywheel")
Registered = Callable[..., list[CheckMessage]]


def deployed(check: Registered) -> Registered:
    """Register a check that only `check --deploy` runs."""
    register(TAG, deploy=True)(check)
    return check


@register(Tags.database)
def tables_are_of_this_version(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.E012: the database was made before 0.1.0. `migrate` runs this first, and so does `up`."""
    if not kwargs.get("databases") or not upgrade.is_needed():
        return []
    return [Error("This database was made before 0.1.0.", hint="Run: manage.py upgrade", id="flywheel.E012")]


@register(Tags.security)
def single_sign_on_is_complete(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.E013: `OIDC_ISSUER` is set, and what belongs to it is missing or unusable."""
    if not settings.OIDC_ISSUER:
        return []
    found = []
    if not (settings.OIDC_CLIENT_ID and settings.OIDC_CLIENT_SECRET):
        found.append("OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set with OIDC_ISSUER.")
    if not settings.OIDC_ROLES or any(
        pair.rpartition("=")[2] not in (*ROLES, "superuser") for pair in settings.OIDC_ROLES
    ):
        found.append("OIDC_ROLES must say group=role for each role that the provider gives.")
    parts = urlsplit(settings.OIDC_ISSUER)
    if parts.scheme != "https" and parts.hostname not in ("localhost", "127.0.0.1", "::1"):
        found.append("OIDC_ISSUER must be an https address.")
    hint = f"Roles: {', '.join((*ROLES, 'superuser'))}. docs/how-to/sign-in-with-openid-connect.md"
    return [Error(words, hint=hint, id="flywheel.E013") for words in found]


@deployed
def secrets_are_strong(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.E001: a secret can be guessed; flywheel.E002: both secrets are the same."""
    named = {"SECRET_KEY": settings.SECRET_KEY, "FLYWHEEL_MASTER_KEY": settings.MASTER_KEY}
    hint = "Make one with: python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
    found: list[CheckMessage] = [
        Error(f"{name} is too short or too regular, and can be guessed.", hint=hint, id="flywheel.E001")
        for name, value in named.items()
        if is_weak(value)
    ]
    if settings.SECRET_KEY == settings.MASTER_KEY:
        found.append(Error("SECRET_KEY and FLYWHEEL_MASTER_KEY are the same.", hint=hint, id="flywheel.E002"))
    return found


def is_weak(secret: str) -> bool:
    """Whether a secret has too few bits, repeats itself, or is an example value."""
    counts = Counter(secret)
    bits = -sum(number * math.log2(number / len(secret)) for number in counts.values())
    repeats = secret in (secret + secret)[1:-1]
    return bits < LEAST_BITS or repeats or secret.lower().startswith(EXAMPLES)


@deployed
def hosts_are_named(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.E003: ALLOWED_HOSTS allows every host."""
    if not {"*", ".", ".*"} & set(settings.ALLOWED_HOSTS):
        return []
    hint = "Name the hosts that people and agents use."
    return [Error("ALLOWED_HOSTS allows every host.", hint=hint, id="flywheel.E003")]


@deployed
def demo_and_debug_are_off(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.E004: demo mode is on; flywheel.E005: DEBUG is on; flywheel.W001: no second factor is required."""
    found: list[CheckMessage] = []
    if settings.DEMO:
        found.append(Error("FLYWHEEL_DEMO is on.", hint="Unset it: it opens pages to everybody.", id="flywheel.E004"))
    if settings.DEBUG:
        found.append(Error("DEBUG is on.", hint="Switch it off: its error pages show data.", id="flywheel.E005"))
    if not settings.REQUIRE_2FA:
        hint = "Unset REQUIRE_2FA, or set it to 1."
        found.append(Warning("The console does not ask for a second factor.", hint=hint, id="flywheel.W001"))
    return found


@deployed
def proxies_are_few(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.E006: the trusted proxies cover so many addresses that callers are among them."""
    wide = [net for net in settings.TRUSTED_PROXIES if net.prefixlen < WIDEST[net.version]]
    if not wide and sum(net.num_addresses for net in settings.TRUSTED_PROXIES if net.version == 4) < 1 << 25:
        return []
    hint = "Name the proxies' own addresses: anyone in these networks can claim any client address."
    return [Error("TRUSTED_PROXIES trusts a large part of the Internet.", hint=hint, id="flywheel.E006")]


@deployed
def rates_limit(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.E007: a rate is invalid; flywheel.W002: one is so high that it limits nobody."""
    found: list[CheckMessage] = []
    for name in ("KEY_RATE", "ADDRESS_RATE"):
        try:
            number, seconds = rates.parse(getattr(settings, name))
        except ValueError:
            hint = "Write it like 1000/minute, 600/min or 10/s."
            found.append(Error(f"{name} is not a rate.", hint=hint, id="flywheel.E007"))
            continue
        if number / seconds > MOST_A_SECOND:
            found.append(Warning(f"{name} limits nobody.", hint="Lower it.", id="flywheel.W002"))
    return found


@deployed
def addresses_are_encrypted(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.E008: PUBLIC_URL is http; flywheel.E009: HTTPS is off; flywheel.E010: forms are accepted from anywhere."""
    found: list[CheckMessage] = []
    if urlsplit(settings.PUBLIC_URL).scheme != "https":
        hint = "Set PUBLIC_URL to the https:// address: links in it open people's own pages."
        found.append(Error("PUBLIC_URL is not https.", hint=hint, id="flywheel.E008"))
    if not settings.HTTPS:
        hint = "Set HTTPS=1 if a proxy in front serves HTTPS."
        found.append(Error("HTTPS is off: cookies and redirects are not safe.", hint=hint, id="flywheel.E009"))
    if any("*" in origin for origin in settings.CSRF_TRUSTED_ORIGINS):
        hint = "Make PUBLIC_URL a single address, without *."
        found.append(Error("Forms are accepted from any origin.", hint=hint, id="flywheel.E010"))
    return found


@deployed
def commits_are_durable(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.E011: PostgreSQL answers before a commit is on disk; flywheel.W003: it could not be checked."""
    hint = "Set synchronous_commit=on, fsync=on and full_page_writes=on: an answer of 201 promises that the write is on disk."
    try:
        off = engine.not_durable()
    except DatabaseError as error:
        return [Warning(f"PostgreSQL could not be checked: {type(error).__name__}.", hint=hint, id="flywheel.W003")]
    return [Error(f"PostgreSQL runs with {name} off.", hint=hint, id="flywheel.E011") for name in off]


@deployed
def parts_fit_servers(**kwargs: Any) -> list[CheckMessage]:
    """flywheel.W004: PostgreSQL without Redis; flywheel.W005: webhooks may reach private networks."""
    found: list[CheckMessage] = []
    if settings.DATABASES["default"]["ENGINE"].endswith("postgresql") and not settings.REDIS_URL:
        hint = "Set REDIS_URL: without it, the broker and the rate limits work on one machine only."
        found.append(Warning("REDIS_URL is not set.", hint=hint, id="flywheel.W004"))
    if settings.WEBHOOKS_TO_PRIVATE:
        hint = "Unset WEBHOOKS_TO_PRIVATE unless you have a receiver there."
        found.append(Warning("Webhooks may go to http addresses and private networks.", hint=hint, id="flywheel.W005"))
    return found
