"""The database itself keeps facts from being changed."""

import pytest
from django.apps import apps
from django.db import ProgrammingError, connection

from regulars.core import database

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("table", database.fact_tables())
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET {column} = {column}", "TRUNCATE {}"])
def test_the_application_may_not_change_a_fact(table: str, statement: str) -> None:
    database.grant_rights("regulars_app")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE regulars_app")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute(statement.format(table, column=_first_column(table)))


def _first_column(table: str) -> str:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return str(model._meta.concrete_fields[0].column)
