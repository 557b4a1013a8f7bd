"""Decisions and derived records in the console. Review, releases, policies and the gate have their own admin
modules.
"""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from curation.decisions.reasons import short
from curation.gate import admin as gate_admin  # noqa: F401 - registers its models
from curation.models import CaseGrader, Decision, EvalCase, Example, PreferencePair, ReleaseMember
from curation.policies import admin as policies_admin  # noqa: F401 - registers its models
from curation.questions import admin as questions_admin  # noqa: F401 - registers its models
from curation.releases import admin as releases_admin  # noqa: F401 - registers its models
from curation.review import admin as review_admin  # noqa: F401 - registers its models
from curation.review import event_admin  # noqa: F401 - registers its models
from privacy.console.lists import ProjectFilter, ReadOnlyAdmin

SHORT = 140


def chip(kind: str, words: str) -> str:
    return format_html('<span class="chip chip-{}">{}</span>', kind, words)


class DecidedByFilter(admin.SimpleListFilter):
    """Decisions by rule or by reviewer. A fixed choice: Django would read the whole table for the values."""

    title = "decided by"
    parameter_name = "decided_by"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("rule", "a rule"), ("reviewer", "a reviewer")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(decided_by=self.value()) if self.value() else queryset


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    project_path = "project"
    subject_path = "subject_id"
    list_display = ["asked", "outcome_chip", "detail", "decided_by", "decided_at", "project"]
    list_filter = [ProjectFilter, "outcome", "reason", DecidedByFilter]
    list_select_related = ["interaction", "project"]
    exclude = ["subject"]
    ordering = ["-interaction"]
    lead = "What was decided about each answer, by its signals or by a reviewer, and why."
    empty = ("Nothing has been decided yet", "Decisions appear once somebody has voted and curation has run.")

    @admin.display(description="question")
    def asked(self, row: Decision) -> str:
        return str(row.interaction.question)[:SHORT]

    @admin.display(description="outcome", ordering="outcome")
    def outcome_chip(self, row: Decision) -> str:
        return chip(row.outcome, row.get_outcome_display())


class DerivedAdmin(ReadOnlyAdmin):
    """Base class for the admins of eval cases, examples and preference pairs."""

    project_path = "project"
    subject_path = "subject_id"
    list_display: Any = ["asked", "expected", "status_chip", "why", "project"]
    list_filter: Any = [ProjectFilter, "status"]
    list_select_related = ["project", "decision__interaction", "decision__correction", "decision__task"]
    exclude = ["subject", "fingerprint", "said", "near_said"]
    in_words: Any = {"reason": short}
    ordering = ["-decision"]
    change_form_template = "admin/curation/derived_change_form.html"

    @admin.display(description="question")
    def asked(self, row: Any) -> str:
        return str(row.decision.interaction.question)[:SHORT]

    @admin.display(description="right answer")
    def expected(self, row: Any) -> str:
        return str(row.decision.expected)[:SHORT]

    @admin.display(description="reason")
    def why(self, row: Any) -> str:
        return short(row.reason)

    @admin.display(description="status", ordering="status")
    def status_chip(self, row: Any) -> str:
        return chip(row.status, row.get_status_display())


@admin.register(EvalCase)
class EvalCaseAdmin(DerivedAdmin):
    list_display = ["asked", "expected", "kind_word", "status_chip", "why", "never_again", "project"]
    list_filter = [ProjectFilter, "kind", "status", "never_again"]
    actions = ["mark_never_again", "unmark_never_again"]
    lead = "Questions with the answer that a candidate must give. The gate asks them."
    empty = ("No eval cases yet", "A confirmed answer becomes a golden case, a corrected one a regression case.")

    @admin.display(description="kind", ordering="kind")
    def kind_word(self, row: EvalCase) -> str:
        return chip(row.kind, row.kind)

    def has_mark_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("curation.change_evalcase"))

    @admin.action(description="Mark as never-again: losing one refuses a candidate", permissions=["mark"])
    def mark_never_again(self, request: HttpRequest, queryset: QuerySet[EvalCase]) -> None:
        changed = queryset.filter(never_again=False).order_by().update(never_again=True)
        messages.success(request, f"{changed} marked as never-again: a candidate that loses one of them is refused.")

    @admin.action(description="Make ordinary cases again", permissions=["mark"])
    def unmark_never_again(self, request: HttpRequest, queryset: QuerySet[EvalCase]) -> None:
        changed = queryset.filter(never_again=True).order_by().update(never_again=False)
        messages.success(request, f"Ordinary cases again: {changed}.")


class AuthoredFilter(admin.SimpleListFilter):
    """Whose words it teaches. A fixed choice: Django would read the whole table for the values."""

    title = parameter_name = "authored"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("agent", "by the agent"), ("human", "by a person")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(authored=self.value()) if self.value() else queryset


@admin.register(Example)
class ExampleAdmin(DerivedAdmin):
    list_filter = [ProjectFilter, AuthoredFilter, "status"]
    lead = "Conversations with the right answer, for fine-tuning."
    empty = ("No examples yet", "They need a decided answer, and consent to training.")


@admin.register(PreferencePair)
class PreferencePairAdmin(DerivedAdmin):
    lead = "Pairs of a right answer and the wrong one that it replaced."
    empty = ("No preference pairs yet", "Each corrected answer makes one, if there is consent to training.")


@admin.register(ReleaseMember)
class ReleaseMemberAdmin(ReadOnlyAdmin):
    project_path = "release__dataset__project"
    subject_path = "subject_id"
    list_display = ["id", "release", "interaction", "evaluation", "training"]
    list_filter = [ProjectFilter]
    list_select_related = ["release__dataset", "interaction"]
    exclude = ["subject", "author"]
    ordering = ["-release", "-id"]
    lead = "Which release holds records of which conversation. An erasure uses this to find the files to cut again."
    empty = ("No members yet", "They come with the first release.")


@admin.register(CaseGrader)
class CaseGraderAdmin(ReadOnlyAdmin):
    project_path = "interaction__project"
    subject_path = "subject_id"
    list_display = ["interaction", "grader", "threshold", "discriminating", "why"]
    list_filter = [ProjectFilter, "discriminating"]
    list_select_related = ["interaction"]
    exclude = ["subject", "seal", "wording"]
    ordering = ["-id"]
    lead = "The grader that tells right from wrong for each case."
    empty = ("No graders yet", "They are chosen at the first gate run over a release.")
