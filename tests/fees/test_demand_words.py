"""What a demand asks for is told in the reader's language, whatever the ledger keeps."""

import pytest
from django.utils import translation

from fees.demand_words import SENTENCES, demand_text

MRN = "26ZZ01010000001YR1"
KEPT = [
    ("Statement 2026-10 of DF-2026-000001", "Relevé de 2026-10, report DF-2026-000001"),
    ("Interest on statement 2026-10: 100.00 × 0.1 × 9/365", "Intérêts sur le relevé de 2026-10"),
    (f"Interest on {MRN}: 100.00 × 0.1 × 9/365", f"Intérêts sur {MRN} : 100.00 × 0.1 × 9/365"),
    ("Interest: 100.00 × 0.1 × 9/365", "Intérêts : 100.00 × 0.1 × 9/365"),
    (f"Final duty of {MRN}", f"Droits et taxes définitifs de {MRN}"),
    (f"Penalty of {MRN}: Unknown breach", f"Amende pour {MRN} : Unknown breach"),
    (f"Debt of {MRN}, secured on a guarantee", f"Dette de {MRN}, couverte par une garantie"),
    (f"Amendment of {MRN}, version 2", f"Différence après la modification de {MRN}, version 2"),
    (f"Share of a tariff quota of {MRN}, version 2", f"Différence après l’imputation du contingent de {MRN}"),
    ("LA202600000002 VET 7P02", "Redevance pour le permis 7P02, demande LA202600000002"),
]


@pytest.mark.parametrize(("kept", "shown"), KEPT)
def test_a_demand_of_a_known_kind_is_told_in_the_readers_language(kept: str, shown: str) -> None:
    with translation.override("fr"):
        assert demand_text(kept).startswith(shown)


def test_every_known_sentence_was_tried() -> None:
    assert len(KEPT) == len(SENTENCES)


def test_the_title_of_a_breach_is_translated_with_its_sentence() -> None:
    with translation.override("fr"):
        text = demand_text(f"Penalty of {MRN}: Incorrect or incomplete particulars in a declaration")
    assert "Incorrect or incomplete" not in text


def test_a_number_keeps_its_direction_inside_arabic() -> None:
    with translation.override("ar"):
        assert f"\u2066{MRN}\u2069" in demand_text(f"Final duty of {MRN}")


def test_what_nobody_knows_is_shown_as_it_is_kept() -> None:
    with translation.override("fr"):
        assert demand_text("A sentence of an older version") == "A sentence of an older version"
