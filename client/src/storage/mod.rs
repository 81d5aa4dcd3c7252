//! What lies on the phone's disk.
