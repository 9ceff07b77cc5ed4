//! The style that the figures share: strokes and fills are classes, and the page's
//! theme colors them.

use svg::node::element::{
    Definitions, Element, Group, Line, Marker, Path, Rectangle, Text,
};
use svg::{Document, Node};

/// A drawing of the given size, which scales to the page, with a text for those who
/// can't see it.
pub struct Canvas {
    document: Document,
    caption: String,
}

impl Canvas {
    /// An empty drawing. `alternative` says what it shows; `caption` stands below
    /// it.
    pub fn new(size: (f64, f64), alternative: &str, caption: &str) -> Self {
        let arrow = Marker::new()
            .set("id", "arrow")
            .set("viewBox", "0 0 8 8")
            .set("refX", 7)
            .set("refY", 4)
            .set("markerWidth", 7)
            .set("markerHeight", 7)
            .set("orient", "auto")
            .add(Path::new().set("d", "M0 0 8 4 0 8z").set("class", "arrowhead"));
        let document = Document::new()
            .set("viewBox", (0.0, 0.0, size.0, size.1))
            .set("style", format!("max-width: {}px", size.0 * 1.3))
            .set("role", "img")
            .set("aria-label", alternative)
            .add(Definitions::new().add(arrow));
        Self { document, caption: caption.to_owned() }
    }

    /// Adds an element.
    pub fn add(&mut self, node: impl Into<Box<dyn Node>>) {
        self.document.append(node);
    }

    /// A box with lines of text in it.
    pub fn labeled_box(
        &mut self,
        (x, y): (f64, f64),
        (w, h): (f64, f64),
        lines: &[&str],
    ) {
        self.add(rectangle((x, y), (w, h), "box"));
        let middle = y + h / 2.0 - 9.0 * (lines.len() as f64 - 1.0);
        for (i, line) in lines.iter().enumerate() {
            let class = if i == 0 { "label strong" } else { "label" };
            self.add(text(
                (x + w / 2.0, middle + 18.0 * i as f64),
                "middle",
                class,
                line,
            ));
        }
    }

    /// An arrow.
    pub fn arrow(&mut self, from: (f64, f64), to: (f64, f64), class: &str) {
        self.add(
            line(from, to, &format!("arrow {class}"))
                .set("marker-end", "url(#arrow)"),
        );
    }

    /// The figure as it stands in the page.
    pub fn finish(self) -> String {
        plot::figure(&self.document.to_string(), &self.caption)
    }
}

/// A rectangle.
pub fn rectangle((x, y): (f64, f64), (w, h): (f64, f64), class: &str) -> Rectangle {
    Rectangle::new()
        .set("x", x)
        .set("y", y)
        .set("width", w)
        .set("height", h)
        .set("class", class)
}

/// A straight line.
pub fn line(from: (f64, f64), to: (f64, f64), class: &str) -> Line {
    Line::new()
        .set("x1", from.0)
        .set("y1", from.1)
        .set("x2", to.0)
        .set("y2", to.1)
        .set("class", class)
}

/// A line of text; `anchor` is `start`, `middle` or `end`.
pub fn text((x, y): (f64, f64), anchor: &str, class: &str, words: &str) -> Text {
    Text::new(words)
        .set("x", x)
        .set("y", y)
        .set("text-anchor", anchor)
        .set("dominant-baseline", "central")
        .set("class", class)
}

/// A group that is moved to a place.
pub fn moved_to((x, y): (f64, f64)) -> Group {
    Group::new().set("transform", format!("translate({x} {y})"))
}

/// A tooltip for the element that it is added to.
pub fn tooltip(words: String) -> Element {
    let mut title = Element::new("title");
    title.append(svg::node::Text::new(words));
    title
}
