//! The plot: well-formed, labelled, true to the reports, and the same every time.

mod common;

use common::Folder;
use no_magic::training::EpochReport;
use no_magic_program::plot;
use roxmltree::{Document, Node};

const BLUE: &str = "#004488";
const RED: &str = "#BB5566";

fn report(epoch: usize, loss: f64, accuracy: f64) -> EpochReport {
    EpochReport { epoch, loss, accuracy }
}

fn texts<'a>(svg: &'a Document<'_>) -> Vec<&'a str> {
    let nodes = svg.descendants().filter(|node| node.has_tag_name("text"));
    nodes.filter_map(|node| node.text()).map(str::trim).collect()
}

/// The points of the line of that color.
fn points(svg: &Document<'_>, color: &str) -> Vec<(i32, i32)> {
    let is_line = |node: &Node<'_, '_>| {
        node.has_tag_name("polyline") && node.attribute("stroke") == Some(color)
    };
    let line = svg.descendants().find(is_line).unwrap();
    let numbers = line.attribute("points").unwrap().split_whitespace();
    numbers
        .map(|point| {
            let (x, y) = point.split_once(',').unwrap();
            (x.parse().unwrap(), y.parse().unwrap())
        })
        .collect()
}

#[test]
fn a_run_draws_loss_and_accuracy() {
    let folder = Folder::new();
    folder.run("train --epochs 60 --plot run.svg");
    let text = folder.read("run.svg");
    let svg = Document::parse(&text).unwrap();

    let texts = texts(&svg);
    for label in [
        "Mean loss (log scale)",
        "Training accuracy (%)",
        "Epoch",
        "0.1",
        "100",
        "60",
    ] {
        assert!(texts.contains(&label), "{label} is not in {texts:?}");
    }
    for color in [BLUE, RED] {
        let points = points(&svg, color);
        assert_eq!(points.len(), 60);
        assert!(points.is_sorted_by_key(|&(x, _)| x));
        assert!(
            points
                .iter()
                .all(|&(x, y)| (0..1200).contains(&x) && (0..1280).contains(&y))
        );
    }
    let losses = points(&svg, BLUE);
    assert!(losses[59].1 > losses[0].1, "the loss falls");
}

#[test]
fn it_has_a_background_of_its_own() {
    let text = plot::to_svg(&[]).unwrap();
    let svg = Document::parse(&text).unwrap();
    let background = svg.root_element().first_element_child().unwrap();
    assert_eq!(background.tag_name().name(), "rect");
    assert_eq!(background.attribute("fill"), Some("#FFFFFF"));
    assert_eq!(background.attribute("width"), Some("1200"));
}

#[test]
fn it_is_the_same_to_the_byte() {
    let reports = [report(0, 1.1, 0.4), report(1, 0.02, 0.9), report(2, 0.5, 0.8)];
    insta::assert_snapshot!(plot::to_svg(&reports).unwrap());
}

#[test]
fn each_power_of_ten_has_its_height() {
    let reports = [report(0, 1.0, 0.5), report(1, 0.1, 0.5), report(2, 0.01, 0.5)];
    let text = plot::to_svg(&reports).unwrap();
    let heights = points(&Document::parse(&text).unwrap(), BLUE);
    assert!(
        (heights[2].1 - heights[1].1).abs_diff(heights[1].1 - heights[0].1) <= 1
    );
}

#[test]
fn a_long_run_is_thinned_out_between_its_first_and_its_last_epoch() {
    let run = |epochs: usize| -> Vec<(i32, i32)> {
        let reports: Vec<_> =
            (0..epochs).map(|epoch| report(epoch, 0.5, 0.5)).collect();
        let text = plot::to_svg(&reports).unwrap();
        points(&Document::parse(&text).unwrap(), RED)
    };
    assert_eq!(run(2_000).len(), 2_000);
    for epochs in [2_001, 100_000] {
        let points = run(epochs);
        assert!((1_000..=2_001).contains(&points.len()), "{}", points.len());
        let (first, last) = (points[0].0, points[points.len() - 1].0);
        assert!(first == 250 && last >= 1_108, "from {first} to {last}");
    }
}

#[test]
fn the_longest_number_below_the_axis_fits() {
    let last = report(999_999, 0.5, 0.5);
    let text = plot::to_svg(&[report(0, 1.0, 0.5), last]).unwrap();
    let svg = Document::parse(&text).unwrap();
    let label = svg
        .descendants()
        .find(|node| node.text().map(str::trim) == Some("1,000,000"))
        .unwrap();
    let number = |name| label.attribute(name).unwrap().parse::<f64>().unwrap();
    let widest = (7.0 * 0.65 + 2.0 * 0.33) * number("font-size");
    assert!(number("x") + widest / 2.0 < 1_200.0);
}

#[test]
fn odd_histories_draw_as_well() {
    let histories: [&[EpochReport]; 4] = [
        &[],
        &[report(0, 0.7, 0.5)],
        &[report(0, 16.0, 0.0), report(1, -1e-7, 1.0)],
        &[report(0, f64::MAX, 0.0), report(1, 0.0, 1.0)],
    ];
    for reports in histories {
        let text = plot::to_svg(reports).unwrap();
        let svg = Document::parse(&text).unwrap();
        let texts = texts(&svg);
        assert!(texts.contains(&"1"), "the axis goes to 1 at least: {reports:?}");
        assert!(texts.len() < 30, "{texts:?}");
        assert!(texts.iter().all(|text| text.len() < 25), "{texts:?}");
    }
}
