"""Operations that go on in the background, followed for a while by azure-mgmt-core's own poller.

Only the operation says why it failed, so it is followed rather than left alone; but not without end: what takes
longer is then waited for by the type's own `ready` or `deleted`, which know the deadline of the change.
"""

import time
from typing import Any

from unknot.providers.declared.calls import Tally

INTERVAL_S = 1.0
"""Between two looks where the service does not say."""
LIMIT_S = 30.0


def following(tally: Tally) -> Any:
    """A polling method for one operation, whose requests are counted too."""
    from azure.mgmt.core.polling.arm_polling import ARMPolling

    class Following(ARMPolling):
        _until = time.monotonic() + LIMIT_S

        def finished(self) -> bool:
            return time.monotonic() > self._until or bool(super().finished())

        def _delay(self) -> None:
            left = self._until - time.monotonic()
            self._sleep(max(0.0, min(self._extract_delay(), left)))

    return Following(INTERVAL_S, unknot_tally=tally)
