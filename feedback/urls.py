"""The capture API's addresses. `interactions` is in `curation.urls`, since its view also reads decisions."""

from django.urls import path

from feedback.api import consent_views, privacy_views, views

urlpatterns = [
    path("consent", consent_views.ConsentView.as_view(), name="consent"),
    path("consent/lookup", consent_views.ConsentLookupView.as_view(), name="consent-lookup"),
    path("privacy/requests", privacy_views.PrivacyRequestsView.as_view(), name="privacy-requests"),
    path("privacy/requests/<str:key>", privacy_views.PrivacyRequestView.as_view(), name="privacy-request"),
    path("privacy/link", privacy_views.PrivacyLinkView.as_view(), name="privacy-link"),
    path("batch", views.BatchView.as_view(), name="batch"),
    path("feedback", views.FeedbackView.as_view(), name="feedback"),
    path("feedback/<str:external_id>", views.FeedbackItemView.as_view(), name="feedback-item"),
]
