"""The console's page that imports a log: first a preview that stores nothing, then the same file for real."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.core.management.base import CommandError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from feedback.importing import commands, logs
from feedback.importing.formats import FORMATS
from feedback.importing.reading import AUTO, OWN, Reading, Unmapped
from feedback.importing.trial import Trial
from feedback.models import Project
from privacy.files import records as files_records
from privacy.files.records import UnreadableFile
from privacy.models import Purpose

LARGEST = 8 * 1_048_576
TOO_LARGE = "The file is larger than 8 MB. Import larger files with: manage.py import_log FILE"
KINDS = (
    ".csv",
    ".tsv",
    ".tab",
    ".psv",
    ".json",
    ".jsonl",
    ".ndjson",
    ".yaml",
    ".yml",
    ".xlsx",
    ".parquet",
    ".txt",
    ".gz",
)


class ImportForm(forms.Form):
    """A log, how to read it, and what its people agreed to."""

    file = forms.FileField(
        label="File", help_text="JSON Lines, JSON, CSV or Excel (xlsx), also compressed with gzip; at most 8 MB."
    )
    format = forms.ChoiceField(
        label="Exported from",
        choices=[
            (AUTO, "Recognise it"),
            (OWN, "Flywheel's own format, or a map"),
            *((name, format.title) for name, format in FORMATS.items()),
        ],
    )
    map = forms.CharField(
        label="Which field is which",
        required=False,
        max_length=2_000,
        help_text="For a log of another shape: question=prompt, answer=response, feedback=rating",
    )
    threshold = forms.CharField(
        label="Lowest score of an up-vote",
        required=False,
        max_length=40,
        help_text="For stars and other scores: 4, or 2,4 if 2 and below is a down-vote and 4 and above an up-vote.",
    )
    zone = forms.CharField(
        label="Time zone of times without one", required=False, max_length=64, help_text="Europe/Berlin, UTC"
    )
    consent = forms.MultipleChoiceField(
        label="Consent you hold for lines without any",
        required=False,
        choices=Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="Without consent to capture, a line is not stored.",
    )
    notice = forms.CharField(
        label="The wording that people agreed to",
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_file(self) -> "UploadedFile[Any]":
        """A file that is small enough to be read while somebody waits."""
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST:
            raise forms.ValidationError(TOO_LARGE)
        return file

    def options(self) -> dict[str, Any]:
        """The form's values, under the command's names."""
        given = self.cleaned_data
        maps = [part.strip() for part in given["map"].split(",") if part.strip()]
        return {
            "format": given["format"],
            "map": maps,
            "threshold": given["threshold"],
            "zone": given["zone"],
            "vote": [],
            "time_format": "",
            "consent": ",".join(given["consent"]),
            "notice": given["notice"],
        }


@dataclass(frozen=True, slots=True)
class Result:
    """The result of an import, or of its preview."""

    tally: commands.Tally
    reading: Reading
    first: list[dict[str, Any]]
    tried: bool

    @property
    def counts(self) -> list[tuple[str, int]]:
        """(result, number), the largest first."""
        return self.tally.counts.most_common()

    @property
    def problems(self) -> list[str]:
        """Each problem once, with its lines."""
        return list(commands.grouped(self.tally.problems))


def page(request: HttpRequest, project: Project, context: dict[str, Any]) -> HttpResponse:
    """The page; a POST with `try` shows what would be stored, one with `import` stores it."""
    form = ImportForm(request.POST or None, request.FILES or None)
    result = None
    if request.method == "POST" and form.is_valid():
        try:
            result = bring_in(project, form, keep="import" in request.POST)
        except (CommandError, UnreadableFile, Unmapped) as error:
            form.add_error("file", str(error))
    words = {"title": f"Import a log into {project}", "project": project, "form": form, "result": result}
    return render(request, "admin/feedback/project/import.html", {**context, **words})


def bring_in(project: Project, form: ImportForm, *, keep: bool) -> Result:
    """Import the file, or try to. Raises `CommandError`, `UnreadableFile`, `Unmapped`."""
    options = form.options()
    held, asked = commands.consent_of(options)
    reading, tally, trial = commands.reading_of(options), commands.Tally(), None if keep else Trial()
    with on_disk(form.cleaned_data["file"]) as path:
        records = files_records.read(path, structured=logs.STRUCTURED, lists=commands.LISTS, longest=LARGEST)
        for line in logs.import_lines(project, records, consent=held, asked=asked, reading=reading, trial=trial):
            tally.add(line.number, commands.WORDS.get(str(line.result), str(line.result)), line.field, line.problem)
            for outcome, number in line.votes.items():
                tally.counts[f"signals {commands.WORDS.get(outcome, outcome)}"] += number
    return Result(tally, reading, trial.first if trial else [], tried=not keep)


@contextmanager
def on_disk(file: "UploadedFile[Any]") -> Iterator[Path]:
    """The upload as a temporary file. Only the suffix of its name is kept."""
    suffixes = [suffix.lower() for suffix in PurePath(file.name or "").suffixes[-2:]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ("log" + "".join(suffix for suffix in suffixes if suffix in KINDS))
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        yield path
