//! Multi-needle search over bytes: which of many needles occur where
