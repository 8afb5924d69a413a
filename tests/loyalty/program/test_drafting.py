"""Rules are drafted, published by two and never changed again."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from regulars.loyalty.program import selectors
from regulars.loyalty.program import services as program
from regulars.loyalty.program.models import RuleVersion
from regulars.organization.services import approvals
from regulars.organization.services.approvals import OwnApprovalError, SecondPersonNeededError
from tests.loyalty.program.story import BASE, NOW, START, SYSTEM, TODAY, club, publish
from tests.organization import factories as people

pytestmark = pytest.mark.django_db


def marketer(name):
    person = people.person("marketer", name=name)
    return people.viewer("marketer", person_id=person.pk)


def test_the_version_in_force_is_the_last_that_has_begun():
    first = publish()
    later = publish(BASE | {"points": 2}, effective_from=TODAY + timedelta(days=1))

    assert selectors.book_at(START).version_id == first.pk
    assert selectors.book_at(TODAY).version_id == first.pk
    assert selectors.book_at(TODAY + timedelta(days=1)).version_id == later.pk
    assert selectors.book_at(date(2025, 12, 31)) is None


def test_a_published_version_does_not_change():
    version = publish()

    with pytest.raises(program.PublishedError):
        program.save_draft(club(), {"earning": []}, viewer=SYSTEM, now=NOW, version=version)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).update(note="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleVersion.objects.filter(pk=version.pk).delete()

    assert RuleVersion.objects.get(pk=version.pk).note == ""


def test_only_the_first_version_may_begin_in_the_past():
    publish()

    with pytest.raises(program.VersionDateError):
        publish(effective_from=TODAY)

    assert RuleVersion.objects.filter(published_at__isnull=False).count() == 1


def test_a_second_person_publishes():
    publish()
    writer, second = marketer("Ana"), marketer("Ben")
    draft = program.save_draft(club(), {"earning": [BASE]}, viewer=writer, now=NOW)
    day = TODAY + timedelta(days=3)

    with pytest.raises(SecondPersonNeededError):
        program.publish_version(draft, effective_from=day, viewer=writer, now=NOW)
    asked = program.ask_to_publish(draft, effective_from=day, viewer=writer, now=NOW)
    with pytest.raises(OwnApprovalError):
        approvals.decide_approval(asked, approve=True, viewer=writer, now=NOW)
    assert RuleVersion.objects.get(pk=draft.pk).published_at is None
    approvals.decide_approval(asked, approve=True, viewer=second, now=NOW)

    assert RuleVersion.objects.get(pk=draft.pk).effective_from == day


def test_what_was_approved_is_what_was_drafted_then():
    publish()
    writer, second = marketer("Ana"), marketer("Ben")
    draft = program.save_draft(club(), {"earning": [BASE]}, viewer=writer, now=NOW)
    asked = program.ask_to_publish(draft, effective_from=TODAY + timedelta(days=3), viewer=writer, now=NOW)
    program.save_draft(club(), {"earning": [BASE | {"points": 50}]}, viewer=writer, now=NOW + timedelta(hours=1), version=draft)

    with pytest.raises(SecondPersonNeededError):
        approvals.decide_approval(asked, approve=True, viewer=second, now=NOW)

    assert RuleVersion.objects.get(pk=draft.pk).published_at is None


def test_rules_that_cannot_be_read_say_where():
    publish()

    with pytest.raises(program.BodyError) as refused:
        program.save_draft(club(), {"earning": [BASE | {"points": 0}]}, viewer=SYSTEM, now=NOW)

    assert "earning.0.per_amount.points" in refused.value.message
    assert RuleVersion.objects.count() == 1
