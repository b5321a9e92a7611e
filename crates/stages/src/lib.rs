//! Vectorised operators over batches: predicates, projections, bins and aggregates
