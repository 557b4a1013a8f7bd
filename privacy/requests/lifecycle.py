"""A person's request, from its submission to the signed receipt: each step happens once, even if a process dies.

    received → verified → restricted → executed → scanned → recalled → closed

`submit` hides the person's data in the transaction that stores the request. `advance` carries out the steps in order.
Each step is claimed by a lease and moves the state in the transaction of its effect: if a worker dies, it loses its
lease and the next worker begins with the first step that did not happen. After five tries a request is set aside, and
the privacy desk shows it.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from privacy.consent import ledger
from privacy.db import disk_space, engine, isolation, leases
from privacy.db.changed_pages import ChangedPages
from privacy.db.leases import Lease
from privacy.erasure import erasure
from privacy.erasure import scan as erasure_scan
from privacy.erasure.denials import note_denial
from privacy.models import PrivacyRequest, Purpose, RequestStatus, Subject
from privacy.requests import receipts
from privacy.subjects import master_keys
from privacy.subjects.digests import digest
from privacy.subjects.lookup import find, find_or_create

LEASE = Lease(timedelta(minutes=10), counted=True)
RENEWAL = 60.0  # seconds of removing between renewals of the lease
PAUSE = timedelta(seconds=20)  # after a failed try; doubles with each
MAX_TRIES = 5
Kind = PrivacyRequest.Kind


class Unfinished(Exception):
    """A step that cannot be finished now and is tried again later. The message says why and quotes no text."""


class DiskFull(Unfinished):
    """The disk is full. This waits, and does not count as a failed try."""


class Superseded(Unfinished):
    """Another worker holds the request, or has finished the step."""


def submit(
    namespace: str,
    external_id: str,
    kind: str,
    *,
    verified_by: str,
    origin: str = "",
    purposes: Iterable[str] = (),
    law: str = "gdpr",
) -> PrivacyRequest:
    """Store the request of the person with this id, and hide their data at once. Returns an equal request that is open,
    if any.

    Raises `UnknownKey` if this process's master key would not find the person.
    """
    master_keys.expect_known()
    with transaction.atomic():
        subject = find(namespace, external_id) if kind == Kind.ACCESS else find_or_create(namespace, external_id)
        how = {"namespace": namespace, "origin": origin, "verified_by": verified_by, "law": law}
        return submit_for(subject, kind, purposes=purposes, **how)


def submit_for(
    subject: Subject | None, kind: str, *, purposes: Iterable[str] = (), law: str = "gdpr", link: str = "", **how: str
) -> PrivacyRequest:
    """The same for a subject that was already looked up; None is a person about whom nothing is kept. Call it once
    verified.
    """
    wanted = sorted(set(purposes) or set(Purpose.values)) if kind == Kind.WITHDRAWAL else []
    with transaction.atomic():
        if subject is not None:
            subject = Subject.objects.select_for_update().get(pk=subject.pk)
            if same := still_open(subject, kind, wanted, how["origin"]):
                return same
        made = PrivacyRequest.objects.create(
            subject=subject,
            kind=kind,
            purposes=wanted,
            law=law,
            link=link and link_digest(link),
            state=RequestStatus.VERIFIED,
            due_at=timezone.now() + timedelta(days=settings.PRIVACY_DAYS[law]),
            **how,
        )
        if subject is not None and kind != Kind.ACCESS:
            restrict(made, subject)
        return made


def still_open(subject: Subject, kind: str, purposes: list[str], origin: str) -> PrivacyRequest | None:
    """That person's open request of the same kind through the same project."""
    mine = PrivacyRequest.objects.filter(subject=subject, kind=kind, origin=origin)
    alike = (
        row for row in mine.exclude(state__in=[RequestStatus.CLOSED, RequestStatus.REFUSED]) if row.purposes == purposes
    )
    return next(alike, None)


def link_digest(link: str) -> str:
    """How a request remembers the page link through which it was made."""
    return digest("link", link)


def restrict(request: PrivacyRequest, subject: Subject) -> None:
    """Hide, and stop curating and releasing, everything of the person; for a withdrawal, the ledger does so."""
    now = timezone.now()
    if request.kind == Kind.ERASURE:
        Subject.objects.filter(pk=subject.pk, restricted_at__isnull=True).update(restricted_at=now)
    else:
        ledger.record(subject, dict.fromkeys(request.purposes, False), method=request.verified_by)
        for purpose in request.purposes:
            note_denial(subject, purpose)
    move(request, RequestStatus.RESTRICTED, restricted_at=now)


