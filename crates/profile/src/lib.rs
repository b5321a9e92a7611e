//! Archive column names to SPL and CIM field names
