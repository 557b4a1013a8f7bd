"""Redaction policies, and the laboratory, which shows how a sample text is redacted and why. New rules replace a
project's own as a whole, after a check, under a new version.
"""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html

from privacy.console.forms import RulesForm, TermForm
from privacy.console.lists import ReadOnlyAdmin, plain
from privacy.models import RedactionPolicy
from privacy.redaction import Policy, Redacted, RedactionError, Span, compile_policy, redact


class Outdated(ValueError):
    """Somebody else changed the rules after the editor opened them."""


def revise(policy: RedactionPolicy, definition: dict[str, Any], user: Any, *, seen: str) -> RedactionPolicy:
    """Put new rules in force under the next version; `seen` is the version that the editor saw.

    Raises `RedactionError` for invalid rules, and `Outdated` if another version came in between.
    """
    compile_policy(Policy.from_dict(definition))
    with transaction.atomic():
        row = RedactionPolicy.objects.select_for_update().get(pk=policy.pk)
        if str(row.version) != seen:
            raise Outdated("Somebody else has changed these rules. Look at their version, then try again.")
        row.definition, row.version = definition, row.version + 1
        row.updated_at, row.updated_by = timezone.now(), user
        row.save(update_fields=["definition", "version", "updated_at", "updated_by"])
    return row


SAMPLE = "Hi, I am Maria Alvarez, mail me at maria.alvarez@example.com or call +44 20 7946 0958. Order 4711-AB is late."


@dataclass(frozen=True, slots=True)
class SamplePart:
    """A piece of the sample: unchanged, or replaced by what the rule says."""

    text: str
    span: Span | None


def stretches(sample: str, spans: tuple[Span, ...]) -> list[SamplePart]:
    """The sample cut wherever something is replaced, in order and without gaps."""
    found, at = [], 0
    for span in sorted(spans):
        if span.start > at:
            found.append(SamplePart(sample[at : span.start], None))
        found.append(SamplePart(sample[span.start : span.end], span))
        at = span.end
    return [*found, SamplePart(sample[at:], None)] if at < len(sample) else found


@admin.register(RedactionPolicy)
class RedactionPolicyAdmin(ReadOnlyAdmin):
    list_display = ["name", "version", "terms", "updated_at", "updated_by", "lab"]
    list_select_related = ["updated_by"]
    ordering = ["name"]
    fields = ["name", "version", "rules", "lab", "updated_at", "updated_by"]
    lead = "What each project adds to the rules shared by all projects: its own terms, an allow list, phone regions."
    empty = ("No redaction policies", "One comes with every project: create a project on the list of projects.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[RedactionPolicy]:
        rows = RedactionPolicy.objects.all()
        site: Any = self.admin_site
        return rows if request.user.is_superuser else rows.filter(pk__in=site.projects_of(request).values("redaction"))

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.lab_view)
        return [path("<int:key>/lab/", view, name="privacy_redactionpolicy_lab"), *super().get_urls()]

    @admin.display(description="own terms")
    def terms(self, row: RedactionPolicy) -> int:
        terms = row.definition.get("terms") if isinstance(row.definition, dict) else None
        return len(terms) if isinstance(terms, list) else 0

    @admin.display(description="what it adds to the rules")
    def rules(self, row: RedactionPolicy) -> str:
        return plain(row.definition)

    @admin.display(description="laboratory")
    def lab(self, row: RedactionPolicy) -> str:
        return format_html('<a href="{}">Try it</a>', reverse("admin:privacy_redactionpolicy_lab", args=[row.pk]))

    def lab_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Try the rules on a text and change them. The text is neither stored nor logged."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        policy = self.get_queryset(request).filter(pk=key).first()
        if policy is None:
            raise Http404
        form = RulesForm(request.POST or None, current=policy.definition, sample=SAMPLE)
        term = TermForm(request.POST or None)
        if form.is_valid() and term.is_valid() and "save" in request.POST:
            return self.save(request, policy, definition(form, term))
        context = {
            **self.admin_site.each_context(request),
            "title": "Redaction laboratory",
            "opts": self.opts,
            "policy": policy,
            "form": form,
            "term": term,
            "editable": self.may_edit(request, policy),
            **tried(policy, form, term),
        }
        return render(request, "admin/privacy/redactionpolicy/lab.html", context)

    def save(self, request: HttpRequest, policy: RedactionPolicy, definition: dict[str, Any]) -> HttpResponse:
        """The next version of the rules."""
        if not self.may_edit(request, policy):
            raise PermissionDenied
        try:
            made = revise(policy, definition, request.user, seen=request.POST.get("seen", ""))
        except Outdated as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"Saved as version {made.version}. Stored text is now redacted again with it.")
        return redirect("admin:privacy_redactionpolicy_lab", policy.pk)

    def may_edit(self, request: HttpRequest, policy: RedactionPolicy) -> bool:
        """Users who may change rules and are members of every project that uses them."""
        if not request.user.has_perm("privacy.change_redactionpolicy"):
            return False
        site: Any = self.admin_site
        theirs = site.projects_of(request).values("pk")
        users: Any = policy
        return request.user.is_superuser or not users.projects.exclude(pk__in=theirs).exists()


def definition(form: RulesForm, term: TermForm) -> dict[str, Any]:
    """The rules in the form, with the term to be added. Both forms are valid."""
    rules: dict[str, Any] = form.cleaned_data["definition"]
    return {**rules, "terms": [*rules.get("terms", []), term.term()]} if term.has_changed() else rules


def tried(policy: RedactionPolicy, form: RulesForm, term: TermForm) -> dict[str, Any]:
    """The sample as redacted by the rules in the forms, or by those in force if nothing was sent."""
    if not (form.is_valid() and term.is_valid() if form.is_bound else not form.fault):
        return {}
    sample, rules = (
        (form.cleaned_data["sample"], definition(form, term)) if form.is_bound else (SAMPLE, policy.definition)
    )
    try:
        result: Redacted = redact(sample, Policy.from_dict(rules))
    except RedactionError as error:
        form.add_error(None, str(error))
        return {}
    return {"result": result, "stretches": stretches(sample, result.spans), "findings": dict(result.findings)}
