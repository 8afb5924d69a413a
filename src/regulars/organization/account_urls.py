"""The few addresses of django-allauth that Regulars uses, under the names by which allauth finds them.

Sign-up, changing one's e-mail address and password resets by mail are left out on purpose: people are added by an
administrator, and the address decides which company account opens the door.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.socialaccount import views as social
from django.urls import include, path
from django.views.generic import RedirectView

from regulars.organization.sign_in import SignInForm

SIGN_IN = account.LoginView.as_view(template_name="organization/sign_in.html", form_class=SignInForm)

urlpatterns = [
    path("sign-in/", SIGN_IN, name="account_login"),
    path("sign-out/", account.logout, name="account_logout"),
    path("sign-in/new/", RedirectView.as_view(pattern_name="account_login"), name="account_signup"),
    path("sign-in/inactive/", account.account_inactive, name="account_inactive"),
    path("sign-in/refused/", social.login_error, name="socialaccount_login_error"),
    path("sign-in/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("sign-in/second-factor/", mfa.authenticate, name="mfa_authenticate"),
    path("account/confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("account/password/change/", account.password_change, name="account_change_password"),
    path("account/password/", account.password_set, name="account_set_password"),
    path("account/confirm/code/", mfa.reauthenticate, name="mfa_reauthenticate"),
    path("account/two-factor/", mfa.index, name="mfa_index"),
    path("account/two-factor/app/", include("allauth.mfa.totp.urls")),
    path("account/two-factor/keys/", include("allauth.mfa.webauthn.urls")),
    path("account/two-factor/recovery/", include("allauth.mfa.recovery_codes.urls")),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
]
