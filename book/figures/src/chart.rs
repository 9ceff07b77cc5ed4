//! Curves over epochs, on a logarithmic axis.

use std::io;
use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::canvas::figure;

/// Why a chart can't be drawn.
pub type ChartError = DrawingAreaErrorKind<io::Error>;

const WIDTH: u32 = 1200;
const PANEL_HEIGHT: u32 = 560;
const FONT: (&str, u32) = ("sans-serif", 40);
const GRID_COLOR: RGBColor = RGBColor(0xCC, 0xCC, 0xCC);

/// The page's theme has its own colors for these.
pub const COLORS: [RGBColor; 3] = [
    RGBColor(0x00, 0x44, 0x88),
    RGBColor(0xBB, 0x55, 0x66),
    RGBColor(0xDD, 0xAA, 0x33),
];

/// A curve with its name.
pub struct Curve {
    /// What it shows.
    pub name: &'static str,
    /// A value for each epoch, from the first.
    pub values: Vec<f64>,
}

/// Curves that share their axes.
pub struct Panel {
    /// What stands above.
    pub title: &'static str,
    /// The curves, at most three.
    pub curves: Vec<Curve>,
}

/// Draws panels, one below the other.
pub fn draw(
    panels: &[Panel],
    alternative: &str,
    caption: &str,
) -> Result<String, ChartError> {
    let rows = panels.len();
    let height = PANEL_HEIGHT * u32::try_from(rows).unwrap_or(1);
    let mut svg = String::new();
    let page = SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
    page.fill(&WHITE)?;
    for (panel, area) in panels.iter().zip(page.split_evenly((rows, 1))) {
        panel.draw(&area)?;
    }
    page.present()?;
    drop(page);
    let size = format!(r#"width="{WIDTH}" height="{height}""#);
    let scaled = format!(r#"class="plot" role="img" aria-label="{alternative}""#);
    Ok(figure(&svg.replacen(&size, &scaled, 1), caption))
}

impl Panel {
    fn draw(&self, area: &DrawingArea<SVGBackend<'_>, Shift>) -> Result<(), ChartError> {
        let epochs = self.curves.iter().map(|curve| curve.values.len()).max();
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, FONT)
            .margin(20)
            .margin_right(60)
            .x_label_area_size(100)
            .y_label_area_size(190)
            .build_cartesian_2d(0..epochs.unwrap_or(1), self.powers())?;
        chart
            .configure_mesh()
            .x_desc("Epoch")
            .x_labels(6)
            .y_desc("Loss (log scale)")
            .y_labels(6)
            .y_label_formatter(&|height| libm::exp10(height.round()).to_string())
            .label_style(FONT)
            .axis_desc_style(FONT)
            .bold_line_style(GRID_COLOR.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for (curve, color) in self.curves.iter().zip(COLORS) {
            let heights = curve.values.iter().map(|&value| libm::log10(value));
            let line = LineSeries::new((0..).zip(heights), color.stroke_width(5));
            chart
                .draw_series(line)?
                .label(curve.name)
                .legend(move |(x, y)| {
                    PathElement::new([(x, y), (x + 50, y)], color.stroke_width(5))
                });
        }
        chart
            .configure_series_labels()
            .position(SeriesLabelPosition::LowerLeft)
            .legend_area_size(60)
            .label_font(FONT)
            .margin(20)
            .draw()?;
        Ok(())
    }

    /// The powers of ten that hold all values, and one more, in which the legend has room.
    fn powers(&self) -> Range<f64> {
        let values = self.curves.iter().flat_map(|curve| &curve.values);
        let least = values
            .clone()
            .fold(f64::INFINITY, |least, &value| least.min(value));
        let most = values.fold(0.0_f64, |most, &value| most.max(value));
        libm::log10(least).floor() - 1.0..libm::log10(most).ceil()
    }
}
