"""What all console lists share: a bounded count, and which rows a user sees. Constant work at a million rows."""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, JSONField, Model, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string

from privacy.console.exports import as_csv
from privacy.console.pagination import BoundedChangeList, BoundedPaginator, has_plain_order
from privacy.console.reading import reading
from privacy.db.fields import RedactedTextField
from privacy.models import Subject

ENDS = ("exact", "isnull", "isempty", "in")
CSV = "csv"
Words: TypeAlias = Callable[[Any], str]
SPLIT = 8  # with more projects than this, one query costs less than one for each


def row_key(sent: str) -> int:
    """The key in an address or a form, as a number; 0, which no row has, if it cannot be one."""
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 18 else 0


class ReadOnlyAdmin(admin.ModelAdmin):
    """Shows rows of the user's own projects and never edits: every change is an action or a page with a permission.

    `project_path` leads to the project, `origin_path` to the name of one, `namespace_path` to the namespace of
    subjects. `subject_path` leads to a person's key: rows of somebody with an open request are hidden. Without any path
    to a project, only superusers see rows.
    """

    project_path: ClassVar[str] = ""
    origin_path: ClassVar[str] = ""
    namespace_path: ClassVar[str] = ""
    subject_path: ClassVar[str] = ""
    lead: ClassVar[str] = ""  # one sentence under the title of the list
    made_at: ClassVar[str] = ""  # the column that `DateFilter` filters by; it grows with the key
    export_permission: ClassVar[str] = "curation.export_release"  # who may download the list: a file leaves the console
    empty: ClassVar[tuple[str, str]] = ("Nothing here yet", "")  # what to do next, shown when the list is empty
    in_words: ClassVar[Mapping[str, Words]] = {}  # how the row's page shows a column whose values are codes
    # In index order unless a list says otherwise: any other order reads and sorts a million rows.
    sortable_by: ClassVar[Any] = ()
    show_full_result_count = False
    list_per_page = 50
    paginator = BoundedPaginator

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        if self.subject_path:
            # No join: a planner that starts from the subjects would sort a million rows for one page.
            hidden = Subject.objects.filter(pk=OuterRef(self.subject_path), restricted_at__isnull=False)
            rows = rows.filter(~Exists(hidden))
        return within_reach(self, rows, request)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list; with `csv` in the address, its rows as a file."""
        may = request.user.has_perm(self.export_permission)
        if CSV not in request.GET:
            return super().changelist_view(request, {"may_export": may, **(extra_context or {})})
        if not (may and self.has_view_permission(request)):
            raise PermissionDenied
        asked: Any = request.GET.copy()
        del asked[CSV]
        request.GET = asked
        try:
            return as_csv(self.get_changelist_instance(request))
        except IncorrectLookupParameters as error:
            raise Http404 from error

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        is_fixed = obj is not None and not self.has_change_permission(request, obj)
        return [
            as_read(self.model, name, words=self.in_words.get(str(name)), is_fixed=is_fixed)
            for name in super().get_fields(request, obj)
        ]

    def get_paginator(
        self,
        request: HttpRequest,
        queryset: QuerySet[Any],
        per_page: int,
        orphans: int = 0,
        allow_empty_first_page: bool = True,
    ) -> BoundedPaginator:
        parts = [queryset] if "project" in request.GET else self.project_by_project(request, queryset)
        return BoundedPaginator(queryset, per_page, orphans, allow_empty_first_page, parts=parts, listed=self.listed)

    def project_by_project(self, request: HttpRequest, rows: QuerySet[Any]) -> list[QuerySet[Any]]:
        """The rows of each of the user's projects separately, if the projects are few."""
        direct = self.project_path and "__" not in self.project_path and self.project_path != "pk"
        if request.user.is_superuser or not direct or not has_plain_order(rows):
            return [rows]
        keys = project_keys(self, request)
        if not 1 < len(keys) <= SPLIT:
            return [rows]
        return [rows.filter(**{self.project_path: key}) for key in keys]

    def listed(self, keys: Sequence[Any]) -> QuerySet[Any]:
        """The list's rows with these keys, which are known to be the user's, in any order."""
        rows: QuerySet[Any] = self.model._default_manager.filter(pk__in=keys)
        related: Any = self.list_select_related
        return rows.select_related(*related) if related else rows

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Refuse a user without permission before any look-up."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def _get_obj_does_not_exist_redirect(self, request: HttpRequest, opts: Any, object_id: str) -> HttpResponse:
        """Answer 404 for a row that the user may not see, as if it did not exist. (Django would redirect home with a
        message.)
        """
        raise Http404

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow only the filters that the page offers, so that a crafted query string cannot probe related rows."""
        offered = (each[0] if isinstance(each, tuple) else each for each in self.list_filter)
        names = [name if isinstance(name, str) else getattr(name, "parameter_name", "") for name in offered]
        names += [name for each in self.list_filter for name in getattr(each, "parameters", ())]
        return any(lookup in (name, *(f"{name}__{end}" for end in ENDS)) for name in names)


def as_read(model: type[Model], name: Any, *, words: Words | None = None, is_fixed: bool = True) -> Any:
    """A form field, or a function that shows it: captured text is formatted; JSON that cannot be edited, and columns in
    `words`, are shown in plain words.
    """
    field = next((each for each in model._meta.fields if each.name == name), None)
    shows: Words | None = words if is_fixed else None
    if isinstance(field, RedactedTextField):
        shows = formatted
    elif shows is None and is_fixed and isinstance(field, JSONField):
        shows = plain
    if field is None or shows is None:
        return name

    def shown(row: Model) -> str:
        return shows(getattr(row, name))

    shown.__name__ = name
    return admin.display(shown, description=field.verbose_name)


def formatted(text: Any) -> str:
    """Captured text as the console shows it everywhere."""
    return render_to_string("privacy/reading.html", {"read": reading(text)}) if text else "-"


def plain(value: Any) -> str:
    """A JSON value without its brackets, as far as it is flat."""
    if isinstance(value, dict) and value and not any(isinstance(each, dict | list) for each in value.values()):
        return "\n".join(f"{name.replace('_', ' ')}: {each}" for name, each in value.items())
    if isinstance(value, list) and not any(isinstance(each, dict | list) for each in value):
        return ", ".join(map(str, value)) or "-"
    return json.dumps(value, ensure_ascii=False, indent=2) if value else "-"


def within_reach(model_admin: ReadOnlyAdmin, rows: QuerySet[Any], request: HttpRequest) -> QuerySet[Any]:
    """The rows that belong to the user's projects or namespaces."""
    if request.user.is_superuser:
        return rows
    site: Any = model_admin.admin_site
    if model_admin.project_path:
        return of_owners(rows, model_admin.project_path, chosen_keys(model_admin, request))
    if model_admin.origin_path:
        return rows.filter(**{f"{model_admin.origin_path}__in": site.projects_of(request).values("name")})
    if model_admin.namespace_path:
        names = sorted(set(site.projects_of(request).values_list("namespace", flat=True)))
        return of_owners(rows, model_admin.namespace_path, names)
    return rows.none()


