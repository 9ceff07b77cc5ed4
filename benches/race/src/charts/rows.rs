//! Rows of bars, or of dots on an axis, with words above each.

use plot::{Area, Axes, Axis, BLUE, GRID, PlotError};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const WIDTH: u32 = 1320;
const MARGIN: i32 = 40;
/// Half of the last number below the axis reaches into it.
const RIGHT_MARGIN: i32 = 120;
const TITLE: (&str, u32) = ("sans-serif", 50);
const WORDS: (&str, u32) = ("sans-serif", 46);
const TITLE_HEIGHT: u32 = 140;
const AXIS_HEIGHT: u32 = 140;
const DOT_HEIGHT: u32 = 100;
const BAR_HEIGHT: u32 = 135;

/// Rows that share an axis.
pub struct Rows<'a> {
    /// What stands above. Without, the axis has no numbers either.
    pub title: Option<String>,
    /// From left to right.
    pub axis: Axis,
    /// From top to bottom.
    pub rows: Vec<Row<'a>>,
}

/// A row with its words.
pub struct Row<'a> {
    /// Who it is, on the left.
    pub name: &'a str,
    /// What it comes to, on the right.
    pub words: String,
    /// What is drawn below.
    pub mark: Mark,
    /// Whether it stands out.
    pub ours: bool,
}

/// What a row shows.
#[derive(Clone, Copy)]
pub enum Mark {
    /// From the start of the axis to here.
    Bar(f64),
    /// A dot, and a stroke from the least to the most.
    Dot {
        /// Where the stroke begins.
        least: f64,
        /// Where the dot is.
        at: f64,
        /// Where the stroke ends.
        most: f64,
    },
}

/// Draws panels, one below the other.
pub fn draw(panels: &[Rows<'_>]) -> Result<String, PlotError> {
    let height = panels.iter().map(Rows::height).sum();
    plot::svg((WIDTH, height), |page| {
        let mut rest = page.clone();
        for panel in panels {
            let (area, below) = rest.split_vertically(panel.height());
            panel.draw(&area)?;
            rest = below;
        }
        Ok(())
    })
}

/// The part of a drawing between the axes.
type Plane<'a> = DrawingArea<SVGBackend<'a>, Axes>;

impl Rows<'_> {
    fn height(&self) -> u32 {
        let (row, around) = match self.title {
            Some(_) => (DOT_HEIGHT, TITLE_HEIGHT + AXIS_HEIGHT),
            None => (BAR_HEIGHT, 0),
        };
        around + row * u32::try_from(self.rows.len()).unwrap_or(0)
    }

    fn draw(&self, area: &Area<'_>) -> Result<(), PlotError> {
        let mut chart = ChartBuilder::on(area);
        let right = self.title.as_ref().map_or(MARGIN, |_| RIGHT_MARGIN);
        chart.margin_left(MARGIN).margin_right(right);
        if let Some(title) = &self.title {
            chart
                .margin_top(50)
                .caption(title, TITLE)
                .x_label_area_size(AXIS_HEIGHT);
        }
        let y = Axis::linear("", 0.0..self.rows.len() as f64);
        let mut chart = chart.build_cartesian_2d(self.axis.clone(), y)?;
        if self.title.is_some() {
            plot::mesh(&mut chart).disable_y_mesh().draw()?;
        }
        let axis = self.axis.range();
        for (row, bottom) in self.rows.iter().rev().zip((0..).map(f64::from)) {
            let plane = chart.plotting_area();
            let start = (axis.start, bottom + 0.64);
            let end = (axis.end, bottom + 0.64);
            row.write(plane, row.name.to_owned(), (start, 0), HPos::Left)?;
            row.write(
                plane,
                row.words.clone(),
                (end, right - MARGIN),
                HPos::Right,
            )?;
            row.draw(plane, axis.start, bottom + 0.22)?;
        }
        Ok(())
    }
}

impl Row<'_> {
    /// Beside a place, by so many pixels.
    fn write(
        &self,
        plane: &Plane<'_>,
        words: String,
        (at, pixels): ((f64, f64), i32),
        side: HPos,
    ) -> Result<(), PlotError> {
        let (weight, color) = if self.ours {
            (FontStyle::Bold, BLUE)
        } else {
            (FontStyle::Normal, BLACK)
        };
        let style = (WORDS.0, WORDS.1, weight).into_text_style(plane);
        let style = style.color(&color).pos(Pos::new(side, VPos::Center));
        plane.draw(&(EmptyElement::at(at) + Text::new(words, (pixels, 0), style)))
    }

    /// At this height, for an axis that starts here.
    fn draw(&self, plane: &Plane<'_>, start: f64, y: f64) -> Result<(), PlotError> {
        let color = if self.ours { BLUE.mix(1.0) } else { BLACK.mix(0.5) };
        match self.mark {
            Mark::Bar(end) => {
                let corners = [(start, y - 0.13), (end, y + 0.13)];
                plane.draw(&Rectangle::new(corners, color.filled()))
            }
            Mark::Dot { least, at, most } => {
                let line = [(start, y), (at, y)];
                plane.draw(&PathElement::new(line, GRID.stroke_width(2)))?;
                let stroke = [(least, y), (most, y)];
                plane.draw(&PathElement::new(stroke, color.stroke_width(6)))?;
                let (dot, radius) =
                    if self.ours { (BLUE, 19) } else { (BLACK, 14) };
                plane.draw(&Circle::new((at, y), radius, dot.filled()))
            }
        }
    }
}
