"""The base of the registry service's tables."""

from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    """Tables of this service; their DDL is in its migrations."""
