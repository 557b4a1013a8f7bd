"""The capture API's addresses. `interactions` itself is in `curation.urls`, whose view also reads decisions."""

from django.urls import path

from feedback import views

urlpatterns = [
    path("feedback", views.FeedbackView.as_view(), name="feedback"),
    path("feedback/<str:external_id>", views.FeedbackItemView.as_view(), name="feedback-item"),
]
