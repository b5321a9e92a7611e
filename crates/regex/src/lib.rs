//! PCRE text to linear-time automata, and to the literals that a match must hold
