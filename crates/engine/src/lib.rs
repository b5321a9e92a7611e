//! All rules in one pass: compile, bind, scan, merge
