"""The console's five roles, as Django groups. A user can have several; project membership is separate. The
migration makes the groups from this list; later changes to a group are kept.
"""

LOOK = ("feedback.view_project", "feedback.view_interaction", "feedback.view_signal")
ROLES: dict[str, tuple[str, ...]] = {
    "reviewer": (
        *LOOK, "curation.view_reviewtask", "curation.change_reviewtask", "curation.view_decision",
        "curation.view_evalcase",
    ),
    "curator": (
        *LOOK, "curation.view_reviewtask", "curation.change_reviewtask", "curation.view_decision",
        "curation.adjudicate_reviewtask", "curation.view_reviewevent",
        "curation.view_evalcase", "curation.change_evalcase", "curation.view_example", "curation.view_preferencepair",
        "curation.view_question", "curation.change_question", "curation.view_curationpolicy", "curation.add_curationpolicy", "curation.view_run", "curation.add_run",
        "curation.view_dataset", "curation.change_dataset", "curation.view_release", "curation.add_release",
        "curation.export_release", "curation.view_releasemember", "curation.view_recall", "curation.view_agentversion",
        "curation.change_agentversion", "curation.view_gaterun", "curation.view_gateresult", "curation.view_casegrader",
    ),
    "privacy officer": (
        "feedback.view_project", "privacy.view_subject", "privacy.view_consententry", "privacy.view_notice",
        "privacy.view_privacyrequest", "privacy.add_privacyrequest", "privacy.change_privacyrequest",
        "privacy.view_erasure", "privacy.view_redactionpolicy", "privacy.change_redactionpolicy",
        "privacy.view_webhook", "privacy.add_webhook", "privacy.delete_webhook", "privacy.view_delivery",
        "curation.view_dataset", "curation.view_release", "curation.view_recall",
    ),
    "integrator": (
        *LOOK, "feedback.view_apikey", "feedback.add_apikey", "feedback.change_apikey", "feedback.delete_apikey",
        "feedback.view_parkedsignal", "feedback.view_outcome", "feedback.view_tracereport", "privacy.view_redactionpolicy", "curation.view_dataset",
        "curation.view_release", "curation.view_agentversion", "curation.view_gaterun",
    ),
    "operator": (
        "feedback.view_project", "feedback.change_project", "feedback.view_projectmember", "feedback.add_projectmember",
        "feedback.change_projectmember", "feedback.delete_projectmember", "feedback.view_apikey", "feedback.delete_apikey",
        "feedback.view_parkedsignal", "feedback.view_outcome", "feedback.view_tracereport", "curation.view_curationpolicy", "curation.view_run",
        "curation.add_run", "curation.view_dataset", "curation.change_dataset", "curation.view_release",
        "curation.add_release", "curation.view_recall", "curation.view_agentversion", "curation.view_gaterun",
        "curation.view_reviewevent", "privacy.view_privacyrequest", "privacy.view_erasure", "privacy.view_redactionpolicy", "privacy.view_webhook",
        "privacy.view_delivery",
    ),
}  # fmt: skip
# What each role does, in an invitation's words.
DUTIES = {
    "reviewer": "reviews answers",
    "curator": "settles disputes, sets the policy, cuts releases, decides on agent versions",
    "privacy officer": "answers privacy requests and keeps the redaction rules",
    "integrator": "connects agents: makes keys, watches incoming data",
    "operator": "runs Flywheel: project settings, members, scheduled work",
}
