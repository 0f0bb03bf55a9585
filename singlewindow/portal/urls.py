"""Addresses of the trader's portal."""

from django.urls import path

from singlewindow.portal.views import changes, check, complete, declaration, draft, items, lists, papers

app_name = "portal"

urlpatterns = [
    path("declarations/", lists.declarations, name="list"),
    path("declarations/new", draft.new, name="new"),
    path("declarations/copy", lists.copy, name="copy"),
    path("declarations/codes", items.codes_found, name="codes"),
    path("declarations/<uuid:declaration_id>/", declaration.show, name="show"),
    path("declarations/<uuid:declaration_id>/status", declaration.status, name="status"),
    path("declarations/<uuid:declaration_id>/complete", complete.complete, name="complete"),
    path("declarations/<uuid:declaration_id>/present", declaration.present, name="present"),
    path("declarations/<uuid:declaration_id>/answer/<uuid:query_id>", declaration.answer, name="answer"),
    path("declarations/<uuid:declaration_id>/documents", papers.bind, name="bind"),
    path("declarations/<uuid:declaration_id>/declaration.json", declaration.download, name="download"),
    path("declarations/<uuid:declaration_id>/change", changes.change, name="change"),
    path("declarations/<uuid:declaration_id>/cancel", changes.cancel, name="cancel"),
    path("declarations/<uuid:declaration_id>/changes/<int:number>", changes.change_page, name="change-shown"),
    path("declarations/<uuid:declaration_id>/changes/<int:number>/withdraw", changes.withdraw, name="change-withdraw"),
    path("declarations/<uuid:declaration_id>/versions", changes.versions, name="versions"),
    path("declarations/<uuid:declaration_id>/draft/changes", changes.change_check, name="change-check"),
    path("declarations/<uuid:declaration_id>/draft/", draft.tasks, name="tasks"),
    path("declarations/<uuid:declaration_id>/draft/discard", draft.discard, name="discard"),
    path("declarations/<uuid:declaration_id>/draft/items/", items.overview, name="items"),
    path("declarations/<uuid:declaration_id>/draft/items/<int:number>", items.item, name="item"),
    path("declarations/<uuid:declaration_id>/draft/items/<int:number>/remove", items.remove, name="item-remove"),
    path("declarations/<uuid:declaration_id>/draft/estimate", check.estimate, name="estimate"),
    path("declarations/<uuid:declaration_id>/draft/check", check.check, name="check"),
    path("declarations/<uuid:declaration_id>/draft/<slug:slug>", draft.part, name="part"),
]
