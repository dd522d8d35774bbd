"""The base of the evaluation service's tables."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Tables of this service; their DDL is in its migrations."""
