"""Every variable the environment may set: its name, type, default, and a sentence when it is wrong."""

import base64
import difflib
import json
import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

PROJECT_ROOT = Path(__file__).resolve().parents[2]
NO_DATABASE = "postgresql://csw@/csw?host=/nonexistent/no-database-start-one-with-make-run"
FILE_KEY_BYTES = 32
NO_BROKER = "redis+socket:///nonexistent/no-broker-start-one-with-make-run"


class Component(StrEnum):
    """Which process this is: it names the database connection and sets its time limits."""

    WEB = "web"
    WORKER = "worker"
    RELAY = "relay"
    BEAT = "beat"
    COURIER = "courier"
    COMMAND = "command"


class LogFormat(StrEnum):
    """JSON for machines, text for a person at a terminal."""

    JSON = "json"
    TEXT = "text"


class Environment(BaseSettings):
    """What the environment says. A wrong value stops the start with a sentence."""

    model_config = SettingsConfigDict(extra="ignore", frozen=True, case_sensitive=True)

    home: Annotated[Path, Field(validation_alias="CSW_HOME", description="Folder of data, logs and pid files")] = (
        PROJECT_ROOT / "var"
    )
    port: Annotated[int, Field(validation_alias="PORT", ge=1, le=65535, description="Port of the web server")] = 8000
    bind: Annotated[str, Field(validation_alias="CSW_BIND", description="Address the web server listens on")] = (
        "127.0.0.1"
    )
    database_url: Annotated[
        str, Field(validation_alias="DATABASE_URL", description="PostgreSQL to use instead of the embedded one")
    ] = ""
    redis_url: Annotated[
        str, Field(validation_alias="REDIS_URL", description="Redis to use instead of the embedded one")
    ] = ""
    secret_key: Annotated[
        str, Field(validation_alias="CSW_SECRET_KEY", description="Secret of signatures, 50 characters or more")
    ] = ""
    debug: Annotated[bool, Field(validation_alias="CSW_DEBUG", description="Django's error pages: never in use")] = (
        False
    )
    tls: Annotated[
        bool, Field(validation_alias="CSW_TLS", description="Served over https: secure cookies and HSTS")
    ] = False
    allowed_hosts: Annotated[
        list[str], NoDecode, Field(validation_alias="CSW_ALLOWED_HOSTS", description="Host names, comma separated")
    ] = ["127.0.0.1", "localhost", "[::1]"]
    trusted_origins: Annotated[
        list[str], NoDecode, Field(validation_alias="CSW_TRUSTED_ORIGINS", description="https origins, comma separated")
    ] = []
    trusted_proxies: Annotated[
        int, Field(validation_alias="CSW_TRUSTED_PROXIES", ge=0, le=5, description="Proxies in front of the web server")
    ] = 0
    component: Annotated[Component, Field(validation_alias="CSW_COMPONENT", description="Which process this is")] = (
        Component.COMMAND
    )
    web_workers: Annotated[int, Field(validation_alias="CSW_WEB_WORKERS", ge=1, le=64)] = 2
    web_threads: Annotated[int, Field(validation_alias="CSW_WEB_THREADS", ge=1, le=64)] = 4
    worker_concurrency: Annotated[int, Field(validation_alias="CSW_WORKER_CONCURRENCY", ge=1, le=64)] = 2
    demo: Annotated[
        bool,
        Field(
            validation_alias="CSW_DEMO",
            description="Load the demonstration country, whose passwords are known; left out: only without TLS",
            default_factory=lambda data: not data["tls"],
        ),
    ]
    log_level: Annotated[str, Field(validation_alias="CSW_LOG_LEVEL", pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    log_format: Annotated[LogFormat, Field(validation_alias="CSW_LOG_FORMAT")] = LogFormat.JSON
    webhook_loopback: Annotated[
        bool,
        Field(
            validation_alias="CSW_WEBHOOK_LOOPBACK",
            description="Webhooks may go to this machine, by http and on any port: for trying them out only",
        ),
    ] = False
    webhook_ca_file: Annotated[
        str, Field(validation_alias="CSW_WEBHOOK_CA_FILE", description="Certificates that webhook receivers may show")
    ] = ""
    storage: Annotated[
        str,
        Field(validation_alias="CSW_STORAGE", description="Where documents are kept: folder (default) or s3://bucket"),
    ] = ""
    s3_endpoint: Annotated[
        str, Field(validation_alias="CSW_S3_ENDPOINT", description="Address of an S3-compatible service other than AWS")
    ] = ""
    s3_region: Annotated[str, Field(validation_alias="CSW_S3_REGION", description="Region of the bucket")] = ""
    s3_key: Annotated[str, Field(validation_alias="CSW_S3_KEY", description="Access key of the bucket")] = ""
    s3_secret: Annotated[str, Field(validation_alias="CSW_S3_SECRET", description="Secret of the access key")] = ""
    file_keys: Annotated[
        str,
        Field(
            validation_alias="CSW_FILE_KEYS",
            description="Keys of documents at rest, not in CSW_HOME: name:base64 of 32 bytes, newest last",
        ),
    ] = ""
    quote_keys: Annotated[
        str,
        Field(
            validation_alias="CSW_QUOTE_KEYS",
            description="Keys that sign quotes, not in CSW_HOME: base64 of 32 bytes each, newest last",
        ),
    ] = ""
    clamav: Annotated[
        str, Field(validation_alias="CSW_CLAMAV", description="Virus scanner: unix:/path/of/socket or tcp:host:port")
    ] = ""
    shared: Annotated[Path, Field(validation_alias="CSW_SHARED", description="Folder of the sample inputs")] = (
        PROJECT_ROOT.parent / "shared"
    )

    @field_validator("allowed_hosts", "trusted_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("home", "shared", mode="after")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value if value.is_absolute() else (PROJECT_ROOT / value).resolve()

    @field_validator("storage")
    @classmethod
    def _bucket(cls, value: str) -> str:
        if value not in {"", "folder"} and not value.startswith("s3://"):
            raise ValueError("must be folder, or begin with s3:// and name a bucket")
        return value

    @field_validator("clamav")
    @classmethod
    def _scanner(cls, value: str) -> str:
        if value and not re.fullmatch(r"unix:/.+|tcp:.+:\d{1,5}", value):
            raise ValueError("must be unix:/path/of/socket or tcp:host:port")
        return value

    @field_validator("file_keys")
    @classmethod
    def _keys(cls, value: str) -> str:
        for part in filter(None, value.split(",")):
            name, _, key = part.strip().partition(":")
            if not re.fullmatch(r"[A-Za-z0-9_-]{1,16}", name) or len(base64.b64decode(key)) != FILE_KEY_BYTES:
                raise ValueError("must be name:base64 of 32 bytes, several separated by commas")
        return value

    @field_validator("quote_keys")
    @classmethod
    def _seeds(cls, value: str) -> str:
        if any(len(base64.b64decode(part.strip())) != FILE_KEY_BYTES for part in value.split(",") if part.strip()):
            raise ValueError("must be base64 of 32 bytes, several separated by commas")
        return value

    @field_validator("database_url")
    @classmethod
    def _postgresql(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"postgres", "postgresql"}:
            raise ValueError("must begin with postgresql://, the only database this project runs on")
        return value

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"redis", "rediss", "redis+socket", "unix"}:
            raise ValueError("must begin with redis://, rediss:// or redis+socket://")
        return value.replace("unix://", "redis+socket://", 1) if value.startswith("unix://") else value

    @field_validator("secret_key")
    @classmethod
    def _long(cls, value: str) -> str:
        if value and len(value) < 50:
            raise ValueError("must have at least 50 characters")
        return value


class EmbeddedAddresses(BaseModel):
    """Where the embedded servers of one CSW_HOME listen, as the runtime recorded it."""

    database_url: str
    redis_url: str


COMMAND_VARIABLES = frozenset({"CSW_PASSWORD"})
"""Read by commands alone, which ask for them where they are absent; no setting holds them."""


def variable_names() -> frozenset[str]:
    """Return the name of every variable that the settings know."""
    return frozenset(str(field.validation_alias) for field in Environment.model_fields.values())


def unknown_variables(environ: Mapping[str, str]) -> list[str]:
    """Return a sentence for each variable with our prefix that no setting reads."""
    known = sorted(variable_names())
    sentences = []
    for name in sorted(environ):
        if name.startswith("CSW_") and name not in known and name not in COMMAND_VARIABLES:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            sentences.append(f"{name} is not a variable of this project.{hint}")
    return sentences


@cache
def environment() -> Environment:
    """Read the environment once.

    Raises:
        ImproperlyConfigured: one sentence for each wrong or unknown variable.
    """
    sentences = unknown_variables(os.environ)
    try:
        read = Environment()
    except ValidationError as error:
        sentences += [_sentence(part) for part in error.errors(include_url=False)]
        raise ImproperlyConfigured(" ".join(sentences)) from None
    if sentences:
        raise ImproperlyConfigured(" ".join(sentences))
    return read


def _sentence(part: Any) -> str:
    name = str(part["loc"][0]) if part["loc"] else "A variable"
    return f"{name} is {part['input']!r}, which is wrong: {part['msg']}."


def embedded_addresses(home: Path) -> EmbeddedAddresses | None:
    """Return where the embedded servers of this home listen, or None if they never ran or were stopped."""
    record = home / "run" / "servers.json"
    try:
        return EmbeddedAddresses.model_validate(json.loads(record.read_text()))
    except (FileNotFoundError, PermissionError):
        return None


def secret_key_for(home: Path) -> str:
    """Return the key kept in this home; the first call makes it, readable by its owner only.

    Idempotent: two processes that start together keep the same key.
    """
    path = home / "secret-key"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=home)  # 0600 from the start
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)  # whole or not at all: the slower of two processes reads the other's key
        except FileExistsError:
            pass
        finally:
            os.unlink(draft)
    return path.read_text().strip()


def document_storage(read: Environment) -> dict[str, Any]:
    """Return the storage of kept documents: a folder of this home, or a bucket of an S3-compatible service."""
    if not read.storage.startswith("s3://"):
        options: dict[str, Any] = {"location": str(read.home / "files" / "documents"), "file_permissions_mode": 0o600}
        return {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    parts = urlsplit(read.storage)
    options = {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "endpoint_url": read.s3_endpoint or None,
        "region_name": read.s3_region or None,
        "access_key": read.s3_key or None,
        "secret_key": read.s3_secret or None,
        "default_acl": None,
        "file_overwrite": False,
    }
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}


def database_from_url(url: str) -> dict[str, Any]:
    """Return Django's database entry for a postgresql:// address."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "csw",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", "") or (parts.hostname or ""),
        "PORT": query.pop("port", "") or str(parts.port or ""),
        "OPTIONS": query,
    }
