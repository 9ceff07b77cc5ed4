//! Measurements for tests.

use std::collections::BTreeMap;

use crate::measurements::{
    Machine, Measured, Measurements, Precision, Row, Workload,
};

/// Of these workloads, on a machine of no name.
pub fn measurements(workloads: Vec<Measured>) -> Measurements {
    Measurements {
        date: "2026-01-31".to_owned(),
        machine: Machine {
            processor: "Abacus".to_owned(),
            cores: 1,
            system: "Wood 2".to_owned(),
        },
        versions: BTreeMap::new(),
        peaks: Vec::new(),
        exponentials: None,
        workloads,
    }
}

/// The contenders' times on a workload.
pub fn measured(sizes: &[usize], batch: usize, rows: Vec<Row>) -> Measured {
    let workload = Workload::new(sizes, batch);
    Measured { workload, rows }
}

/// A contender's time in each round, in 64 bits.
pub fn row(contender: &str, microseconds: &[f64]) -> Row {
    Row {
        contender: contender.to_owned(),
        precision: Precision::Float64,
        steps: 1,
        microseconds: microseconds.to_vec(),
        bytes: None,
    }
}
