"""Settings of the test run: each process has a home folder with an embedded PostgreSQL, which `conftest.py` starts."""

import os
import tempfile

if "REGULARS_TEST_HOME" not in os.environ:  # the first process of a run makes it, its workers inherit it
    os.environ["REGULARS_TEST_HOME"] = tempfile.mkdtemp(prefix="regulars-test-")
# Each worker has a database server of its own: an open transaction of one would hold back the lake and the seals of another.
os.environ["REGULARS_HOME"] = f"{os.environ['REGULARS_TEST_HOME']}/{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
os.environ.pop("DATABASE_URL", None)
# Some machines forbid bytecode: each of the many processes that tests start would then compile all libraries anew (4 s each).
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

from regulars.config.settings import *  # noqa: F403
from regulars.config.settings import DATABASES, STATIC_ROOT, STORAGES

# The tests' own databases belong to the owner, who may create them; rights are tested by SET ROLE.
DATABASES["default"]["USER"] = "postgres"
DATABASES["default"]["OPTIONS"].pop("pool")
DATABASES["default"]["OPTIONS"].pop("connect_timeout")
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ALLOWED_HOSTS = ["*"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing folder
