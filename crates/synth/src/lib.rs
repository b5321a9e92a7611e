//! Synthetic telemetry with planted ground truth
