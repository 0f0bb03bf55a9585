"""Names become comparable: what tells nobody apart is left out, one sound is one letter, scripts become Latin."""

import csv
from pathlib import Path

import pytest

from singlewindow.screening.rules.index import NameIndex
from singlewindow.screening.rules.names import Reading, name_form, name_forms, pieces

THRESHOLD = 85.0


def keys(name: str) -> tuple[str, ...]:
    return name_forms(name)[0].keys


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("PETROV, Ivan", "petrov ivan"),
        ("Müller & Söhne GmbH", "MULLER SOHNE"),
        ("S.R.O. Suex OTC", "SUEX OTC, s.r.o."),
        ("Novatek Shipping Joint Stock Company", "NOVATEK SHIPPING JSC"),
        ("Nu'man", "NUMAN"),
        ("AL-SHANTI", "El Shanti"),
        ("Ｇｌｏｂａｌ　Ｔｒａｄｉｎｇ", "Global Trading"),
        ("Złoty Łódź", "ZLOTY LODZ"),
    ],
)
def test_SC_NAM_01_case_accents_signs_and_legal_forms_make_no_difference(one: str, other: str) -> None:
    assert keys(one) == keys(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mohammed", "Muhamad"),
        ("Abdul Rahman", "Abdurrahman"),
        ("Abd-al-Rahman", "ABDELRAHMAN"),
        ("Abd Allah", "Abdullah"),
        ("Abu Bakr", "Abubakr"),
        ("Ala al-Din", "Alauddin"),
        ("Aleksandr", "Alexander"),
        ("Dmitriy", "Dmitry"),
        ("Hussein", "Husayn"),
        ("Khaled", "Halid"),
        ("Yevgeny", "Evgenii"),
    ],
)
def test_SC_NAM_03_usual_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert keys(one) == keys(other)


@pytest.mark.parametrize("name", ["Ivan", "Iran", "Trading", "Bank", "Ali", "Ala"])
def test_SC_NAM_03_other_names_stay_other_names(name: str) -> None:
    others = {"Ivan", "Iran", "Trading", "Bank", "Ali", "Ala"} - {name}
    assert all(keys(name) != keys(other) for other in others)


def test_SC_NAM_04_a_name_of_nothing_but_forms_and_particles_keeps_its_words() -> None:
    assert name_forms("AL CO LTD")[0].words == ("al", "co", "ltd")


@pytest.mark.parametrize(
    ("foreign", "latin"),
    [
        ("Владимир Путин", "Vladimir Putin"),
        ("Роснефть", "Rosneft"),
        ("Αλέξανδρος", "Alexander"),
        ("محمد علي", "Mohamed Ali"),
        ("عبد الرحمن", "Abdul Rahman"),
        ("김정은", "Kim Jong Un"),
        ("习近平", "Xi Jinping"),
        ("山田太郎", "Yamada Taro"),
        ("משה כהן", "Moshe Cohen"),
        ("深圳有限公司", "Shen Zhen"),
    ],
)
def test_SC_NAM_02_names_of_other_scripts_are_read_in_latin_letters(foreign: str, latin: str) -> None:
    wanted = sorted("".join(keys(latin)))
    assert any(sorted(form.joined) == wanted for form in name_forms(foreign))


def test_SC_NAM_02_vowels_that_are_not_written_come_from_listed_names() -> None:
    index = NameIndex([form for name in ("Zulfiqar Bhutto", "Somchai Thaksin") if (form := name_form(name))])
    assert [found.place for found in index.search("ذوالفقار بهوتو", 80)] == [0]
    (found,) = index.search("สมชาย Thaksin", 80)
    assert (found.place, found.form.reading) == (1, Reading.RESTORED)


def test_SC_NAM_02_the_pairs_of_scripts_of_a_published_matcher(shared_inputs: Path) -> None:
    """All but one reach the threshold: a Korean name in Chinese characters is read the Chinese way."""
    path = shared_inputs / "sanctions" / "internal_embeddings_testdata_cross_script_pairs.csv"
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    pairs = [(row[0], row[1]) for row in csv.reader(lines)]
    listed = list(dict.fromkeys(latin for _, latin in pairs))
    index = NameIndex([form for latin in listed if (form := name_form(latin))])
    missed = [
        foreign
        for foreign, latin in pairs
        if listed.index(latin) not in {found.place for found in index.search(foreign, THRESHOLD)}
    ]
    assert (len(pairs), missed) == (22, ["金正恩"])


def test_a_long_text_is_compared_in_pieces_that_overlap() -> None:
    form = name_form(" ".join(f"word{letter}{other}" for letter in "abcdefgh" for other in "abcdefgh"))
    assert form is not None
    parts = [piece.keys for piece in pieces(form)]
    assert (len(parts[0]), {len(part) for part in parts[1:]}) == (12, {3})
    assert set(form.keys) == {key for part in parts for key in part}