def verify(request: PrivacyRequest, by: str) -> None:
    """An operator has confirmed who is asking, for a request that came by post or telephone."""
    with transaction.atomic():
        move(request, RequestStatus.VERIFIED, verified_by=by)
        if request.subject is not None and request.kind != Kind.ACCESS:
            restrict(request, request.subject)


def refuse(request: PrivacyRequest, why: str) -> None:
    """Refuse the request. What it hid is shown again, unless another request hides it."""
    with transaction.atomic():
        if request.subject is not None and request.kind == Kind.ERASURE:
            Subject.objects.select_for_update().get(pk=request.subject.pk)
            others = PrivacyRequest.objects.filter(subject=request.subject, kind=Kind.ERASURE, state__in=list(STEPS))
            if not others.exclude(pk=request.pk).exists():
                Subject.objects.filter(pk=request.subject.pk).update(restricted_at=None)
        move(request, RequestStatus.REFUSED, closed_at=timezone.now(), error=why, lease_until=None)


def move(request: PrivacyRequest, state: str, **columns: Any) -> None:
    """Bring a request to its next state. Raises `Superseded` if another worker has moved it."""
    mine = PrivacyRequest.objects.filter(pk=request.pk, state=request.state)
    if not mine.update(state=state, **columns):
        raise Superseded
    for name, value in {"state": state, **columns}.items():
        setattr(request, name, value)


def waiting() -> QuerySet[PrivacyRequest]:
    """The requests with a step to do that no worker holds."""
    return PrivacyRequest.objects.filter(leases.free(), state__in=list(STEPS), tries__lt=MAX_TRIES)


def advance_all(limit: int = 20) -> int:
    """Advance every waiting request; how many were closed. One that fails is tried later and does not stop the others."""
    keys = list(waiting().order_by("due_at").values_list("pk", flat=True)[:limit])
    rows = isolation.each("privacy request", keys, lambda pk: advance(PrivacyRequest.objects.get(pk=pk)))
    return sum(row.state == RequestStatus.CLOSED for row in rows)


def advance(request: PrivacyRequest) -> PrivacyRequest:
    """Carry out the remaining steps until the request is closed, must wait, or is held by another worker."""
    while request.state in STEPS and claim(request):
        try:
            master_keys.expect_known()
            STEPS[RequestStatus(request.state)](request)
        except Superseded:
            break
        except Exception as error:
            postpone(request, error)
            if isinstance(error, Unfinished | master_keys.UnknownKey):
                break
            raise
        PrivacyRequest.objects.filter(pk=request.pk).update(lease_until=None, tries=0, error="")
        request.refresh_from_db()
    request.refresh_from_db()
    return request


def claim(request: PrivacyRequest) -> bool:
    """Take the lease of the request in its present state."""
    request.lease_until = LEASE.claim(waiting().filter(pk=request.pk, state=request.state))
    return request.lease_until is not None


def postpone(request: PrivacyRequest, error: Exception) -> None:
    """Delay the next try, twice as long each time; store what failed, never any text."""
    waits = isinstance(error, DiskFull | master_keys.UnknownKey) or disk_space.is_full(error)
    reason = str(error) if isinstance(error, Unfinished | master_keys.UnknownKey) else type(error).__name__
    row = PrivacyRequest.objects.get(pk=request.pk)
    tries = 0 if waits else row.tries
    until = timezone.now() + PAUSE * 2**tries
    PrivacyRequest.objects.filter(pk=request.pk).update(lease_until=until, error=reason[:200], tries=tries)


def execute(request: PrivacyRequest) -> None:
    """Remove, or for access count, the person's data; keep the fingerprints that the scan will search for."""
    if request.kind == Kind.ACCESS:
        shown = erasure.export(request.subject) if request.subject else {}
        counts = {kind: len(rows) for kind, rows in shown.items()}
        move(request, RequestStatus.EXECUTED, executed_at=timezone.now(), counts=counts)
        return
    subject, found = subject_of(request), {}
    if subject is not None:
        begun, changed = collect(request, subject), ChangedPages()
        for purpose in to_remove(request):
            receipt = erasure.begin(subject, purpose, request)
            while not erasure.go_on(receipt, RENEWAL, changed.transaction):
                keep_place(request)
        # Turns that another worker took, before or meanwhile, have changed pages that are not known here.
        if begun and PrivacyRequest.objects.filter(pk=request.pk, lease_until=request.lease_until).exists():
            found = {"progress": erasure_scan.with_pages(request.progress, changed.numbers)}
    move(request, RequestStatus.EXECUTED, executed_at=timezone.now(), **removed(request), **found)


