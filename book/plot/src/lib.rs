//! How the workbook's charts look, in the book and in what `no-magic train --plot`
//! draws: [`axis`] has the axes, [`panel`] the lines between them, and [`number`]
//! the numbers. Fonts and colors are here.

#![forbid(unsafe_code)]

pub mod axis;
pub mod number;
pub mod panel;

use std::io;

use plotters::chart::MeshStyle;
use plotters::coord::Shift;
use plotters::prelude::*;

pub use axis::Axis;
pub use panel::{Line, Panel, Point};

/// Why a chart can't be drawn.
pub type PlotError = DrawingAreaErrorKind<io::Error>;

/// A part of a drawing.
pub type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A chart whose axes are drawn.
pub type Chart<'a> = ChartContext<'a, SVGBackend<'a>, Axes>;

/// From left to right, and from bottom to top.
pub type Axes = Cartesian2d<Axis, Axis>;

/// How the axes are drawn.
pub type Mesh<'a, 'b> = MeshStyle<'a, 'b, Axis, Axis, SVGBackend<'a>>;

/// The font of all words. The page's theme enlarges it on small screens.
pub const FONT: (&str, u32) = ("sans-serif", 40);

// The page's theme has its own colors for these.

/// The lines that lead from the axes' numbers across the chart.
pub const GRID: RGBColor = RGBColor(0xCC, 0xCC, 0xCC);
/// With [`RED`] and [`YELLOW`], Paul Tol's high-contrast scheme, whose colors also
/// differ in black and white.
pub const BLUE: RGBColor = RGBColor(0x00, 0x44, 0x88);
/// The second color.
pub const RED: RGBColor = RGBColor(0xBB, 0x55, 0x66);
/// The third.
pub const YELLOW: RGBColor = RGBColor(0xDD, 0xAA, 0x33);
/// The second color again, which the page's theme dashes.
pub const DASHED_RED: RGBColor = RGBColor(0xBB, 0x55, 0x77);

/// A drawing with a white background, as SVG. The same drawing gives the same bytes
/// on every machine.
///
/// # Errors
///
/// If `draw` fails.
pub fn svg(
    size: (u32, u32),
    draw: impl FnOnce(&Area<'_>) -> Result<(), PlotError>,
) -> Result<String, PlotError> {
    let mut svg = String::new();
    let page = SVGBackend::with_string(&mut svg, size).into_drawing_area();
    page.fill(&WHITE)?;
    draw(&page)?;
    page.present()?;
    drop(page);
    Ok(svg)
}

/// The axes of a chart, with their names and numbers.
pub fn mesh<'a, 'b>(chart: &'b mut Chart<'a>) -> Mesh<'a, 'b> {
    let axes = chart.as_coord_spec();
    let [x, y] = [axes.x_spec(), axes.y_spec()].map(|axis| axis.name.clone());
    let mut mesh = chart.configure_mesh();
    mesh.set_tick_mark_size(LabelAreaPosition::Bottom, 20)
        .x_desc(x)
        .y_desc(y)
        .label_style(FONT)
        .axis_desc_style(FONT)
        .bold_line_style(GRID.stroke_width(2))
        .light_line_style(TRANSPARENT);
    mesh
}

/// A chart for the page, which it scales to and whose colors it takes.
/// `alternative` says what it shows to those who can't see it.
pub fn chart(svg: &str, alternative: &str, caption: &str) -> String {
    let (_size, rest) = svg.split_once("viewBox").unwrap_or(("", svg));
    let start =
        format!(r#"<svg class="plot" role="img" aria-label="{alternative}""#);
    figure(&format!("{start} viewBox{rest}"), caption)
}

/// Wraps an SVG for the page. A blank line would end it for Markdown, so there is
/// none.
pub fn figure(svg: &str, caption: &str) -> String {
    let lines: Vec<&str> =
        svg.lines().filter(|line| !line.trim().is_empty()).collect();
    format!(
        "<figure>\n{}\n<figcaption>{caption}</figcaption>\n</figure>\n",
        lines.join("\n")
    )
}
