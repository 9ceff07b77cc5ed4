//! The training in numbers, epoch by epoch, for other programs: as CSV and as JSON.

use no_magic::training::EpochReport;
use serde::Serialize;

/// A table of the epochs as CSV, with a header. Every number is written in full.
///
/// ```
/// use no_magic::training::EpochReport;
/// use no_magic_program::history;
///
/// let report = EpochReport { epoch: 0, loss: 0.1 + 0.2, accuracy: 0.5 };
/// let csv = history::to_csv(&[report])?;
/// assert_eq!(csv, b"epoch,loss,accuracy\n0,0.30000000000000004,0.5\n");
/// # Ok::<(), csv::Error>(())
/// ```
///
/// # Errors
///
/// None that the memory it is written to could have.
pub fn to_csv(reports: &[EpochReport]) -> csv::Result<Vec<u8>> {
    let mut csv = Vec::new();
    let mut writer = csv::Writer::from_writer(&mut csv);
    writer.write_record(["epoch", "loss", "accuracy"])?;
    for report in reports {
        writer.serialize((report.epoch, report.loss, report.accuracy))?;
    }
    writer.flush()?;
    drop(writer);
    Ok(csv)
}

/// One epoch as a JSON object in one line. Every number is written in full.
///
/// ```
/// use no_magic::training::EpochReport;
/// use no_magic_program::history;
///
/// let report = EpochReport { epoch: 0, loss: 0.1 + 0.2, accuracy: 0.5 };
/// let json = history::to_json(&report)?;
/// assert_eq!(json, r#"{"epoch":0,"loss":0.30000000000000004,"accuracy":0.5}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
///
/// # Errors
///
/// None that three numbers could have.
pub fn to_json(report: &EpochReport) -> Result<String, serde_json::Error> {
    #[derive(Serialize)]
    struct Record {
        epoch: usize,
        loss: f64,
        accuracy: f64,
    }
    let &EpochReport { epoch, loss, accuracy } = report;
    serde_json::to_string(&Record { epoch, loss, accuracy })
}
