"""The privacy desk: one core that answers, and channels that carry its replies."""

__version__ = "0.1.0"
