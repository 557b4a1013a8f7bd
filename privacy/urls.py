"""The addresses of the person's own page."""

from django.urls import path

from privacy import pageviews

urlpatterns = [
    path("<str:token>", pageviews.page, name="privacy-page"),
    path("<str:token>/consents", pageviews.consents, name="privacy-consents"),
    path("<str:token>/delete", pageviews.delete, name="privacy-delete"),
    path("<str:token>/data.json", pageviews.download, name="privacy-download"),
    path("<str:token>/data", pageviews.readable, name="privacy-data"),
    path("<str:token>/receipt.json", pageviews.receipt, name="privacy-receipt"),
]
