"""Bodies in JSON that two readers could understand differently, or that would exhaust one (cases J1 to J10, J20)."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from singlewindow.kernel.errors import FormatRefused
from singlewindow.kernel.strict_json import MAX_BYTES, loads
from tests.factories.effort import processor_seconds_under


def refusal_of(body: bytes) -> str:
    with pytest.raises(FormatRefused) as refused:
        loads(body)
    assert refused.value.violations[0].rule == f"format.{refused.value.code}"
    return refused.value.code


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"[" * 100_000, "json.too_deep"),
        (b'{"a":' * 900 + b"1" + b"}" * 900, "json.too_deep"),
        (b"[" * 65 + b"]" * 65, "json.too_deep"),
        (b"[NaN]", "json.number"),
        (b"[Infinity]", "json.number"),
        (b"[-Infinity]", "json.number"),
        (b"[1e999]", "json.number"),
        (b'{"value":1,"value":9}', "json.duplicate_key"),
        (b'{"\\u0061":1,"a":9}', "json.duplicate_key"),
        (b'{"a":"x\\u0000"}', "json.control_character"),
        (b'{"a\\u0000":"x"}', "json.control_character"),
        (b'{"a":"x\\r\\ny"}', "json.control_character"),
        (b'{"a":"x\\u007fy"}', "json.control_character"),
        (b'{"a":"\\ud800"}', "json.surrogate"),
        (b'["\\udfff"]', "json.surrogate"),
        (b"[" + b"9" * 5_000 + b"]", "json.number"),
        (b"[1180591620717411303424]", "json.number"),
        (b"\xef\xbb\xbf{}", "json.encoding"),
        ('{"a":1}'.encode("utf-16"), "json.encoding"),
        (b'{"a":"\xff"}', "json.encoding"),
        (b"", "json.malformed"),
        (b'{"a":1} x', "json.malformed"),
        (b'{"a":"x\ny"}', "json.malformed"),
        (b"]" * 100, "json.malformed"),
        (b"[[[]", "json.malformed"),
        (b"[" + b"1," * 100_000 + b"1]", "json.too_many_values"),
        (b"[" + b" " * MAX_BYTES + b"]", "json.too_large"),
    ],
)
def test_an_ambiguous_or_unbounded_body_is_refused_with_its_own_code(body, code):
    assert refusal_of(body) == code


def test_depth_64_is_read_and_brackets_in_strings_do_not_count():
    assert loads(b"[" * 64 + b"]" * 64) is not None
    assert loads(b'"[[[[\\"[[[\\\\"') == '[[[["[[[\\'
    assert loads(json.dumps(["[" * 200, "{" * 200, '"' * 9]).encode()) == ["[" * 200, "{" * 200, '"' * 9]


def test_commas_in_strings_are_no_values():
    assert loads(b'["' + b"," * 200_000 + b'"]')


def test_nothing_stands_for_a_null_member_and_for_an_empty_object():
    assert loads(b'{"a":null,"b":{},"c":{"d":{"e":null}},"f":1}') == {"f": 1}
    assert loads(b"{}") is None


def test_text_comes_out_in_normal_form_C_however_it_was_written():
    assert loads(b'["e\\u0301"]') == loads('["e\u0301"]'.encode()) == ["é"]
    assert loads(b'["\\ud83d\\ude00"]') == ["😀"]


@pytest.mark.parametrize(
    "body",
    [b"[" * 900_000, b'{"a":' * 190_000, b"[" * 400_000 + b"]" * 400_000, b'"' + b"\\\\" * 400_000, b"[]" * 400_000],
    ids=["open lists", "open objects", "balanced", "backslashes", "many small"],
)
def test_a_hostile_body_of_full_size_costs_less_than_a_fifth_of_a_second(body):
    with processor_seconds_under(0.2):
        refusal_of(body)


SOUND = st.recursive(
    st.booleans() | st.integers(-(10**17), 10**17) | st.text(st.characters(exclude_categories=("Cs", "Cc"))),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text('abc"\\[{', min_size=1), inner, min_size=1),
    max_leaves=20,
)


@given(SOUND)
@settings(max_examples=150, deadline=None)
def test_what_is_sound_is_read_as_the_standard_library_reads_it(value):
    import unicodedata

    text = unicodedata.normalize("NFC", json.dumps(value, ensure_ascii=False))
    assert loads(text.encode()) == json.loads(text)


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused_and_never_crash(body):
    try:
        loads(body)
    except FormatRefused as refused:
        code = refused.code
    else:
        return
    assert code.startswith("json.")
