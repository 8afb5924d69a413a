"""Ways to sign in, on django-allauth: password, company account (OIDC), second factor; and never a sign-up.

Named in the settings. People are made by an administrator (`services.create_person`); a company account opens the door
of the person with the same, verified e-mail address, and of nobody else.
"""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from allauth.account.utils import perform_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from regulars.organization.models import Person


class StaffOnly(DefaultAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Accounts: for staff, whom an administrator adds."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002  # allauth's signature  # allauth's signature
        return False


class KnownStaffOnly(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth is untyped
    """Company accounts: only those whose verified e-mail address is a person of ours."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002  # so is this
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        """Send strangers back to the sign-in page; the sentence does not tell whether the address is known."""
        person = sociallogin.user if sociallogin.is_existing else None
        if not isinstance(person, Person) or not person.is_active:
            messages.error(
                request, _("This company account opens no door here. Ask an administrator to add you with its e-mail.")
            )
            raise ImmediateHttpResponse(HttpResponseRedirect(reverse("account_login")))

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        """Trust an e-mail only where the provider says that it has checked it."""
        return any(address.verified and address.email.lower() == email.lower() for address in login.email_addresses)


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth is untyped
    """E-mail and password, in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in (("login", _("E-mail")), ("password", _("Password"))):
            self.fields[name].label = label
            self.fields[name].help_text = ""
            self.fields[name].widget.attrs.pop("placeholder", None)


def sign_in(request: HttpRequest, person: Person, *, redirect_url: str = "/") -> HttpResponse:
    """Sign `person` in after a one-time link: a new session, and the second factor first where the person has one."""
    response: HttpResponse = perform_login(request, person, email_verification="none", redirect_url=redirect_url)
    return response
