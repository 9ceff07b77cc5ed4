//! Rows of bars, or of dots on an axis, with words above each.

use plot::{Area, Axes, Axis, BLUE, FONT, GRID, PlotError};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

const WIDTH: u32 = 1320;
const MARGIN: u32 = 33;
const TITLE: (&str, u32) = ("sans-serif", 50);
const TITLE_HEIGHT: u32 = 90;
const AXIS_HEIGHT: u32 = 140;
const ROW_HEIGHT: u32 = 110;

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
        let rows = ROW_HEIGHT * u32::try_from(self.rows.len()).unwrap_or(0);
        let around = TITLE_HEIGHT + AXIS_HEIGHT;
        self.title.as_ref().map_or(rows, |_| around + rows)
    }

    fn draw(&self, area: &Area<'_>) -> Result<(), PlotError> {
        let mut chart = ChartBuilder::on(area);
        chart.margin_left(MARGIN).margin_right(MARGIN);
        if let Some(title) = &self.title {
            chart.caption(title, TITLE).x_label_area_size(AXIS_HEIGHT);
        }
        let y = Axis::linear("", 0.0..self.rows.len() as f64);
        let mut chart = chart.build_cartesian_2d(self.axis.clone(), y)?;
        if self.title.is_some() {
            plot::mesh(&mut chart).disable_y_mesh().draw()?;
        }
        let axis = self.axis.range();
        for (row, bottom) in self.rows.iter().rev().zip((0..).map(f64::from)) {
            let plane = chart.plotting_area();
            row.write(plane, row.name, (axis.start, bottom + 0.7), HPos::Left)?;
            row.write(plane, &row.words, (axis.end, bottom + 0.7), HPos::Right)?;
            row.draw(plane, axis.start, bottom + 0.28)?;
        }
        Ok(())
    }
}

impl Row<'_> {
    fn write(
        &self,
        plane: &Plane<'_>,
        words: &str,
        at: (f64, f64),
        side: HPos,
    ) -> Result<(), PlotError> {
        let (weight, color) = if self.ours {
            (FontStyle::Bold, BLUE)
        } else {
            (FontStyle::Normal, BLACK)
        };
        let style = (FONT.0, FONT.1, weight).into_text_style(plane);
        let style = style.color(&color).pos(Pos::new(side, VPos::Center));
        plane.draw(&Text::new(words, at, style))
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
                let (line, radius) = ([(start, y), (at, y)], 15);
                plane.draw(&PathElement::new(line, GRID.stroke_width(2)))?;
                let stroke = [(least, y), (most, y)];
                plane.draw(&PathElement::new(stroke, color.stroke_width(6)))?;
                let dot = if self.ours { BLUE } else { BLACK }.filled();
                plane.draw(&Circle::new((at, y), radius, dot))
            }
        }
    }
}
