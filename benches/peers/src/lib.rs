//! The workbook's network, built anew in the frameworks that people use.
//!
//! The book shows this code beside its own, a test holds that both compute the same, and a program
//! measures how long they take.

#![forbid(unsafe_code)]
