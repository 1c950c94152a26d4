//! The forms in which backends hold numbers.

use super::field::FieldElement;

/// How a backend holds numbers. What is precomputed is kept once for each form, whichever backends share it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "no backend there has it"))]
pub(crate) enum Form {
    /// Integers of 51 bits.
    Limbs51,
    /// Integers of 52 bits.
    Limbs52,
    /// Signed doubles of 51 bits.
    Doubles,
}

impl Form {
    /// How many there are.
    pub(crate) const COUNT: usize = 3;

    /// What tables have added to each coordinate of a row. Half of every limb makes limbs that are cut out of it signed ones by a subtraction alone.
    pub(crate) const fn row_offset(self) -> FieldElement {
        match self {
            Self::Limbs51 | Self::Limbs52 => FieldElement::ZERO,
            Self::Doubles => FieldElement([1 << 50; 5]),
        }
    }
}
