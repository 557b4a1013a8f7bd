"""Every setting, read from the environment once. The defaults suit a laptop: SQLite, and files under `var/`.

`docs/reference/settings.md` lists the variables; nothing else in Flywheel reads the environment.
"""

import re
from pathlib import Path
from typing import Any

from flywheel_site.ops.environment import Environment, given_or_kept, kept_secret, settled

BASE_DIR = Path(__file__).resolve().parent.parent
env = Environment()

VAR = Path(env.str("FLYWHEEL_VAR", default=str(BASE_DIR / "var"))).absolute()
RELEASES = VAR / "releases"
RELEASES_S3 = env.str(
    "RELEASES_S3", default=""
)  # s3://bucket/prefix, for a copy of the releases: curation/releases/copies.py
for folder in (VAR, RELEASES, VAR / "broker", VAR / "log", VAR / "static"):
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


SECRET_KEY = env.str("SECRET_KEY", default="") or kept_secret(VAR / "secret_key")
# The key for pseudonyms, tokens and fingerprints; it outlives SECRET_KEY. If it is lost, no subject can be found again.
MASTER_KEY, MASTER_KEY_MADE = given_or_kept(env.str("FLYWHEEL_MASTER_KEY", default=""), VAR / "flywheel_master_key")

DEBUG = False
DEMO = env.bool("FLYWHEEL_DEMO", default=False)  # opens /demo/widget, which shows the sample's text
HTTPS = env.bool("HTTPS", default=False)
ALLOWED_HOSTS = env.hosts("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
# With a path (https://example.org/flywheel) every address has it, whether or not the proxy removes it:
# flywheel_site/wsgi.py
PORT = env.int("PORT", default=8000, most=65535)
ORIGIN, SUB_PATH = env.public_url("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}")
PUBLIC_URL = ORIGIN + SUB_PATH
FORCE_SCRIPT_NAME = SUB_PATH or None
CSRF_TRUSTED_ORIGINS = [ORIGIN]
globals().update(env.email("EMAIL_URL"))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="flywheel@localhost")
# Who may read /metrics: flywheel_site/ops/metrics/views.py. How old the last backup may be; 0 if backups are made in
# another way.
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")
METRICS_NETWORKS = env.networks("METRICS_NETWORKS", default="127.0.0.0/8,::1")
BACKUP_HOURS = env.int("BACKUP_HOURS", default=26, least=0)
# The proxies whose X-Forwarded-For is trusted: privacy/api/client_address.py
TRUSTED_PROXIES = env.networks("TRUSTED_PROXIES")

INSTALLED_APPS = [
    "flywheel_site.apps.FlywheelAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "rest_framework",
    "drf_spectacular",
    "privacy",
    "feedback",
    "curation",
    "flywheel_site.apps.FlywheelSiteConfig",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "flywheel_site.http.middleware.RequestIdMiddleware",
    "flywheel_site.ops.metrics.traffic.TrafficMiddleware",
    "flywheel_site.http.middleware.ContentSecurityPolicyMiddleware",
    "flywheel_site.http.middleware.UnreadableMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "feedback.api.cors.CorsMiddleware",
    "flywheel_site.http.pages_only.Sessions",
    "flywheel_site.http.pages_only.Languages",
    "flywheel_site.http.middleware.HostMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "flywheel_site.http.pages_only.SignedIn",
    "flywheel_site.http.pages_only.SecondFactor",
    "flywheel_site.http.pages_only.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "flywheel_site.http.invalid_rules.InvalidRulesMiddleware",
]
ROOT_URLCONF = "flywheel_site.urls"
WSGI_APPLICATION = "flywheel_site.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "flywheel_site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

DATABASE = env.db_url("DATABASE_URL", default=f"sqlite:///{VAR / 'flywheel.sqlite3'}")
DATABASES = {"default": settled(DATABASE, pool=env.int("DATABASE_POOL", default=8))}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.url("REDIS_URL", schemes=("redis", "rediss"))
# One process counts rate limits in memory; several need a shared cache. The local one stands in while Redis is away, so
# capture never waits. Sign-in names have their own. A full cache takes 36 MB; a smaller one would drop counters that
# are still needed.
NEAR_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 100_000}}
REDIS_CACHE = {
    "BACKEND": "feedback.api.throttling.RateCache",
    "LOCATION": REDIS_URL,
    "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
}
CACHES: dict[str, dict[str, Any]] = {
    "default": REDIS_CACHE if REDIS_URL else NEAR_CACHE,
    "near": NEAR_CACHE,
    "names": {**NEAR_CACHE, "LOCATION": "names"},
}

