"""How hypothesis runs here.

In CI: the same examples every time, shown as they are if they fail. ``QAPIGEN_HYPOTHESIS=dev``
looks for the smallest example that fails, which takes minutes; ``make fuzz`` tries new ones.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

# A schema is compiled for each example: that takes a while, and some of them are large.
settings.register_profile(
    "dev",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "ci", settings.get_profile("dev"), phases=[Phase.explicit, Phase.generate]
)
settings.register_profile(
    "fuzz", settings.get_profile("ci"), derandomize=False, print_blob=True
)
settings.load_profile(os.environ.get("QAPIGEN_HYPOTHESIS", "ci"))
