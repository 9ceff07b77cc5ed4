//! Curves of the loss.

use std::io;
use std::ops::Range;

use plotters::coord::Shift;
use plotters::prelude::*;

use crate::canvas::figure;

/// Why a chart can't be drawn.
pub type ChartError = DrawingAreaErrorKind<io::Error>;

/// A part of a drawing.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

const WIDTH: u32 = 1200;
const PANEL_HEIGHT: u32 = 560;
/// The font of all words in a plot.
pub const FONT: (&str, u32) = ("sans-serif", 40);
/// The page's theme has its own color for this, and for those below.
pub const GRID_COLOR: RGBColor = RGBColor(0xCC, 0xCC, 0xCC);

/// The curves' colors.
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

/// The axis of the loss.
#[derive(Clone, Copy)]
pub enum Axis {
    /// Powers of ten that hold all values.
    Logarithmic,
    /// From 0 to this.
    UpTo(f64),
}

impl Axis {
    fn height(self, loss: f64) -> f64 {
        match self {
            Self::Logarithmic => libm::log10(loss),
            Self::UpTo(_) => loss,
        }
    }

    fn label(self, height: f64) -> String {
        match self {
            Self::Logarithmic if height < -4.5 => format!("1e{height:.0}"),
            Self::Logarithmic => libm::exp10(height.round()).to_string(),
            Self::UpTo(_) => format!("{height:.1}"),
        }
    }
}

/// Curves that share their axes.
pub struct Panel {
    /// What stands above.
    pub title: &'static str,
    /// What is counted from left to right.
    pub time: &'static str,
    /// What the loss is measured on.
    pub axis: Axis,
    /// The curves, at most three.
    pub curves: Vec<Curve>,
}

/// Draws panels, one below the other.
pub fn draw(
    panels: &[Panel],
    alternative: &str,
    caption: &str,
) -> Result<String, ChartError> {
    let height = PANEL_HEIGHT * u32::try_from(panels.len()).unwrap_or(1);
    page(height, alternative, caption, |page| {
        for (panel, area) in panels.iter().zip(page.split_evenly((panels.len(), 1)))
        {
            panel.draw(&area)?;
        }
        Ok(())
    })
}

/// A drawing of this height, which scales to the page.
pub fn page(
    height: u32,
    alternative: &str,
    caption: &str,
    draw: impl FnOnce(&Area<'_>) -> Result<(), ChartError>,
) -> Result<String, ChartError> {
    let mut svg = String::new();
    let page =
        SVGBackend::with_string(&mut svg, (WIDTH, height)).into_drawing_area();
    page.fill(&WHITE)?;
    draw(&page)?;
    page.present()?;
    drop(page);
    let size = format!(r#"width="{WIDTH}" height="{height}""#);
    let scaled = format!(r#"class="plot" role="img" aria-label="{alternative}""#);
    Ok(figure(&svg.replacen(&size, &scaled, 1), caption))
}

impl Panel {
    fn draw(&self, area: &Area<'_>) -> Result<(), ChartError> {
        let epochs = self.curves.iter().map(|curve| curve.values.len()).max();
        let mut chart = ChartBuilder::on(area)
            .caption(self.title, FONT)
            .margin(20)
            .margin_right(60)
            .x_label_area_size(100)
            .y_label_area_size(190)
            .build_cartesian_2d(0..epochs.unwrap_or(1), self.range())?;
        chart
            .configure_mesh()
            .x_desc(self.time)
            .x_labels(6)
            .y_desc(match self.axis {
                Axis::Logarithmic => "Loss (log scale)",
                Axis::UpTo(_) => "Loss",
            })
            .y_labels(6)
            .y_label_formatter(&|&height| self.axis.label(height))
            .label_style(FONT)
            .axis_desc_style(FONT)
            .bold_line_style(GRID_COLOR.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for (curve, color) in self.curves.iter().zip(COLORS) {
            let heights = curve.values.iter().map(|&loss| self.axis.height(loss));
            let line = LineSeries::new((0..).zip(heights), color.stroke_width(5));
            chart.draw_series(line)?.label(curve.name).legend(move |(x, y)| {
                PathElement::new([(x, y), (x + 50, y)], color.stroke_width(5))
            });
        }
        chart
            .configure_series_labels()
            .position(match self.axis {
                Axis::Logarithmic => SeriesLabelPosition::LowerLeft,
                Axis::UpTo(_) => SeriesLabelPosition::LowerRight,
            })
            .legend_area_size(60)
            .label_font(FONT)
            .margin(20)
            .draw()?;
        Ok(())
    }

    /// From bottom to top; below the curves on a logarithmic axis, the legend has
    /// room.
    fn range(&self) -> Range<f64> {
        if let Axis::UpTo(most) = self.axis {
            return 0.0..most;
        }
        let values = self.curves.iter().flat_map(|curve| &curve.values);
        let least =
            values.clone().fold(f64::INFINITY, |least, &value| least.min(value));
        let most = values.fold(0.0_f64, |most, &value| most.max(value));
        libm::log10(least).floor() - 1.0..libm::log10(most).ceil()
    }
}