def subject_of(request: PrivacyRequest) -> Subject | None:
    """The person it is about; near the end of an erasure only the erasure's row still refers to them."""
    under_way = request.erasures.filter(subject__isnull=False).values_list("subject", flat=True)
    return Subject.objects.filter(Q(pk=request.subject_id) | Q(pk__in=under_way)).first()


def is_whole(request: PrivacyRequest) -> bool:
    """Whether all text is removed. If capture stays agreed to, no scan can tell text that may stay from text that may
    not.
    """
    return request.kind == Kind.ERASURE or Purpose.CAPTURE in request.purposes


def to_remove(request: PrivacyRequest) -> list[str | None]:
    """The purposes to erase; None for everything."""
    if request.kind == Kind.ERASURE:
        return [None]
    return [Purpose.CAPTURE] if is_whole(request) else list(request.purposes)


def collect(request: PrivacyRequest, subject: Subject) -> bool:
    """Store the fingerprints, once, before anything is removed. They are read while others write. Returns whether this
    call stored any.
    """
    request.refresh_from_db(fields=["scan"])
    if "applies" in request.scan:
        return False
    if not is_whole(request):
        move(request, request.state, scan={"applies": False})
        return False
    found = erasure_scan.collect(request, subject)
    kept = {"fingerprints": found.fingerprints, "for_audit": found.for_audit}
    move(request, request.state, scan={**found.counts, "applies": True}, progress={"person": found.person}, **kept)
    return True


def removed(request: PrivacyRequest) -> dict[str, Any]:
    """The counts of the request's erasures, and the releases that held the person's records."""
    counts: Counter[str] = Counter()
    releases: dict[str, None] = {}
    for made in request.erasures.order_by("executed_at"):
        counts.update(made.counts)
        releases |= dict.fromkeys(made.releases)
    return {"counts": dict(counts), "releases": list(releases)}


def scan(request: PrivacyRequest) -> None:
    """Remove the files, then check whether anything of the person is left anywhere."""
    if request.kind == Kind.ACCESS:
        move(request, RequestStatus.SCANNED)
        return
    erasure.settle()
    if request.erasures.filter(settled_at__isnull=True).exists():
        if trouble := disk_space.problem():
            raise DiskFull(f"the disk is full ({trouble})")
        raise Unfinished("released files are still to be replaced")
    if not engine.empty_log():
        raise Unfinished("a reader holds on to the write-ahead log")
    result = {**request.scan, "at": timezone.now().isoformat()}
    if request.scan.get("applies"):
        while not erasure_scan.look(request):
            keep_place(request)
        result |= erasure_scan.verdict(request)
    if not result.get("clean", True):
        again = erasure_scan.basis(request.progress)
        PrivacyRequest.objects.filter(pk=request.pk).update(scan=result, progress=again)
        raise Unfinished(f"text is left in {', '.join(sorted(result['hits']))}")
    # Nothing was searched for if the person was erased meanwhile, who had only withdrawn before.
    searched = request.fingerprints and result["scope"] == erasure_scan.EVERYTHING
    audited = {"for_audit": None} if searched or not request.for_audit else {}
    move(request, RequestStatus.SCANNED, scan=result, fingerprints=b"", progress={}, **audited)


def keep_place(request: PrivacyRequest) -> None:
    """Store how far the scan has come, and renew the lease.

    After a crash the next worker continues there; progress does not count as a failed try. Raises `Superseded` if
    another worker holds the request.
    """
    mine = PrivacyRequest.objects.filter(pk=request.pk, state=request.state)
    request.lease_until = LEASE.renew(mine, request.lease_until, progress=request.progress, tries=1)
    if request.lease_until is None:
        raise Superseded


def recall(request: PrivacyRequest) -> None:
    """Check that every release that held the person's records has been replaced, and that its users have been told."""
    told = [entry for module in erasure.holders() for entry in module.recalls(request.releases)]
    if len(told) < len(request.releases):
        raise Unfinished("a release has not been replaced yet")
    move(request, RequestStatus.RECALLED, recalls=told)


def close(request: PrivacyRequest) -> None:
    """Sign the receipt."""
    request.closed_at = timezone.now()
    move(request, RequestStatus.CLOSED, closed_at=request.closed_at, receipt=receipts.of_request(request))


STEPS: dict[str, Callable[[PrivacyRequest], None]] = {
    RequestStatus.VERIFIED: execute,
    RequestStatus.RESTRICTED: execute,
    RequestStatus.EXECUTED: scan,
    RequestStatus.SCANNED: recall,
    RequestStatus.RECALLED: close,
}
