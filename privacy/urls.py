"""The addresses of the person's own page."""

from django.urls import path

from privacy.requests import page

urlpatterns = [
    path("<str:token>", page.page, name="privacy-page"),
    path("<str:token>/consents", page.consents, name="privacy-consents"),
    path("<str:token>/delete", page.delete, name="privacy-delete"),
    path("<str:token>/data.json", page.download, name="privacy-download"),
    path("<str:token>/data", page.readable, name="privacy-data"),
    path("<str:token>/receipt.json", page.receipt, name="privacy-receipt"),
]
