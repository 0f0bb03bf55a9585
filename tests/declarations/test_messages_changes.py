"""Changes as operations on the canonical form: applied in order, refused where they lead nowhere, found again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from declarations.messages import message_read
from declarations.rules.changes import ChangesRefused, changes_apply, changes_between, field_changes
from declarations.schemas import ChangeOperation, DeclarationMessage
from tests.factories.declarations import import_json


def message(items: int = 2, **changes) -> DeclarationMessage:
    return message_read(import_json(items, lrn="CHANGE-1", **changes))


def op(kind: str, pointer: str, value=None) -> ChangeOperation:
    return ChangeOperation(op=kind, pointer=pointer, value=value)


def test_a_field_is_set_a_line_added_and_another_removed_in_one_go():
    before = message(2)
    third = import_json(3)["items"][2]
    after = changes_apply(
        before,
        [
            op("set", "/items/0/net_mass_kg", "41.5"),
            op("add", "/items/-", third),
            op("remove", "/equipment/0/seals"),
            op("set", "/item_count", 3),
        ],
    )
    assert str(after.items[0].net_mass_kg) == "41.5"
    assert len(after.items) == after.item_count == 3
    assert after.equipment[0].seals == ()
    assert before.equipment[0].seals == ("SL123456",)


def test_objects_around_a_new_field_are_made_and_an_emptied_one_goes():
    before = message(1, warehouse=None)
    made = changes_apply(before, [op("set", "/warehouse/id", "WH1"), op("set", "/items/0/un_numbers/0", "1203")])
    assert made.warehouse is not None
    assert made.warehouse.id == "WH1"
    assert made.items[0].un_numbers == ("1203",)
    assert changes_apply(made, [op("remove", "/warehouse/id")]).warehouse is None


@pytest.mark.parametrize(
    "operation",
    [
        op("remove", "/items/7"),
        op("set", "/items/7/net_mass_kg", "1"),
        op("remove", "/seller"),
        op("set", "/lrn/deeper", "1"),
        op("add", "/items/9", {}),
        op("set", "/transport/0", "x"),
        op("add", "/lrn", "x"),
    ],
)
def test_a_pointer_that_points_at_nothing_is_refused_with_its_place(operation):
    with pytest.raises(ChangesRefused) as refused:
        changes_apply(message(1), [op("set", "/item_count", 1), operation])
    assert [(one.rule, one.pointer) for one in refused.value.violations] == [
        ("format.pointer", "/operations/1/pointer")
    ]


def test_a_value_of_the_wrong_form_is_refused_where_it_lands():
    with pytest.raises(ChangesRefused) as refused:
        changes_apply(message(1), [op("set", "/items/0/net_mass_kg", "1,5"), op("set", "/colour", "red")])
    assert [(one.rule, one.pointer) for one in refused.value.violations] == [
        ("format.decimal", "/items/0/net_mass_kg"),
        ("format.unknown_field", "/colour"),
    ]


@given(st.integers(1, 5), st.integers(1, 5), st.data())
@settings(max_examples=60, deadline=None)
def test_the_operations_between_two_versions_make_one_into_the_other(first, second, data):
    before = message(first)
    values = message(second).canonical()
    for name in data.draw(st.sets(st.sampled_from(sorted(values.keys() - {"lrn", "type_code", "declarant"})))):
        del values[name]
    if "items" in values:
        values["items"] = data.draw(st.permutations(values["items"]))
    after = DeclarationMessage.model_validate(values)
    assert changes_apply(before, changes_between(before, after)) == after
    assert bool(field_changes(before, after)) == (before != after)


def test_what_a_person_is_shown_names_each_field_with_both_values():
    before = message(1)
    after = changes_apply(before, [op("set", "/items/0/net_mass_kg", "41")])
    assert [tuple(change) for change in field_changes(before, after)] == [("/items/0/net_mass_kg", "42", "41")]
