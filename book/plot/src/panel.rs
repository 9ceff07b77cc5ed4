//! Lines that share their axes.

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::{Area, Axis, FONT, PlotError};

const WIDTH: u32 = 1200;
const HEIGHT: u32 = 630;
const TITLE: (&str, u32) = ("sans-serif", 50);
const NAME_HEIGHT: i32 = 62;
const MARGIN: i32 = 20;
/// A line of no more points than this has a dot at each.
const DOTS: usize = 20;

/// A place on both axes.
pub type Point = (f64, f64);

/// A line with its name.
#[derive(Clone)]
pub struct Line {
    /// What it shows.
    pub name: String,
    /// One that the page's theme knows.
    pub color: RGBColor,
    /// From left to right.
    pub points: Vec<Point>,
}

/// Lines that share their axes.
pub struct Panel {
    /// What stands above.
    pub title: String,
    /// From left to right.
    pub x: Axis,
    /// From bottom to top.
    pub y: Axis,
    /// Lines of different colors.
    pub lines: Vec<Line>,
    /// Points that stand out, with a ring.
    pub rings: Vec<Point>,
}

/// Draws panels, one below the other, all with the lines that are named above the
/// first. (A line that is alone needs no name: the axis has it.)
///
/// # Errors
///
/// None that the memory it is drawn in could have.
pub fn draw(panels: &[Panel]) -> Result<String, PlotError> {
    let lines = panels.first().map_or(&[][..], |panel| &panel.lines[..]);
    let names = if lines.len() > 1 { lines } else { &[] };
    let top = NAME_HEIGHT * i32::try_from(names.len()).unwrap_or(0) + MARGIN;
    let height = HEIGHT * u32::try_from(panels.len()).unwrap_or(1);
    crate::svg((WIDTH, top.unsigned_abs() + height), |page| {
        let (top, rest) = page.split_vertically(top);
        for (line, row) in names.iter().zip(0..) {
            line.draw_name(&top, MARGIN + NAME_HEIGHT * row + NAME_HEIGHT / 2)?;
        }
        let areas = rest.split_evenly((panels.len(), 1));
        panels.iter().zip(areas).try_for_each(|(panel, area)| panel.draw(&area))
    })
}

impl Line {
    fn draw_name(&self, area: &Area<'_>, y: i32) -> Result<(), PlotError> {
        let style = self.color.stroke_width(6);
        area.draw(&PathElement::new([(40, y), (140, y)], style))?;
        if self.has_dots() {
            area.draw(&Circle::new((90, y), 8, self.color.filled()))?;
        }
        let centered =
            FONT.into_text_style(area).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(self.name.clone(), (170, y), centered))
    }

    fn has_dots(&self) -> bool {
        self.points.len() <= DOTS
    }
}

impl Panel {
    fn draw(&self, area: &Area<'_>) -> Result<(), PlotError> {
        let mut chart = ChartBuilder::on(area);
        if !self.title.is_empty() {
            chart.caption(&self.title, TITLE);
        }
        let mut chart = chart
            .margin(MARGIN)
            .margin_right(90)
            .x_label_area_size(140)
            .y_label_area_size(230)
            .build_cartesian_2d(self.x.clone(), self.y.clone())?;
        crate::mesh(&mut chart).draw()?;
        for line in &self.lines {
            let style = line.color.stroke_width(5).filled();
            let dots = if line.has_dots() { 7 } else { 0 };
            let points = line.points.iter().copied();
            chart.draw_series(LineSeries::new(points, style).point_size(dots))?;
        }
        let rings = self.rings.iter();
        let ring = |&at: &Point| Circle::new(at, 18, BLACK.stroke_width(4));
        chart.draw_series(rings.map(ring))?;
        Ok(())
    }
}
