"""A list as CSV: the columns that the page shows, for the rows that its filters leave, at most ten thousand."""

import csv
import html
import io
from collections.abc import Iterator
from typing import Any, Final

from django.contrib.admin.utils import display_for_field, label_for_field, lookup_field
from django.contrib.admin.views.main import ChangeList
from django.http import HttpResponse
from django.utils.html import strip_tags
from django.utils.safestring import SafeString

MOST: Final = 10_000
PAGE: Final = 500


def harmless(cell: str) -> str:
    """The cell with an apostrophe in front if a spreadsheet would take it for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r", "\n") else cell


def as_csv(changes: ChangeList) -> HttpResponse:
    """The file. It says in its last line if there were more rows."""
    file = io.StringIO()
    writer = csv.writer(file)
    for line in lines(changes):
        writer.writerow([harmless(cell) for cell in line])
    name = f'attachment; filename="{changes.opts.model_name}.csv"'
    return HttpResponse(file.getvalue(), "text/csv", headers={"Content-Disposition": name})


def lines(changes: ChangeList) -> Iterator[list[str]]:
    shown: Any = changes
    columns = [name for name in shown.list_display if name != "action_checkbox"]
    heads = [str(label_for_field(name, shown.model, shown.model_admin)) for name in columns]
    kept = [place for place, head in enumerate(heads) if head]  # a column without a head holds links
    yield [heads[place] for place in kept]
    paginator = shown.paginator
    for start in range(0, min(paginator.count, MOST), PAGE):
        for row in paginator.rows(start, min(start + PAGE, MOST)):
            yield [text(columns[place], row, shown.model_admin) for place in kept]
    if paginator.count >= MOST:
        yield [f"The first {MOST:,} rows. Narrow the list with its filters for others."]


def text(name: str, row: Any, model_admin: Any) -> str:
    """What a cell of the list says, without its markup. Captured text is no markup, and stays whole."""
    field, _attribute, value = lookup_field(name, row, model_admin)
    if isinstance(value, SafeString):
        return html.unescape(strip_tags(value))
    if value is None:
        return ""
    if field is not None and getattr(field, "choices", None):
        return str(display_for_field(value, field, ""))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
