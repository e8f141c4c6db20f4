"""Metrics: where Keras differs."""

from parity.deviations.regions.base import Region

REGIONS: tuple[Region, ...] = ()
