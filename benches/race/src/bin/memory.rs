//! Adds to the measurements of `race scaling` how much memory our network takes.
//!
//! A program of its own, because it counts what is allocated, and counting takes
//! time.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;

use atomic_write_file::AtomicWriteFile;
use ndarray::Array2;
use no_magic::fast;
use race::MEASURED;
use race::measurements::{Measurements, Precision, Row, Workload};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;

fn main() -> Result<(), Box<dyn Error>> {
    let file = Path::new(MEASURED).join("scaling.json");
    let mut measurements = Measurements::from_json(&fs::read_to_string(&file)?)?;
    for measured in &mut measurements.workloads {
        let bytes = bytes(&measured.workload);
        let ours = |row: &&mut Row| {
            (row.contender.as_str(), row.precision) == ("ours", Precision::Float64)
        };
        if let Some(row) = measured.rows.iter_mut().find(ours) {
            row.bytes = Some(bytes);
        }
    }
    let mut out = AtomicWriteFile::open(&file)?;
    out.write_all(measurements.to_json()?.as_bytes())?;
    out.commit()?;
    println!("{}", file.display());
    Ok(())
}

/// The most that is allocated at a time while a network is made and takes two
/// steps, its batch included.
fn bytes(Workload { sizes, batch }: &Workload) -> u64 {
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let x = || Array2::zeros((*batch, sizes[0]));
    let labels = vec![0; *batch];
    let allocated = allocation_counter::measure(|| {
        if *batch == 1 {
            let mut network = fast::NeuralNet::new(sizes, &mut rng).expect("sizes");
            for _ in 0..2 {
                network.train_step(&x().row(0), 0, 0.05);
            }
        } else {
            let mut network = fast::Network::new(sizes, &mut rng).expect("sizes");
            for _ in 0..2 {
                network.train_step(&x(), &labels, 0.05);
            }
        }
    });
    allocated.bytes_max
}
