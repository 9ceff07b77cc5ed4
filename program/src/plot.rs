//! The training as a picture: loss and accuracy over the epochs, as SVG.

use no_magic::training::EpochReport;
pub use plot::PlotError;
use plot::{Axis, BLUE, Line, Panel, RED, panel};

/// More points than the plot is pixels wide show nothing more.
const MOST_POINTS: usize = 2_000;

/// The loss above, on a logarithmic axis, and the accuracy below, each over the
/// epochs.
///
/// The same reports give the same bytes on every machine.
///
/// ```
/// use no_magic::training::EpochReport;
/// use no_magic_program::plot;
///
/// let report = EpochReport { epoch: 0, loss: 1.1, accuracy: 0.4 };
/// assert!(plot::to_svg(&[report])?.starts_with("<svg"));
/// # Ok::<(), plot::PlotError>(())
/// ```
///
/// # Errors
///
/// None that the memory it is drawn in could have.
pub fn to_svg(reports: &[EpochReport]) -> Result<String, PlotError> {
    let shown = thin_out(reports);
    let end = shown.last().map_or(1, |report| report.epoch + 1);
    let panel = |y, color, height: fn(&EpochReport) -> f64| Panel {
        title: String::new(),
        x: Axis::counting("Epoch", end),
        y,
        lines: vec![Line {
            name: String::new(),
            color,
            points: shown.iter().map(|r| (r.epoch as f64, height(r))).collect(),
        }],
        rings: Vec::new(),
    };
    // The axis reaches 1 even if the loss doesn't.
    let losses = shown.iter().map(loss).chain([1.0]);
    panel::draw(&[
        panel(Axis::powers_of_ten("Mean loss (log scale)", losses), BLUE, loss),
        panel(Axis::linear("Training accuracy (%)", 0.0..100.0), RED, |report| {
            report.accuracy * 100.0
        }),
    ])
}

/// The reports at equal distances, from the first to the last, as many as make
/// sense.
fn thin_out(reports: &[EpochReport]) -> Vec<EpochReport> {
    let Some((&last, others)) = reports.split_last() else {
        return Vec::new();
    };
    let step = reports.len().div_ceil(MOST_POINTS);
    others.iter().step_by(step).copied().chain([last]).collect()
}

/// The loss adds 1e-7 to each probability, so that it has nothing to say below
/// that, and may even be negative.
fn loss(report: &EpochReport) -> f64 {
    report.loss.max(1e-7)
}
