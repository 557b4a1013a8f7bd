"""The second factor: asked for at sign-in, set up, replaced by backup codes, and confirmed before sensitive actions."""

import base64
import io
import secrets
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import segno
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django_otp import devices_for_user, login, match_token
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from flywheel_site.security import sign_ins
from privacy.console.reauthentication import confirm, is_confirmed

SESSION = timedelta(hours=12)
CODES = 10


class TokenForm(forms.Form):
    token = forms.CharField(
        max_length=16,
        label=_("Code"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
    )


class ConfirmForm(forms.Form):
    """Password and second factor, to confirm a user's identity."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    token = forms.CharField(
        max_length=16, label=_("Code"), required=False, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"})
    )


def is_due(request: HttpRequest) -> bool:
    """Whether this user has given a password but not yet the second factor."""
    user: Any = request.user
    if not (user.is_authenticated and user.is_active and user.is_staff):
        return False
    # django-otp's middleware has not seen a user who signed in during this request: the factor is still due.
    verified = hasattr(user, "is_verified") and user.is_verified()
    return not verified and bool(settings.REQUIRE_2FA or has_device(user))


def has_device(user: Any) -> bool:
    return any(True for _device in devices_for_user(user, confirmed=True))


def limit(request: HttpRequest) -> None:
    """End the session twelve hours from now, however busy it is."""
    request.session.set_expiry(timezone.now() + SESSION)


def address(request: HttpRequest, following: str = "") -> str:
    """The page of the second factor, which goes on to `following`, by default to what the request names."""
    name = "admin:second_factor" if has_device(request.user) else "admin:second_factor_enrol"
    following = following or request.POST.get("next") or request.GET.get("next") or ""
    return f"{reverse(name)}?{urlencode({'next': safe(request, following)})}"


def safe(request: HttpRequest, address: str) -> str:
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if address and ours else reverse("admin:index")


@never_cache
def verify_view(request: HttpRequest) -> HttpResponseBase:
    """Ask for the code. django-otp throttles guesses for each device."""
    user: Any = request.user
    if not (user.is_authenticated and user.is_staff):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if not has_device(user):
        return redirect(address(request))
    following = safe(request, request.GET.get("next", ""))
    if user.is_verified():
        return redirect(following)
    form = TokenForm(request.POST or None)
    if form.is_valid():
        device = match_token(user, form.cleaned_data["token"].replace(" ", ""))
        if device is not None:
            request.session.cycle_key()
            login(request, device)
            confirm(request)
            limit(request)
            return redirect(following)
        form.add_error("token", _("Wrong code, or one that has already been used."))
    return render(request, "admin/second_factor.html", {"form": form, "title": _("Second factor")})


@never_cache
def enrol_view(request: HttpRequest) -> HttpResponseBase:
    """Set up the second factor: a QR code, the key as text, and a first code to prove it."""
    user: Any = request.user
    if not (user.is_authenticated and user.is_staff):
        return redirect_to_login(request.get_full_path(), reverse("admin:login"))
    if has_device(user):
        return redirect(address(request) if not user.is_verified() else reverse("admin:index"))
    device = waiting_device(user)
    form = TokenForm(request.POST or None)
    if form.is_valid():
        if device.verify_token(form.cleaned_data["token"].replace(" ", "")):
            TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
            device.confirmed = True
            request.session.cycle_key()
            login(request, device)
            confirm(request)
            limit(request)
            return render_codes(request, safe(request, request.GET.get("next", "")))
        form.add_error("token", _("Wrong code. Check the phone's clock."))
    context = {
        "form": form,
        "title": _("Set up the second factor"),
        "qr": picture(device.config_url),
        "key": key_text(device),
    }
    return render(request, "admin/second_factor_enrol.html", context)


def waiting_device(user: Any) -> TOTPDevice:
    """The device that is being set up: one per user, however often the page is loaded."""
    device: TOTPDevice = TOTPDevice.objects.get_or_create(user=user, confirmed=False, defaults={"name": "phone"})[0]
    return device


def key_text(device: TOTPDevice) -> str:
    text = base64.b32encode(device.bin_key).decode().rstrip("=")
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def picture(text: str) -> str:
    """A QR code as an SVG path: drawn here, so that no key leaves the page."""
    code = segno.make(text, error="m")
    out = io.BytesIO()
    code.save(out, kind="svg", xmldecl=False, svgns=True, border=2, scale=4, dark="#000", light="#fff")
    return f"data:image/svg+xml;base64,{base64.b64encode(out.getvalue()).decode()}"


@never_cache
def codes_view(request: HttpRequest) -> HttpResponseBase:
    """New backup codes, after confirmation; the old ones stop working."""
    if request.method != "POST" or not has_device(request.user):
        return redirect("admin:index")
    if not is_confirmed(request):
        return redirect("admin:reauthenticate")
    return render_codes(request, reverse("admin:index"))


def render_codes(request: HttpRequest, following: str) -> HttpResponse:
    """Create backup codes, and show them this once."""
    context = {"codes": fresh_codes(request.user), "title": _("Your backup codes"), "next": following}
    return render(request, "admin/second_factor_codes.html", context)


def fresh_codes(user: Any) -> list[str]:
    codes = [f"{secrets.randbelow(10**10):010d}" for _number in range(CODES)]
    with transaction.atomic():
        StaticDevice.objects.filter(user=user).delete()
        device = StaticDevice.objects.create(user=user, name="backup codes", confirmed=True)
        StaticToken.objects.bulk_create(StaticToken(device=device, token=code) for code in codes)
    return codes


@never_cache
def reauthenticate_view(request: HttpRequest) -> HttpResponseBase:
    following = safe(request, request.GET.get("next", ""))
    if settings.OIDC_ISSUER and request.user.is_authenticated and not request.user.has_usable_password():
        return redirect(f"{reverse('admin:oidc_begin')}?{urlencode({'next': following, 'again': 1})}")
    form, device = ConfirmForm(request.POST or None), has_device(request.user)
    name = request.user.get_username()
    if form.is_valid() and not sign_ins.may_try(request, name):
        form.add_error(None, sign_ins.TOO_MANY)
    elif form.is_valid():
        user: Any = authenticate(request, username=name, password=form.cleaned_data["password"])
        is_signed_in_user = user is not None and user.pk == request.user.pk
        token = form.cleaned_data["token"].replace(" ", "")
        if is_signed_in_user and (not device or match_token(request.user, token) is not None):
            sign_ins.forgive(request, name)
            confirm(request)
            return redirect(following)
        form.add_error(None, _("Wrong password or code. A code works only once: wait for the next one."))
    context = {"form": form, "device": device, "title": _("Confirm your password")}
    return render(request, "admin/reauthenticate.html", context)
