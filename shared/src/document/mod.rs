//! What people write: Automerge documents, and every edit a person can make on one.
