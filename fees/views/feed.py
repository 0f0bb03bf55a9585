"""The feed of changes of the schedule, for readers of feeds: Atom and JSON Feed, with an entity tag."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.views.decorators.http import require_safe

from fees.asked import json_answer, tagged, today
from fees.selectors.feed import FeedEntry, schedule_changes

WORDS = {
    "opened": "Open for comment",
    "withdrawn": "Withdrawn",
    "published": "Published",
    "in_force": "In force",
}
"""The feed is in the language of the data, whoever reads it: its bytes are the same for all."""


@require_safe
def feed_atom(request: HttpRequest) -> HttpResponse:
    """What happened to the schedule, newest first, as Atom (RFC 4287)."""
    home = request.build_absolute_uri(reverse("fees:schedule"))
    feed = Atom1Feed(
        title="Fees and charges: changes",
        link=home,
        description="Drafts open for comment, charges published, and charges in force",
        language="en",
        feed_url=request.build_absolute_uri(request.path),
        feed_guid=f"tag:{request.get_host()},2026:fees",
    )
    for entry in schedule_changes(today()):
        feed.add_item(
            title=_title(entry),
            link=request.build_absolute_uri(entry.address),
            description=entry.text,
            unique_id=f"tag:{request.get_host()},2026:{entry.key}",
            updateddate=entry.at,
            pubdate=entry.at,
            author_name=entry.authority_name,
            categories=(entry.kind, entry.authority),
        )
    return tagged(request, feed.writeString("utf-8").encode(), "application/atom+xml; charset=utf-8")


@require_safe
def feed_json(request: HttpRequest) -> HttpResponse:
    """The same as JSON Feed 1.1."""
    value = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "Fees and charges: changes",
        "home_page_url": request.build_absolute_uri(reverse("fees:schedule")),
        "feed_url": request.build_absolute_uri(request.path),
        "items": [
            {
                "id": f"tag:{request.get_host()},2026:{entry.key}",
                "url": request.build_absolute_uri(entry.address),
                "title": _title(entry),
                "content_text": entry.text,
                "date_published": entry.at,
                "tags": [entry.kind, entry.authority],
                "authors": [{"name": entry.authority_name}],
            }
            for entry in schedule_changes(today())
        ],
    }
    return json_answer(request, value, content_type="application/feed+json")


def _title(entry: FeedEntry) -> str:
    return f"{WORDS[entry.kind]}: {entry.code} {entry.title}"