def chosen_keys(model_admin: ReadOnlyAdmin, request: HttpRequest) -> list[int]:
    """The user's projects, or the one that the list is narrowed to: checked once, not for each row."""
    keys, chosen = project_keys(model_admin, request), request.GET.get("project", "")
    return [key for key in keys if str(key) == chosen] or keys


def project_keys(model_admin: ReadOnlyAdmin, request: HttpRequest) -> list[int]:
    """The keys of the user's projects, read once per request: knowing them, the planner reads in index order."""
    kept: dict[str, Any] = vars(request)
    if "project_keys" not in kept:
        site: Any = model_admin.admin_site
        kept["project_keys"] = sorted(site.projects_of(request).values_list("pk", flat=True))
    found: list[int] = kept["project_keys"]
    return found


def of_owners(rows: QuerySet[Any], path: str, keys: Sequence[int | str]) -> QuerySet[Any]:
    """The rows that belong to these projects or namespaces; `path` leads there, possibly through a parent.

    Through a parent there is no join, since a planner may start one from the other end and lose the order. If the list
    is ordered by the parent, parents are few and are looked up first; otherwise each row's parent is.
    """
    head, _, rest = path.partition("__")
    if not rest:
        return rows.filter(**{f"{path}__in": keys})
    parent: Any = rows.model._meta.get_field(head).related_model
    parents = parent._default_manager.filter(**{f"{rest}__in": keys})
    if f"-{head}" in rows.query.order_by:
        return rows.filter(**{f"{head}__in": parents.values("pk")})
    return rows.filter(Exists(parents.filter(pk=OuterRef(f"{head}_id"))))


class ProjectFilter(admin.SimpleListFilter):
    """By project, among the user's own."""

    title = "project"
    parameter_name = "project"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        self._path = model_admin.project_path
        names = model_admin.admin_site.projects_of(request).order_by("name").values_list("pk", "name")[:100]
        return [(str(pk), name) for pk, name in names]

    def has_output(self) -> bool:
        """With one project there is nothing to choose, but a link that names it must still work."""
        return len(self.lookup_choices) > 1 or self.value() is not None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        if chosen is None:
            return queryset
        number = row_key(chosen)
        if "__" in self._path and str(number) == chosen and number in vars(request).get("project_keys", ()):
            return queryset  # already narrowed by `chosen_keys`
        return of_owners(queryset, self._path, [number])


class NamespaceFilter(admin.SimpleListFilter):
    """By namespace, among those of the user's projects."""

    title = "namespace"
    parameter_name = "namespace"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        names = model_admin.admin_site.projects_of(request).values_list("namespace", flat=True)
        self._path = model_admin.namespace_path
        return [(name, name) for name in sorted(set(names[:100]))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value()
        return queryset if chosen is None else of_owners(queryset, self._path, [chosen])
