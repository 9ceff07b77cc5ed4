//! The training as a picture: loss and accuracy over the epochs, as SVG.

use std::io;
use std::ops::Range;

use no_magic::training::EpochReport;
use plotters::coord::Shift;
use plotters::prelude::*;

/// Why a plot can't be drawn.
pub type PlotError = DrawingAreaErrorKind<io::Error>;

const SIZE: (u32, u32) = (1600, 1200);
const MARGIN: u32 = 40;
/// Half of the longest number below the axis reaches into it.
const RIGHT_MARGIN: u32 = 100;
const LABEL_WIDTH: u32 = 230;
const LABEL_HEIGHT: u32 = 100;
/// More points than the plot is pixels wide show nothing more.
const MOST_POINTS: usize = 2_000;
const FONT: (&str, u32) = ("sans-serif", 44);

// The blue and the red of Paul Tol's high-contrast scheme, which also differ in
// black and white.
const LOSS_COLOR: RGBColor = RGBColor(0x00, 0x44, 0x88);
const ACCURACY_COLOR: RGBColor = RGBColor(0xBB, 0x55, 0x66);
const GRID_COLOR: RGBColor = RGBColor(0xCC, 0xCC, 0xCC);

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
    let panels = [loss_panel(&shown), accuracy_panel(&shown)];
    let mut svg = String::new();
    let page = SVGBackend::with_string(&mut svg, SIZE).into_drawing_area();
    page.fill(&WHITE)?;
    for (panel, area) in panels.iter().zip(page.split_evenly((panels.len(), 1))) {
        panel.draw(&area)?;
    }
    page.present()?;
    drop(page);
    Ok(svg)
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

/// The loss on a logarithmic axis, from one power of ten to another.
fn loss_panel(reports: &[EpochReport]) -> Panel {
    let heights = reports.iter().map(|report| log10(report.loss));
    let lowest = heights.clone().fold(0.0, f64::min);
    let highest = heights.clone().fold(lowest, f64::max);
    let bottom = lowest.floor();
    let top = highest.ceil().max(bottom + 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a handful of powers of ten"
    )]
    let powers = (top - bottom) as usize;
    Panel {
        name: "Mean loss (log scale)",
        color: LOSS_COLOR,
        range: bottom..top,
        most_marks: powers + 1,
        label: |height| libm::exp10(height.round()).to_string(),
        points: epochs(reports).zip(heights).collect(),
    }
}

/// The loss adds 1e-7 to each probability, so that it has nothing to say below
/// that, and may even be negative.
fn log10(loss: f64) -> f64 {
    libm::log10(loss.max(1e-7))
}

fn accuracy_panel(reports: &[EpochReport]) -> Panel {
    let percentages = reports.iter().map(|report| report.accuracy * 100.0);
    Panel {
        name: "Training accuracy (%)",
        color: ACCURACY_COLOR,
        range: 0.0..100.0,
        most_marks: 6,
        label: |height| format!("{height:.0}"),
        points: epochs(reports).zip(percentages).collect(),
    }
}

fn epochs(reports: &[EpochReport]) -> impl Iterator<Item = usize> {
    reports.iter().map(|report| report.epoch)
}

struct Panel {
    name: &'static str,
    color: RGBColor,
    range: Range<f64>,
    most_marks: usize,
    label: fn(&f64) -> String,
    points: Vec<(usize, f64)>,
}

impl Panel {
    fn draw(
        &self,
        area: &DrawingArea<SVGBackend<'_>, Shift>,
    ) -> Result<(), PlotError> {
        let end = self.points.last().map_or(1, |&(epoch, _)| epoch + 1);
        let mut chart = ChartBuilder::on(area)
            .margin(MARGIN)
            .margin_right(RIGHT_MARGIN)
            .x_label_area_size(LABEL_HEIGHT)
            .y_label_area_size(LABEL_WIDTH)
            .build_cartesian_2d(0..end, self.range.clone())?;
        chart
            .configure_mesh()
            .x_desc("Epoch")
            .x_labels(6)
            .y_desc(self.name)
            .y_labels(self.most_marks)
            .y_label_formatter(&self.label)
            .label_style(FONT)
            .axis_desc_style(FONT)
            .bold_line_style(GRID_COLOR.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .draw()?;
        let points = self.points.iter().copied();
        let line = LineSeries::new(points, self.color.stroke_width(5).filled());
        // One point alone makes no line.
        let point_size = if self.points.len() == 1 { 10 } else { 0 };
        chart.draw_series(line.point_size(point_size))?;
        Ok(())
    }
}
