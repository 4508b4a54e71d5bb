//! What the tests of the modules share.

pub(crate) mod rows;
