"""The one error of this package. Its message says what, where and what to do, and never holds a pupil's data."""


class DeliveryError(Exception):
    """A list that cannot be made or written."""
