"""`Sec-GPC: 1` on feedback: its sender objects to training, whatever they agreed to before."""

from feedback.capture.payloads import FeedbackIn
from feedback.models import Project
from feedback.projects.tokens import Grant
from privacy.consent import ledger
from privacy.erasure import erasure
from privacy.models import Purpose, Subject
from privacy.subjects.lookup import find


def object_to_training(project: Project, payload: FeedbackIn, grant: Grant | None) -> None:
    """Record the sender's objection, and withdraw what was made for training.

    Nothing is recorded for a person who is unknown, or who does not agree to training in the first place.
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
