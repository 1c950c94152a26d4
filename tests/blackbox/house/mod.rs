//! Rules of the house that are about the source and the documents, not about behaviour.

mod circles;
mod commands;
mod documents;
mod imports;
mod migrations;
mod modules;
mod source;
mod walls;
mod words;
