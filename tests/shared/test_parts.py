"""The small shared parts, by their properties."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.http import paging
from shared.names import divisions, identity, money
from shared.names.identity import DocumentKind
from shared.names.ids import timestamp_of, uuid7
from shared.names.money import Yuan
from shared.problems import Conflict, in_language, language_of
from shared.security.crypto import KeyRing, Undecipherable
from shared.words import Word

RING = KeyRing.generate()
fen = st.integers(min_value=0, max_value=money.MAX_FEN)
digits = st.integers(min_value=0, max_value=9)


class Priced(BaseModel):
    amount: Yuan


def test_identifiers_are_version_seven_and_in_the_order_of_their_making():
    made = [uuid7() for _ in range(2000)]
    assert made == sorted(made)
    assert len(set(made)) == 2000
    assert {(id.version, id.variant) for id in made} == {(7, "specified in RFC 4122")}
    assert timestamp_of(made[0]).date() >= date(2024, 1, 1)


@given(fen)
def test_an_amount_survives_the_wire(amount):
    assert money.parse_yuan(money.yuan(amount)) == amount
    assert Priced.model_validate_json(Priced(amount=amount).model_dump_json()).amount == amount


@pytest.mark.parametrize(
    "wrong",
    [
        '{"amount": 15.0}',
        '{"amount": 15}',
        '{"amount": "1.005"}',
        '{"amount": "1e3"}',
        '{"amount": "-1.00"}',
        '{"amount": "１.00"}',
        '{"amount": "99999999999999999"}',
    ],
)
def test_what_is_no_exact_amount_is_refused(wrong):
    with pytest.raises(ValidationError):
        Priced.model_validate_json(wrong)


@given(fen, st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=20).filter(any))
def test_parts_always_add_up(total, weights):
    parts = money.share(total, weights)
    assert sum(parts) == total
    assert all(
        abs(part - Decimal(total) * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True)
    )


def test_the_published_example_of_gb_11643_is_valid():
    assert identity.classify("11010519491231002X") is DocumentKind.RESIDENT
    assert identity.birth_date("11010519491231002X") == date(1949, 12, 31)
    assert identity.sex("11010519491231002X") == "女"


@given(st.integers(min_value=0, max_value=16), digits)
def test_every_single_wrong_digit_is_caught(position, digit):
    right = "11010519491231002X"
    wrong = right[:position] + str(digit) + right[position + 1 :]
    assert (identity.classify(wrong) is DocumentKind.RESIDENT) == (wrong == right)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("", "missing"),
        ("110105491231002", "old15"),
        ("11010519491231002X12", "disability"),
        ("220622199999900011", "placeholder"),
        ("123", "invalid"),
        ("110105194913310021", "invalid"),
    ],
)
def test_other_numbers_are_typed_and_not_mistaken_for_identity_numbers(number, kind):
    assert identity.classify(number) == kind


def test_full_width_digits_spaces_and_a_small_x_are_normalised():
    assert identity.normalise("１１０１０５ 19491231 002x") == "11010519491231002X"


@given(st.text(alphabet="0123456789", min_size=18, max_size=18))
def test_a_masked_number_hides_the_birth_date(number):
    assert identity.mask_number(number)[6:14] == "*" * 8


@given(st.text(max_size=60))
def test_a_field_decrypts_only_as_what_it_was_encrypted_for(plain):
    value = RING.encrypt(plain, field="person.phone", record="a")
    assert RING.decrypt(value, field="person.phone", record="a") == plain
    for field, record, ring in (
        ("person.phone", "b", RING),
        ("person.card", "a", RING),
        ("person.phone", "a", KeyRing.generate()),
    ):
        with pytest.raises(Undecipherable):
            ring.decrypt(value, field=field, record=record)


def test_an_old_value_stays_readable_after_the_key_has_rotated():
    document, fresh = RING.to_json(), KeyRing.generate().to_json()
    document["fields"] = {
        "current": "k2",
        "keys": document["fields"]["keys"] | {"k2": fresh["fields"]["keys"]["k1"]},
    }
    rotated, old = KeyRing.from_json(document), RING.encrypt("110", field="f", record="r")
    assert rotated.decrypt(old, field="f", record="r") == "110"
    assert rotated.encrypt("110", field="f", record="r").startswith("v1.k2.")
    assert rotated.blind_index("110", "f") == RING.blind_index("110", "f")


@given(st.text(alphabet="0123456789", min_size=12, max_size=12), st.sampled_from([2, 4, 6, 9, 12]))
def test_a_division_lies_in_its_prefixes_and_an_empty_prefix_covers_nothing(code, length):
    assert divisions.covers(code[:length], code)
    assert not divisions.covers("", code)
    assert length == 2 or divisions.parent(code[:length]) in (code[:2], code[:4], code[:6], code[:9])


# What a row can be sorted by: bigint, and text as PostgreSQL keeps it.
KEYS = st.one_of(
    st.integers(-(2**63) + 1, 2**63 - 1),
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20),
)


@given(st.lists(KEYS, min_size=1, max_size=4))
def test_a_cursor_says_where_a_page_ended(position):
    assert paging.decode(paging.encode(position), len(position)) == position


@pytest.mark.parametrize("key", [2**63, -(2**63), "\0", "\ud800", 1.5, None, True, ["x"]], ids=repr)
def test_a_cursor_that_no_row_could_have_is_refused(key):
    with pytest.raises(paging.CursorRejected):
        paging.decode(paging.encode([key]), 1)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "zh"),
        ("en-GB,en;q=0.9", "en"),
        ("zh-CN,en;q=0.8", "zh"),
        ("fr, en;q=0.5", "en"),
        ("en;q=0.2, zh;q=0.9", "zh"),
        (";;q=x", "zh"),
    ],
)
def test_problems_speak_the_language_that_is_asked_for(header, language):
    assert language_of(header) == language


def test_a_refusals_own_words_never_overwrite_the_document():
    class Stuck(Conflict):
        slug, zh, en = "stuck", "{state}", "It is {state}"
        state: Word

    assert in_language(Stuck(state=Word("signed", "已签字", "signed already")).document(), "en") == {
        "type": "urn:tuopin:problem:stuck",
        "title": "It is signed already",
        "status": 409,
        "state": "signed",
    }
    with pytest.raises(TypeError, match="status"):
        Stuck(status="signed")
