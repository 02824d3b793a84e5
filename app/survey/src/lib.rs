//! Survey methodology.
