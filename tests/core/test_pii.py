"""Contact data is unreadable without its own key, and found by a keyed hash."""

import pytest

from regulars.core import pii


def test_what_was_sealed_opens_with_its_key_and_purpose_alone() -> None:
    key, wrapped = pii.new_data_key()
    sealed = pii.seal(key, "13800138000", purpose="phone")
    assert b"13800138000" not in sealed
    assert pii.open_sealed(pii.unwrap(wrapped), sealed, purpose="phone") == "13800138000"
    for wrong_key, purpose in ((pii.new_data_key()[0], "phone"), (key, "email")):
        with pytest.raises(pii.UnreadableError):
            pii.open_sealed(wrong_key, sealed, purpose=purpose)


def test_one_changed_byte_is_noticed() -> None:
    key, _ = pii.new_data_key()
    sealed = bytearray(pii.seal(key, "ana@example.test", purpose="email"))
    sealed[-1] ^= 1
    with pytest.raises(pii.UnreadableError):
        pii.open_sealed(key, bytes(sealed), purpose="email")


def test_a_digest_depends_on_kind_value_and_installation(settings: pytest.FixtureRequest) -> None:
    assert pii.digest("phone", "+8613800138000") == pii.digest("phone", "+8613800138000")
    assert pii.digest("phone", "1") != pii.digest("card", "1")
    before = pii.digest("phone", "1")
    settings.REGULARS_MASTER_KEY = "00" * 32
    pii._derived.cache_clear()
    assert pii.digest("phone", "1") != before
    pii._derived.cache_clear()
