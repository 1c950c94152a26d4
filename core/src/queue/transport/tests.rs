use super::*;

fn assert_carrier<C: Carrier>(_: &C) {}
