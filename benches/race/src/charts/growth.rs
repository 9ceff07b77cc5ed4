//! Lines that grow with a size, on two logarithmic axes.

use plotters::coord::combinators::{LogCoord, WithKeyPoints};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use super::number::{significant, whole};
use figures::chart::{self, Area, ChartError, FONT, GRID_COLOR};

const PANEL_HEIGHT: u32 = 730;
const TITLE: (&str, u32) = ("sans-serif", 54);
const NAME_HEIGHT: i32 = 62;
const MARGIN: i32 = 20;

/// A size, and what was measured at it.
pub type Point = (f64, f64);

/// What was measured, from the smallest size to the largest.
#[derive(Clone)]
pub struct Line {
    /// What it shows.
    pub name: String,
    /// One that the page's theme knows.
    pub color: RGBColor,
    /// At least one.
    pub points: Vec<Point>,
}

/// Lines that share their axes.
pub struct Panel {
    /// What stands above.
    pub title: String,
    /// What grows from left to right.
    pub size: &'static str,
    /// What grows from bottom to top.
    pub quantity: &'static str,
    /// The lines, at most four.
    pub lines: Vec<Line>,
    /// Points that stand out, with a ring.
    pub rings: Vec<Point>,
}

/// Draws panels, one below the other, all with the lines that are named above the
/// first.
pub fn draw(
    panels: &[Panel],
    alternative: &str,
    caption: &str,
) -> Result<String, ChartError> {
    let count = u32::try_from(panels.len()).unwrap_or(1);
    let names =
        NAME_HEIGHT * i32::try_from(panels[0].lines.len()).unwrap_or(1) + MARGIN;
    let height = names.unsigned_abs() + PANEL_HEIGHT * count;
    chart::page(height, alternative, caption, |page| {
        let (top, rest) = page.split_vertically(names);
        draw_names(&panels[0].lines, &top)?;
        for (panel, area) in panels.iter().zip(rest.split_evenly((panels.len(), 1)))
        {
            panel.draw(&area)?;
        }
        Ok(())
    })
}

/// The lines' names, one below the other, with room for the larger letters of small
/// screens.
fn draw_names(lines: &[Line], area: &Area<'_>) -> Result<(), ChartError> {
    for (line, row) in lines.iter().zip(0..) {
        let y = MARGIN + NAME_HEIGHT * row + NAME_HEIGHT / 2;
        let style = line.color.stroke_width(6);
        area.draw(&PathElement::new([(40, y), (140, y)], style))?;
        area.draw(&Circle::new((90, y), 8, line.color.filled()))?;
        let centered =
            FONT.into_text_style(area).pos(Pos::new(HPos::Left, VPos::Center));
        area.draw(&Text::new(line.name.clone(), (170, y), centered))?;
    }
    Ok(())
}

impl Line {
    /// Where it starts and ends, for those who can't see it.
    fn words(&self) -> String {
        let [first, .., last] = self.points[..] else {
            return format!("{} {}", self.name, point(self.points[0]));
        };
        format!("{} {}, {}", self.name, point(first), point(last))
    }
}

fn point((size, quantity): Point) -> String {
    format!("{} at {}", significant(quantity, 2), whole(size))
}

impl Panel {
    /// Where the lines start and end, for those who can't see them.
    pub fn words(&self) -> String {
        let lines: Vec<String> = self.lines.iter().map(Line::words).collect();
        let words = format!("{}.", lines.join("; "));
        if self.title.is_empty() {
            return words;
        }
        format!("{}: {words}", self.title)
    }

    fn draw(&self, area: &Area<'_>) -> Result<(), ChartError> {
        let mut chart = ChartBuilder::on(area)
            .caption(&self.title, TITLE)
            .margin(20)
            .margin_right(80)
            .x_label_area_size(150)
            .y_label_area_size(230)
            .build_cartesian_2d(self.sizes(), self.quantities())?;
        chart
            .configure_mesh()
            .set_tick_mark_size(LabelAreaPosition::Bottom, 20)
            .x_desc(self.size)
            .x_label_formatter(&|&size| whole(size))
            .y_desc(self.quantity)
            .y_label_formatter(&|&power| significant(power, 1))
            .label_style(FONT)
            .axis_desc_style(FONT)
            .bold_line_style(GRID_COLOR.stroke_width(2))
            .light_line_style(TRANSPARENT)
            .draw()?;
        for Line { color, points, .. } in &self.lines {
            let line =
                LineSeries::new(points.iter().copied(), color.stroke_width(5));
            chart.draw_series(line)?;
            let dots = points.iter();
            chart
                .draw_series(dots.map(|&at| Circle::new(at, 7, color.filled())))?;
        }
        let rings = self.rings.iter();
        chart.draw_series(
            rings.map(|&at| Circle::new(at, 18, BLACK.stroke_width(4))),
        )?;
        Ok(())
    }

    /// From the smallest size to the largest, with a label at each that is 4 times
    /// the one before.
    fn sizes(&self) -> Axis {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let (least, most) = ends(points.map(|(size, _)| *size));
        axis(least, most, 4.0)
    }

    /// Powers of ten that hold all quantities.
    fn quantities(&self) -> Axis {
        let points = self.lines.iter().flat_map(|line| &line.points);
        let (least, most) = ends(points.map(|(_, quantity)| *quantity));
        let from = libm::log10(least).floor();
        let to = libm::log10(most).ceil();
        axis(libm::exp10(from), libm::exp10(to), 10.0)
    }
}

fn ends(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let least = values.clone().fold(f64::INFINITY, f64::min);
    (least, values.fold(0.0, f64::max))
}

type Axis = WithKeyPoints<LogCoord<f64>>;

/// A logarithmic axis with a label at its start, and wherever it is so many times
/// the one before.
fn axis(from: f64, to: f64, times: f64) -> Axis {
    let labels = (0..).map(|i| from * libm::pow(times, f64::from(i)));
    // The last may come out a little above the end.
    let labels = labels.take_while(|&label| label < to * (1.0 + 1e-9));
    (from..to).log_scale().with_key_points(labels.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panel(points: &[Point]) -> Panel {
        let line =
            Line { name: "ours".to_owned(), color: BLACK, points: points.to_vec() };
        Panel {
            title: "36-H-3".to_owned(),
            size: "H",
            quantity: "µs",
            lines: vec![line],
            rings: Vec::new(),
        }
    }

    #[test]
    fn the_words_tell_where_a_line_starts_and_ends() {
        let several = panel(&[(16.0, 0.396), (64.0, 7.0), (4_096.0, 1_234.0)]);
        assert_eq!(several.words(), "36-H-3: ours 0.40 at 16, 1,200 at 4,096.");
        assert_eq!(panel(&[(1.0, 2.0)]).words(), "36-H-3: ours 2.0 at 1.");
    }

    #[test]
    fn axes_have_labels_at_their_ends() {
        let panel = panel(&[(16.0, 0.396), (4_096.0, 76.0)]);
        assert_eq!(
            panel.sizes().bold_points(),
            [16.0, 64.0, 256.0, 1_024.0, 4_096.0]
        );
        assert_eq!(panel.quantities().bold_points(), [0.1, 1.0, 10.0, 100.0]);
    }
}
