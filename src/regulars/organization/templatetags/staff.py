"""Draws the forms of django-allauth with the fields of the design system; says rights, changes and who acted in words."""

from __future__ import annotations

from django import forms, template
from django.utils.safestring import SafeString

from regulars.organization import wording
from regulars.ui.forms import FieldRenderer, dress

register = template.Library()


@register.filter
def actor(label: str) -> wording.Text:
    """`{{ entry.actor|actor }}`"""
    return wording.actor(label)


@register.filter
def dressed(form: forms.Form) -> SafeString:
    """`{{ form|dressed }}`"""
    form.renderer = FieldRenderer()
    form.label_suffix = ""
    for field in form.fields.values():
        dress(field.widget)
    return form.render()
