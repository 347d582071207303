"""The one error of this package: a model that must not be made, loaded or used, with the reason."""


class ModelError(Exception):
    """A model cannot be fitted, loaded or applied; the message says what, where and what to do."""


class NotAvailableError(ModelError):
    """A baseline has nothing to work with in these data."""
