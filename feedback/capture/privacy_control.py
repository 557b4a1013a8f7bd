"""`Sec-GPC: 1` on feedback: its sender objects to training, whatever was agreed to before."""

from feedback.capture.payloads import FeedbackIn
from feedback.models import Project
from feedback.projects.tokens import Grant
from privacy.consent import ledger
from privacy.erasure import erasure
from privacy.models import Purpose, Subject
from privacy.subjects.lookup import find


def object_to_training(project: Project, payload: FeedbackIn, grant: Grant | None) -> None:
    """Note the objection of whose feedback this is, and take what was made for training out of use.

    Nobody is noted who is not known, or who does not agree to training anyhow: no line is added in vain.
    """
    subject = sender(project, payload, grant)
    if subject is None or subject.restricted_at:
        return
    if ledger.effective(subject, project.consent_defaults)[Purpose.TRAINING]:
        erasure.change_consent(subject, {Purpose.TRAINING.value: False}, method="gpc")


def sender(project: Project, payload: FeedbackIn, grant: Grant | None) -> Subject | None:
    """The person that a browser's token was made for, that the product names, or whose conversation it is."""
    if grant:
        return Subject.objects.filter(pk=grant.subject).first()
    if payload.subject:
        return find(project.namespace, payload.subject)
    return Subject.objects.filter(interactions__project=project, interactions__external_id=payload.interaction).first()
