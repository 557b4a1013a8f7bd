"""System checks of the settings that curation uses."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from curation.releases import copies
from privacy.checks import TAG


@register(TAG)
def bucket_can_be_used(**kwargs: Any) -> list[CheckMessage]:
    """curation.E001: RELEASES_S3 is not a bucket, or the library for it is not installed."""
    if not settings.RELEASES_S3:
        return []
    try:
        copies.address(settings.RELEASES_S3)
    except (ValueError, copies.ExtraMissing) as error:
        return [Error(f"RELEASES_S3: {error}", id="curation.E001")]
    return []
