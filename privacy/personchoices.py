"""What a person can do on their own page: set each consent, and have everything deleted."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation

from privacy import consent, erasure, pagetexts, requests
from privacy.links import Holder
from privacy.models import PrivacyRequest, Subject


@dataclass(frozen=True, slots=True)
class Switch:
    """A consent as the page shows it."""

    purpose: str
    label: str
    why: str
    off: str
    on: bool


def switches(subject: Subject | None, defaults: Mapping[str, bool]) -> list[Switch]:
    """Each consent, in words, and whether it holds now."""
    state = consent.effective(subject, defaults) if subject else consent.fold({}, defaults, timezone.now())
    return [
        Switch(purpose, str(label), str(why), str(off), state[purpose])
        for purpose, (label, why, off) in pagetexts.PURPOSES.items()
    ]


def choose(holder: Holder, token: str, wanted: Mapping[str, bool]) -> None:
    """Bring the ledger to `wanted`, noting the very words of the page. What is taken back becomes a request."""
    with transaction.atomic():
        subject = holder.known_subject()
        if subject.restricted_at:
            return
        state = {switch.purpose: switch.on for switch in switches(subject, holder.defaults)}
        granted = {purpose: True for purpose, on in wanted.items() if on and not state[purpose]}
        withdrawn = [purpose for purpose, on in wanted.items() if state[purpose] and not on]
        if granted and wanted["capture"]:  # the others mean nothing without it, and are not agreed to unseen
            words = "\n".join(f"{switch.label}: {switch.why}" for switch in switches(subject, holder.defaults))
            notice = consent.notice_for(words, translation.get_language() or "")
            erasure.change_consent(subject, granted, method="page", notice=notice)
        if withdrawn:
            kind = PrivacyRequest.Kind.WITHDRAWAL
            submit(holder, token, subject, kind, withdrawn)


def forget(holder: Holder, token: str) -> PrivacyRequest:
    """Begin the erasure: nothing of the person is shown from now on."""
    with transaction.atomic():
        return submit(holder, token, holder.known_subject(), PrivacyRequest.Kind.ERASURE)


def is_spent(token: str) -> bool:
    """Whether this link has had everything deleted: it vouches for one erasure, and not for another one later, when the
    person may have come back and the link may be in other hands."""
    done = PrivacyRequest.objects.filter(link=requests.link_digest(token), kind=PrivacyRequest.Kind.ERASURE)
    return done.filter(state=PrivacyRequest.State.CLOSED).exists()


def submit(
    holder: Holder, token: str, subject: Subject, kind: str, purposes: list[str] | None = None
) -> PrivacyRequest:
    """A request that the holder of a link makes."""
    return requests.submit_for(
        subject, kind, purposes=purposes or (), link=token,
        namespace=holder.namespace, origin=holder.origin, verified_by="link",
    )  # fmt: skip


def requests_of(subject: Subject | None, token: str) -> list[PrivacyRequest]:
    """The requests of this person, and those made through this very link, newest first."""
    mine = Q(link=requests.link_digest(token))
    if subject is not None:
        mine |= Q(subject=subject)
    return list(PrivacyRequest.objects.filter(mine).order_by("-received_at")[:20])
