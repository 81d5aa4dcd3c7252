//! The sync on the phone: what goes up, what the answer means, when to try again. Values to values.
