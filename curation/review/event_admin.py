"""Review events in the console: who did what to which task, and when. No captured text."""

from django.contrib import admin

from curation.models import ReviewEvent
from privacy.console.lists import ProjectFilter, ReadOnlyAdmin


@admin.register(ReviewEvent)
class ReviewEventAdmin(ReadOnlyAdmin):
    project_path = "project"
    list_display = ["at", "who", "action", "verdict", "task_number", "task_kind", "project"]
    list_display_links = None
    list_filter = [ProjectFilter, "action"]
    list_select_related = ["project", "who"]
    ordering = ["-id"]
    lead = "Who did what to which review task. A row stays when its decision is undone, and when its task is erased."
    empty = ("Nobody has reviewed yet", "Rows appear after the first decision.")

    @admin.display(description="verdict")
    def verdict(self, row: ReviewEvent) -> str:
        return row.resolution
