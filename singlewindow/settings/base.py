"""Settings, in named sections. What may differ between machines comes from env.py."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from singlewindow.settings.env import (
    NO_BROKER,
    NO_DATABASE,
    PROJECT_ROOT,
    Component,
    database_from_url,
    document_storage,
    embedded_addresses,
    environment,
    secret_key_for,
)

ENV = environment()
_EMBEDDED = embedded_addresses(ENV.home)

# ---------------------------------------------------------------------------------------------
# This project
# ---------------------------------------------------------------------------------------------
BASE_DIR: Path = PROJECT_ROOT
CSW_HOME: Path = ENV.home
CSW_SHARED: Path = ENV.shared
CSW_DEMO: bool = ENV.demo
COUNTRY_NAME = _("Republic of Kivana")
VERSION = "0.1.0"
DATABASE_URL: str = ENV.database_url or (_EMBEDDED.database_url if _EMBEDDED else NO_DATABASE)
REDIS_URL: str = ENV.redis_url or (_EMBEDDED.redis_url if _EMBEDDED else NO_BROKER)

# Which Celery tasks, by name, react to which event. An app never learns who listens; a system check resolves
# every entry.
REACTIONS: dict[str, list[str]] = {
    "DeclarationLodged": ["clearance.decide"],
    "GuaranteeGrew": ["clearance.money"],
    "GuaranteeDue": ["guarantees.due"],
    "GuaranteeEnded": ["fees.deposit_back"],
    "DeclarationExpiryDue": ["declarations.tasks.expire"],
    "GoodsPresented": ["clearance.decide"],
    "ManifestFiled": ["cargo.link", "clearance.manifest_told"],
    "EventCaptured": ["clearance.event_told"],
    "DifferenceAsked": ["clearance.match"],
    "WarningDue": ["clearance.warning_due"],
    "CargoRoomChanged": ["cargo.room"],
    "CargoCovered": ["clearance.decide"],
    "CargoArrived": ["declarations.arrived"],
    "CargoDeparted": ["declarations.departed"],
    "ArrivalAwaited": ["declarations.present"],
    "GoodsLeft": ["declarations.leave"],
    "DeclarationReleased": [],
    "DeclarationEnded": ["clearance.close"],
    "HoldDecided": ["clearance.decide"],
    "PermitExpiryDue": ["agencies.tasks.expire"],
    "LpcoClockDue": ["agencies.clock"],
    "LpcoAnswerDue": ["agencies.lapse"],
    "CertificateArrived": ["agencies.certificate"],
    "DisclaimerFalse": ["risk.disclaimer"],
    "EntrySummaryLodged": ["ens.assess"],
    "EntrySummaryDue": ["ens.end"],
    "UploadExpiryDue": ["documents.expire"],
    "AccountCredited": ["clearance.money", "payments.resume"],
    "ProviderTold": ["payments.apply"],
    "BasketExpiryDue": ["payments.expire"],
    "CallbackSimulated": ["payments.simulate"],
    "ChargeDue": ["fees.bill"],
    "ChargeGone": ["fees.unbill"],
    "StatementCloseDue": ["revenue.close"],
    "StatementDue": ["revenue.due"],
    "DeferredDebtChanged": ["revenue.correct"],
    "DebtsFinal": ["clearance.debts_final", "clearance.dispute_final"],
    "DemandPaid": ["revenue.demand_paid", "penalties.paid", "agencies.fee_paid"],
    "AssessmentAwaited": ["fees.assess_again"],
    "ChargeCommentsEnd": ["fees.comments_end"],
    "FundsReminderDue": ["fees.remind"],
    "DebtAssessed": ["clearance.decide"],
    "QuotaDayEnded": ["quotas.allocate"],
    "QuotaTurns": ["quotas.turn"],
    "QuotaAllocated": ["clearance.quota_settle"],
    "MoneyAvailable": ["clearance.decide"],
    "QueryDeadline": ["clearance.lapse"],
    "ClearanceDeadline": ["clearance.clock"],
    "SupplementaryDeadline": ["clearance.two_step"],
    "BulkPartReceived": ["lowvalue.file_part"],
    "SimulationAsked": ["risk.simulate"],
    "ScreeningListLive": ["clearance.rescreen"],
    "ListsToScreen": ["clearance.rescreen"],
    "ScreeningMet": ["clearance.rescore"],
    "ProfileEndNear": ["risk.profile_warn"],
    "ScreeningMatchDecided": ["clearance.rematch"],
}

# Who takes a message, by its format or `format/kind`: an object with the two doors of messaging.types.MessageFamily.
MESSAGE_FAMILIES: dict[str, str] = {
    "json": "declarations.messages.family.DECLARATIONS",
    "cds-dec": "declarations.messages.family.DECLARATIONS",
    "ens-ics": "singlewindow.ens.family.ENTRY_SUMMARIES",
    "ephyto": "agencies.family.CERTIFICATES",
    "cds-movements": "singlewindow.cargo.messages.movements.MOVEMENTS",
    "csv": "singlewindow.lowvalue.family.LOW_VALUE",
    "xlsx": "singlewindow.lowvalue.family.LOW_VALUE",
}

# Who takes a message of UN/EDIFACT, by its type: an object with the doors of messaging.types.EdifactFamily.
EDIFACT_MESSAGES: dict[str, str] = {
    "CUSDEC": "declarations.messages.edifact.family.CUSDEC",
    "CUSCAR": "singlewindow.cargo.messages.edifact.family.CUSCAR",
    "CUSREP": "singlewindow.cargo.messages.edifact.family.CUSREP",
}

# Who beside its own organisation may read a document, by the subjects it is bound to: (actor, ids) -> bool.
DOCUMENT_READERS: dict[str, str] = {
    "declaration": "clearance.selectors.papers_may_read",
    "permit": "agencies.selectors.permit_papers_may_read",
    "application": "agencies.selectors.applications.application_papers_may_read",
}

# Keys of documents at rest, and the scanner that looks at them.
FILE_KEYS: str = ENV.file_keys
FILE_KEYS_PATH: Path = ENV.home / "file-keys"
CLAMAV_ADDRESS: str = ENV.clamav

# Keys that sign quotes and mark notices of assessment.
QUOTE_KEYS: str = ENV.quote_keys
QUOTE_KEYS_PATH: Path = ENV.home / "quote-keys"

# The act that an amendment or an invalidation of a lodged declaration is, for messages of every format.
CHANGE_REQUESTS = "clearance.services.changes.change_request_in"

# When a check of a declaration was announced to its parties, if it was: (declaration id) -> instant or None.
CONTROL_ANNOUNCED = "clearance.selectors.announced.control_announced_at"

# Checks that apps above declarations add to a lodgement: (message, actor) -> Iterable[Violation].
LODGEMENT_CHECKS: list[str] = [
    "declarations.services.cargo.lodgement_check",
    "agencies.services.lodgement_check",
    "clearance.services.supplementary_check",
    "singlewindow.guarantees.services.citing.lodgement_check",
    "fees.services.lodgement.tariff_check",
    "fees.services.rulings.ruling_check",
]
# What apps above keep of a message beside its content: (work, declaration id, message, actor, at) -> None.
MESSAGES_TAKEN: list[str] = ["singlewindow.guarantees.services.citing.citations_keep"]
# Of many messages at once, those that a check has something to look at in: (messages) -> places; without: all.
LODGEMENT_CHECKS_NARROWED: dict[str, str] = {
    "declarations.services.cargo.lodgement_check": "declarations.services.cargo.lodgement_check_needed",
    "singlewindow.guarantees.services.citing.lodgement_check": "singlewindow.guarantees.services.citing.check_needed",
    "fees.services.lodgement.tariff_check": "fees.services.lodgement.tariff_check_needed",
    "fees.services.rulings.ruling_check": "fees.services.rulings.ruling_check_needed",
}

# What share of its value each item owes as duty, in per cent: (messages, day) -> percent by item number, of each.
DUTY_PERCENTS = "fees.selectors.rates.duty_percents"

# What the tariff page tells beside the measures: (code, country, direction, on) -> values as fees' Extra.
TARIFF_EXTRAS: list[str] = ["agencies.selectors.finder.extras"]

# What goes live only when a second person agrees, by kind: (work, proposal, actor) -> None puts it in force.
PROPOSAL_KINDS: dict[str, str] = {
    "payments.clear": "singlewindow.payments.services.clearing.clearing_agreed",
    "fees.credit": "fees.services.crediting.credit_agreed",
    "revenue.determination": "singlewindow.revenue.services.determining.determination_agreed",
    "risk.profile": "risk.services.profile_life.profile_goes_live",
    "risk.profile_end": "risk.services.profile_life.profile_ends",
    "risk.model": "risk.services.proposals.rule_change_goes_live",
    "risk.shadow": "risk.services.proposals.rule_change_goes_live",
    "risk.bands": "risk.services.proposals.rule_change_goes_live",
    "risk.selection": "risk.services.proposals.rule_change_goes_live",
    "risk.tables": "risk.services.proposals.rule_change_goes_live",
    "risk.alert": "risk.services.alerts.alert_goes_live",
    "risk.alert_end": "risk.services.alerts.alert_ends",
    "screening.list": "singlewindow.screening.services.lists.list_go_live",
    "agencies.issue": "agencies.services.applications.issue_takes_effect",
    "guarantees.grant": "fees.services.deposits.guarantee_goes_live",
    "guarantees.limit": "singlewindow.guarantees.services.changing.limit_goes_live",
    "guarantees.reinstate": "singlewindow.guarantees.services.reinstating.guarantee_reinstated",
    "revenue.resume": "singlewindow.revenue.services.resuming.deferment_resumed",
    "revenue.deferment": "singlewindow.revenue.services.deferment_goes_live",
    "quotas.change": "singlewindow.quotas.services.quota_change_apply",
    "fees.charge": "fees.services.schedule.charge_goes_live",
    "tariff.change": "fees.services.tariff.change_goes_live",
    "fees.ruling": "fees.services.rulings.ruling_goes_live",
}
# Who agrees, where it is not everyone who may agree to what customs puts in force: the permission, by kind.
PROPOSAL_DECIDERS: dict[str, str] = {"agencies.issue": "permit.manage"}
# What who agrees must be allowed to do beside, of every kind: a kind that is not named here is agreed to by nobody, and
# a system check refuses it. Money and what it is worked out from is agreed to by who answers for it.
PROPOSAL_NEEDS: dict[str, str] = {
    "risk.profile": "risk.simulate",
    "risk.profile_end": "risk.simulate",
    "risk.model": "risk.simulate",
    "risk.shadow": "risk.simulate",
    "risk.bands": "risk.simulate",
    "risk.selection": "risk.simulate",
    "risk.tables": "risk.simulate",
    "risk.alert": "risk.simulate",
    "risk.alert_end": "risk.simulate",
    "screening.list": "screening.decide",
    "agencies.issue": "permit.manage",
    "payments.clear": "account.credit",
    "fees.credit": "account.credit",
    "guarantees.grant": "guarantee.manage",
    "guarantees.limit": "guarantee.manage",
    "guarantees.reinstate": "guarantee.manage",
    "revenue.resume": "deferment.manage",
    "revenue.deferment": "deferment.manage",
    "revenue.determination": "repayment.approve",
    "quotas.change": "quota.manage",
    "fees.charge": "charge.publish",
    "tariff.change": "tariff.manage",
    "fees.ruling": "tariff.manage",
}
# What becomes of the subject when a proposal is refused or taken back, for the kinds where something does.
PROPOSAL_DECLINED: dict[str, str] = {
    "risk.profile": "risk.services.profile_life.profile_returns",
    "risk.alert": "risk.services.alerts.alert_declined",
    "screening.list": "singlewindow.screening.services.lists.list_declined",
    "agencies.issue": "agencies.services.applications.issue_declined",
    "payments.clear": "singlewindow.payments.services.clearing.clearing_declined",
    "revenue.deferment": "singlewindow.revenue.services.deferment_declined",
    "quotas.change": "singlewindow.quotas.services.quota_change_decline",
    "tariff.change": "fees.services.tariff.change_declined",
    "fees.ruling": "fees.services.rulings.ruling_declined",
}

# Payment providers by their code: objects of payments.providers.interface.PaymentProvider. The simulated one is a part
# of the demonstration only: who can play it can tell the window that money came.
PAYMENT_PROVIDERS: dict[str, str] = (
    {"simulator": "singlewindow.payments.providers.simulator.SIMULATOR"} if ENV.demo else {}
)
PAYMENT_SIMULATOR_URL: str = f"http://127.0.0.1:{ENV.port}"

# The treasury's own bank accounts, by currency, and the most that one officer books by hand or gives back alone, in
# minor units; a currency that is not named always needs two. The numbers of the demonstration are examples of the
# standard.
TREASURY_ACCOUNTS: dict[str, dict[str, str]] = {
    "EUR": {"iban": "DE89370400440532013000", "bic": "COBADEFFXXX", "holder": "Treasury of Kivana"},
    "USD": {"iban": "GB29NWBK60161331926819", "bic": "NWBKGB2LXXX", "holder": "Treasury of Kivana"},
}
SUSPENSE_ALONE_MOST: dict[str, int] = {"EUR": 100_000, "USD": 100_000}

# One charge of the published schedule, for agencies: (code, day) -> code, title, amount, currency, law, published.
PUBLISHED_CHARGE = "fees.selectors.published.published_charge"

# How a refusal is told to who asks for another media type than a problem: (request, refusal, body) -> answer or None.
REFUSAL_FORMS: dict[str, str] = {
    "application/xml": "singlewindow.notifications.refusals.refusal_xml",
    "text/xml": "singlewindow.notifications.refusals.refusal_xml",
}

# Item rows whose checks ended before an instant, which a model of the platform's own learns from: -> LabelledFrame.
LEARNING_ROWS = "risk.selectors.outcomes_frame.outcomes_frame"

# Webhooks: who tells the addresses of a receiver, whether this machine may be one (never in use), and whose
# certificates a receiver may show (empty: those that the system trusts).
WEBHOOK_RESOLVER = "singlewindow.webhooks.addresses.system_resolver"
WEBHOOK_LOOPBACK: bool = ENV.webhook_loopback
WEBHOOK_CA_FILE: str = ENV.webhook_ca_file

# ---------------------------------------------------------------------------------------------
# Django
# ---------------------------------------------------------------------------------------------
SECRET_KEY: str = ENV.secret_key or secret_key_for(ENV.home)
DEBUG: bool = ENV.debug
ALLOWED_HOSTS: list[str] = ENV.allowed_hosts
ROOT_URLCONF = "singlewindow.urls"
WSGI_APPLICATION = "singlewindow.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"


INSTALLED_APPS: list[str] = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "csp",
    "axes",
    "singlewindow.runtime",
    "singlewindow.accounts",
    "singlewindow.audit",
    "singlewindow.jobs",
    "singlewindow.db",
    "singlewindow.api",
    "singlewindow.reference",
    "singlewindow.web",
    "singlewindow.messaging",
    "singlewindow.documents",
    "singlewindow.webhooks",
    "singlewindow.approvals",
    "singlewindow.learning",
    "singlewindow.cargo",
    "singlewindow.capture",
    "singlewindow.screening",
    "singlewindow.ens",
    "declarations",
    "singlewindow.lowvalue",
    "singlewindow.guarantees",
    "singlewindow.quotas",
    "fees",
    "risk",
    "agencies",
    "singlewindow.payments",
    "singlewindow.revenue",
    "singlewindow.penalties",
    "clearance",
    "singlewindow.notifications",
    "singlewindow.portal",
    "singlewindow.demo",
]

MIDDLEWARE: list[str] = [
    "singlewindow.api.middleware.ConversationMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "singlewindow.api.middleware.QueryMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "singlewindow.api.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
    "singlewindow.web.middleware.RefusalPages",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "singlewindow.web.context.shell",
            ],
        },
    }
]

FORM_RENDERER = "singlewindow.web.forms.CswFormRenderer"

# ---------------------------------------------------------------------------------------------
# Database (reliability: durable commits, bounded waits)
# ---------------------------------------------------------------------------------------------
_STATEMENT_TIMEOUT = "15s" if ENV.component is Component.WEB else "300s"
DATABASES: dict[str, dict[str, Any]] = {"default": database_from_url(DATABASE_URL)}
DATABASES["default"] |= {
    "ATOMIC_REQUESTS": False,
    # Connections of the web server outlive a request: a new one costs more than the request's own work.
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
}
DATABASES["default"]["OPTIONS"] |= {
    "connect_timeout": 5,
    "application_name": f"csw-{ENV.component}",
    "options": (
        "-c timezone=UTC -c lock_timeout=3s -c idle_in_transaction_session_timeout=30s "
        f"-c statement_timeout={_STATEMENT_TIMEOUT}"
    ),
}

# ---------------------------------------------------------------------------------------------
# Celery (reliability: the broker is a doorbell, the job table is the truth)
# ---------------------------------------------------------------------------------------------
CELERY_BROKER_URL: str = REDIS_URL
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_ACKS_ON_FAILURE_OR_TIMEOUT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 5000
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000
# Under the lease of a job (30 s), so that a job is never sent again while its first run may still be alive.
CELERY_TASK_SOFT_TIME_LIMIT = 15
CELERY_TASK_TIME_LIMIT = 20
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
CELERY_VISIBILITY_TIMEOUT = 60
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "visibility_timeout": CELERY_VISIBILITY_TIMEOUT,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_keepalive": True,
    "socket_timeout": 30,
    "socket_connect_timeout": 5,
    "health_check_interval": 25,
    "retry_on_timeout": True,
    "global_keyprefix": "csw:",
}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": CELERY_VISIBILITY_TIMEOUT}
# Ticks only: a tick asks what is due and writes job rows, so a doubled or missed one does no harm.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "tick": {"task": "platform.tick", "schedule": 15.0},
    "forget": {"task": "risk.forget", "schedule": 86_400.0},
    "fold": {"task": "risk.fold", "schedule": 60.0},
    "count": {"task": "risk.count", "schedule": 600.0},
    "learn": {"task": "risk.learn", "schedule": 86_400.0},
    "expire": {"task": "risk.expire", "schedule": 900.0},
    "feeds": {"task": "notifications.clear", "schedule": 3_600.0},
    "sweep": {"task": "documents.sweep", "schedule": 900.0},
}

# A job's lease is longer than the hard time limit of its task, so no job is sent again while it is being done,
# and shorter than a minute, so that the jobs of a killed worker are soon done by another.
JOBS_LEASE_S = 30.0
JOBS_IN_FLIGHT = 40

# ---------------------------------------------------------------------------------------------
# Who is asking: sign-in, sessions, API clients
# ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
OAUTH2_PROVIDER_APPLICATION_MODEL = "accounts.ApiClient"
LOGIN_URL = "web:sign-in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 15},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# Guesses are slowed for the pair of account and address, so a stranger cannot lock the owner out.
AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "singlewindow.web.views.locked_out"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_IPWARE_PROXY_COUNT = ENV.trusted_proxies or None

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_TRUSTED_ORIGINS: list[str] = ENV.trusted_origins
# A "__Host-" cookie is refused by browsers over plain http, which only the loopback address uses.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV.tls
SESSION_COOKIE_NAME = "__Host-sid" if ENV.tls else "csw-sid"
CSRF_COOKIE_NAME = "__Host-csrf" if ENV.tls else "csw-csrf"
LANGUAGE_COOKIE_NAME = "csw-language"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = ENV.tls

OAUTH2_PROVIDER: dict[str, Any] = {
    "SCOPES_BACKEND_CLASS": "singlewindow.accounts.scopes.RegisteredScopes",
    "ACCESS_TOKEN_EXPIRE_SECONDS": 15 * 60,
    "ALLOWED_GRANT_TYPES": ["client-credentials"],
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    "REFRESH_TOKEN_EXPIRE_SECONDS": 15 * 60,
}

# ---------------------------------------------------------------------------------------------
# Safety of pages and requests
# ---------------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = ENV.tls
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if ENV.tls else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = ENV.tls
if ENV.trusted_proxies:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_048_576
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "singlewindow.documents.receiving.CappedUploads",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# ---------------------------------------------------------------------------------------------
# REST
# ---------------------------------------------------------------------------------------------
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "COERCE_DECIMAL_TO_STRING": True,
    "NUM_PROXIES": ENV.trusted_proxies,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Single window",
    "DESCRIPTION": "Lodge declarations, ask for quotes, read the feed of your organisation.",
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "declarations.openapi.message_schema_add",
        "singlewindow.cargo.openapi.schemas_add",
        "singlewindow.capture.openapi.schemas_add",
        "singlewindow.penalties.openapi.schemas_add",
        "singlewindow.api.openapi.problems_describe",
    ],
}

# ---------------------------------------------------------------------------------------------
# Language and time
# ---------------------------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("ar", _("Arabic"))]
LOCALE_PATHS = [PROJECT_ROOT / "locale"]
FORMAT_MODULE_PATH = "singlewindow.web.formats_of"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# ---------------------------------------------------------------------------------------------
# Static files
# ---------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT: Path = ENV.home / "static"
# Source maps are for developers' tools only, and pressing them would be most of the work.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ("map", "png", "jpg", "webp", "gz", "br", "woff", "woff2", "zip")
STORAGES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(ENV.home / "files")},
    },
    # Files on their way in: a folder that every web process reaches, because chunks are added to them.
    "incoming": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(ENV.home / "files" / "incoming"), "file_permissions_mode": 0o600},
    },
    "documents": document_storage(ENV),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# ---------------------------------------------------------------------------------------------
# Logs: one JSON object a line, each with the conversation it belongs to
# ---------------------------------------------------------------------------------------------
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structured": {"()": "singlewindow.runtime.logs.formatter", "style": str(ENV.log_format)}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["stderr"], "level": ENV.log_level},
    "loggers": {
        "django.server": {"handlers": [], "propagate": True},
        "axes": {"level": "WARNING"},
        "oauthlib": {"level": "WARNING"},
    },
}
