"""What whoever sits there hears where he may not come in any more: known without what the entrances themselves need."""

from records.store.store import StoreError


class ClosedError(StoreError):
    """Nobody comes in any more by the entrance through which this person came; the message is for him."""
