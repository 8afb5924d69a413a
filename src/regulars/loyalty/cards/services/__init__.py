"""The verbs of the room: the only code that writes its tables. `from regulars.loyalty.cards import services as cards`."""

from __future__ import annotations

from regulars.loyalty.cards.services.bank_ranges import BankRangesError, add_bank_ranges, remove_bank_range
from regulars.loyalty.cards.services.batches import (
    BatchMadeError,
    RangeExhaustedError,
    Secret,
    make_batch,
    order_batch,
    receive_batch,
)
from regulars.loyalty.cards.services.batches import asked as batch_asked
from regulars.loyalty.cards.services.blocking import (
    asked_void,
    freeze,
    pass_on,
    renew,
    replace,
    report_found,
    report_lost,
    thaw,
    void,
)
from regulars.loyalty.cards.services.catalog import (
    CardTypeError,
    CardTypeFixedError,
    NumberRangeError,
    add_top_up_rule,
    end_top_up_rule,
    save_partner,
    save_range,
    save_type,
)
from regulars.loyalty.cards.services.counts import (
    CountClosedError,
    CountRunningError,
    begin_count,
    close_count,
    see,
)
from regulars.loyalty.cards.services.counts import asked as count_asked
from regulars.loyalty.cards.services.issuing import (
    CardElsewhereError,
    CardKeyReusedError,
    CardRefusedError,
    activate,
    claim,
    sell,
)
from regulars.loyalty.cards.services.moving import CardStateError
from regulars.loyalty.cards.services.passes import (
    codes_of,
    end_pass,
    find_by_link,
    forget_uses,
    link_token,
    pass_of,
    public_key,
    read_code,
)
from regulars.loyalty.cards.services.recognition import (
    CodeUnknownError,
    Recognized,
    TooManyGuessesError,
    forget_guesses,
    recognize,
    remember_failure,
)
from regulars.loyalty.cards.services.refunds import NothingToRefundError, quote_refund, refund_top_up
from regulars.loyalty.cards.services.settling import settle
from regulars.loyalty.cards.services.shipments import Pick, StockMissingError, give_up, receive, send
from regulars.loyalty.cards.services.shipments import asked as shipment_asked
from regulars.loyalty.cards.services.spending import payable, payment_parts, refuse_unusable, use_count
from regulars.loyalty.cards.services.top_ups import Payment, Quoted, quote_top_up, top_up
from regulars.loyalty.cards.services.wanting import CardsWantedClosedError, ask_for_cards, send_wanted, want_no_more

__all__ = [
    "BankRangesError",
    "BatchMadeError",
    "CardElsewhereError",
    "CardKeyReusedError",
    "CardRefusedError",
    "CardStateError",
    "CardTypeError",
    "CardTypeFixedError",
    "CardsWantedClosedError",
    "CodeUnknownError",
    "CountClosedError",
    "CountRunningError",
    "NothingToRefundError",
    "NumberRangeError",
    "Payment",
    "Pick",
    "Quoted",
    "RangeExhaustedError",
    "Recognized",
    "Secret",
    "StockMissingError",
    "TooManyGuessesError",
    "activate",
    "add_bank_ranges",
    "add_top_up_rule",
    "ask_for_cards",
    "asked_void",
    "batch_asked",
    "begin_count",
    "claim",
    "close_count",
    "codes_of",
    "count_asked",
    "end_pass",
    "end_top_up_rule",
    "find_by_link",
    "forget_guesses",
    "forget_uses",
    "freeze",
    "give_up",
    "link_token",
    "make_batch",
    "order_batch",
    "pass_of",
    "pass_on",
    "payable",
    "payment_parts",
    "public_key",
    "quote_refund",
    "quote_top_up",
    "read_code",
    "receive",
    "receive_batch",
    "recognize",
    "refund_top_up",
    "refuse_unusable",
    "remember_failure",
    "remove_bank_range",
    "renew",
    "replace",
    "report_found",
    "report_lost",
    "save_partner",
    "save_range",
    "save_type",
    "see",
    "sell",
    "send",
    "send_wanted",
    "settle",
    "shipment_asked",
    "thaw",
    "top_up",
    "use_count",
    "void",
    "want_no_more",
]
