"""Django forms drawn by the design system: `renderer = FieldRenderer()` on a form, or simply inherit `Form`.

`{{ form }}` then gives one field component after another; `{{ form.name.as_field_group }}` a single one.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models.fields import BLANK_CHOICE_DASH
from django.forms.renderers import TemplatesSetting
from django.utils.translation import gettext_lazy as _

_TEXT_WIDGETS = (
    forms.TextInput,
    forms.NumberInput,
    forms.EmailInput,
    forms.PasswordInput,
    forms.URLInput,
    forms.DateInput,
    forms.DateTimeInput,
    forms.TimeInput,
    forms.FileInput,
)


_DASHES = BLANK_CHOICE_DASH[0][1]
DJANGO_ROWS = "10"  # what Django gives a text area that nobody measured


class FieldRenderer(TemplatesSetting):
    """Draws a form through `ui/form.html` and a field through `ui/_form_field.html`."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/_form_field.html"


class Dressed:
    """Mixin: gives the widgets the classes of the components."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]  # the form class this is mixed into has them
            name_nothing(field)
            dress(field.widget)


class Form(Dressed, forms.Form):
    """A form in the look of the design system."""

    default_renderer = FieldRenderer


class ModelForm(Dressed, forms.ModelForm):  # type: ignore[type-arg]  # generic in the stubs alone
    """A model form in the look of the design system."""

    default_renderer = FieldRenderer


def name_nothing(field: forms.Field) -> None:
    """Say in words what Django writes as a row of dashes: that a choice is still to be made, or may be left open."""
    words = _("Choose …") if field.required else "–"
    if isinstance(field, forms.ModelChoiceField):
        field.empty_label = words if field.empty_label == _DASHES else field.empty_label
    elif isinstance(field, forms.ChoiceField) and not callable(field.choices):
        field.choices = [(key, words if label == _DASHES else label) for key, label in field.choices]


def dress(widget: forms.Widget) -> None:
    """Add the component's class to a widget; dates get the browser's own picker."""
    match widget:
        case forms.CheckboxInput():
            _add(widget, "choice__box")
        case forms.CheckboxSelectMultiple():  # before the radio buttons, of which Django makes it a kind
            _add(widget, "choice__box")
        case forms.RadioSelect():
            _add(widget, "choice__box choice__box--round")
        case forms.Select():
            _add(widget, "input input--select")
        case forms.Textarea():
            _add(widget, "input input--area")
            widget.attrs["rows"] = 3 if widget.attrs.get("rows") == DJANGO_ROWS else widget.attrs["rows"]
        case forms.DateInput():
            widget.input_type = "date"
            widget.format = "%Y-%m-%d"
            _add(widget, "input")
        case _ if isinstance(widget, _TEXT_WIDGETS):
            _add(widget, "input")


def _add(widget: forms.Widget, classes: str) -> None:
    widget.attrs["class"] = " ".join(filter(None, (widget.attrs.get("class", ""), classes)))
