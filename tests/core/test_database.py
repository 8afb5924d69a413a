"""The database itself keeps facts from being changed."""

import pytest
from django.db import ProgrammingError, connection

from regulars.core import database

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("table", database.fact_tables())
@pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET written_xid = 0", "TRUNCATE {}"])
def test_the_application_may_not_change_a_fact(table: str, statement: str) -> None:
    database.grant_rights("regulars_app")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE regulars_app")
        with pytest.raises(ProgrammingError, match="permission denied"):
            cursor.execute(statement.format(table))
