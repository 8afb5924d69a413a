"""All settings of an installation, read from the environment (`.env.example`) and the home folder.

Whatever is unset has a safe value for one machine; nothing here is a secret, and there is no default password.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF

from regulars.core import embedded_postgres, env, heartbeat, logs
from regulars.core.home_folder import chosen_home

PACKAGE = Path(__file__).resolve().parent.parent

# Home folder, keys
REGULARS_HOME = chosen_home()
SECRET_KEY = env.text("REGULARS_SECRET_KEY") or REGULARS_HOME.secret("secret.key").hex()
REGULARS_MASTER_KEY = env.text("REGULARS_MASTER_KEY") or REGULARS_HOME.secret("master.key").hex()

# Where people and machines reach us
PUBLIC_URL = env.text("REGULARS_URL", "http://127.0.0.1:8000").rstrip("/")
DEBUG = False
ALLOWED_HOSTS = env.words("REGULARS_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
ROOT_URLCONF = "regulars.config.urls"
WSGI_APPLICATION = "regulars.config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "csp",
    "procrastinate.contrib.django",
    "regulars.core",
    "regulars.criteria",
    "regulars.ui",
    "regulars.organization",
    "regulars.catalog",
    "regulars.customers",
    "regulars.sales",
    "regulars.loyalty.wallet",
    "regulars.loyalty.cards",
    "regulars.loyalty.program",
    "regulars.loyalty.offers",
    "regulars.loyalty.checkout",
    "regulars.insight",
    "regulars.gateway",
    "regulars.home",
    "regulars.operations",
    "regulars.demo",
    "regulars.config",
    # behind our rooms, whose templates go before theirs
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "regulars.core.requests.RequestLog",
    "regulars.gateway.api.requests.ApiProblems",
    "regulars.gateway.till.requests.TillDoor",
    "csp.middleware.CSPMiddleware",
    "regulars.ui.requests.DatabaseAway",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "regulars.organization.requests.CompanyTime",
    "regulars.organization.requests.Viewer",
    "regulars.ui.requests.Refusals",
]

_COTTON_LOADERS = [
    (
        "django.template.loaders.cached.Loader",
        [
            "django_cotton.cotton_loader.Loader",
            "django.template.loaders.filesystem.Loader",
            "django.template.loaders.app_directories.Loader",
        ],
    )
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": _COTTON_LOADERS,
            "builtins": [
                "django_cotton.templatetags.cotton",
                "django.templatetags.i18n",
                "django.templatetags.static",
                "regulars.ui.templatetags.icons",
                "regulars.ui.templatetags.ui",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "regulars.ui.context.frame",
            ],
        },
    }
]

FORM_RENDERER = "regulars.ui.forms.FieldRenderer"
COTTON_ISOLATE_BY_DEFAULT = True  # a component sees what it is given, not whatever the page happens to hold

# Database: the embedded one unless DATABASE_URL names another. Web and worker run as a role that owns no table;
# `regulars migrate` uses DATABASE_OWNER_URL.
DATABASE_URL = env.text("DATABASE_URL") or embedded_postgres.url(REGULARS_HOME.postgres)
DATABASE_OWNER_URL = (
    env.text("DATABASE_OWNER_URL")
    or env.text("DATABASE_URL")
    or embedded_postgres.url(REGULARS_HOME.postgres, embedded_postgres.OWNER)
)
DATABASES: dict[str, dict[str, Any]] = {"default": env.postgres(DATABASE_URL)}
DATABASES["default"] |= {
    "CONN_HEALTH_CHECKS": True,
    "CONN_MAX_AGE": 0,
}
DATABASES["default"]["OPTIONS"] |= {
    "pool": {
        "min_size": 1,
        "max_size": env.integer("REGULARS_POOL_SIZE", 8),
        "timeout": 6,  # longer than the heartbeat needs, shorter than a till has patience
        "reconnect_timeout": 2,  # then whoever comes next tries; a longer row of attempts would outlast the outage
        "connection_class": heartbeat.Session,
    },
    "application_name": "regulars",
    "connect_timeout": 5,
}
ALLOW_NO_CHECKSUMS = env.flag("REGULARS_ALLOW_NO_CHECKSUMS", default=False)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Jobs

# People
AUTH_USER_MODEL = "organization.Person"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/sign-in/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
# Guesses are counted by address: behind a proxy, by the one that the proxy names.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.flag("REGULARS_BEHIND_PROXY", default=False) else 0
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}},
}
ACCOUNT_SESSION_REMEMBER = True  # until SESSION_COOKIE_AGE; nobody is asked
ACCOUNT_ADAPTER = "regulars.organization.sign_in.StaffOnly"
SOCIALACCOUNT_ADAPTER = "regulars.organization.sign_in.KnownStaffOnly"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_LOGIN_ON_GET = False
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = False
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if env.text("REGULARS_OIDC_ISSUER"):
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "company",
                "name": env.text("REGULARS_OIDC_NAME", "Company account"),
                "client_id": env.text("REGULARS_OIDC_CLIENT_ID"),
                "secret": env.text("REGULARS_OIDC_CLIENT_SECRET"),
                "settings": {"server_url": env.text("REGULARS_OIDC_ISSUER")},
            }
        ],
    }

# The browser
_HTTPS = PUBLIC_URL.startswith("https://")
SECURE_SSL_REDIRECT = False  # a proxy in front ends TLS; it redirects
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.flag("REGULARS_BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = 31_536_000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        # the sign-in button leads on to the company's own sign-in page, and browsers hold redirects to this too
        "form-action": [SELF, *env.words("REGULARS_OIDC_ISSUER")],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]

# Static files
STATIC_URL = "/static/"
STATIC_ROOT = REGULARS_HOME.root / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": REGULARS_HOME.files}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = False
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "regulars.ui.assets.GeneratedFinder",
]

# Language and time: instants are UTC; a store's zone decides its business date
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [REGULARS_HOME.root / "locale"]  # compiled at start from the rooms' catalogs
USE_I18N = True
USE_THOUSAND_SEPARATOR = False  # a key in an address is no figure; figures are written by the filters of ui
USE_TZ = True
TIME_ZONE = "UTC"

# The lake and its engine (D6, D7)
LAKE_URL = env.text("REGULARS_LAKE") or str(REGULARS_HOME.lake)
LAKE_OPTIONS: dict[str, str] = json.loads(env.text("REGULARS_LAKE_OPTIONS", "{}"))
ENGINE = env.text("REGULARS_ENGINE", "duckdb")
DUCKDB_MEMORY = env.text("REGULARS_DUCKDB_MEMORY", "2GB")
DUCKDB_THREADS = env.integer("REGULARS_DUCKDB_THREADS", 0)

# Monitoring: a scraper on another machine sends this token; on this one it needs none
METRICS_TOKEN = env.text("REGULARS_METRICS_TOKEN")

# Limits
IMPORT_FILE_BYTES_MAX = env.integer("REGULARS_IMPORT_BYTES_MAX", 4 * 2**30)
API_CALLS_PER_MINUTE = env.integer("REGULARS_API_CALLS_PER_MINUTE", 6_000)
EXPORT_ROWS_WITHOUT_APPROVAL = env.integer("REGULARS_EXPORT_ROWS", 1_000)

# Logs: one JSON object a line, without personal data; into a file where a person watches the terminal (`serve`)
LOGGING = logs.configuration(file=env.text("REGULARS_LOG_FILE"), level=env.text("REGULARS_LOG_LEVEL", "INFO"))
SILENCED_SYSTEM_CHECKS = [
    "security.W004",  # HSTS, and
    "security.W008",  # the redirect to TLS, belong to the proxy of an installation that has TLS
    "security.W012",  # cookies are marked Secure as soon as REGULARS_URL says https
    "security.W016",
]
