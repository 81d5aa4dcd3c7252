//! Why a change was refused. Says which rule and how to look, never what the change contained.

use thiserror::Error;

macro_rules! refusals {
    ($($name:ident $code:literal $text:literal,)+) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Error)]
        #[non_exhaustive]
        pub enum Refusal {
            $(#[error($text)] $name,)+
        }

        impl Refusal {
            pub const ALL: &[Refusal] = &[$(Refusal::$name,)+];

            /// Stable short name for the wire and for counting.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Refusal::$name => $code,)+
                }
            }
        }
    };
}

refusals! {
    ChangeTooLong "change-too-long" "the change is longer than allowed",
    NotAutomerge "not-automerge" "the bytes are not an Automerge chunk",
    WrongChecksum "wrong-checksum" "the checksum does not hold: damaged on the way, send it again",
    NotAnUncompressedChange "not-a-change" "only an uncompressed change chunk is taken",
    Truncated "truncated" "the bytes end before what they announce",
    TrailingBytes "trailing-bytes" "there are bytes after the change's end",
    InvalidNumber "invalid-number" "a number is too large or not in its shortest form",
    InvalidUtf8 "invalid-utf8" "a text is not valid UTF-8",
    TooManyDependencies "too-many-dependencies" "the change builds on more changes than allowed",
    DependenciesNotSorted "dependencies-not-sorted" "the dependencies are not in order, or repeated",
    MissingDependencies "missing-dependencies" "a change without dependencies must be the first of its document",
    ActorLength "actor-length" "an actor id does not have the length the server issues",
    TooManyActors "too-many-actors" "the change refers to more actors than allowed",
    ActorsNotSorted "actors-not-sorted" "the other actors are not in order, or repeated",
    UnknownActor "unknown-actor" "an operation names an actor outside the change's table",
    UnusedActor "unused-actor" "the table has an actor that no operation names",
    CounterOutOfRange "counter-out-of-range" "a sequence number or operation counter is out of range",
    TimeOutOfRange "time-out-of-range" "the time of the change is out of range",
    MessageTooLong "message-too-long" "the message of the change is longer than allowed",
    UnknownColumn "unknown-column" "there is a column that this server does not know",
    ColumnsNotSorted "columns-not-sorted" "the columns are not in order, or repeated",
    DeflatedColumn "deflated-column" "a column is deflated",
    EmptyColumn "empty-column" "a column is present and empty",
    RunNotCanonical "run-not-canonical" "a column is not encoded in its shortest form",
    UnequalColumns "unequal-columns" "the columns do not have the same number of rows",
    MissingCell "missing-cell" "an operation lacks a value it needs, or has two that exclude each other",
    NoOperations "no-operations" "the change has no operations",
    TooManyOperations "too-many-operations" "the change has more operations than allowed",
    TooManyPredecessors "too-many-predecessors" "the change overwrites more operations than allowed",
    UnknownAction "unknown-action" "there is an operation of a kind that is not taken",
    UnknownValueType "unknown-value-type" "there is a value of a type that is not taken",
    ValueTooLong "value-too-long" "a value is longer than allowed",
    ValueLength "value-length" "a value does not fill the length it announces",
    UnexpectedValue "unexpected-value" "an operation that carries no value has one",
    KeyTooLong "key-too-long" "a key is longer than allowed",
    InvalidKey "invalid-key" "an operation names a place that is not in its object",
    InvalidObject "invalid-object" "an operation writes into something that is no such object",
    InvalidInsert "invalid-insert" "an insertion is not one of a value into a list or text",
    InvalidPredecessor "invalid-predecessor" "an operation overwrites one of another place",
    MissingPredecessor "missing-predecessor" "an operation that overwrites or deletes does not say what",
    PredecessorsNotSorted "predecessors-not-sorted" "the overwritten operations are not in order, or repeated",
    UnknownReference "unknown-reference" "an operation refers to one that does not exist before it",
    DependencyNotKnown "dependency-not-known" "the change builds on a change that has not arrived",
    AlreadyKnown "already-known" "the change is already in the document",
    WrongSequence "wrong-sequence" "the change is not the next of its author",
    WrongStart "wrong-start" "the operations do not follow the dependencies' operations",
}
