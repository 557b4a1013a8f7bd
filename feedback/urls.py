"""The capture API's addresses. `interactions` itself is in `curation.urls`, whose view also reads decisions."""

from django.urls import path

from feedback import consentviews, privacyviews, views

urlpatterns = [
    path("consent", consentviews.ConsentView.as_view(), name="consent"),
    path("consent/lookup", consentviews.ConsentLookupView.as_view(), name="consent-lookup"),
    path("privacy/requests", privacyviews.PrivacyRequestsView.as_view(), name="privacy-requests"),
    path("privacy/requests/<str:key>", privacyviews.PrivacyRequestView.as_view(), name="privacy-request"),
    path("privacy/link", privacyviews.PrivacyLinkView.as_view(), name="privacy-link"),
    path("batch", views.BatchView.as_view(), name="batch"),
    path("feedback", views.FeedbackView.as_view(), name="feedback"),
    path("feedback/<str:external_id>", views.FeedbackItemView.as_view(), name="feedback-item"),
]
