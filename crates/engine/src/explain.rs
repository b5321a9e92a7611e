//! Why a rule runs as it does, for people.
