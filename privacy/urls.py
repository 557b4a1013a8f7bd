"""The addresses of the person's own pages."""

from django.urls import path

from privacy.requests import views

urlpatterns = [
    path("<str:token>", views.page, name="privacy-page"),
    path("<str:token>/consents", views.consents, name="privacy-consents"),
    path("<str:token>/delete", views.delete, name="privacy-delete"),
    path("<str:token>/data.json", views.download, name="privacy-download"),
    path("<str:token>/data", views.readable, name="privacy-data"),
    path("<str:token>/receipt.json", views.receipt, name="privacy-receipt"),
]
