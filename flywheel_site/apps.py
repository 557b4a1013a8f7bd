from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class FlywheelAdminConfig(AdminConfig):
    default_site = "flywheel_site.console.site.FlywheelAdminSite"


class FlywheelSiteConfig(AppConfig):
    name = "flywheel_site"
    verbose_name = "Flywheel"

    def ready(self) -> None:
        from flywheel_site import checks  # noqa: F401 - registers them
