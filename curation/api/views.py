"""The reading API: interactions with their decisions, and releases. A key sees only its own project."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from curation.api import answers
from curation.models import Dataset, Release
from curation.releases import downloads, recalls
from curation.releases.cutting import find
from feedback.api.throttling import WindowThrottle
from feedback.api.views import CaptureView, InteractionsView
from feedback.capture.payloads import convert
from feedback.capture.store import other_names
from feedback.models import Interaction, Project, Signal
from feedback.projects import tokens
from privacy.api.openapi import described
from privacy.api.problems import Problem
from privacy.api.scopes import Scope

PAGE = 100


class InteractionListView(InteractionsView):
    """`POST /interactions` (feedback's), and `GET /interactions?cursor=`."""

    scopes = {**InteractionsView.scopes, "GET": Scope.READ}

    @described(
        "interactions_list",
        {200: answers.InteractionPage},
        query={"cursor": "`next` from the previous page; newest first."},
    )
    def get(self, request: Request) -> Response:
        """What is stored, newest first, each with its signals, its decision and the reason for it; `next` is the next page's cursor."""
        rows = readable(request.auth.project).order_by("-pk")
        cursor = request.query_params.get("cursor", "")
        if cursor:
            if not cursor.isascii() or not cursor.isdigit() or len(cursor) > 18:
                raise Problem(400, errors=[("/cursor", "invalid", "Send the cursor from the previous page.")])
            rows = rows.filter(pk__lt=int(cursor))
        page = list(rows[: PAGE + 1])
        following = str(page[PAGE - 1].pk) if len(page) > PAGE else None
        return Response({"results": [as_json(row) for row in page[:PAGE]], "next": following})


class InteractionView(APIView):
    """`GET /interactions/{id}`: what is stored, with its signals, the decision and the reason for it."""

    scopes = {"GET": Scope.READ}
    throttle_classes = [WindowThrottle]

    @described("interactions_retrieve", {200: answers.InteractionShown})
    def get(self, request: Request, external_id: str) -> Response:
        """One interaction as stored, with its signals, its decision and the reason for it."""
        rows = readable(request.auth.project)
        row = rows.filter(external_id=external_id).first()
        if row is None:
            ours = other_names(request.auth.project, [external_id])
            row = rows.filter(external_id=ours.get(external_id)).first()
        if row is None:
            raise Problem(404)
        return Response(as_json(row))


def readable(project: Project) -> QuerySet[Interaction]:
    """The project's interactions with everything that is shown about them; a constant number of queries."""
    rows = Interaction.objects.visible().filter(project=project)
    return rows.select_related("decision__correction", "decision__task").prefetch_related(
        Prefetch("signals", Signal.objects.visible().order_by("pk"))
    )


def as_json(row: Interaction) -> dict[str, Any]:
    """An interaction as the API shows it."""
    decision = getattr(row, "decision", None)
    return {
        "id": row.external_id,
        "question": row.question,
        "answer": row.answer,
        "context": row.context,
        "sources": row.sources,
        "steps": row.steps,
        "session": row.session or None,
        "tags": row.tags,
        "metadata": row.metadata,
        "agent": {
            "name": row.agent_name or None,
            "version": row.agent_version or None,
            "model": row.agent_model or None,
            "prompt": row.agent_prompt or None,
        },
        "occurred_at": row.occurred_at,
        "received_at": row.received_at,
        "redactions": row.redactions,
        "signals": [
            {
                "id": tokens.sent_id(signal.external_id),
                "signal": signal.kind,
                "correction": signal.correction or None,
                "comment": signal.comment or None,
                "step": signal.step or None,
                "score": signal.score,
                "occurred_at": signal.occurred_at,
                "withdrawn": signal.withdrawn_at is not None,
            }
            for signal in row.signals.all()
        ],
        "decision": decision
        and {
            "outcome": decision.outcome,
            "reason": decision.reason,
            "detail": decision.detail,
            "expected": decision.expected if decision.outcome in ("confirmed", "corrected") else None,
            "decided_by": decision.decided_by,
            "decided_at": decision.decided_at,
        },
    }


class ReadView(APIView):
    """Base class for calls about releases: the export scope, and a dataset of the caller's own project."""

    scopes = {"GET": Scope.EXPORT}
    throttle_classes = [WindowThrottle]

    def dataset(self, request: Request, name: str) -> Dataset:
        """The dataset, or 404 if it does not exist or belongs to another project."""
        dataset = Dataset.objects.filter(project=request.auth.project, name=name).first()
        if dataset is None:
            raise Problem(404)
        return dataset

    def release(self, request: Request, key: str) -> Release:
        """The release with this id, or 404."""
        release = find(key, request.auth.project)
        if release is None:
            raise Problem(404)
        return release


def summary(release: Release) -> dict[str, Any]:
    """A release as lists show it."""
    return {
        "id": release.public_id,
        "dataset": release.dataset.name,
        "version": release.version,
        "state": release.state,
        "published_at": release.published_at,
        "manifest": release.manifest,
    }


class ReleaseListView(ReadView):
    """`GET /datasets/{name}/releases`."""

    @described("releases_list", {200: answers.ReleaseList})
    def get(self, request: Request, name: str) -> Response:
        """The manifests of a dataset's published releases, newest first."""
        rows = self.dataset(request, name).published().select_related("dataset")
        return Response({"results": [summary(row) for row in rows[:500]]})


class LatestReleaseView(ReadView):
    """`GET /datasets/{name}/releases/latest`."""

    @described("releases_latest", {200: answers.ReleaseShown})
    def get(self, request: Request, name: str) -> Response:
        """The manifest of a dataset's newest release."""
        release = self.dataset(request, name).published().select_related("dataset").first()
        if release is None:
            raise Problem(404)
        return Response(summary(release))


class DatasetLatestView(LatestReleaseView):
    """`GET /datasets/{name}/latest`: the same under a shorter address."""

    @described("datasets_latest", {200: answers.ReleaseShown})
    def get(self, request: Request, name: str) -> Response:
        """The manifest of a dataset's newest release, under a shorter address."""
        response: Response = super().get(request, name)
        return response


class ReleaseView(ReadView):
    """`GET /releases/{id}`."""

    @described("releases_retrieve", {200: answers.ReleaseShown})
    def get(self, request: Request, key: str) -> Response:
        """The manifest of one release, by its id: `shop:v3`."""
        return Response(summary(self.release(request, key)))


class ReleaseFileView(ReadView):
    """`GET /releases/{id}/files/{file}`: with ETag and ranges."""

    @described("releases_file", {200: downloads.MEDIA, 206: downloads.MEDIA, 304: None, 416: None})
    def get(self, request: Request, key: str, name: str) -> Any:
        """One file of a release. Its `ETag` is its sha256; `Range` requests parts."""
        return downloads.answer(self.release(request, key), name, request)


class RecallListView(ReadView):
    """`GET /datasets/{name}/recalls`: the records that users of a release must delete."""

    @described(
        "recalls_list",
        {200: answers.Listed},
        query={"overdue": "`true`: only recalls that should have been carried out by now."},
    )
    def get(self, request: Request, name: str) -> Response:
        """The records that users of this dataset's releases must delete."""
        rows = recalls.of_dataset(self.dataset(request, name))
        if request.query_params.get("overdue") == "true":
            rows = recalls.overdue(rows)
        return Response({"results": [recalls.as_json(row) for row in rows]})


class RecallAckView(CaptureView):
    """`POST /datasets/{name}/recalls/{id}/ack`: a user of the release has deleted the records."""

    scopes = {"POST": Scope.EXPORT}
    kind = "recall"

    @described("recalls_ack", {200: dict[str, Any]}, recalls.AckIn)
    def post(self, request: Request, name: str, key: str) -> Response:
        """Confirm that the records of a recall were deleted downstream."""
        rows = recalls.of_project(request.auth.project).filter(release__dataset__name=name)
        recall = rows.filter(pk=int(key)).first() if key.isascii() and key.isdigit() and len(key) < 18 else None
        if recall is None:
            raise Problem(404)
        sent = convert(self.body(request), recalls.AckIn)
        return Response(recalls.as_json(recalls.acknowledge(recall, sent.by)))
