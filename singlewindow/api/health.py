"""Health: is the process there, can it serve, and how does the whole stand."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from singlewindow.jobs.selectors import QueueStatus, queue_status
from singlewindow.kernel import clock

SILENT_AFTER = timedelta(seconds=30)
BEAT_SILENT_AFTER = timedelta(seconds=60)
STUCK_AFTER_S = 60.0
PARTS: dict[str, timedelta] = {"relay": SILENT_AFTER, "beat": BEAT_SILENT_AFTER, "courier": SILENT_AFTER}


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked, so that a lost database does not restart the web."""
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The process can serve: the database answers and holds every migration."""
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return JsonResponse({"status": "unavailable", "database": "unreachable"}, status=503)
    if missing:
        return JsonResponse({"status": "unavailable", "migrations_missing": len(missing)}, status=503)
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def statusz(request: HttpRequest) -> HttpResponse:
    """How filing and deciding stand: queue, oldest job, dead letters, signs of life."""
    try:
        body = status_summary()
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "unreachable"}, status=503)
    return JsonResponse(body)


def status_summary() -> dict[str, object]:
    """The same facts for the page and for machines. Raises DatabaseError."""
    queue, now = queue_status(), clock.now()
    silent = [name for name, limit in PARTS.items() if _age(queue, name, now) > limit]
    stuck = queue.oldest_due_s > STUCK_AFTER_S
    return {
        "status": "degraded" if silent or stuck or queue.dead else "ok",
        "silent": silent,
        "jobs_due": queue.due,
        "oldest_due_s": round(queue.oldest_due_s, 1),
        "timers": queue.timers,
        "dead_letters": queue.dead,
        "last_seen": {name: at.isoformat() for name, at in queue.heartbeats.items()},
        "version": getattr(settings, "VERSION", ""),
        "at": now.isoformat(),
    }


def _age(queue: QueueStatus, name: str, now: datetime) -> timedelta:
    at = queue.heartbeats.get(name)
    return now - at if at else timedelta.max
