"""Imported goods leave again or are destroyed, and their duty comes back once."""

from decimal import Decimal
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from declarations.models import Declaration
from fees.models import FiscalStatus
from singlewindow.revenue.rules.drawback import ExitAsked
from singlewindow.revenue.services import DrawbackAsked, drawback_file
from singlewindow.revenue.types import DrawbackBasis
from tests.factories.declarations import export_json, import_json, item_json
from tests.factories.revenue import sized
from tests.properties import sums
from tests.properties.machine.world import MoneyWorld


class Drawback(MoneyWorld):
    """What traders do with imported goods that they do not keep (F54)."""

    @rule(boxes=st.integers(1, 8))
    def goods_leave_again(self, boxes: int) -> None:
        item = item_json(1, boxes=boxes, procedure="1000")
        del item["preference"]
        self.lodge(sized(export_json(trader=self.trader.identifier), item))

    def paid_imports(self) -> list[UUID]:
        """Imports whose debt was paid, the newest first."""
        paid = FiscalStatus.objects.filter(pk__in=self.declarations, state__in=["FINAL", "PAID"], total_minor__gt=0)
        return list(paid.order_by("-pk").values_list("pk", flat=True)[:4])

    def exports(self) -> list[UUID]:
        """Exports that were released."""
        rows = Declaration.objects.filter(pk__in=self.declarations, direction="export", released_at__isnull=False)
        return list(rows.order_by("-pk").values_list("pk", flat=True)[:4])

    @rule(which=st.integers(0, 10_000), quantity=st.integers(1, 10), destroyed=st.booleans())
    def duty_of_goods_that_left_is_claimed_back(self, which: int, quantity: int, destroyed: bool) -> None:
        if not destroyed and not self.exports():
            self.goods_leave_again(quantity)
        if which % 3 or not self.paid_imports():
            self.credit(150_000)
            self.lodge(sized(import_json(1, trader=self.trader.identifier), item_json(1, boxes=1 + which % 10)))
        imports, exports = self.paid_imports(), self.exports()
        if not imports or not (destroyed or exports):
            return
        basis = DrawbackBasis.DESTROYED if destroyed else DrawbackBasis.UNUSED
        evidence = "Record of destruction 12/2026" if destroyed else ""
        asked = DrawbackAsked(
            import_declaration_id=imports[0 if which % 3 else which % len(imports)],
            exits=(ExitAsked(basis, 1, Decimal(quantity), 0 if destroyed else 1, evidence),),
            text="Sent back to the maker.",
            export_declaration_id=None if destroyed else exports[which % len(exports)],
        )
        self.act(drawback_file, asked, actor=self.actor)

    @invariant()
    def what_is_claimed_is_held_and_paid_once(self) -> None:
        if self.references:
            assert sums.nothing(sums.QUANTITIES_APART, self.trader.pk)
            assert sums.nothing(sums.TAXES_APART, self.trader.pk)
            assert sums.nothing(sums.CLAIMS_APART, self.trader.pk)
