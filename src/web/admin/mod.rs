//! Administration: an API and plain pages for operators.
