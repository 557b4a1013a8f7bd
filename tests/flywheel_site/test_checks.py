"""`check --deploy`: each dangerous setting is named, with what to do, and no secret is shown."""

import secrets
from ipaddress import ip_network
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.checks import run_checks
from django.db import connection

from privacy.checks import TAG

FIT: dict[str, Any] = {
    "SECRET_KEY": secrets.token_urlsafe(64),
    "MASTER_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": ["flywheel.example.org", "localhost"],
    "DEMO": False,
    "DEBUG": False,
    "REQUIRE_2FA": True,
    "TRUSTED_PROXIES": [ip_network("172.31.250.0/24")],
    "KEY_RATE": "1000/minute",
    "ADDRESS_RATE": "600/min",
    "PUBLIC_URL": "https://flywheel.example.org",
    "CSRF_TRUSTED_ORIGINS": ["https://flywheel.example.org"],
    "HTTPS": True,
    "REDIS_URL": "redis://redis:6379/0",
    "WEBHOOKS_TO_PRIVATE": False,
}


@pytest.fixture
def found(settings: LazySettings, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The IDs of what the check says of a fit deployment with these settings changed."""

    def check(**changed: Any) -> set[str]:
        for name, value in {**FIT, **changed}.items():
            setattr(settings, name, value)
        messages = run_checks(tags=[TAG], include_deployment_checks=True)
        assert all(each.hint for each in messages if str(each.id).startswith("flywheel."))
        assert not any(
            str(value) in str(each) for value in changed.values() if len(str(value)) > 8 for each in messages
        )
        return {str(each.id) for each in messages if str(each.id).startswith("flywheel.")}

    return check


@pytest.mark.django_db
def test_a_fit_deployment_is_clean(found: Any) -> None:
    assert found() == set() or connection.vendor == "postgresql"  # the tests' own server does not wait for its disk


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"MASTER_KEY": "x"}, "flywheel.E001"),
        ({"MASTER_KEY": "a" * 64}, "flywheel.E001"),
        ({"MASTER_KEY": "abcdefghijkl" * 6}, "flywheel.E001"),
        ({"MASTER_KEY": "changeme-" + secrets.token_urlsafe(32)}, "flywheel.E001"),
        ({"SECRET_KEY": "django-insecure"}, "flywheel.E001"),
        ({"MASTER_KEY": FIT["SECRET_KEY"]}, "flywheel.E002"),
        ({"ALLOWED_HOSTS": ["*"]}, "flywheel.E003"),
        ({"ALLOWED_HOSTS": ["flywheel.example.org", "*"]}, "flywheel.E003"),
        ({"DEMO": True}, "flywheel.E004"),
        ({"DEBUG": True}, "flywheel.E005"),
        ({"REQUIRE_2FA": False}, "flywheel.W001"),
        ({"TRUSTED_PROXIES": [ip_network("0.0.0.0/0")]}, "flywheel.E006"),
        ({"TRUSTED_PROXIES": [ip_network("0.0.0.0/1"), ip_network("128.0.0.0/1")]}, "flywheel.E006"),
        ({"TRUSTED_PROXIES": [ip_network("::/0")]}, "flywheel.E006"),
        ({"KEY_RATE": "often"}, "flywheel.E007"),
        ({"ADDRESS_RATE": "999999999/s"}, "flywheel.W002"),
        ({"PUBLIC_URL": "http://flywheel.example.org"}, "flywheel.E008"),
        ({"HTTPS": False}, "flywheel.E009"),
        ({"CSRF_TRUSTED_ORIGINS": ["https://*.example.org"]}, "flywheel.E010"),
        ({"WEBHOOKS_TO_PRIVATE": True}, "flywheel.W005"),
    ],
)
def test_each_dangerous_setting_is_named(found: Any, changed: dict[str, Any], said: str) -> None:
    assert said in found(**changed)


@pytest.mark.postgres
@pytest.mark.django_db
def test_a_postgresql_that_does_not_wait_for_its_disk_is_named(found: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert "flywheel.E011" in found()


@pytest.mark.postgres
@pytest.mark.django_db
def test_the_file_broker_beside_postgresql_is_named(found: Any) -> None:
    assert "flywheel.W004" in found(REDIS_URL="")
