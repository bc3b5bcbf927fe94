"""Copying the objects of one place to another: surveyed first, journaled, resumable, proven by a manifest.

Knows nothing of plans and resources: who plans a move calls `survey` and `estimate`, who carries it out `Copy` and
`verify`. Nothing here prints.
"""

from unknot.providers.copying.copier import Copy, Options
from unknot.providers.copying.estimate import Estimate, Sample, estimate, measure
from unknot.providers.copying.failures import CopyDamaged, CopyError, CopyRefused, CopyTaken
from unknot.providers.copying.manifest import Entry, Manifest, Seal, Stamp
from unknot.providers.copying.outcome import LossCount, PassReport
from unknot.providers.copying.prices import Prices, load_prices
from unknot.providers.copying.progress import Progress
from unknot.providers.copying.surveying import Problem, Survey, survey
from unknot.providers.copying.verifying import Fault, Verification, verify

__all__ = [
    "Copy",
    "CopyDamaged",
    "CopyError",
    "CopyRefused",
    "CopyTaken",
    "Entry",
    "Estimate",
    "Fault",
    "LossCount",
    "Manifest",
    "Options",
    "PassReport",
    "Prices",
    "Problem",
    "Progress",
    "Sample",
    "Seal",
    "Stamp",
    "Survey",
    "Verification",
    "estimate",
    "load_prices",
    "measure",
    "survey",
    "verify",
]
