"""Addresses of revenue: the trader's pages, the officers' pages, and the API."""

from django.urls import URLPattern, URLResolver, path

from singlewindow.revenue import api
from singlewindow.revenue.views import claims, deferments, provisional, statements, yields

app_name = "revenue"

urlpatterns: list[URLPattern | URLResolver] = [
    path("deferment", deferments.own, name="own"),
    path("deferment/statements/<uuid:statement_id>", statements.own, name="own-statement"),
    path("deferment/statements/<uuid:statement_id>.<str:form>", statements.own_file, name="own-statement-file"),
    path("deferments", deferments.listed, name="deferments"),
    path("deferments/new", deferments.new, name="deferment-new"),
    path("deferments/<uuid:deferment_id>", deferments.one, name="deferment"),
    path("deferments/statements/<uuid:statement_id>", statements.one, name="statement"),
    path("deferments/statements/<uuid:statement_id>.<str:form>", statements.file, name="statement-file"),
    path("claims", claims.own, name="claims"),
    path("claims/new", claims.new, name="claim-new"),
    path("claims/demands/<uuid:demand_id>", claims.remission, name="remission"),
    path("claims/<uuid:claim_id>", claims.one, name="claim"),
    path("claims/determinations/<uuid:declaration_id>", provisional.own, name="determination"),
    path("revenue/claims", claims.desk, name="claims-desk"),
    path("revenue/claims/<uuid:claim_id>", claims.one_desk, name="claim-desk"),
    path("revenue/provisional", provisional.listed, name="provisional"),
    path("revenue/provisional/<uuid:declaration_id>", provisional.one, name="provisional-debt"),
    path("revenue/yields", yields.yields, name="yields"),
    path("api/v1/deferments", api.DefermentsView.as_view(), name="api-deferments"),
    path("api/v1/deferments/statements/<str:statement_id>", api.StatementDetailView.as_view(), name="api-statement"),
    path(
        "api/v1/deferments/statements/<str:statement_id>/payment",
        api.StatementPaymentView.as_view(),
        name="api-statement-payment",
    ),
    path("api/v1/claims", api.ClaimsView.as_view(), name="api-claims"),
    path("api/v1/claims/<str:claim_id>", api.ClaimDetailView.as_view(), name="api-claim"),
]