# The rest of Celery's settings is in flywheel_site/celeryconfig.py.
REWRITE_HOUR = env.int(
    "REWRITE_HOUR", default=3, least=0, most=23
)  # UTC; when PostgreSQL rewrites the tables that erasures touched

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["feedback.api.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["privacy.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["flywheel_site.http.errors.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "flywheel_site.http.errors.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Flywheel",
    "VERSION": "1",
    "DESCRIPTION": "Capture what a deployed agent's users say about its answers; read decisions, releases and verdicts.",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVERS": [{"url": SUB_PATH}] if SUB_PATH else [],
    "SERVE_PUBLIC": True,
    "SERVE_INCLUDE_SCHEMA": False,
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": ["privacy.api.openapi.add_components"],
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": [],
}

# The modules that hold personal data, leaf first, for erasure, access and retention (privacy/erasure/erasure.py).
PERSONAL_DATA = ["curation.personal_data", "feedback.personal_data", "privacy.personal_data"]

# How long a request may take under either law, how long its evidence is kept, how long a person's link works.
PRIVACY_DAYS = {"gdpr": env.int("PRIVACY_DAYS_GDPR", default=30), "ccpa": env.int("PRIVACY_DAYS_CCPA", default=45)}
PRIVACY_LOG_DAYS = env.int("PRIVACY_LOG_DAYS", default=1095)
PRIVACY_LINK_HOURS = env.int("PRIVACY_LINK_HOURS", default=24)
RECALL_DAYS = env.int("RECALL_DAYS", default=14)  # days after which an unacknowledged recall is overdue
WEBHOOKS_TO_PRIVATE = env.bool(
    "WEBHOOKS_TO_PRIVATE", default=False
)  # lets webhooks go to http addresses and private networks

# A name model (spacy:NAME, presidio:LANGUAGE, gliner:NAME) as a second pass over redacted text, or any redactor by its
# dotted path: (Redacted, Policy, Numbering) -> Redacted. docs/explanation/redaction.md
SECOND_REDACTOR = env.str("SECOND_REDACTOR", default="")
# Graders that ask a model, if a project's gate policy uses them: docs/how-to/grade-with-a-model.md. Prices are per
# million tokens.
JUDGE_URL, JUDGE_MODEL, JUDGE_KEY = env.url("JUDGE_URL"), env.str("JUDGE_MODEL", ""), env.str("JUDGE_KEY", "")
JUDGE_VOTES, JUDGE_TIMEOUT = env.int("JUDGE_VOTES", default=3), env.float("JUDGE_TIMEOUT", default=30.0, least=0.1)
JUDGE_PRICE_IN, JUDGE_PRICE_OUT = env.float("JUDGE_PRICE_IN", default=0.0), env.float("JUDGE_PRICE_OUT", default=0.0)
JUDGE_SECONDS = env.float("JUDGE_SECONDS", default=60.0, least=0.1)  # that a POST /gate-runs may ask models
EMBEDDING_URL, EMBEDDING_MODEL = env.url("EMBEDDING_URL"), env.str("EMBEDDING_MODEL", "")
EMBEDDING_KEY = env.str("EMBEDDING_KEY", "")
BODY_LIMIT = env.int("BODY_LIMIT", default=1_048_576)
BATCH_BODY_LIMIT = env.int("BATCH_BODY_LIMIT", default=8 * 1_048_576)
TOKEN_BODY_LIMIT = env.int("TOKEN_BODY_LIMIT", default=32_768)
BODY_SECONDS = env.float("BODY_SECONDS", default=30.0, least=0.1)  # within which a body must arrive
WEB_THREADS = env.int(
    "GRANIAN_BLOCKING_THREADS", default=12
)  # threads that answer, in each web process: flywheel_site/rsgi.py
DATA_UPLOAD_MAX_MEMORY_SIZE = max(BODY_LIMIT, BATCH_BODY_LIMIT)
FEEDBACK_TOKEN_KEYS = env.list("FEEDBACK_TOKEN_KEYS", default=["1"]) or [
    "1"
]  # the first one signs, all of them verify: feedback/projects/tokens.py
KEY_RATE = env.rate("KEY_RATE", default="120000/min")
ADDRESS_RATE = env.rate("ADDRESS_RATE", default="600/min")

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"  # used when `next` leads to another site
# Sign-in by OpenID Connect, if there is an issuer: docs/how-to/sign-in-with-openid-connect.md
OIDC_ISSUER, OIDC_LABEL = env.url("OIDC_ISSUER"), env.str("OIDC_LABEL", "Sign in with single sign-on")
OIDC_CLIENT_ID, OIDC_CLIENT_SECRET = env.str("OIDC_CLIENT_ID", ""), env.str("OIDC_CLIENT_SECRET", "")
OIDC_ROLES, OIDC_ROLES_CLAIM = env.list("OIDC_ROLES", default=[]), env.str("OIDC_ROLES_CLAIM", "groups")
OIDC_SCOPES = env.str("OIDC_SCOPES", "openid profile")
AUTHENTICATION_BACKENDS = ["django.contrib.auth.backends.ModelBackend"]
if OIDC_ISSUER:
    AUTHENTICATION_BACKENDS.append("flywheel_site.security.single_sign_on_views.Backend")
REQUIRE_2FA = env.bool("REQUIRE_2FA", default=not DEMO)  # the console asks for a second factor; the demo does not
OTP_TOTP_ISSUER = "Flywheel"
OTP_ADMIN_HIDE_SENSITIVE_DATA = True
SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = LANGUAGE_COOKIE_PATH = f"{SUB_PATH}/"
SECURE_REDIRECT_EXEMPT = [rf"^(?:{re.escape(SUB_PATH[1:])}/)?(?:healthz|readyz|metrics)$"]
SECURE_REFERRER_POLICY, X_FRAME_OPTIONS = "same-origin", "DENY"

# Languages of a person's own page: each has a file under privacy/locale. The console is in English.
LANGUAGES = [
    *(("en", "English"), ("de", "Deutsch"), ("es", "Español"), ("fr", "Français"), ("it", "Italiano")),
    *(("nl", "Nederlands"), ("pl", "Polski"), ("pt", "Português")),
]
LANGUAGE_CODE, TIME_ZONE = "en", "UTC"
USE_I18N = USE_TZ = True
FORMAT_MODULE_PATH = "flywheel_site.formats"
STATIC_URL = f"{SUB_PATH}/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

LOG_FORMAT = env.choice("LOG_FORMAT", default="line", among=("line", "json"))
LOG_FILTERS = ["RequestIdFilter", "LinkFilter"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {name: {"()": f"flywheel_site.http.middleware.{name}"} for name in LOG_FILTERS},
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"},
        "json": {"()": "flywheel_site.ops.json_lines.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": LOG_FILTERS}},
    "root": {"handlers": ["stderr"], "level": env.level("LOG_LEVEL", default="WARNING")},
}
