"""The card of a model is read whole: headings, sentences, lists and tables."""

from risk.views.card import CardPart, card_parts

CARD = """# Model card: made

Purpose. It orders
items for `checks`.

## Features

- hs6
- mass, origin

| fraud | all goods |
| --- | --- |
| AUC | 0.94 (0.93 to 0.95) |
"""


def test_a_card_is_read_into_its_parts() -> None:
    assert card_parts(CARD) == [
        CardPart("text", "Purpose. It orders items for checks."),
        CardPart("heading", "Features"),
        CardPart("list", items=("hs6", "mass, origin")),
        CardPart("table", head=("fraud", "all goods"), rows=(("AUC", "0.94 (0.93 to 0.95)"),)),
    ]


def test_what_is_no_known_part_is_a_sentence() -> None:
    assert card_parts("<b>1</b> * 2\n") == [CardPart("text", "<b>1</b> * 2")]
    assert card_parts("") == []
