"""The forms of the import page: the file and what is in it, and the choices of how it is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regulars.customers.models import CustomField
from regulars.gateway.files import matching, wording
from regulars.gateway.files.kinds import KINDS, Kind
from regulars.gateway.files.preparing import Seen
from regulars.gateway.models import ImportBatch
from regulars.organization.access import Scope
from regulars.organization.models import Store
from regulars.ui.forms import Form

DEFAULT_SOURCE = "file"
_SAMPLES = 3


class UploadForm(Form):
    """A file, what it holds, and whose it is."""

    file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.parquet,.json,.ndjson,.jsonl,.zip,.gz"}),
        error_messages={"empty": _("The file is empty."), "required": _("Choose a file first.")},
    )
    kind = forms.ChoiceField(label=_("What is in it"), required=False)
    store = forms.ModelChoiceField(label=_("For the store"), queryset=Store.objects.none(), required=False)
    source = forms.SlugField(
        label=_("Where it comes from"),
        initial=DEFAULT_SOURCE,
        max_length=64,
        help_text=_("Numbers of receipts and customers are unique within one source. Keep the word for later files."),
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [("", _("Find out from the columns"))] + [  # type: ignore[attr-defined]
            (key, label) for key, (label, _note, _icon) in wording.KINDS.items()
        ]
        if scope.stores is None:
            del self.fields["store"]
            return
        stores = Store.objects.filter(pk__in=scope.stores).order_by("name")
        self.fields["store"].queryset = stores  # type: ignore[attr-defined]
        self.fields["store"].required = True
        self.fields["store"].initial = stores.first()


class OptionsForm(Form):
    """How the file is read where it does not say so itself."""

    encoding = forms.ChoiceField(
        label=_("Characters"),
        required=False,
        choices=[("", _("Find out")), ("utf-8", "UTF-8"), ("gb18030", "GB18030 / GBK"), ("big5", "Big5"),
                 ("cp1252", "Windows-1252"), ("iso8859-1", "Latin-1"), ("shift_jis", "Shift JIS")],
    )  # fmt: skip
    separator = forms.ChoiceField(
        label=_("Columns are separated by"),
        required=False,
        choices=[("", _("Find out")), (",", _("Comma")), (";", _("Semicolon")), ("\t", _("Tab")), ("|", _("Bar"))],
    )
    date_order = forms.ChoiceField(
        label=_("Dates such as 03/04/2026"),
        required=False,
        choices=[("", _("Find out")), ("dmy", _("Day first")), ("mdy", _("Month first")), ("ymd", _("Year first"))],
    )
    excel_epoch = forms.ChoiceField(
        label=_("Dates that are plain numbers"),
        required=False,
        choices=[("", _("Refuse them")), ("1900", _("Windows system (1900)")), ("1904", _("Mac system (1904)"))],
    )
    decimal_sign = forms.ChoiceField(
        label=_("Amounts"),
        required=False,
        choices=[("", _("Plain: 1234.56")), (".", _("With thousands: 1,234.56")), (",", _("With thousands: 1.234,56"))],
    )
    customer_kind = forms.ChoiceField(
        label=_("The customer column holds"),
        required=False,
        choices=[("external", _("Customer numbers")), ("card", _("Card numbers")), ("phone", _("Phone numbers")),
                 ("email", _("E-mail addresses"))],
    )  # fmt: skip

    def __init__(self, *args: Any, batch: ImportBatch, **kwargs: Any) -> None:
        kwargs.setdefault("initial", batch.options)
        super().__init__(*args, **kwargs)
        if not batch.file_name.lower().endswith((".csv", ".tsv", ".txt", ".zip", ".gz")):
            del self.fields["encoding"], self.fields["separator"]
        if not (batch.kind in KINDS and KINDS[batch.kind].are_receipts):
            del self.fields["customer_kind"]


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """One column of the file on the mapping page: its name, its first values, and the field it fills."""

    index: int
    label: str
    samples: list[str]
    field: str


def column_rows(seen: Seen, columns: Mapping[str, str]) -> list[ColumnRow]:
    """Return the columns in the order of the file."""
    by_label = {label: key for key, label in columns.items()}
    rows = []
    for index, label in enumerate(seen.header):
        values = [row[index] for row in seen.sample if index < len(row)]
        samples = list(dict.fromkeys(value for value in values if value))[:_SAMPLES]
        rows.append(ColumnRow(index, label, samples, by_label.get(label, "")))
    return rows


def field_choices(kind: Kind, columns: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the fields that a column can fill, the needed ones marked."""
    found = [(field.key, f"{wording.field_label(field.key)}{' *' if field.required else ''}") for field in kind.fields]
    if kind.has_custom:
        keys = {key.removeprefix("custom.") for key in columns if key.startswith("custom.")}
        found += [(f"custom.{key}", label) for key, label in CustomField.objects.values_list("key", "label")]
        known = {key for key, _label in found}
        found += [(f"custom.{key}", key) for key in sorted(keys) if f"custom.{key}" not in known]
    return [("", str(_("Leave out"))), *found]


def chosen_columns(posted: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    """Return our field → their column as it was posted, the first of several columns for one field."""
    found: dict[str, str] = {}
    for index, label in enumerate(header):
        key = posted.get(f"column-{index}", "")
        if key and key not in found:
            found[key] = label
    return found


def doubled(posted: Mapping[str, str], header: Sequence[str]) -> list[str]:
    """Return the names of fields that were chosen for several columns."""
    keys = [key for index in range(len(header)) if (key := posted.get(f"column-{index}", ""))]
    return [str(wording.field_label(key)) for key in dict.fromkeys(keys) if keys.count(key) > 1]


def lacking(kind: Kind, columns: Mapping[str, str]) -> list[str]:
    """Return the names of needed fields without a column; of several that would do, all of them."""
    found = []
    for key in matching.missing(kind, columns):
        group = next((group for group in kind.one_of if group[0] == key), (key,))
        found.append(str(_(" or ")).join(str(wording.field_label(one)) for one in group))
    return found
