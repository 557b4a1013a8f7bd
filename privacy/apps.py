from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "privacy"
    verbose_name = "Privacy"

    def ready(self) -> None:
        from privacy import checks  # noqa: F401 - registers the system checks
        from privacy.requests import admin  # noqa: F401 - register the system checks, and the privacy desk
