"""Every address of the HTML side with the right it needs; `test_page_rights.py` fails on an address without a row.

The rights stand here a second time on purpose: a view that asks for the wrong one is found by this list. A row says how
the page is called, too: a POST carries what would work, so that a refusal which changes nothing means something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile


@dataclass(frozen=True, slots=True)
class Row:
    """How one address is called: `actions` (any of them) open it, `form` is what its POST sends, None if it has none."""

    actions: tuple[str, ...]
    reads: bool = True
    form: Mapping[str, Any] | None = None
    words: Mapping[str, Any] = field(default_factory=dict)  # parts of the address that name no object
    named: Mapping[str, str] = field(default_factory=dict)  # parts of the address → another object of the world
    post_action: str = ""  # a second right, which a POST needs besides
    object_action: str = ""  # a second right, which the object itself asks for
    opens_contact: bool = False  # refused to whom the matrix masks contact data


def get(*actions: str, **words: str) -> Row:
    return Row(actions, words=words)


def post(action: str, **form: Any) -> Row:
    return Row((action,), reads=False, form=form)


def both(*actions: str, **form: Any) -> Row:
    return Row(actions, form=form)


def members() -> SimpleUploadedFile:
    return SimpleUploadedFile("members.csv", b"phone,name\n+12025550199,Ben\n")


def bank_cards() -> SimpleUploadedFile:
    return SimpleUploadedFile("bank.csv", b"first,last,product\n62148302,,Blue\n")


OFFER = {
    "title": "Spring",
    "ends_on": "2030-12-31",
    "off_amount": "5",
    "uses_max": "9",
    "phase": "basket",
    "exclusive": "nothing",
}
_CHALLENGE = {
    "name": "Cups", "measure": "purchases", "target": "5", "period": "month", "starts_on": "2026-01-01",
    "ends_on": "2030-12-31", "reward": "points", "points": "50",
}  # fmt: skip
DRAW = {
    "name": "Wheel",
    "per_day": "1",
    "points_price": "0",
    "budget_amount": "9",
    "prizes-TOTAL_FORMS": "1",
    "prizes-INITIAL_FORMS": "0",
    "prizes-0-name": "Mug",
    "prizes-0-weight": "1",
}
ROWS: dict[str, Row] = {
    # Home
    "home:search": get("customer.list", "customer.lookup", "product.read", "store.read", "receipt.list"),
    "home:customers": get("customer.list"),
    "home:customer": get("customer.read"),
    "home:timeline": get("customer.read"),
    "home:customer_receipt": get("customer.read"),
    "home:part": get("dashboard.view", part="attention"),
    "home:pick_places": get("dashboard.view", "store.read"),
    "home:member_link": get("customer.edit"),
    "home:end_member_link": post("customer.edit"),
    "home:receipts": get("receipt.list"),
    "home:parked": get("receipt.list"),
    "home:receipt": get("receipt.read"),
    "home:products": get("product.read"),
    "home:categories": get("product.read"),
    "home:category_branch": get("product.read"),
    "home:product": get("product.read"),
    "home:stores": get("store.read"),
    "home:store": get("store.read"),
    "home:explorer": get("dashboard.view"),
    "home:metrics": get("dashboard.view"),
    "home:retention": get("dashboard.view"),
    "home:lifecycle": get("dashboard.view"),
    "home:rfm": get("dashboard.view"),
    "home:rfm_cut_points": both("insight.design", kind="fifths"),
    # Customers
    "customers:new": both("customer.edit", kind="person", name="Ben", phone="+12025550177"),
    "customers:edit": both("customer.edit", kind="person", name="Ben", seen_at="0"),
    "customers:claim": Row(("customer.edit",), form={"customer": "{customer_id}"}, named={"customer_id": "card_id"}),
    "customers:show_contact": Row(("customer.read",), reads=False, form={}, opens_contact=True),
    "customers:add_identifier": post("customer.edit", kind="email", value="ben@example.test", namespace=""),
    "customers:end_identifier": post("customer.edit"),
    "customers:show_identifier": Row(("customer.read",), reads=False, form={}, opens_contact=True),
    "customers:add_tag": post("customer.annotate", tag="{tag_id}", reason="likes wine"),
    "customers:remove_tag": post("customer.annotate"),
    "customers:add_note": post("customer.annotate", text="Prefers mornings."),
    "customers:remove_note": post("customer.annotate"),
    "customers:add_file": post("customer.annotate", file=lambda: SimpleUploadedFile("letter.txt", b"Dear Ana")),
    "customers:open_file": get("customer.annotate"),
    "customers:remove_file": post("customer.annotate"),
    "customers:tags": both("customer.design", name="cheese club", description=""),
    "customers:tag": both("customer.design", name="cheese club", description=""),
    "customers:delete_tag": Row(("customer.design",), reads=False, form={}, named={"tag_id": "spare_tag_id"}),
    "customers:profile_fields": both("customer.design", label="Shoe size", type="number", choices=""),
    "customers:profile_field": both("customer.design", label="Shoe size", choices=""),
    "customers:delete_field": post("customer.design"),
    # Imports
    "gateway:imports": get("import.run"),
    "gateway:new_import": both("import.run", file=members, kind="customers", source="file", store="{store_id}"),
    "gateway:import_sample": get("import.run", kind="customers"),
    "gateway:import": get("import.run"),
    "gateway:import_kind": post("import.run", kind="customers"),
    "gateway:import_columns": post("import.run", **{"column-0": "phone", "column-1": "name"}),
    "gateway:import_runs": post("import.run"),
    "gateway:import_progress": get("import.run"),
    "gateway:import_rejects": get("import.run"),
    "gateway:import_undo": post("import.run"),
    # The file itself does not come back when the call is taken back.
    "gateway:import_removal": Row(("import.run",), reads=False, form={}, named={"batch_id": "spare_batch_id"}),
    # Wallet
    "wallet:ledger": get("wallet.read"),
    "wallet:transfer": get("wallet.read"),
    "wallet:liability": get("wallet.report"),
    "wallet:journal": get("wallet.report"),
    "wallet:wallet": get("wallet.read"),
    "wallet:adjust": post("wallet.adjust", unit="points.world", direction="give", amount="1", reason="goodwill", key="w"),
    # Offers
    "offers:offers": get("coupon.read"),
    "offers:offer": get("coupon.read"),
    "offers:uses": get("coupon.read"),
    "offers:claims": get("settlement.make"),
    "offers:make_claim": post("settlement.make", party="supplier", name="Acme", currency="USD", until="2026-11-21"),
    "offers:claim_file": get("settlement.make", kind="csv"),
    "offers:choose": get("coupon.edit"),
    "offers:create": Row(
        ("coupon.edit",), form=OFFER | {"code": "SPRING"}, words={"group": "promotion", "kind": "amount"}
    ),
    "offers:preview": Row(
        ("coupon.edit",), reads=False, form=OFFER | {"basket": "MILK 2 1.50"}, words={"group": "promotion", "kind": "amount"}
    ),
    "offers:edit": both("coupon.edit", **OFFER | {"phase": "coupon"}),
    "offers:publish": post("coupon.edit"),
    "offers:stop": post("coupon.edit", reason="loophole"),
    "offers:start": Row(("coupon.edit",), reads=False, form={}, named={"offer_id": "stopped_offer_id"}),
    "offers:archive": Row(("coupon.edit",), reads=False, form={}, named={"offer_id": "stopped_offer_id"}),
    "offers:give_owed": post("coupon.edit", verdict="drop"),
    "offers:coupons": get("coupon.edit"),
    "offers:coupon": get("coupon.edit"),
    "offers:void_coupon": post("coupon.edit", reason="lost"),
    "offers:make_batch": post("coupon.edit", size="2"),
    "offers:make_public_code": post("coupon.edit", code="SPRING26"),
    "offers:take_codes": post("coupon.edit"),
    # Cards
    "cards:cards": get("gift_card.read"),
    "cards:movements": get("gift_card.read"),
    "cards:card": get("gift_card.read"),
    "cards:activate": Row(
        ("gift_card.issue",), reads=False, form={"store": "{store_id}", "key": "a"}, named={"medium_id": "fresh_medium_id"}
    ),
    "cards:step": post("card.block", act="freeze", reason="asked"),
    "cards:replace": post("gift_card.issue", number="1", reason="worn", store="{store_id}", key="r"),
    "cards:hold": post("card.block", customer="{customer_id}", key="h"),
    "cards:top_up": post("gift_card.issue", store="{store_id}", amount="1.00", tender="cash", key="t"),
    "cards:refund": post("wallet.refund", store="{store_id}", reason="asked", key="b"),
    "cards:void": Row(
        ("card.correct",), reads=False, form={"reason": "misprint"}, named={"medium_id": "fresh_medium_id"}
    ),
    "cards:stock": get("gift_card.read"),
    "cards:send": post("card.stock", from_store="{store_id}", to_store="", type="{own_type_id}", quantity="1"),
    "cards:ask_for_cards": post("card.stock", store="{store_id}", type="{own_type_id}", quantity="2"),
    "cards:send_wanted": post("card.stock", from_store="{store_id}", quantity="1"),
    "cards:want_no_more": post("card.stock"),
    "cards:shipment": get("card.stock"),
    "cards:receive": post("card.stock"),
    "cards:give_up": post("card.correct", reason="lost"),
    "cards:batches": both("gift_card.print", range="{range_id}", quantity="1"),
    "cards:make": post("gift_card.print"),
    "cards:receive_batch": post("gift_card.print"),
    "cards:types": get("card.edit"),
    "cards:add_type": both("card.edit", code="new", name="New", kind="member", rule_pack="none", spend_order="bonus_first"),
    "cards:type": both("card.edit", code="gift", name="Gift", kind="stored_value", rule_pack="none", spend_order="bonus_first"),
    "cards:add_range": post("card.edit", prefix="7777", serial_digits="8", last="99"),
    "cards:save_partner": post("card.edit", code="bank", name="Bank", share="40"),
    "cards:partner": both("card.edit", code="east", name="East Bank", share="40"),
    "cards:add_bank_ranges": post("card.edit", file=bank_cards),
    "cards:remove_bank_range": post("card.edit", range="{bank_range_id}"),
    "cards:top_up_rules": both("card.edit", name="100+10", pay_amount="100", bonus_amount="10"),
    "cards:end_top_up_rule": post("card.edit"),
    "cards:counts": both("card.stock", store="{store_id}"),
    "cards:count": get("card.stock"),
    "cards:see": post("card.stock", numbers="8600000000017"),
    "cards:close_count": post("card.correct"),
    "cards:settlement": get("settlement.read"),
    "cards:settle": post("settlement.make"),
    # Program
    "program:overview": get("program.read"),
    "program:new_draft": post("program.edit"),
    "program:version": Row(("program.read",), form={}, post_action="program.edit"),
    "program:example": post("program.read"),
    "program:publish": post("program.publish", effective_from="2030-01-01"),
    "program:ask_replay": post("program.edit", months="1"),
    "program:replay": get("program.read"),
    "program:tiers": get("program.read"),
    "program:benefits": Row(
        ("program.read",), form={"name": "Coffee", "code": "coffee", "kind": "other", "quota": "1", "period": "year"},
        post_action="program.edit",
    ),
    "program:rewards": Row(
        ("program.read",), form={"name": "Mug", "code": "new-mug", "points_price": "500"}, post_action="program.edit"
    ),
    "program:plans": get("program.read"),
    "program:add_plan": both("program.edit", name="Plus", code="plus", price_amount="9", months="1", notice_days="5"),
    "program:plan": both("program.edit", name="Plus", price_amount="9", months="1", notice_days="5"),
    "program:membership": get("wallet.read"),
    "program:sell_plan": post("wallet.check_out", plan="{plan_id}", tender="cash", key="s"),
    "program:refund": post("wallet.refund"),
    "program:renewal": post("customer.edit", renews="no"),
    "program:partners": get("program.read"),
    "program:add_partner": both("program.edit", name="Air", code="air", our_points="1", their_points="2"),
    "program:partner": Row(
        ("program.read",), form={"name": "Air", "our_points": "1", "their_points": "2"}, post_action="program.edit"
    ),
    "program:pay_partner": post("program.publish", points="10", paid_amount="1", key="p"),
    "program:challenges": get("program.read"),
    "program:add_challenge": both("program.edit", **_CHALLENGE, code="cups"),
    "program:challenge": both("program.edit", **_CHALLENGE),
    "program:badges": get("program.read"),
    "program:add_badge": both("program.edit", name="Ten", code="ten", measure="visits", from_value="10"),
    "program:badge": both("program.edit", name="Ten", measure="visits", from_value="10"),
    "program:draws": get("program.read"),
    "program:add_draw": both("program.edit", **DRAW | {"code": "wheel"}),
    "program:draw": Row(("program.read",), form=DRAW, post_action="program.edit"),
    "program:turns": get("customer.list"),
    "program:take_turn": post("gift.hand_out", draw="{draw_id}", key="t"),
    "program:referrals": get("customer.list"),
    "program:decide_referral": post("program.edit", verdict="refuse"),
    "program:bring": Row(("customer.edit",), reads=False, form={"friend": "world-friend"}, named={"customer_id": "card_id"}),
    "program:count": post("gift.stock", gift="{gift_id}", store="{store_id}", on_hand="3"),
    "program:decide": post("gift.hand_out", verb="cancel"),
    # Till
    "checkout:till": get("wallet.check_out"),
    "checkout:basket": post("wallet.check_out", store="NORTH", typed="MILK"),
    "checkout:sales": post("wallet.check_out", store="NORTH", sku="MILK", pieces="1", due="100", pay="cash"),
    "checkout:parked": get("wallet.check_out"),
    # Company and staff
    "organization:people": get("staff.read"),
    "organization:add_person": both("staff.manage", name="Ben", email="ben.new@example.test", language=""),
    "organization:person": get("staff.read"),
    "organization:give_role": post("staff.manage", role="associate", place="store:{store_id}"),
    "organization:take_role": post("staff.manage"),
    "organization:create_link": post("staff.manage"),
    "organization:switch_person": post("staff.manage", to="off"),
    "organization:approvals": get("role.read"),
    "organization:decide": Row(("role.read",), reads=False, form={"verdict": "approve"}, object_action="receipt.export"),
    "organization:roles": get("role.read"),
    "organization:keys": both("key.manage", name="Till", role="pos", place="store:{store_id}", source="till"),
    "organization:revoke_key": post("key.manage"),
    "organization:audit": get("audit.read"),
    "organization:audit_entry": get("audit.read"),
    "organization:company": get("store.read", "organization.edit"),
    "organization:save_region": post("organization.edit", code="EAST", name="East", parent=""),
    # System and design
    "operations:system": get("system.view"),
    "operations:retry_job": post("system.operate"),
    "operations:retry_event": post("system.operate"),
    "operations:release": post("system.operate"),
    "ui:design": get("design.view"),
    "ui:design_part": get("design.view", part="forms"),
}  # fmt: skip

_OWN = "whoever has signed in looks after their own account and nobody else's"
_DOOR = "part of signing in, before anybody is known"
_LINK = "a member's own page: the signed link is the key, and shows that one member's account only"
_LOOKS = "how the frame looks; holds no data"

# Addresses without a right of the matrix, each with the reason why.
OPEN: dict[str, str] = {
    "home:today": "leads every role to the first page it has; figures come from the parts, which ask for dashboard.view",
    **dict.fromkeys(("organization:account", "organization:end_sessions"), _OWN),
    **dict.fromkeys(("organization:save_view", "organization:delete_view"), _OWN),
    **dict.fromkeys(("account_reauthenticate", "account_change_password", "account_set_password"), _OWN),
    **dict.fromkeys(("mfa_reauthenticate", "mfa_index", "mfa_activate_totp", "mfa_deactivate_totp"), _OWN),
    **dict.fromkeys(("mfa_list_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn"), _OWN),
    **dict.fromkeys(("mfa_remove_webauthn", "mfa_edit_webauthn", "mfa_view_recovery_codes"), _OWN),
    **dict.fromkeys(("mfa_generate_recovery_codes", "mfa_download_recovery_codes"), _OWN),
    **dict.fromkeys(("account_login", "account_logout", "account_signup", "account_inactive", "mfa_authenticate"), _DOOR),
    **dict.fromkeys(("socialaccount_login_error", "socialaccount_login_cancelled"), _DOOR),
    **dict.fromkeys(("openid_connect_login", "openid_connect_callback", "organization:sign_in_link"), _DOOR),
    **dict.fromkeys(("ui:language", "ui:theme", "ui:chart_settings"), _LOOKS),
    "ui:chart_export": "draws a chart that a page of ours showed and signed; holds no data itself",
    **dict.fromkeys(("home:member_page", "home:member_code", "home:member_turn", "home:member_sign_in"), _LINK),
    "home:invitation": "what a friend sees who was sent a referral code: the code, and nothing of whoever sent it",
    "operations:healthz": "what monitoring asks; says whether requests can be served and nothing else",
    "operations:metrics": "for a scraper on this machine or with its token; to others the page does not exist",
    "gateway:api_document": "the public description of the API",
    "gateway:api_reference": "the public description of the API",
}
