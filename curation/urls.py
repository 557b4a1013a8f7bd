"""The reading API's addresses, and `interactions`, whose POST is feedback's."""

from django.urls import path

from curation.api import gate_views, views

urlpatterns = [
    path("interactions", views.InteractionListView.as_view(), name="interactions"),
    path("interactions/<str:external_id>", views.InteractionView.as_view(), name="interaction"),
    path("datasets/<str:name>/releases", views.ReleaseListView.as_view(), name="releases"),
    path("datasets/<str:name>/releases/latest", views.LatestReleaseView.as_view(), name="release-latest"),
    path("datasets/<str:name>/latest", views.DatasetLatestView.as_view(), name="dataset-latest"),
    path("datasets/<str:name>/recalls", views.RecallListView.as_view(), name="recalls"),
    path("datasets/<str:name>/recalls/<str:key>/ack", views.RecallAckView.as_view(), name="recall-ack"),
    path("releases/<str:key>", views.ReleaseView.as_view(), name="release"),
    path("releases/<str:key>/files/<str:name>", views.ReleaseFileView.as_view(), name="release-file"),
    path("gate-runs", gate_views.GateRunListView.as_view(), name="gate-runs"),
    path("gate-runs/<str:key>", gate_views.GateRunView.as_view(), name="gate-run"),
    path("agent-versions", gate_views.AgentVersionListView.as_view(), name="agent-versions"),
    path("agent-versions/<str:key>", gate_views.AgentVersionView.as_view(), name="agent-version"),
    path(
        "agent-versions/<str:key>/decision",
        gate_views.AgentVersionDecisionView.as_view(),
        name="agent-version-decision",
    ),
]
