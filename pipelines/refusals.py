"""Which endings are a refusal: a rule or check said no, and says what to do. Every other exception is a fault of the system.

Belongs here: their names, so that nothing heavy has to be imported to tell. Not here: what is done about either (`cli`, `in_process`).
"""

REFUSALS = frozenset(
    {
        "AuditError",
        "BackupError",
        "BoxError",
        "ContractError",
        "DeliveryError",
        "ErasureError",
        "FeatureError",
        "GateError",
        "KeysError",
        "LoadingError",
        "MappingError",
        "MomentError",
        "PublicationError",
        "QuarantineError",
        "RefusedError",
        "RetentionError",
        "RunError",
        "SealedFileError",
        "SettingsError",
        "SourceError",
        "VaultError",
        "WarehouseBusyError",
    }
)


class RefusedError(Exception):
    """A check or rule said no."""
